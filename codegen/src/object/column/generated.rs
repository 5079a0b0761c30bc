//! A new generated column that is to have a value in every row: whether it has, the rows that are there decide.

use autogen_core::object::Column;
use autogen_core::{Expression, ObjectId, Question};

use super::super::key::duplicates::has_all_parts;
use crate::Statement;
use crate::context::Context;
use crate::sql::Sql;

/// The question for which rows there would be none.
pub(super) fn without_value(column: &Column, id: &ObjectId, context: &Context<'_>) -> Option<Question> {
    let generated = column.generated.as_ref().filter(|_| column.not_null && has_all_parts(id, context))?;
    let expression = context.old_expression(&id.name, &generated.expression);
    let present = Sql::empty().expr_in_parens(&expression).kw("IS NOT NULL");
    let table = context.kept_table(&id.name)?;
    Some(Question::Violations { table, expression: Expression::new(present.into_text()) })
}

/// Says on the statement that adds the column for which rows there is none.
pub(super) fn judge(column: &Column, id: &ObjectId, context: &Context<'_>, statement: &mut Statement) {
    let Some(generated) = column.generated.as_ref().filter(|_| column.not_null) else { return };
    let what = format!("give no value for {}", id.own_name());
    let template =
        Sql::new("SELECT * FROM").name(&id.name).kw("WHERE").expr_in_parens(&generated.expression).kw("IS NULL");
    let question = without_value(column, id, context);
    context.judge(statement, &id.name, question.as_ref(), &what, "correct them first", Some(template));
}
