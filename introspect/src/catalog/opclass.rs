//! Operator classes: not a kind of the model, but an index key names one unless it is its type's default.

use std::collections::{HashMap, HashSet};

use autogen_core::{Name, QualName};

use super::Error;
use super::query::query;
use super::reader::Reader;
use super::row::row;

row! {
    struct OpClassRow {
        oid: u32,
        schema: Name,
        name: Name,
        method: u32,
        input: u32,
        stored: u32,
        is_default: bool,
    }
}

/// The operator classes by oid.
#[derive(Default)]
pub(crate) struct OpClasses {
    classes: HashMap<u32, OpClassRow>,
    /// Method and type of those that are a default.
    defaults: HashSet<(u32, u32)>,
}

/// Reads them all.
pub(crate) fn read(reader: &mut Reader<'_>) -> Result<(), Error> {
    for row in reader.session.rows::<OpClassRow>(query!("operator classes", "opclass.sql"))? {
        let row = row?;
        if row.is_default {
            reader.opclasses.defaults.insert((row.method, row.input));
        }
        reader.opclasses.classes.insert(row.oid, row);
    }
    Ok(())
}

impl OpClasses {
    /// The name of a class, unless it is what a key of the type (below all domains) gets without saying
    /// (`GetDefaultOpClass`): the default for the type itself, else that for a type it is binary compatible with, of
    /// which there is only one.
    pub(crate) fn unless_default(&self, oid: u32, type_oid: u32) -> Option<QualName> {
        let class = self.classes.get(&oid)?;
        let implied = class.is_default
            && (class.input == type_oid || !self.defaults.contains(&(class.method, type_oid)));
        if implied { None } else { self.name(oid) }
    }

    /// The type of a key that is an expression, from that of the index's own column, which has what the class stores.
    pub(crate) fn key_type(&self, oid: u32, own: u32) -> u32 {
        self.classes.get(&oid).filter(|class| class.stored != 0).map_or(own, |class| class.input)
    }

    /// The name of a class.
    pub(crate) fn name(&self, oid: u32) -> Option<QualName> {
        let class = self.classes.get(&oid)?;
        Some(QualName { schema: class.schema.clone(), name: class.name.clone() })
    }
}
