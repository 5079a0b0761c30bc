//! A new generated column: whether its value can be computed for every row, and is there where it has to be, the rows that are there
//! decide.

use autogen_core::object::Column;
use autogen_core::{Expression, ObjectId, Question};

use super::super::key::duplicates::has_all_parts;
use crate::Statement;
use crate::context::{Context, Questions};
use crate::sql::Sql;

/// Asks both.
pub(super) fn ask(column: &Column, id: &ObjectId, context: &Context<'_>, questions: &mut Questions) {
    questions.ask(computes(column, id, context));
    questions.ask(without_value(column, id, context));
}

/// The question whether it can be computed. One that is not stored is when it is read.
fn computes(column: &Column, id: &ObjectId, context: &Context<'_>) -> Option<Question> {
    let generated = column.generated.as_ref().filter(|generated| generated.stored && has_all_parts(id, context))?;
    let expression = context.old_expression(&id.name, &generated.expression);
    let value = Sql::empty().expr_in_parens(&expression);
    // A cast cuts off what is too long, where the column refuses it.
    let cuts = ["varchar", "bpchar", "bit", "varbit"].contains(&column.data_type.base.name.as_str());
    let is_cast = column.data_type.is_builtin() && !cuts;
    let value = if is_cast { value.punct("::").data_type(&column.data_type) } else { value };
    let table = context.kept_table(&id.name)?;
    Some(Question::Computes { table, expressions: vec![Expression::new(value.into_text())], predicate: None })
}

/// The question for which rows there would be none.
fn without_value(column: &Column, id: &ObjectId, context: &Context<'_>) -> Option<Question> {
    let generated = column.generated.as_ref().filter(|_| column.not_null && has_all_parts(id, context))?;
    let expression = context.old_expression(&id.name, &generated.expression);
    let present = Sql::empty().expr_in_parens(&expression).kw("IS NOT NULL");
    let table = context.kept_table(&id.name)?;
    Some(Question::Violations { table, expression: Expression::new(present.into_text()) })
}

/// Says on the statement that adds the column for which rows there is none, and whether some row makes it fail.
pub(super) fn judge(column: &Column, id: &ObjectId, context: &Context<'_>, statement: &mut Statement) {
    if context.judge_refusal(statement, &id.name, computes(column, id, context).as_ref()) {
        return;
    }
    let Some(generated) = column.generated.as_ref().filter(|_| column.not_null) else { return };
    let what = format!("give no value for {}", id.own_name());
    let template =
        Sql::new("SELECT * FROM").name(&id.name).kw("WHERE").expr_in_parens(&generated.expression).kw("IS NULL");
    let question = without_value(column, id, context);
    context.judge(statement, &id.name, question.as_ref(), &what, "correct them first", Some(template));
}
