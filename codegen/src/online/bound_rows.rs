//! What the rows have to say to the bound of a partition: those of a table that becomes one must be within it, and the default
//! partition must have none that belong there (manual, "ALTER TABLE", "ATTACH PARTITION").

use autogen_core::object::table::PartitionOf;
use autogen_core::{Expression, Kind, Object, ObjectId, QualName, Question};

use super::bound;
use super::partition::default_partition;
use crate::context::{Context, Questions};
use crate::script::Statement;
use crate::sql::Sql;

/// Asks for the rows that a table has outside of the bound that it gets, and for those in the default partition that belong there.
pub(crate) fn ask(new: &PartitionOf, id: &ObjectId, context: &Context<'_>, questions: &mut Questions) {
    questions.ask(outside(new, id, context));
    questions
        .ask(default_partition(&new.parent, context.before()).and_then(|rest| misplaced(rest, new, context)));
}

/// The question which rows of a table are outside of the bound that it gets.
fn outside(new: &PartitionOf, id: &ObjectId, context: &Context<'_>) -> Option<Question> {
    let condition = bound::condition(new, context.after())?;
    violations(&id.name, new, condition, context)
}

/// The question which rows of the default partition belong to a new one.
fn misplaced(rest: &QualName, new: &PartitionOf, context: &Context<'_>) -> Option<Question> {
    let condition = bound::condition(new, context.after())?;
    violations(rest, new, Sql::empty().parens([condition]).kw("IS NOT TRUE"), context)
}

/// The question which rows of a table break a condition on the key of a bound.
fn violations(
    table: &QualName,
    new: &PartitionOf,
    condition: Sql,
    context: &Context<'_>,
) -> Option<Question> {
    context.kept_columns(table, &bound::columns(new, context.after())?)?;
    let expression = context.old_expression(table, &Expression::new(condition.into_text()));
    Some(Question::Violations { table: context.kept_table(table)?, expression })
}

/// Says on the statement that goes through the rows of a table whether they are within the bound.
pub(super) fn judge(new: &PartitionOf, id: &ObjectId, context: &Context<'_>, statement: &mut Statement) {
    // Who only made way for a change comes back with the rows that it had.
    let had = matches!(context.before().get(id), Some(Object::Table(table)) if table.partition_of.as_deref() == Some(new));
    if had {
        return;
    }
    let question = outside(new, id, context);
    let template = bound::condition(new, context.after()).map(|condition| {
        Sql::new("SELECT * FROM").name(&id.name).kw("WHERE (").sql(condition).punct(") IS NOT TRUE")
    });
    context.judge(
        statement,
        &id.name,
        question.as_ref(),
        "are outside of the bound",
        "move them first",
        template,
    );
}

/// Says on the statement by which a partition comes whether the default partition is in its way.
pub(super) fn judge_default(
    new: &PartitionOf,
    id: &ObjectId,
    context: &Context<'_>,
    statement: &mut Statement,
) {
    let Some(rest) = default_partition(&new.parent, context.before()) else { return };
    // One that leaves or is new does not look at its rows now.
    let stays = default_partition(&new.parent, context.after()) == Some(rest);
    if !stays || context.plan.left_at(&ObjectId::new(Kind::Table, rest.clone())).is_some() {
        return;
    }
    let template = bound::condition(new, context.after())
        .map(|condition| Sql::new("SELECT * FROM").name(rest).kw("WHERE").sql(condition));
    let what = format!("belong to {}", id.name);
    context.judge(
        statement,
        rest,
        misplaced(rest, new, context).as_ref(),
        &what,
        "move them first",
        template,
    );
}
