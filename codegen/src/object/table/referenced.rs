//! Partitions of tables that foreign keys refer to: the server lets none go while rows of others refer to its rows (manual, "ALTER
//! TABLE", "DETACH PARTITION").

use std::collections::BTreeSet;

use autogen_core::object::ForeignKey;
use autogen_core::{Expression, Kind, Object, ObjectId, QualName, Question};

use super::super::shared::above;
use crate::context::{Context, Questions};
use crate::script::Statement;
use crate::sql::Sql;

/// True for a partition of a table that foreign keys refer to: it has to leave before it can go.
pub(super) fn is_referenced(table: &QualName, context: &Context<'_>) -> bool {
    keys(table, context).next().is_some()
}

/// Asks which rows refer to rows of a partition that leaves.
pub(super) fn ask(table: &QualName, context: &Context<'_>, questions: &mut Questions) {
    for (id, key) in staying(table, context) {
        questions.ask(referring(id, key, table, context));
    }
}

/// Says on the statement by which a partition leaves which rows refer to its rows.
pub(crate) fn judge(table: &QualName, context: &Context<'_>, statement: &mut Statement) {
    for (id, key) in staying(table, context) {
        let question = referring(id, key, table, context);
        let what = format!("refer to rows of {table}");
        let template = Sql::new("SELECT * FROM").name(&id.name).kw("WHERE").sql(refers(
            (&id.name, &key.columns),
            (table, &key.parent_columns),
            |sql, name| sql.name(name),
        ));
        let advice = "point them elsewhere or remove them first";
        context.judge(statement, &id.name, question.as_ref(), &what, advice, Some(template));
    }
}

/// The foreign keys of other tables to those that a table is a partition of.
fn keys<'a>(table: &QualName, context: &Context<'a>) -> impl Iterator<Item = (&'a ObjectId, &'a ForeignKey)> {
    let ancestors: BTreeSet<QualName> = above(table, context.before()).collect();
    context.before().of_kind(Kind::ForeignKey).filter_map(move |(id, object)| match object {
        Object::ForeignKey(key) if ancestors.contains(&key.parent) && !ancestors.contains(&id.name) => {
            Some((id, key))
        }
        _ => None,
    })
}

/// Those that are still there when the table leaves, and look at rows; a partition's follow that of its own table.
fn staying<'a>(
    table: &QualName,
    context: &Context<'a>,
) -> impl Iterator<Item = (&'a ObjectId, &'a ForeignKey)> {
    let (plan, at, own) = (context.plan, context.at, table.clone());
    keys(table, context).filter(move |(id, key)| {
        key.enforced && !key.inherited && id.name != own && !plan.drops_before(id, at)
    })
}

fn referring(id: &ObjectId, key: &ForeignKey, table: &QualName, context: &Context<'_>) -> Option<Question> {
    let child = context.kept_table(&id.name)?;
    let columns = context.kept_columns(&id.name, &key.columns)?;
    let partition = context.kept_table(table)?;
    let parent_columns = context.kept_columns(table, &key.parent_columns)?;
    let condition =
        refers((&child, &columns), (&partition, &parent_columns), |sql, name| sql.qualified(name));
    let expression = Expression::new(Sql::new("NOT").sql(condition).into_text());
    Some(Question::Violations { table: child, expression })
}

/// The condition that a row of the one refers to one of the other.
fn refers(
    (child, columns): (&QualName, &[autogen_core::Name]),
    (parent, parent_columns): (&QualName, &[autogen_core::Name]),
    name: impl Fn(Sql, &QualName) -> Sql,
) -> Sql {
    let start = name(Sql::new("EXISTS (SELECT FROM"), parent).kw("AS autogen_p WHERE");
    let pairs = columns.iter().zip(parent_columns).enumerate();
    let all = pairs.fold(start, |sql, (at, (own, theirs))| {
        let sql = sql.kw_if(at > 0, "AND").kw("autogen_p").punct(".").ident(theirs).kw("=");
        name(sql, child).punct(".").ident(own)
    });
    all.punct(")")
}
