//! What a value should be in the later type of its column.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use diesel::PgConnection;
use diesel::connection::SimpleConnection;

use super::super::query;
use super::super::tables::{Column, Type};
use super::composite;
use super::contents::{Contents, Row};

/// What a value should be.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Expected {
    Value(Option<String>),
    /// No cast leads to the new type.
    Untold,
}

/// A column before and after, and its places in the rows.
pub(super) struct Passage<'c> {
    pub(super) at: usize,
    pub(super) at_now: usize,
    pub(super) was: &'c Column,
    pub(super) now: &'c Column,
}

/// What the values of a column should be now, row by row.
pub(super) fn expected(
    before: &Contents,
    after: &Contents,
    passage: &Passage<'_>,
    rows: &[Row],
    connection: &mut PgConnection,
) -> Result<Vec<Expected>> {
    let mut known: BTreeMap<&str, Expected> = BTreeMap::new();
    for value in rows.iter().filter_map(|row| row.value(passage.at)) {
        if !known.contains_key(value) {
            known.insert(value, one(before, after, passage, value, connection)?);
        }
    }
    let of = |row: &Row| match row.value(passage.at) {
        None => Expected::Value(None),
        Some(value) => known.get(value).cloned().unwrap_or(Expected::Untold),
    };
    Ok(rows.iter().map(of).collect())
}

fn one(
    before: &Contents,
    after: &Contents,
    Passage { was, now, .. }: &Passage<'_>,
    value: &str,
    connection: &mut PgConnection,
) -> Result<Expected> {
    if was.type_oid != now.type_oid || was.typmod != now.typmod {
        return cast(connection, value, was, now);
    }
    if let Some(label) = label(before, after, was, value) {
        return Ok(Expected::Value(Some(label)));
    }
    match (before.types.get(&was.type_oid), after.types.get(&now.type_oid)) {
        (Some(old), Some(new)) if is_remade(old, new) => {
            let Some(row) = composite::recast(value, old, new, &now.spelling) else {
                return Ok(Expected::Untold);
            };
            Ok(ask(connection, &row)?.map_or(Expected::Untold, Expected::Value))
        }
        // What is made of types of which one has other attributes looks otherwise, too.
        (Some(old), _) if contains_remade(old, before, after) => Ok(Expected::Untold),
        _ => Ok(Expected::Value(Some(value.to_owned()))),
    }
}

/// A label of an enum that is called otherwise now.
fn label(before: &Contents, after: &Contents, column: &Column, value: &str) -> Option<String> {
    let labels = &before.types.get(&column.type_oid)?.labels;
    let (oid, _) = labels.iter().find(|(_, label)| label == value)?;
    after.labels.get(oid).cloned()
}

/// A composite type with other attributes than before.
fn is_remade(old: &Type, new: &Type) -> bool {
    old.fields != new.fields
}

/// Whether a type is made of one with other attributes than before.
fn contains_remade(old: &Type, before: &Contents, after: &Contents) -> bool {
    let fields = old.fields.iter().map(|field| field.type_oid);
    let parts = [old.element, old.base].into_iter().chain(old.subtype).chain(fields);
    parts.filter_map(|oid| Some((before.types.get(&oid)?, after.types.get(&oid)))).any(|(part, now)| {
        now.is_some_and(|now| is_remade(part, now)) || contains_remade(part, before, after)
    })
}

/// A value in the new type, by the cast that the server has.
fn cast(connection: &mut PgConnection, value: &str, from: &Column, to: &Column) -> Result<Expected> {
    let by_cast = format!("({})::{}", query::constant(Some(value), &from.spelling), to.spelling);
    let by_text = query::constant(Some(value), &to.spelling);
    for expression in [by_cast, by_text] {
        if let Some(found) = ask(connection, &expression)? {
            return Ok(Expected::Value(found));
        }
    }
    Ok(Expected::Untold)
}

/// The text of an expression, if it has a value.
fn ask(connection: &mut PgConnection, expression: &str) -> Result<Option<Option<String>>> {
    let sql = format!("SELECT ({expression})::text AS value");
    let found = query::attempt(connection, |connection| query::texts(connection, &sql));
    if let Ok(found) = found {
        return Ok(Some(found.into_iter().next().flatten()));
    }
    connection.batch_execute("SELECT 1").context("lost the throwaway database")?;
    Ok(None)
}
