//! What the `autogen` attribute says of a table, a column or an enum, written from the catalog: the reverse of the
//! grammar that `introspect` reads. One entry is one thing said. Whatever the grammar has no word for gets no entry here;
//! [`super::part`] tells what that leaves.

mod column;
mod constraint;
mod foreign_key;
mod index;
mod table;

use std::collections::{BTreeMap, BTreeSet};

use autogen_core::{Catalog, Name, QualName};

use super::super::literal::string as literal;
pub(super) use column::serial_sequence;
pub(super) use constraint::{can_say_check, can_say_exclusion, can_say_primary_key, can_say_unique};
pub(super) use foreign_key::can_say_foreign_key;
pub(super) use index::can_say_index;

/// One thing that the attribute says: `index(org_id)`, `default = "now()"`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its first word, which tells what it is about.
    pub key: &'static str,
    /// The whole, as it stands between commas.
    pub text: String,
}

impl Entry {
    fn new(key: &'static str, text: impl Into<String>) -> Self {
        Self { key, text: text.into() }
    }

    /// `key`.
    fn flag(key: &'static str) -> Self {
        Self::new(key, key)
    }

    /// `key = "text"`.
    fn text(key: &'static str, text: &str) -> Self {
        Self::new(key, format!("{key} = {}", literal(text)))
    }

    /// `key(arg, arg)`.
    fn list(key: &'static str, args: &[String]) -> Self {
        Self::new(key, format!("{key}({})", args.join(", ")))
    }
}

/// Which columns of a table have a field that can carry an attribute.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Fields {
    /// Every one.
    #[default]
    All,
    /// These.
    Only(BTreeSet<Name>),
}

/// Everything that attributes say of one table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TableEntries {
    fields: Fields,
    /// True if the key is said by its columns alone.
    pub is_key_plain: bool,
    /// On the struct.
    pub table: Vec<Entry>,
    /// On each field, by the column's SQL name.
    pub columns: BTreeMap<Name, Vec<Entry>>,
}

impl TableEntries {
    /// Writes what the catalog has of a table. The name, the schema and `managed` are not among it, for they depend on
    /// the struct, and so does `sql_type`. A key or index over a column without a field stands on the struct; what else
    /// is said of such a column is in [`TableEntries::columns`], and has no place.
    pub fn of(catalog: &Catalog, table: &QualName, fields: Fields) -> Self {
        let mut out = Self { fields, ..Self::default() };
        table::entries(catalog, table, &mut out);
        constraint::primary_key(catalog, table, &mut out);
        column::entries(catalog, table, &mut out);
        constraint::uniques(catalog, table, &mut out);
        index::entries(catalog, table, &mut out);
        foreign_key::entries(catalog, table, &mut out);
        constraint::checks(catalog, table, &mut out);
        constraint::exclusions(catalog, table, &mut out);
        table::last_entries(catalog, table, &mut out);
        out
    }

    fn has_field(&self, column: &Name) -> bool {
        match &self.fields {
            Fields::All => true,
            Fields::Only(columns) => columns.contains(column),
        }
    }

    fn on(&mut self, column: &Name, entry: Entry) {
        self.columns.entry(column.clone()).or_default().push(entry);
    }
}

/// `name = "…"`, where the name is not the one that would be chosen.
fn name_option(name: &Name, chosen: &str) -> Option<String> {
    (name.as_str() != chosen).then(|| format!("name = {}", literal(name.as_str())))
}

/// The text of a comment on an object.
fn comment(catalog: &Catalog, on: &autogen_core::ObjectId) -> Option<Entry> {
    match catalog.get(&autogen_core::object::Comment::id(on)) {
        Some(autogen_core::Object::Comment(comment)) => Some(Entry::text("comment", &comment.text)),
        _ => None,
    }
}
