//! `Queryable` without help: fields bind by position, and the table is told by the fields.

use super::structs::{Binder, snake};
use crate::models::model::{FieldBinding, SchemaTable};
use crate::models::read::StructItem;

/// What a `Queryable` without a table is.
pub(super) enum Match {
    /// The row of this `table!`.
    Table(usize),
    /// Some columns of a query.
    Projection,
    /// There is no `table!` to tell.
    Undecided,
}

/// Equal field and column lists bind; else the implicit name, if at least 70% of the fields are columns.
pub(super) fn find(binder: &Binder<'_>, item: &StructItem) -> Match {
    let names: Vec<&str> = item.fields.iter().filter_map(|field| field.name.as_deref()).collect();
    if binder.schema_tables.is_empty() {
        return if names.is_empty() { Match::Projection } else { Match::Undecided };
    }
    let same = |table: &SchemaTable| {
        table.columns.len() == names.len()
            && table.columns.iter().zip(&names).all(|(column, name)| column.name == *name)
    };
    // One column is no evidence: half of all tables have an id.
    if names.len() > 1 {
        let mut all = binder.schema_tables.iter().enumerate().filter(|(_, table)| same(table));
        if let (Some((at, _)), None) = (all.next(), all.next()) {
            return Match::Table(at);
        }
    }
    let name = snake(&item.name);
    for name in [format!("{name}s"), name] {
        let Some(at) = binder.types.workspace.table(item.module, &[name]) else { continue };
        let table = &binder.schema_tables[at];
        let hits =
            names.iter().filter(|name| table.columns.iter().any(|column| column.name == **name)).count();
        if hits > 0 && hits * 10 >= item.fields.len() * 7 {
            return Match::Table(at);
        }
    }
    Match::Projection
}

/// Gives the fields of a `Queryable` their columns: by name if all have one, by position if there are as many, else
/// those by name. Fields that are left over are new columns only if all columns have a field.
pub(super) fn positions(table: Option<&SchemaTable>, fields: &mut Vec<FieldBinding>) {
    let Some(table) = table else {
        fields.retain(|field| !field.column.is_empty());
        fields.iter_mut().for_each(|field| field.positional = true);
        return;
    };
    let known = |field: &FieldBinding| table.columns.iter().any(|column| column.sql_name == field.column);
    if fields.iter().all(known) {
        return;
    }
    if fields.len() == table.columns.len() {
        for (field, column) in fields.iter_mut().zip(&table.columns) {
            // A field that says it was called so has left schema.rs behind.
            let was = field.attribute.as_ref().and_then(|said| said.was.as_ref());
            if was.is_some_and(|was| was.value == column.sql_name) {
                continue;
            }
            field.column.clone_from(&column.sql_name);
            field.stem = None;
        }
        return;
    }
    let covered =
        table.columns.iter().all(|column| fields.iter().any(|field| field.column == column.sql_name));
    fields.retain(|field| !field.column.is_empty() && (covered || known(field)));
}
