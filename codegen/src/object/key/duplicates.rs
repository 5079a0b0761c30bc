//! Rows that a unique key would refuse, as they will be when it looks at them: columns that take another type in the same
//! migration may become equal by that, and so may those of a key that stays; of a new column it is known what the rows get.

use autogen_core::object::Index;
use autogen_core::object::column::Origin;
use autogen_core::object::index::IndexTarget;
use autogen_core::{Expression, Kind, Name, Object, ObjectId, Pair, QualName, Question};

use super::super::column::{Gets, gets_or_has, typed};
use super::super::primary_key::words;
use crate::Statement;
use crate::cast::{is_from_text, underlying};
use crate::context::{Context, Questions, Risk};
use crate::narrow::narrowing;
use crate::sql::Sql;

/// What a key takes from a row.
#[derive(Clone, Debug)]
enum Value {
    /// What this gives.
    Of(Expression),
    /// Another one in each row, or a NULL that is like no other.
    Own,
    Unknown,
}

/// The rows that share the values.
fn shared(
    table: &QualName,
    values: impl IntoIterator<Item = Value>,
    predicate: Option<Expression>,
    nulls_alike: bool,
    context: &Context<'_>,
) -> Risk {
    let (mut keys, mut is_unknown) = (Vec::new(), false);
    for value in values {
        match value {
            Value::Of(expression) => keys.push(expression),
            Value::Own => return Risk::None,
            Value::Unknown => is_unknown = true,
        }
    }
    match context.kept_table(table).filter(|_| !is_unknown) {
        Some(old) => {
            let only = context.has_own_rows(table);
            Risk::Asked(Question::Duplicates { table: old, only, keys, predicate, nulls_alike })
        }
        None => Risk::Unknown,
    }
}

/// Which rows share the values of these columns.
pub(crate) fn of_columns(
    table: &QualName,
    columns: &[Name],
    nulls_alike: bool,
    context: &Context<'_>,
) -> Risk {
    let values = columns.iter().map(|column| value(table, column, nulls_alike, context));
    shared(table, values, None, nulls_alike, context)
}

/// Which rows share the key of an index that is unique.
pub(crate) fn of_index(id: &ObjectId, index: &Index, context: &Context<'_>) -> Risk {
    let has_expression = index.plain_columns().is_none() || index.predicate.is_some();
    let (table, nulls_alike) = (&index.table, index.nulls_not_distinct);
    let is_asked = !has_expression || has_all_parts(id, context);
    let values = index.keys.iter().map(|one| match &one.target {
        IndexTarget::Column(column) => value(table, column, nulls_alike, context),
        IndexTarget::Expression(expression) if is_asked => {
            Value::Of(context.old_expression(table, expression))
        }
        IndexTarget::Expression(_) => Value::Unknown,
    });
    let nowhere = (!is_asked && index.predicate.is_some()).then_some(Value::Unknown);
    let predicate = index.predicate.as_ref().map(|predicate| context.old_expression(table, predicate));
    shared(table, values.chain(nowhere), predicate, nulls_alike, context)
}

/// True if all that an object needs is there now and stays as it is, so that the rows can be asked with its expressions.
pub(crate) fn has_all_parts(id: &ObjectId, context: &Context<'_>) -> bool {
    context.after().uses(id).all(|used| context.is_as_it_was(used))
}

/// What a key of an index is of today's values.
pub(crate) fn key_value(table: &QualName, target: &IndexTarget, context: &Context<'_>) -> Option<Expression> {
    match target {
        IndexTarget::Column(column) => match value(table, column, false, context) {
            Value::Of(value) => Some(value),
            Value::Own | Value::Unknown => None,
        },
        IndexTarget::Expression(expression) => Some(context.old_expression(table, expression)),
    }
}

/// Asks whether rows become equal in a key that stays, because a column of it takes another type.
pub(crate) fn ask_retyped(column: &ObjectId, context: &Context<'_>, questions: &mut Questions) {
    for (_, risk) in kept_keys(column, context) {
        questions.ask(risk.question().cloned());
    }
}

/// Says so on the statement that changes the type: the server builds the index of the key anew with it.
pub(crate) fn judge_retyped(column: &ObjectId, context: &Context<'_>, statement: &mut Statement) {
    for (columns, risk) in kept_keys(column, context) {
        let what = format!("become equal to another in {}", words(&columns));
        risk.judge(statement, &column.name, &what, "make them unique first", None, context);
    }
}

/// The unique keys that a column is in before and after, if its values may become equal, each with which do.
fn kept_keys(column: &ObjectId, context: &Context<'_>) -> Vec<(Vec<Name>, Risk)> {
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

/// What a column adds to a key, in the names of now.
fn value(table: &QualName, column: &Name, nulls_alike: bool, context: &Context<'_>) -> Value {
    if let Some(other) = becomes(table, column, context) {
        return Value::Of(other);
    }
    let id = ObjectId::column(table, column);
    match (gets_or_has(&id, context), context.after().get(&id)) {
        (Gets::Value(value), _) => Value::Of(value),
        (Gets::Null, Some(Object::Column(column))) if nulls_alike && !column.not_null => {
            Value::Of(typed(Sql::new("NULL"), column))
        }
        // Where there must be a value a marker asks for it, and what it is is up to somebody.
        (Gets::Null | Gets::Own, _) => Value::Own,
        (Gets::Unknown, _) => Value::Unknown,
    }
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
