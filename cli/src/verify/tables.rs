//! What tables and types there are, read for rows: what a row must be like to be taken, and the identity of tables and
//! columns, which is the server's own and outlives a rename. The catalog that schemas are compared by is another one.

use anyhow::{Context, Result};
use autogen_core::{QualName, visible};
use diesel::PgConnection;
use serde::Deserialize;

use super::locate::speaks_of;
use super::query;

/// A table with its columns and rules.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Table {
    pub(super) oid: i64,
    pub(super) schema: String,
    pub(super) name: String,
    /// The name as SQL has it, with its schema.
    pub(super) sql: String,
    /// `relkind`.
    pub(super) kind: String,
    /// The oid of the table that it is a partition of.
    pub(super) partition_of: Option<i64>,
    /// Triggers of the user's that fire.
    pub(super) has_triggers: bool,
    pub(super) columns: Vec<Column>,
    pub(super) foreign_keys: Vec<ForeignKey>,
    /// The columns of each unique index; 0 stands for an expression.
    pub(super) unique: Vec<Vec<i16>>,
    pub(super) checks: Vec<Check>,
    /// What each partition demands of its rows.
    pub(super) partitions: Vec<Option<String>>,
    /// What the table demands of its rows as a partition of another one.
    pub(super) bound: Option<String>,
}

/// A column.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Column {
    /// `attnum`, which a rename does not change.
    pub(super) number: i16,
    pub(super) name: String,
    /// The name as SQL has it.
    pub(super) sql: String,
    /// The type's oid.
    #[serde(rename = "type")]
    pub(super) type_oid: i64,
    pub(super) typmod: i32,
    /// The type as SQL has it.
    pub(super) spelling: String,
    pub(super) not_null: bool,
    /// Computed from other columns.
    pub(super) generated: bool,
    pub(super) default: Option<String>,
    /// An identity, or filled by a sequence.
    pub(super) counts: bool,
}

/// A foreign key.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct ForeignKey {
    pub(super) name: String,
    pub(super) columns: Vec<i16>,
    /// The table's oid.
    pub(super) parent: i64,
    pub(super) parent_columns: Vec<i16>,
    pub(super) deferrable: bool,
}

/// A check.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Check {
    pub(super) columns: Vec<i16>,
    pub(super) sql: String,
}

/// A type.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Type {
    pub(super) oid: i64,
    pub(super) name: String,
    /// `typtype`.
    pub(super) kind: String,
    /// Of an array, else 0.
    pub(super) element: i64,
    /// Of a domain, else 0.
    pub(super) base: i64,
    pub(super) base_typmod: i32,
    /// Of an enum, in order: the label's oid, which a rename does not change, and the label.
    pub(super) labels: Vec<(String, String)>,
    /// Of a composite type.
    pub(super) fields: Vec<Field>,
    /// Of a range or multirange.
    pub(super) subtype: Option<i64>,
    /// Of a domain.
    pub(super) checks: Vec<String>,
}

/// An attribute of a composite type.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Field {
    /// `attnum`, which a rename does not change.
    pub(super) number: i16,
    pub(super) name: String,
    /// The type's oid.
    #[serde(rename = "type")]
    pub(super) type_oid: i64,
    pub(super) typmod: i32,
    /// The type as SQL has it.
    pub(super) spelling: String,
}

impl Table {
    /// How people call it.
    pub(super) fn shown(&self) -> String {
        visible(&QualName::new(self.schema.as_str(), self.name.as_str()).to_string())
    }

    /// What the partitions demand of a row of the table. Nothing where one takes every row.
    pub(super) fn bounds(&self) -> Option<Check> {
        let bounds: Option<Vec<String>> = self.partitions.iter().cloned().collect();
        bounds.filter(|bounds| !bounds.is_empty()).map(|bounds| self.check(bounds.join(" OR ")))
    }

    /// A condition on the columns that it names.
    pub(super) fn check(&self, sql: String) -> Check {
        let named = self.columns.iter().filter(|column| speaks_of(&sql, &column.name));
        Check { columns: named.map(|column| column.number).collect(), sql }
    }

    /// A column by its number.
    pub(super) fn column(&self, number: i16) -> Option<&Column> {
        self.columns.iter().find(|column| column.number == number)
    }

    /// A column by its name.
    pub(super) fn named(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}

/// Whether a table is another one or, over any number of steps, a partition of it; both by their oids, among these tables.
pub(super) fn is_within<'t>(leaf: i64, root: i64, numbered: &impl Fn(i64) -> Option<&'t Table>) -> bool {
    let parent = || numbered(leaf).and_then(|table| table.partition_of);
    leaf == root || parent().is_some_and(|parent| is_within(parent, root, numbered))
}

/// The tables of the user, those that are no partitions: the rows of these are those of the table that they are a part of.
pub(super) fn tables(connection: &mut PgConnection) -> Result<Vec<Table>> {
    let mut tables = with_partitions(connection)?;
    tables.retain(|table| table.partition_of.is_none());
    Ok(tables)
}

/// The tables of the user with their partitions.
pub(super) fn with_partitions(connection: &mut PgConnection) -> Result<Vec<Table>> {
    let text = query::text(connection, include_str!("tables.sql")).context("cannot read the tables")?;
    serde_json::from_str(&text).context("cannot understand what the server says of its tables")
}

/// All types.
pub(super) fn types(connection: &mut PgConnection) -> Result<Vec<Type>> {
    let text = query::text(connection, include_str!("types.sql")).context("cannot read the types")?;
    serde_json::from_str(&text).context("cannot understand what the server says of its types")
}
