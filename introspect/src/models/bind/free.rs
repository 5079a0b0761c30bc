//! `Queryable` without help: fields bind by position, and the table is told by the fields.

use super::structs::{Binder, roles, snake};
use crate::models::model::{FieldBinding, Load, SchemaColumn, SchemaTable, TypeSet};
use crate::models::read::{Def, FieldItem, StructItem};

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

/// Gives the fields whose names Diesel never looks at their columns, by position where the counts agree. What is left
/// over are values that the query computes, or new columns: those only if all columns have a field, and no other struct
/// loads the whole row without them.
pub(super) fn positions(
    binder: &Binder<'_>,
    item: &StructItem,
    at: Option<usize>,
    fields: &mut Vec<FieldBinding>,
) {
    let roles = roles(item);
    let is_row = roles.load == Some(Load::Positional);
    if !is_row && !roles.update {
        return;
    }
    let Some(at) = at else {
        if is_row && !roles.insert && !roles.update {
            fields.retain(|field| !field.column.is_empty());
            fields.iter_mut().for_each(|field| field.positional = true);
        }
        return;
    };
    let table = &binder.schema_tables[at];
    let keys = key_fields(item);
    // A changeset never writes the key, so it does not name its columns either.
    let is_loose = |field: &FieldBinding| {
        field.insert.is_none() && (field.update.is_none() || keys.contains(&field.field))
    };
    let known = |field: &FieldBinding| table.columns.iter().find(|column| column.sql_name == field.column);
    if fields.iter().all(|field| known(field).is_some() || !is_loose(field)) {
        return;
    }
    if is_row && fields.len() == table.columns.len() {
        let pairs = || fields.iter().zip(&table.columns);
        let is_moved =
            pairs().any(|(field, column)| field.column != column.sql_name && known(field).is_some());
        if is_moved && !pairs().all(|(field, column)| fits(field, column)) {
            // The columns of a `select` of its own, in its own order.
            fields.retain(|field| !is_loose(field) || known(field).is_some_and(|column| fits(field, column)));
            return;
        }
        let is_all_loose = fields.iter().all(is_loose);
        let named: Vec<String> =
            fields.iter().filter(|field| known(field).is_some()).map(|field| field.column.clone()).collect();
        for (field, column) in fields.iter_mut().zip(&table.columns) {
            // A field that says it was called so has left schema.rs behind.
            let was = field.attribute.as_ref().and_then(|said| said.was.as_ref());
            let has_left = was.is_some_and(|was| was.value == column.sql_name);
            if !has_left && is_loose(field) && (is_all_loose || !named.contains(&column.sql_name)) {
                field.column.clone_from(&column.sql_name);
                field.stem = None;
            }
        }
        return;
    }
    let covered =
        table.columns.iter().all(|column| fields.iter().any(|field| field.column == column.sql_name));
    let is_new = |field: &FieldBinding| {
        is_row && covered && !field.column.is_empty() && !is_loaded_without(binder, at, &field.field)
    };
    fields.retain(|field| !is_loose(field) || known(field).is_some() || is_new(field));
}

fn fits(field: &FieldBinding, column: &SchemaColumn) -> bool {
    let evidence = field.load.as_ref().map(|load| &load.accept);
    evidence.zip(column.sql_type.as_ref()).is_none_or(|(accept, ty)| accept.accepts(ty))
}

/// The names of the fields that are the struct's key for Diesel.
fn key_fields(item: &StructItem) -> Vec<String> {
    match item.diesel.iter().find(|arg| arg.key == "primary_key") {
        Some(arg) => arg.idents(),
        None => vec!["id".to_owned()],
    }
}

/// True if a struct of this table loads all its columns, and nothing of this name.
fn is_loaded_without(binder: &Binder<'_>, at: usize, name: &str) -> bool {
    let table = &binder.schema_tables[at];
    binder.types.workspace.structs.iter().any(|item| {
        let has = |name: &str| item.fields.iter().any(|field| field.name.as_deref() == Some(name));
        roles(item).load.is_some()
            && !has(name)
            && table.columns.iter().all(|column| has(&column.name))
            && binder.explicit(item).iter().any(|target| target.declared == Some(at))
    })
}

/// True for a field that holds rows of another query, as in `comments: Vec<Comment>`.
pub(super) fn is_row(binder: &Binder<'_>, item: &StructItem, field: &FieldItem) -> bool {
    let mut ty = &*field.ty;
    while let Some(inner) = inside(ty) {
        ty = inner;
    }
    let Some(Def::Struct(at)) = binder.types.def(item.module, ty) else { return false };
    roles(&binder.types.workspace.structs[at]).load.is_some()
        && binder.types.rust(item.module, &item.generics, ty).set == TypeSet::Unknown
}

/// What an `Option` or `Vec` is of.
fn inside(ty: &syn::Type) -> Option<&syn::Type> {
    let syn::Type::Path(path) = ty else { return None };
    let last = path.path.segments.last().filter(|last| last.ident == "Option" || last.ident == "Vec")?;
    let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    arguments.args.iter().find_map(|argument| match argument {
        syn::GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}
