//! Attribute lines for structs that are there already: the entries are those of pulled models, only that somebody else
//! chooses among them and finds the places.

use std::collections::BTreeSet;

use autogen_core::{Catalog, DataType, Kind, Object, ObjectId, QualName};

use super::super::literal::string as literal;
use super::attribute::Entry;
use super::{AttributeForm, types, writer};

/// Attributes for a struct, a line for each entry.
pub fn struct_lines(form: AttributeForm, entries: &[Entry]) -> Vec<String> {
    writer::on_struct(form, &[], entries)
}

/// Attributes for a field: one line, where that is short enough.
pub fn field_lines(form: AttributeForm, entries: &[Entry]) -> Vec<String> {
    writer::on_field(form, 4, entries)
}

/// The attribute for a Rust enum of a type.
pub fn enum_line(form: AttributeForm, catalog: &Catalog, name: &QualName) -> String {
    let mut entries = vec![type_entry(&DataType::user(name.clone()))];
    if let Some(Object::Comment(comment)) =
        catalog.get(&autogen_core::object::Comment::id(&ObjectId::new(Kind::EnumType, name.clone())))
    {
        entries.push(Entry { key: "comment", text: format!("comment = {}", literal(&comment.text)) });
    }
    writer::line(form, &entries)
}

/// `sql_type = "varchar(80)"`.
pub fn type_entry(data_type: &DataType) -> Entry {
    Entry { key: "sql_type", text: format!("sql_type = {}", literal(&types::written(data_type))) }
}

/// The keys of the attribute that a table's list cannot be written with: it would be the truth about the kind, and
/// something of the kind is beyond the attribute's words. `said` is the catalog's [`super::part()`].
pub fn unsayable(catalog: &Catalog, said: &Catalog, table: &QualName) -> BTreeSet<&'static str> {
    let of_table = |kind: Kind| {
        catalog.of_kind(kind).filter(move |(id, object)| match object {
            Object::Index(index) => index.table == *table,
            _ => id.name == *table,
        })
    };
    let kinds = [
        (Kind::Index, "index"),
        (Kind::PrimaryKey, "primary_key"),
        (Kind::Unique, "unique"),
        (Kind::Check, "check"),
        (Kind::Exclusion, "exclude"),
        (Kind::ForeignKey, "references"),
        (Kind::ForeignKey, "foreign_key"),
    ];
    let is_beyond = |kind: Kind| of_table(kind).any(|(id, _)| !said.contains(id));
    kinds.into_iter().filter(|(kind, _)| is_beyond(*kind)).map(|(_, key)| key).collect()
}
