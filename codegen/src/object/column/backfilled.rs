//! What rows get from the expression that the models name for those that have nothing: it may give nothing either, which the rows
//! that are there tell.

use autogen_core::{Expression, HazardKind, ObjectId, Question, TokenKind, tokens};

use super::fill::{BEFORE_NOT_NULL, template};
use super::gets::needs_more;
use super::{Volatility, volatility};
use crate::Statement;
use crate::context::{Context, Found, Questions};
use crate::sql::Sql;

/// Asks for which rows it gives nothing.
pub(super) fn ask(id: &ObjectId, context: &Context<'_>, questions: &mut Questions) {
    questions.ask(question(id, context));
}

/// Says on the statement that fills the rows for which it gives nothing. They are filled before the others, which the statement
/// leaves alone then.
pub(super) fn judge(id: &ObjectId, context: &Context<'_>, statement: &mut Statement) {
    let (Some(question), Some(backfill)) = (question(id, context), context.plan.graph.hints.backfill.get(id))
    else {
        return;
    };
    let (table, column) = (&id.name, id.own_name());
    if context.judge_refusal(statement, table, Some(&question)) {
        return;
    }
    if let Found::Some { matching, total } = context.found(&question) {
        let message = format!(
            "{matching} of {total} rows of {table} get no {column} from the backfill; fill them {BEFORE_NOT_NULL}."
        );
        let template = template(id).kw("AND").expr_in_parens(backfill).kw("IS NULL");
        statement.todo(message, Some(template));
    }
}

/// True if it is known to give nothing for some row, or to fail for it.
pub(super) fn lacks(id: &ObjectId, context: &Context<'_>) -> bool {
    question(id, context)
        .is_some_and(|question| context.is_answered(&question) && context.found(&question) != Found::None)
}

/// Says on the statement that demands a value that there may be none, where the rows could not tell.
pub(super) fn doubt(id: &ObjectId, context: &Context<'_>, statement: &mut Statement) {
    let backfill = context.plan.graph.hints.backfill.get(id).filter(|backfill| !is_constant(backfill));
    let is_known = question(id, context).is_some_and(|question| context.is_answered(&question));
    if backfill.is_some() && !is_known && context.may_have_rows(&id.name) {
        let message = format!("it fails if rows of {} get no {} from the backfill", id.name, id.own_name());
        statement.hazard(HazardKind::MayFail, message);
    }
}

fn question(id: &ObjectId, context: &Context<'_>) -> Option<Question> {
    let backfill = context.plan.graph.hints.backfill.get(id).filter(|backfill| !is_constant(backfill))?;
    if volatility(backfill) != Volatility::None || needs_more(backfill, &id.name, context) {
        return None;
    }
    let table = context.kept_table(&id.name)?;
    let given = Sql::empty().expr_in_parens(&context.old_expression(&id.name, backfill)).kw("IS NOT NULL");
    // Of an old column only the rows that have nothing are filled.
    let given = match context.kept_column(&id.name, id.own_name()) {
        Some(column) => given.kw("OR").ident(&column).kw("IS NOT NULL"),
        None => given,
    };
    Some(Question::Violations { table, expression: Expression::new(given.into_text()) })
}

/// True for a value that is the same wherever it is computed, and is one.
fn is_constant(expression: &Expression) -> bool {
    let mut all = tokens(expression.as_str()).into_iter().filter(|token| token.kind != TokenKind::Space);
    let is_value = |kind, text: &str| {
        kind == TokenKind::String
            || text.starts_with(|c: char| c.is_ascii_digit())
            || ["true", "false"].contains(&text.to_ascii_lowercase().as_str())
    };
    let is_first = all.next().is_some_and(|token| is_value(token.kind, token.text));
    is_first && all.next().is_none_or(|token| token.text == ":")
}
