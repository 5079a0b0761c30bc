//! The kinds that are compared as text: a query each, in `defined/`, which gives the same columns for all of them.
//! Everything in their texts is quoted by the server. An option that is called like a secret is not read.

use std::collections::BTreeMap;

use autogen_core::object::Defined;
use autogen_core::object::defined::{DefinedKind, Setting};
use autogen_core::{Expression, Kind, Name, ObjectId, QualName, for_each_defined_kind};

use super::query::{Query, query};
use super::reader::{Reader, place};
use super::row::row;
use super::value::definition;
use super::{Error, FromCatalog};

row! {
    struct DefinedRow {
        class: u32,
        oid: u32,
        schema: Name,
        name: Name,
        part: Option<Name>,
        address: String,
        definition: Option<String>,
        fixed: Option<String>,
        keys: Option<Vec<String>>,
        sets: Option<Vec<String>>,
        changes: Option<Vec<String>>,
        resets: Option<Vec<String>>,
    }
}

row! {
    struct PartRow {
        class: u32,
        oid: u32,
        whole_class: u32,
        whole: u32,
    }
}

macro_rules! queries {
    ($($kind:ident $module:ident $words:literal $keywords:literal,)*) => {
        const QUERIES: &[(DefinedKind, Query)] = &[$((
            DefinedKind::$kind,
            Query { name: $words, text: include_str!(concat!("defined/", stringify!($module), ".sql")) },
        ),)*];
    };
}

for_each_defined_kind!(queries);

impl FromCatalog for Defined {
    fn read(reader: &mut Reader<'_>) -> Result<(), Error> {
        for (class, query) in QUERIES {
            for row in reader.session.rows::<DefinedRow>(*query)? {
                let row = row?;
                let place_in = (row.class, row.oid);
                let (id, object) = defined(*class, query.name, row)?;
                place(&mut reader.catalog, &mut reader.oids, place_in, id, object);
            }
        }
        // What only exists within one of them stands for it in pg_depend.
        for row in reader.session.rows::<PartRow>(query!("parts of definitions", "defined/part.sql"))? {
            let row = row?;
            if let Some(whole) = reader.oids.get(row.whole_class, row.whole).cloned() {
                reader.oids.insert(row.class, row.oid, whole);
            }
        }
        Ok(())
    }
}

fn defined(class: DefinedKind, query: &'static str, row: DefinedRow) -> Result<(ObjectId, Defined), Error> {
    let settings = settings(&row);
    let id = ObjectId {
        kind: Kind::Defined(class),
        name: QualName { schema: row.schema, name: row.name.clone() },
        part: row.part,
    };
    let object = Defined {
        class,
        address: Expression::new(row.address),
        definition: definition(query, &row.name, row.definition)?,
        fixed: row.fixed.map(Expression::new),
        settings,
    };
    Ok((id, object))
}

/// The four lists are of the same length; a change that is empty is none.
fn settings(row: &DefinedRow) -> BTreeMap<String, Setting> {
    fn list(list: &Option<Vec<String>>) -> impl Iterator<Item = &String> {
        list.iter().flatten()
    }
    list(&row.keys)
        .zip(list(&row.sets))
        .zip(list(&row.changes))
        .zip(list(&row.resets))
        .map(|(((key, set), change), reset)| {
            let change = Some(change).filter(|change| !change.is_empty()).map(Expression::new);
            (key.clone(), Setting { set: Expression::new(set), change, reset: Expression::new(reset) })
        })
        .collect()
}
