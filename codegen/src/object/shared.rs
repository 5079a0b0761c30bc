//! Statements that many kinds have in common.

use autogen_core::{Catalog, Lock, Name, Object, ObjectId, QualName};

use crate::context::Sheet;
use crate::sql::Sql;

/// Partitions nest a few levels at most.
pub(crate) const MAX_LEVELS: usize = 64;

/// What a table is a partition of, what that is one of, and so on.
pub(crate) fn above(table: &QualName, catalog: &Catalog) -> impl Iterator<Item = QualName> {
    let parent = |table: &QualName| Some(catalog.container(&ObjectId::table(table))?.name);
    std::iter::successors(parent(table), parent).take(MAX_LEVELS)
}

pub(crate) fn rename_label(id: &ObjectId, from: &str, to: &str) -> Sql {
    Sql::new("ALTER TYPE").name(&id.name).kw("RENAME VALUE").literal(from).kw("TO").literal(to)
}

pub(crate) fn alter_table(table: &QualName) -> Sql {
    Sql::new("ALTER TABLE").name(table)
}

pub(crate) fn alter_column(table: &QualName, column: &Name) -> Sql {
    alter_table(table).kw("ALTER COLUMN").ident(column)
}

/// `ALTER … SET SCHEMA` and `RENAME TO`, as far as either is needed.
pub(crate) fn rename(alter: &'static str, from: &ObjectId, to: &ObjectId, sheet: &mut Sheet) {
    rename_with(|name| Sql::new(alter).name(name), from, to, sheet);
}

/// The same for an object that takes more than its name to address.
pub(crate) fn rename_with(
    alter: impl Fn(&QualName) -> Sql,
    from: &ObjectId,
    to: &ObjectId,
    sheet: &mut Sheet,
) {
    for sql in renames(alter, from, to) {
        sheet.push(sql).lock(Lock::AccessExclusive);
    }
}

/// The statements themselves.
pub(crate) fn renames(alter: impl Fn(&QualName) -> Sql, from: &ObjectId, to: &ObjectId) -> Vec<Sql> {
    let mut all = Vec::new();
    if from.name.schema != to.name.schema {
        all.push(alter(&from.name).kw("SET SCHEMA").ident(&to.name.schema));
    }
    if from.name.name != to.name.name {
        let moved = QualName { schema: to.name.schema.clone(), name: from.name.name.clone() };
        all.push(alter(&moved).kw("RENAME TO").ident(&to.name.name));
    }
    all
}

/// `SET (…)` for parameters that are new or different, `RESET (…)` for those that are gone. The server keeps their order, and
/// what is set stands last: what stays but comes after one that is set is set once more.
pub(crate) fn options(
    alter: impl Fn() -> Sql,
    before: &autogen_core::Options,
    after: &autogen_core::Options,
    sheet: &mut Sheet,
) {
    let mut old = before.iter();
    let stays = after
        .iter()
        .take_while(|new| old.any(|old| old.0 == new.0) && before.get(new.0) == Some(new.1))
        .count();
    let set: autogen_core::Options =
        after.iter().skip(stays).map(|(key, value)| (key.clone(), value.clone())).collect();
    let reset: Vec<Sql> =
        before.keys().filter(|key| !after.contains_key(key)).map(|key| Sql::empty().parameter(key)).collect();
    if !set.is_empty() {
        sheet.push(alter().kw("SET").parameters(&set)).lock(Lock::ShareUpdateExclusive);
    }
    if !reset.is_empty() {
        sheet.push(alter().kw("RESET").parens(reset)).lock(Lock::ShareUpdateExclusive);
    }
}

/// True for a table whose rows are on a foreign server.
pub(crate) fn is_foreign(id: &ObjectId, catalog: &Catalog) -> bool {
    matches!(catalog.get(id), Some(Object::Table(table)) if table.foreign.is_some())
}

/// `OPTIONS (…)` for a foreign data wrapper, if there are any.
pub(crate) fn with_foreign_options(sql: Sql, options: &autogen_core::Options) -> Sql {
    if options.is_empty() {
        return sql;
    }
    sql.kw("OPTIONS").parens(options.iter().map(|(key, value)| foreign_option("", key).literal(value)))
}

/// `OPTIONS (ADD …, SET …, DROP …)`. The server keeps their order: what stays but comes after a new one goes and comes
/// again.
pub(crate) fn foreign_options(
    alter: Sql,
    before: &autogen_core::Options,
    after: &autogen_core::Options,
    sheet: &mut Sheet,
) {
    let kept: Vec<&String> = before.keys().filter(|key| after.contains_key(key)).collect();
    let same = kept.iter().zip(after.keys()).take_while(|(old, new)| *old == new).count();
    let stays = |key: &String| kept[..same].contains(&key);
    let gone = before.keys().filter(|key| !stays(key)).map(|key| foreign_option("DROP", key));
    let wanted = after.iter().filter_map(|(key, value)| match before.get(key) {
        Some(old) if stays(key) && old == value => None,
        Some(_) if stays(key) => Some(foreign_option("SET", key).literal(value)),
        Some(_) | None => Some(foreign_option("ADD", key).literal(value)),
    });
    sheet.push(alter.kw("OPTIONS").parens(gone.chain(wanted))).lock(Lock::AccessExclusive);
}

fn foreign_option(verb: &'static str, key: &str) -> Sql {
    Sql::new(verb).ident(&Name::new(key))
}

/// ` WITH (…)`, if there are any.
pub(crate) fn with_options(sql: Sql, options: &autogen_core::Options) -> Sql {
    if options.is_empty() { sql } else { sql.kw("WITH").parameters(options) }
}

/// ` TABLESPACE …`, if it is not the default one.
pub(crate) fn tablespace(sql: Sql, tablespace: Option<&Name>) -> Sql {
    match tablespace {
        Some(name) => sql.kw("TABLESPACE").ident(name),
        None => sql,
    }
}

/// The tablespace to move to; the database's own is `pg_default` unless somebody changed it.
pub(crate) fn set_tablespace(alter: Sql, tablespace: Option<&Name>, sheet: &mut Sheet) {
    let default = Name::new("pg_default");
    sheet.push(alter.kw("SET TABLESPACE").ident(tablespace.unwrap_or(&default))).lock(Lock::AccessExclusive);
}

/// ` COLLATE …`, if it is not the type's own.
pub(crate) fn collate(sql: Sql, collation: Option<&QualName>) -> Sql {
    match collation {
        Some(name) => sql.kw("COLLATE").name(name),
        None => sql,
    }
}
