//! Primary keys. NULLs in the columns and duplicates make them fail.

use autogen_core::object::{Never, PrimaryKey, choose_name};
use autogen_core::{HazardKind, Name, ObjectId, Pair, Question};

use super::{Render, constraint};
use crate::context::{Context, Questions, Sheet};
use crate::sql::Sql;

impl Render for PrimaryKey {
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

fn duplicates(key: &PrimaryKey, id: &ObjectId, context: &Context<'_>) -> Option<Question> {
    let columns = context.kept_columns(&id.name, &key.columns)?;
    Some(Question::Duplicates { table: context.kept_table(&id.name)?, columns, predicate: None })
}

/// Says on a statement that adds the key what the rows may do to it.
pub(crate) fn warn(key: &PrimaryKey, id: &ObjectId, context: &Context<'_>, statement: &mut crate::Statement) {
    let what = format!("share the values of another in {}", words(&key.columns));
    context.judge(statement, &id.name, duplicates(key, id, context).as_ref(), &what, "make them unique first", None);
    if context.has_rows(&id.name) {
        statement.hazard(HazardKind::BlocksUse, format!("nobody can use {} while the index is built", id.name));
    }
}

/// Columns for people: `a, b`.
pub(crate) fn words(columns: &[Name]) -> String {
    columns.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// `PRIMARY KEY (…) …`.
pub(crate) fn definition(key: &PrimaryKey) -> Sql {
    finish(key, constraint::key_columns(Sql::new("PRIMARY KEY"), &key.columns, key.without_overlaps))
}

/// The key as part of its only column, if it has the name that Postgres would choose.
pub(crate) fn inline(key: &PrimaryKey, id: &ObjectId) -> Option<(Name, Sql)> {
    let [column] = key.columns.as_slice() else { return None };
    let chosen = choose_name(&[id.name.name.as_str()], "pkey") == id.own_name().as_str();
    (chosen && !key.without_overlaps && key.include.is_empty())
        .then(|| (column.clone(), finish(key, Sql::new("PRIMARY KEY"))))
}

fn finish(key: &PrimaryKey, sql: Sql) -> Sql {
    let sql = constraint::include(sql, &key.include);
    let sql = constraint::index_storage(sql, &key.options, key.tablespace.as_ref());
    constraint::deferrability(sql, key.deferrability)
}
