//! A new generated column: whether its value can be computed for every row, and is there where it has to be, the rows that are there
//! decide.

use autogen_core::object::Column;
use autogen_core::{Expression, ObjectId, Question};

use super::super::key::duplicates::has_all_parts;
use crate::Statement;
use crate::cast::limit;
use crate::context::{Context, Questions};
use crate::narrow::characters;
use crate::sql::Sql;

/// Asks.
pub(super) fn ask(column: &Column, id: &ObjectId, context: &Context<'_>, questions: &mut Questions) {
    questions.ask(computes(column, id, context));
    questions.ask(too_long(column, id, context));
    questions.ask(without_value(column, id, context));
}

/// The question whether it can be computed. One that is not stored is when it is read.
fn computes(column: &Column, id: &ObjectId, context: &Context<'_>) -> Option<Question> {
    let generated =
        column.generated.as_ref().filter(|generated| generated.stored && has_all_parts(id, context))?;
    let expression = context.old_expression(&id.name, &generated.expression);
    let value = Sql::empty().expr_in_parens(&expression);
    // A cast cuts off what is too long, where the column refuses it.
    let cuts = ["varchar", "bpchar", "bit", "varbit"].contains(&column.data_type.base.name.as_str());
    let is_cast = column.data_type.is_builtin() && !cuts;
    let value = if is_cast { value.punct("::").data_type(&column.data_type) } else { value };
    let table = context.kept_table(&id.name)?;
    Some(Question::Computes { table, expressions: vec![Expression::new(value.into_text())], predicate: None })
}

/// The question for which rows it would have more characters than the column takes.
fn too_long(column: &Column, id: &ObjectId, context: &Context<'_>) -> Option<Question> {
    let generated =
        column.generated.as_ref().filter(|generated| generated.stored && has_all_parts(id, context))?;
    let limit = limit(&column.data_type).filter(|_| !column.data_type.array)?;
    let expression = context.old_expression(&id.name, &generated.expression);
    let fits = characters(Sql::empty().expr_in_parens(&expression)).kw("<=").number(i64::from(limit));
    let table = context.kept_table(&id.name)?;
    Some(Question::Violations { table, expression: Expression::new(fits.into_text()) })
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
    let Some(generated) = &column.generated else { return };
    let stored = generated.stored.then_some(&generated.expression);
    let question = computes(column, id, context);
    if context.judge_computing(statement, &id.name, question.as_ref(), id.own_name().as_str(), stored) {
        return;
    }
    if let Some(limit) = limit(&column.data_type).filter(|_| stored.is_some() && !column.data_type.array) {
        let what = format!("have more than {limit} characters in {}", id.own_name());
        let question = too_long(column, id, context);
        context.judge(statement, &id.name, question.as_ref(), &what, "correct them first", None);
    }
    if !column.not_null {
        return;
    }
    let what = format!("give no value for {}", id.own_name());
    let template = Sql::new("SELECT * FROM")
        .name(&id.name)
        .kw("WHERE")
        .expr_in_parens(&generated.expression)
        .kw("IS NULL");
    let question = without_value(column, id, context);
    context.judge(statement, &id.name, question.as_ref(), &what, "correct them first", Some(template));
}
