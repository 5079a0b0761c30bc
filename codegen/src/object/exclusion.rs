//! Exclusion constraints. Always written as table constraints.

use autogen_core::object::{Exclusion, Never};
use autogen_core::{HazardKind, ObjectId, Pair};

use super::index::key;
use super::{Render, constraint};
use crate::context::{Context, Questions, Sheet};
use crate::sql::Sql;

impl Render for Exclusion {
    fn ask_create(&self, id: &ObjectId, context: &Context<'_>, questions: &mut Questions) {
        questions.ask(context.rows_question(&id.name));
    }

    fn create(&self, id: &ObjectId, context: &Context<'_>, sheet: &mut Sheet) {
        let statement = constraint::add(id, definition(self), sheet);
        if context.may_have_rows(&id.name) {
            statement.hazard(HazardKind::MayFail, format!("it fails if two rows of {} exclude each other", id.name));
        }
        if context.keeps_waiting(&id.name) {
            statement.hazard(HazardKind::BlocksUse, format!("nobody can use {} while the index is built", id.name));
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

/// `EXCLUDE USING … (… WITH …) …`.
pub(crate) fn definition(exclusion: &Exclusion) -> Sql {
    let elements = exclusion.elements.iter().map(|(element, operator)| key(element).kw("WITH").expr(operator));
    let sql = Sql::new("EXCLUDE USING").ident(&exclusion.method).parens(elements);
    let sql = constraint::include(sql, &exclusion.include);
    let mut sql = constraint::index_storage(sql, &exclusion.options, exclusion.tablespace.as_ref());
    if let Some(predicate) = &exclusion.predicate {
        sql = sql.kw("WHERE").expr_in_parens(predicate);
    }
    constraint::deferrability(sql, exclusion.deferrability)
}
