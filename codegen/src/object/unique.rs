//! Unique constraints. Duplicates make them fail.

use autogen_core::object::{KeyAlteration, Unique, comes_ahead};
use autogen_core::{HazardKind, Name, ObjectId, Pair};

use super::primary_key::words;
use super::{Render, constraint, key};
use crate::context::{Context, Questions, Risk, Sheet};
use crate::online;
use crate::sql::Sql;

impl Render for Unique {
    fn ask_create(&self, id: &ObjectId, context: &Context<'_>, questions: &mut Questions) {
        questions.ask(context.rows_question(&id.name));
        questions.ask(risk(self, id, context).question().cloned());
    }

    fn create(&self, id: &ObjectId, context: &Context<'_>, sheet: &mut Sheet) {
        if self.inherited && !comes_ahead(id, Pair::new(context.before(), context.after())) {
            return;
        }
        let risk = risk(self, id, context);
        let key = key(self);
        if key::take_index(&key, id, self.partition_of.as_ref(), context, sheet) {
            return;
        }
        if !self.valid {
            warn(self, id, context, constraint::add_only(id, definition(self), sheet));
        } else if key.is_built_apart(id, risk.question(), context) {
            judge(self, id, context, key.add(id, id.own_name(), sheet));
        } else {
            warn(self, id, context, constraint::add(id, definition(self), sheet));
        }
        key::attach(id, self.partition_of.as_ref(), sheet);
        if self.valid {
            key::of_partition::take_names_below(id, context, sheet);
        }
    }

    fn drop(&self, id: &ObjectId, context: &Context<'_>, sheet: &mut Sheet) {
        if !self.inherited || constraint::is_left_behind(id, context) {
            constraint::drop(id, sheet);
        }
    }

    fn alter(
        pair: Pair<&Self>,
        id: &ObjectId,
        alterations: &[&KeyAlteration],
        _: &Context<'_>,
        sheet: &mut Sheet,
    ) {
        key::alter(&pair.before.options, id, alterations, sheet);
    }

    fn rename(&self, from: &ObjectId, to: &ObjectId, _: &Context<'_>, sheet: &mut Sheet) {
        constraint::rename(from, to, sheet);
    }
}

/// Which rows it would refuse.
pub(crate) fn risk(unique: &Unique, id: &ObjectId, context: &Context<'_>) -> Risk {
    if unique.without_overlaps {
        return Risk::Unknown;
    }
    key::duplicates::of_columns(&id.name, &unique.columns, unique.nulls_not_distinct, context)
}

/// What its index is made of.
pub(crate) fn key(key: &Unique) -> online::key::Key<'_> {
    online::key::Key {
        columns: &key.columns,
        include: &key.include,
        nulls_not_distinct: key.nulls_not_distinct,
        options: &key.options,
        tablespace: key.tablespace.as_ref(),
        deferrability: key.deferrability,
        without_overlaps: key.without_overlaps,
    }
}

/// Says on a statement that builds the index what the rows may do to it.
pub(crate) fn judge(key: &Unique, id: &ObjectId, context: &Context<'_>, statement: &mut crate::Statement) {
    let what = format!("share the values of another in {}", words(&key.columns));
    risk(key, id, context).judge(statement, &id.name, &what, "make them unique first", None, context);
}

/// The same for one that adds the constraint, and its lock with it.
pub(crate) fn warn(key: &Unique, id: &ObjectId, context: &Context<'_>, statement: &mut crate::Statement) {
    judge(key, id, context, statement);
    if context.keeps_waiting(&id.name) {
        statement
            .hazard(HazardKind::BlocksUse, format!("nobody can use {} while the index is built", id.name));
    }
}

/// `UNIQUE (…) …`.
pub(crate) fn definition(key: &Unique) -> Sql {
    finish(key, constraint::key_columns(keywords(key), &key.columns, key.without_overlaps))
}

/// The constraint as part of its only column, if it has the name that Postgres would choose.
pub(crate) fn inline(key: &Unique, id: &ObjectId) -> Option<(Name, Sql)> {
    let [column] = key.columns.as_slice() else { return None };
    let chosen = key.chosen_name(&id.name) == id.own_name().as_str();
    (chosen && !key.without_overlaps && key.include.is_empty())
        .then(|| (column.clone(), finish(key, keywords(key))))
}

fn keywords(key: &Unique) -> Sql {
    Sql::new("UNIQUE").kw_if(key.nulls_not_distinct, "NULLS NOT DISTINCT")
}

fn finish(key: &Unique, sql: Sql) -> Sql {
    let sql = constraint::include(sql, &key.include);
    let sql = constraint::index_storage(sql, &key.options, key.tablespace.as_ref());
    constraint::deferrability(sql, key.deferrability)
}
