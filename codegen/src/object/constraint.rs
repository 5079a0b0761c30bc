//! What the table constraints have in common: how they are added, dropped and renamed, and the ends of their
//! definitions.

use autogen_core::object::Deferrability;
use autogen_core::{Kind, Lock, Name, Object, ObjectId, QualName};

use super::shared::{alter_table, with_options};
use crate::context::{Context, Sheet};
use crate::script::Statement;
use crate::sql::Sql;

/// The kinds of constraints of tables that are objects of their own.
pub(crate) const KINDS: [Kind; 5] =
    [Kind::Check, Kind::Unique, Kind::PrimaryKey, Kind::ForeignKey, Kind::Exclusion];

/// `CONSTRAINT name definition`.
pub(crate) fn named(id: &ObjectId, definition: Sql) -> Sql {
    Sql::new("CONSTRAINT").ident(id.own_name()).sql(definition)
}

/// `ALTER TABLE … ADD CONSTRAINT …`.
pub(crate) fn add<'a>(id: &ObjectId, definition: Sql, sheet: &'a mut Sheet) -> &'a mut Statement {
    let again = drops_if_there(id).punct(",").kw("ADD").sql(named(id, definition.clone()));
    sheet.push(adds(id, definition)).lock(Lock::AccessExclusive).again(again)
}

/// The same without the partitions.
pub(crate) fn add_only<'a>(id: &ObjectId, definition: Sql, sheet: &'a mut Sheet) -> &'a mut Statement {
    let only = Sql::new("ALTER TABLE ONLY").name(&id.name).kw("ADD").sql(named(id, definition));
    sheet.push(only).lock(Lock::AccessExclusive)
}

/// [`add`] as text.
pub(crate) fn adds(id: &ObjectId, definition: Sql) -> Sql {
    alter_table(&id.name).kw("ADD").sql(named(id, definition))
}

/// True for a constraint that a table had with its parent's and keeps when it is detached.
pub(crate) fn is_left_behind(id: &ObjectId, context: &Context<'_>) -> bool {
    let table = ObjectId::table(&id.name);
    let (old, new) = (context.before().container(&table), context.after().container(&table));
    context.after().contains(&table)
        && old != new
        && !old.is_some_and(|old| goes_with(id, &old.name, context))
}

/// True if the parent's constraint, of which it is a copy, goes before the table leaves its parent.
fn goes_with(id: &ObjectId, parent: &QualName, context: &Context<'_>) -> bool {
    let Some(left) = context.plan.left_at(&ObjectId::table(&id.name)) else { return false };
    let Some(own) = context.before().get(id).map(shape) else { return false };
    let of_parent = context.before().parts(id.kind, parent);
    of_parent
        .filter(|(_, object)| shape(object) == own)
        .any(|(above, _)| context.plan.drops_before(above, left))
}

/// What a partition's copy of a constraint has in common with its parent's: all but the name.
fn shape(object: &Object) -> Option<(&[Name], Option<&QualName>)> {
    match object {
        Object::PrimaryKey(key) => Some((&key.columns, None)),
        Object::Unique(key) => Some((&key.columns, None)),
        Object::ForeignKey(key) => Some((&key.columns, Some(&key.parent))),
        _ => None,
    }
}

/// `ALTER TABLE … DROP CONSTRAINT …`.
pub(crate) fn drop(id: &ObjectId, sheet: &mut Sheet) {
    sheet.push(drops(id)).lock(Lock::AccessExclusive).again(drops_if_there(id));
}

/// The same as text.
pub(crate) fn drops(id: &ObjectId) -> Sql {
    alter_table(&id.name).kw("DROP CONSTRAINT").ident(id.own_name())
}

/// The same where it may not be there.
pub(crate) fn drops_if_there(id: &ObjectId) -> Sql {
    alter_table(&id.name).kw("DROP CONSTRAINT IF EXISTS").ident(id.own_name())
}

/// `ALTER TABLE … RENAME CONSTRAINT …`; tables are renamed before.
pub(crate) fn rename(from: &ObjectId, to: &ObjectId, sheet: &mut Sheet) {
    let sql =
        alter_table(&to.name).kw("RENAME CONSTRAINT").ident(from.own_name()).kw("TO").ident(to.own_name());
    sheet.push(sql).lock(Lock::AccessExclusive);
}

/// `ALTER TABLE … VALIDATE CONSTRAINT …`.
pub(crate) fn validate<'a>(id: &ObjectId, sheet: &'a mut Sheet) -> &'a mut Statement {
    sheet.push(validates(id)).lock(Lock::ShareUpdateExclusive)
}

/// The same as text.
pub(crate) fn validates(id: &ObjectId) -> Sql {
    alter_table(&id.name).kw("VALIDATE CONSTRAINT").ident(id.own_name())
}

/// The words for when it is checked; none for at once.
pub(crate) fn deferrability(sql: Sql, deferrability: Deferrability) -> Sql {
    match deferrability {
        Deferrability::NotDeferrable => sql,
        Deferrability::InitiallyImmediate => sql.kw("DEFERRABLE"),
        Deferrability::InitiallyDeferred => sql.kw("DEFERRABLE INITIALLY DEFERRED"),
    }
}

/// The columns of a key, the last of them perhaps a range.
pub(crate) fn key_columns(sql: Sql, columns: &[Name], without_overlaps: bool) -> Sql {
    let last = columns.len().saturating_sub(1);
    sql.parens(columns.iter().enumerate().map(|(at, column)| {
        Sql::empty().ident(column).kw_if(without_overlaps && at == last, "WITHOUT OVERLAPS")
    }))
}

/// ` INCLUDE (…)`, if there are any.
pub(crate) fn include(sql: Sql, columns: &[Name]) -> Sql {
    if columns.is_empty() { sql } else { sql.kw("INCLUDE").columns(columns) }
}

/// ` WITH (…) USING INDEX TABLESPACE …`.
pub(crate) fn index_storage(sql: Sql, options: &autogen_core::Options, tablespace: Option<&Name>) -> Sql {
    let sql = with_options(sql, options);
    match tablespace {
        Some(name) => sql.kw("USING INDEX TABLESPACE").ident(name),
        None => sql,
    }
}
