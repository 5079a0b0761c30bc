//! Checks of tables. Rows that break them make them fail.

use autogen_core::object::Check;
use autogen_core::object::check::CheckAlteration;
use autogen_core::object::choose_name;
use autogen_core::{Expression, HazardKind, Kind, Lock, Name, ObjectId, Pair, QualName, Question};

use super::column::{Gets, gets_or_has, in_terms_of_now};
use super::{Render, constraint};
use crate::context::{Context, Questions, Risk, Sheet};
use crate::online;
use crate::sql::Sql;
use crate::total::is_strict;

impl Render for Check {
    fn ask_create(&self, id: &ObjectId, context: &Context<'_>, questions: &mut Questions) {
        questions.ask(context.rows_question(&id.name));
        questions.ask(question(self, id, context));
    }

    fn ask_alter(
        pair: Pair<&Self>,
        id: &ObjectId,
        alterations: &[&CheckAlteration],
        context: &Context<'_>,
        questions: &mut Questions,
    ) {
        if alterations.contains(&&CheckAlteration::Validate) {
            questions.ask(context.rows_question(&id.name));
            questions.ask(question(pair.after, id, context));
        }
    }

    fn create(&self, id: &ObjectId, context: &Context<'_>, sheet: &mut Sheet) {
        let looks = self.validated && self.enforced;
        if looks && context.online_unless(&id.name, violations(self, id, context).question()) {
            let statement =
                online::validate::add(id, definition(self), Lock::AccessExclusive, context, sheet);
            warn(self, id, context, statement);
        } else {
            let sql = definition(self).kw_if(!self.validated && self.enforced, "NOT VALID");
            let statement = constraint::add(id, sql, sheet);
            warn(self, id, context, statement);
            if looks && context.keeps_waiting(&id.name) {
                statement.hazard(HazardKind::BlocksUse, format!("nobody can use {} meanwhile", id.name));
            }
        }
    }

    fn drop(&self, id: &ObjectId, _: &Context<'_>, sheet: &mut Sheet) {
        constraint::drop(id, sheet);
    }

    fn alter(
        pair: Pair<&Self>,
        id: &ObjectId,
        alterations: &[&CheckAlteration],
        context: &Context<'_>,
        sheet: &mut Sheet,
    ) {
        for alteration in alterations {
            match alteration {
                CheckAlteration::Validate => {
                    let statement = online::validate::validate(id, context, sheet);
                    warn(pair.after, id, context, statement);
                }
                CheckAlteration::Origin(_) => {}
            }
        }
    }

    fn rename(&self, from: &ObjectId, to: &ObjectId, _: &Context<'_>, sheet: &mut Sheet) {
        constraint::rename(from, to, sheet);
    }
}

/// Rows that break it. NULL breaks none that does not ask for it, and is all that there is in columns that are new.
fn violations(check: &Check, id: &ObjectId, context: &Context<'_>) -> Risk {
    let is_null =
        |column: &Name| matches!(gets_or_has(&ObjectId::column(&id.name, column), context), Gets::Null);
    let is_of_null = !check.columns.is_empty() && check.columns.iter().all(is_null);
    if !check.validated || !check.enforced || is_of_null && is_strict(&check.expression) {
        return Risk::None;
    }
    asked(check, id, context).into()
}

fn asked(check: &Check, id: &ObjectId, context: &Context<'_>) -> Option<Question> {
    let table = context.kept_table(&id.name)?;
    let is_asked =
        |used: &ObjectId| [Kind::Table, Kind::Column].contains(&used.kind) || context.is_as_it_was(used);
    if !context.after().uses(id).all(is_asked) {
        return None;
    }
    let expression = in_terms_of_now(&check.expression, &check.columns, &id.name, context)?;
    Some(if check.no_inherit {
        own_violations(table, &expression)
    } else {
        Question::Violations { table, expression }
    })
}

/// The question which rows break a condition that the rows of tables that inherit need not meet.
pub(crate) fn own_violations(table: QualName, condition: &Expression) -> Question {
    let name = Sql::empty().qualified(&table).into_text();
    let own = Sql::new("tableoid <>").literal(&name).punct("::regclass OR");
    let expression = Expression::new(own.expr_in_parens(condition).into_text());
    Question::Violations { table, expression }
}

/// The question which rows break it.
pub(crate) fn question(check: &Check, id: &ObjectId, context: &Context<'_>) -> Option<Question> {
    violations(check, id, context).question().cloned()
}

/// Says on a statement that adds or validates the check what the rows may do to it.
pub(crate) fn warn(check: &Check, id: &ObjectId, context: &Context<'_>, statement: &mut crate::Statement) {
    if !check.validated || !check.enforced {
        return;
    }
    judge(check, id, context, statement);
    if context.has_rows(&id.name) {
        statement.hazard(HazardKind::FullScan, format!("all rows of {} are read", id.name));
    }
}

/// Says which rows break it.
pub(crate) fn judge(check: &Check, id: &ObjectId, context: &Context<'_>, statement: &mut crate::Statement) {
    let what = format!("break {}", id.own_name());
    let template = Sql::new("SELECT * FROM").name(&id.name).kw("WHERE NOT").expr_in_parens(&check.expression);
    let risk = violations(check, id, context);
    risk.judge(statement, &id.name, &what, "correct them first", Some(template), context);
}

/// `CHECK (…) …`, without `NOT VALID`, which a new table has no use for.
pub(crate) fn definition(check: &Check) -> Sql {
    Sql::new("CHECK")
        .expr_in_parens(&check.expression)
        .kw_if(check.no_inherit, "NO INHERIT")
        .kw_if(!check.enforced, "NOT ENFORCED")
}

/// The check as part of its only column, if it has the name that Postgres would choose.
pub(crate) fn inline(check: &Check, id: &ObjectId) -> Option<(Name, Sql)> {
    let [column] = check.columns.as_slice() else { return None };
    let chosen = choose_name(&[id.name.name.as_str(), column.as_str()], "check") == id.own_name().as_str();
    chosen.then(|| (column.clone(), definition(check)))
}
