//! Exclusion constraints. Always written as table constraints.

use autogen_core::object::index::IndexKey;
use autogen_core::object::{Exclusion, Never};
use autogen_core::{Expression, HazardKind, ObjectId, Pair, Question};

use super::index::key;
use super::key::duplicates::{has_all_parts, key_value};
use super::{Render, constraint};
use crate::context::{Context, Questions, Sheet};
use crate::sql::Sql;

impl Render for Exclusion {
    fn ask_create(&self, id: &ObjectId, context: &Context<'_>, questions: &mut Questions) {
        questions.ask(context.rows_question(&id.name));
        questions.ask(conflicts(self, id, context));
    }

    fn create(&self, id: &ObjectId, context: &Context<'_>, sheet: &mut Sheet) {
        let statement = constraint::add(id, definition(self), sheet);
        let (question, advice) = (conflicts(self, id, context), "decide which of them stays");
        context.judge(statement, &id.name, question.as_ref(), "exclude each other", advice, None);
        if context.keeps_waiting(&id.name) {
            statement.hazard(
                HazardKind::BlocksUse,
                format!("nobody can use {} while the index is built", id.name),
            );
        }
    }

    fn drop(&self, id: &ObjectId, _: &Context<'_>, sheet: &mut Sheet) {
        constraint::drop(id, sheet);
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

/// The question which rows it would refuse.
fn conflicts(exclusion: &Exclusion, id: &ObjectId, context: &Context<'_>) -> Option<Question> {
    if !has_all_parts(id, context) {
        return None;
    }
    let key = |(element, operator): &(IndexKey, Expression)| {
        Some((key_value(&id.name, &element.target, context)?, operator.clone()))
    };
    Some(Question::Conflicts {
        table: context.kept_table(&id.name)?,
        only: context.has_own_rows(&id.name),
        keys: exclusion.elements.iter().map(key).collect::<Option<_>>()?,
        predicate: exclusion.predicate.as_ref().map(|predicate| context.old_expression(&id.name, predicate)),
    })
}

/// `EXCLUDE USING … (… WITH …) …`.
pub(crate) fn definition(exclusion: &Exclusion) -> Sql {
    let elements =
        exclusion.elements.iter().map(|(element, operator)| key(element).kw("WITH").expr(operator));
    let sql = Sql::new("EXCLUDE USING").ident(&exclusion.method).parens(elements);
    let sql = constraint::include(sql, &exclusion.include);
    let mut sql = constraint::index_storage(sql, &exclusion.options, exclusion.tablespace.as_ref());
    if let Some(predicate) = &exclusion.predicate {
        sql = sql.kw("WHERE").expr_in_parens(predicate);
    }
    constraint::deferrability(sql, exclusion.deferrability)
}
