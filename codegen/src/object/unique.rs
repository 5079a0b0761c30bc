//! Unique constraints. Duplicates make them fail.

use autogen_core::object::{Never, Unique, choose_name};
use autogen_core::{HazardKind, Name, ObjectId, Pair, Question};

use super::primary_key::words;
use super::{Render, constraint};
use crate::context::{Context, Questions, Sheet};
use crate::sql::Sql;

impl Render for Unique {
    fn ask_create(&self, id: &ObjectId, context: &Context<'_>, questions: &mut Questions) {
        questions.ask(context.rows_question(&id.name));
        questions.ask(duplicates(self, id, context));
    }

    fn create(&self, id: &ObjectId, context: &Context<'_>, sheet: &mut Sheet) {
        if self.inherited {
            return;
        }
        let statement = constraint::add(id, definition(self), sheet);
        warn(self, id, context, statement);
    }

    fn drop(&self, id: &ObjectId, _: &Context<'_>, sheet: &mut Sheet) {
        if !self.inherited {
            constraint::drop(id, sheet);
        }
    }

    fn alter(_: Pair<&Self>, _: &ObjectId, alterations: &[&Never], _: &Context<'_>, _: &mut Sheet) {
        if let Some(alteration) = alterations.first() {
            match **alteration {}
        }
    }

    fn rename(&self, from: &ObjectId, to: &ObjectId, _: &Context<'_>, sheet: &mut Sheet) {
        constraint::rename(from, to, sheet);
    }
}

fn duplicates(key: &Unique, id: &ObjectId, context: &Context<'_>) -> Option<Question> {
    let columns = context.kept_columns(&id.name, &key.columns)?;
    Some(Question::Duplicates { table: context.kept_table(&id.name)?, columns, predicate: None })
}

/// Says on a statement that adds the constraint what the rows may do to it.
pub(crate) fn warn(key: &Unique, id: &ObjectId, context: &Context<'_>, statement: &mut crate::Statement) {
    let what = format!("share the values of another in {}", words(&key.columns));
    let is_new = key.columns.iter().any(|column| context.kept_column(&id.name, column).is_none());
    // A column that is added with the constraint has NULLs or one value everywhere; the first are no duplicates.
    if !is_new {
        context.judge(statement, &id.name, duplicates(key, id, context).as_ref(), &what, "make them unique first", None);
    }
    if context.has_rows(&id.name) {
        statement.hazard(HazardKind::BlocksUse, format!("nobody can use {} while the index is built", id.name));
    }
}

/// `UNIQUE (…) …`.
pub(crate) fn definition(key: &Unique) -> Sql {
    finish(key, constraint::key_columns(keywords(key), &key.columns, key.without_overlaps))
}

/// The constraint as part of its only column, if it has the name that Postgres would choose.
pub(crate) fn inline(key: &Unique, id: &ObjectId) -> Option<(Name, Sql)> {
    let [column] = key.columns.as_slice() else { return None };
    let chosen = choose_name(&[id.name.name.as_str(), column.as_str()], "key") == id.own_name().as_str();
    (chosen && !key.without_overlaps && key.include.is_empty()).then(|| (column.clone(), finish(key, keywords(key))))
}

fn keywords(key: &Unique) -> Sql {
    Sql::new("UNIQUE").kw_if(key.nulls_not_distinct, "NULLS NOT DISTINCT")
}

fn finish(key: &Unique, sql: Sql) -> Sql {
    let sql = constraint::include(sql, &key.include);
    let sql = constraint::index_storage(sql, &key.options, key.tablespace.as_ref());
    constraint::deferrability(sql, key.deferrability)
}
