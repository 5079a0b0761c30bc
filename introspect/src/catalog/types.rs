//! Data types and collations by oid. Columns name them a hundred thousand times, and there are a few dozen of them.

use std::collections::HashMap;

use autogen_core::{DataType, Name, QualName};
use rustc_hash::FxHashMap;

use super::Error;
use super::query::query;
use super::reader::Reader;
use super::row::row;

/// What readers have to know of types.
#[derive(Default)]
pub(crate) struct Types {
    columns: FxHashMap<(u32, i32), ColumnType>,
    /// The type that a domain restricts.
    bases: HashMap<u32, u32>,
    collations: HashMap<u32, QualName>,
}

/// A type with its modifier, and what a column of it has by default.
pub(crate) struct ColumnType {
    /// The model's form.
    pub(crate) data_type: DataType,
    /// `typcollation`.
    pub(crate) collation: u32,
    /// `typstorage`.
    pub(crate) storage: u8,
}

row! {
    struct DataTypeRow {
        type_oid: u32,
        modifier: i32,
        schema: Name,
        name: Name,
        text: String,
        is_array: bool,
        collation: u32,
        storage: u8,
    }
}

/// Reads the types of these pairs of type and modifier.
pub(crate) fn read(reader: &mut Reader<'_>, pairs: Vec<(u32, i32)>) -> Result<(), Error> {
    let (oids, modifiers) = pairs.into_iter().unzip();
    for row in
        reader.session.rows_for::<DataTypeRow>(query!("data types", "data_type.sql"), oids, modifiers)?
    {
        let row = row?;
        let data_type = data_type(row.schema, row.name, row.text, row.is_array);
        let column = ColumnType { data_type, collation: row.collation, storage: row.storage };
        reader.types.columns.insert((row.type_oid, row.modifier), column);
    }
    Ok(())
}

/// A type from the name of its element and the text that `format_type` gives.
pub(crate) fn data_type(schema: Name, name: Name, text: String, is_array: bool) -> DataType {
    let text = if is_array { text.trim_end_matches("[]").to_owned() } else { text };
    DataType { base: QualName { schema, name }, text: text.into(), array: is_array }
}

impl Types {
    /// The type of a column.
    pub(crate) fn column(&self, type_oid: u32, modifier: i32) -> Option<&ColumnType> {
        self.columns.get(&(type_oid, modifier))
    }

    /// Records what a domain restricts.
    pub(crate) fn insert_domain(&mut self, domain: u32, base: u32) {
        self.bases.insert(domain, base);
    }

    /// The type below all domains.
    pub(crate) fn base(&self, mut type_oid: u32) -> u32 {
        while let Some(base) = self.bases.get(&type_oid) {
            type_oid = *base;
        }
        type_oid
    }

    /// Records a collation.
    pub(crate) fn insert_collation(&mut self, oid: u32, name: QualName) {
        self.collations.insert(oid, name);
    }

    /// A collation's name, if it is not the one that goes without saying.
    pub(crate) fn collation(&self, oid: u32, implied: u32) -> Option<QualName> {
        if oid == implied { None } else { self.collations.get(&oid).cloned() }
    }
}
