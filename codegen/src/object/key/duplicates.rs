//! Rows that a unique key would refuse, as they will be when it looks at them: columns that take another type in the same
//! migration may become equal by that, and so may those of a key that stays; a new column with a default has the same in all rows.

use autogen_core::object::Index;
use autogen_core::object::column::Origin;
use autogen_core::object::index::IndexTarget;
use autogen_core::{Expression, Kind, Name, Object, ObjectId, Pair, QualName, Question};

use super::super::column::is_volatile;
use super::super::primary_key::words;
use crate::Statement;
use crate::cast::{is_from_text, underlying};
use crate::context::{Context, Questions};
use crate::narrow::narrowing;
use crate::sql::Sql;

/// The question which rows share the values of these columns.
pub(crate) fn of_columns(
    table: &QualName,
    columns: &[Name],
    nulls_alike: bool,
    context: &Context<'_>,
) -> Option<Question> {
    let keys = columns.iter().map(|column| value(table, column, context)).collect::<Option<_>>()?;
    Some(Question::Duplicates { table: context.kept_table(table)?, keys, predicate: None, nulls_alike })
}

/// The question which rows share the key of an index.
pub(crate) fn of_index(id: &ObjectId, index: &Index, context: &Context<'_>) -> Option<Question> {
    let has_expression = index.plain_columns().is_none() || index.predicate.is_some();
    if !index.unique || (has_expression && !has_all_parts(id, context)) {
        return None;
    }
    Some(Question::Duplicates {
        table: context.kept_table(&index.table)?,
        keys: index
            .keys
            .iter()
            .map(|one| key_value(&index.table, &one.target, context))
            .collect::<Option<_>>()?,
        predicate: index.predicate.as_ref().map(|predicate| context.old_expression(&index.table, predicate)),
        nulls_alike: index.nulls_not_distinct,
    })
}

/// True if all that an object needs is there now, so that the rows can be asked with its expressions.
pub(crate) fn has_all_parts(id: &ObjectId, context: &Context<'_>) -> bool {
    context.after().uses(id).all(|used| context.stays(used))
}

/// What a key of an index is of today's values.
pub(crate) fn key_value(table: &QualName, target: &IndexTarget, context: &Context<'_>) -> Option<Expression> {
    match target {
        IndexTarget::Column(column) => value(table, column, context),
        IndexTarget::Expression(expression) => Some(context.old_expression(table, expression)),
    }
}

/// Asks whether rows become equal in a key that stays, because a column of it takes another type.
pub(crate) fn ask_retyped(column: &ObjectId, context: &Context<'_>, questions: &mut Questions) {
    for (_, question) in kept_keys(column, context) {
        questions.ask(question);
    }
}

/// Says so on the statement that changes the type: the server builds the index of the key anew with it.
pub(crate) fn judge_retyped(column: &ObjectId, context: &Context<'_>, statement: &mut Statement) {
    for (columns, question) in kept_keys(column, context) {
        let what = format!("become equal to another in {}", words(&columns));
        context.judge(statement, &column.name, question.as_ref(), &what, "make them unique first", None);
    }
}

/// The unique keys that a column is in before and after, if its values may become equal, each with the question which do.
fn kept_keys(column: &ObjectId, context: &Context<'_>) -> Vec<(Vec<Name>, Option<Question>)> {
    let (table, own) = (&column.name, column.own_name());
    if becomes(table, own, context).is_none() {
        return Vec::new();
    }
    let after = context.after();
    let constraints = [Kind::PrimaryKey, Kind::Unique].into_iter().flat_map(|kind| after.parts(kind, table));
    let indexes = after.of_kind(Kind::Index);
    let keys =
        constraints.chain(indexes).filter(|(id, _)| context.stays(id)).filter_map(
            |(id, object)| match object {
                Object::PrimaryKey(key) => {
                    Some((key.columns.clone(), of_columns(table, &key.columns, false, context)))
                }
                Object::Unique(key) => Some((
                    key.columns.clone(),
                    of_columns(table, &key.columns, key.nulls_not_distinct, context),
                )),
                Object::Index(index) if index.table == *table && index.unique => {
                    Some((index.plain_columns()?, of_index(id, index, context)))
                }
                _ => None,
            },
        );
    keys.filter(|(columns, _)| columns.contains(own)).collect()
}

/// What a column's value will be, in the names of now.
fn value(table: &QualName, column: &Name, context: &Context<'_>) -> Option<Expression> {
    let Some(now) = context.kept_column(table, column) else { return of_new(table, column, context) };
    Some(
        becomes(table, column, context)
            .unwrap_or_else(|| Expression::new(Sql::empty().ident(&now).into_text())),
    )
}

/// What all rows have in a new column, if they have the same there: a default that is not computed for each.
fn of_new(table: &QualName, column: &Name, context: &Context<'_>) -> Option<Expression> {
    let id = ObjectId::column(table, column);
    context.plan.created_at(&id)?;
    let default = ObjectId { kind: Kind::Default, ..id.clone() };
    let (Some(Object::Column(new)), Some(Object::Default(default))) =
        (context.after().get(&id), context.after().get(&default))
    else {
        return None;
    };
    let is_filled = context.plan.graph.hints.backfill.contains_key(&id);
    if new.generated.is_some() || default.is_null() || is_volatile(&default.expression) || is_filled {
        return None;
    }
    let value = Sql::empty().expr_in_parens(&default.expression);
    let value = if new.data_type.is_builtin() { value.punct("::").data_type(&new.data_type) } else { value };
    Some(Expression::new(value.into_text()))
}

/// What a column's value becomes where different ones may become equal: text whose case no longer counts, and what has less room.
fn becomes(table: &QualName, column: &Name, context: &Context<'_>) -> Option<Expression> {
    let now = context.kept_column(table, column)?;
    let id = ObjectId::column(table, column);
    let (Some(Object::Column(old)), Some(Object::Column(new))) =
        (context.before().get(&id), context.after().get(&id))
    else {
        return None;
    };
    let types = Pair::new(&old.data_type, &new.data_type);
    let is_told = context.plan.graph.hints.using.contains_key(&id) || new.origin == Origin::Inherited;
    if types.before == types.after || is_told {
        return None;
    }
    let catalogs = Pair::new(context.before(), context.after());
    let value = Sql::empty().ident(&now);
    let value = if is_from_text(types.before, context.before()) {
        let loses_case = types.after.base.name.as_str() == "citext" && !types.after.array;
        loses_case.then(|| Sql::new("lower").punct("(").sql(value).punct("::text)"))
    } else {
        let loses = narrowing(types, catalogs, &now).loses.is_some();
        loses.then(|| value.cast("", &underlying(types.after, context.after())))
    };
    value.map(|value| Expression::new(value.into_text()))
}
