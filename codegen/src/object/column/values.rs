//! The values of a column that takes another type: how they get into it, which of them cannot, and what there is to say
//! of that.

use autogen_core::{Catalog, DataType, Expression, HazardKind, Kind, Name, Object, ObjectId, Pair, Question};

use crate::Statement;
use crate::cast::{Cast, cast, shortened};
use crate::context::{Context, Found};
use crate::sql::Sql;

/// The question which values the new type cannot hold, if any value may be one.
pub(super) fn unfit(types: Pair<&DataType>, id: &ObjectId, context: &Context<'_>) -> Option<Question> {
    let table = context.kept_table(&id.name)?;
    let column = context.kept_column(&id.name, id.own_name())?;
    if context.plan.graph.hints.using.contains_key(id) {
        return None;
    }
    if let Some(length) = shortened(types) {
        return Some(Question::TooLong { table, column, length });
    }
    if cast(types, Pair::new(context.before(), context.after())) == Cast::Automatic {
        return None;
    }
    match conversion(types, context) {
        Cast::IntoList => return None,
        Cast::FromList => {
            let sql = Sql::empty().ident(&column).kw("IS NULL OR").sql(is_single(&column));
            return Some(Question::Violations { table, expression: Expression::new(sql.into_text()) });
        }
        Cast::Automatic | Cast::Explicit | Cast::ThroughText => {}
    }
    let to = types.after;
    match context.after().get(&ObjectId::new(Kind::EnumType, to.base.clone())) {
        // The type may not be there yet, so its labels are spelled out.
        Some(Object::EnumType(wanted)) if !to.array && !wanted.labels.is_empty() => {
            let labels = wanted.labels.iter().map(|label| Sql::empty().literal(label));
            let sql = Sql::empty().ident(&column).kw("IS NULL OR").ident(&column).punct("::text");
            Some(Question::Violations { table, expression: Expression::new(sql.kw("IN").parens(labels).into_text()) })
        }
        _ => Some(Question::Uncastable { table, column, to: to.clone() }),
    }
}

/// How the values get into the new type: those that are text meanwhile have to come back from that.
pub(super) fn conversion(types: Pair<&DataType>, context: &Context<'_>) -> Cast {
    match returns_from_text(types, context) {
        true if types.before.array == types.after.array => Cast::Explicit,
        true => Cast::ThroughText,
        false => cast(types, Pair::new(context.before(), context.after())),
    }
}

/// True for a list of one value, or of none.
pub(super) fn is_single(list: &Name) -> Sql {
    Sql::new("cardinality(").ident(list).punct(") <= 1")
}

/// True for a column that was text meanwhile, because its type could not change under it (see the differ's plan).
fn returns_from_text(types: Pair<&DataType>, context: &Context<'_>) -> bool {
    let before = context.before();
    types.before.base == types.after.base
        && match types.before.object(before).and_then(|id| before.get(&id)) {
            Some(Object::CompositeType(_) | Object::RangeType(_) | Object::Table(_) | Object::Defined(_)) => true,
            Some(Object::Domain(domain)) => domain.base.object(before).is_some(),
            _ => false,
        }
}

/// True for a column that had another type meanwhile and comes back to values on which work is to be done: the conditions of
/// a domain are proved by writing them.
pub(super) fn comes_back_anew(types: Pair<&DataType>, context: &Context<'_>) -> bool {
    types.before.base == types.after.base
        && (returns_from_text(types, context) || has_conditions(types.after, context.after()))
}

/// True for a domain with a condition, of its own or of the domain beneath it.
fn has_conditions(data_type: &DataType, catalog: &Catalog) -> bool {
    match data_type.object(catalog).and_then(|id| catalog.get(&id)) {
        Some(Object::Domain(domain)) => {
            domain.not_null || !domain.checks.is_empty() || has_conditions(&domain.base, catalog)
        }
        _ => false,
    }
}

pub(super) fn judge(types: Pair<&DataType>, how: Cast, id: &ObjectId, context: &Context<'_>, statement: &mut Statement) {
    let Some(question) = unfit(types, id, context) else { return };
    let (table, column) = (&id.name, id.own_name());
    let template = Sql::new("SELECT").ident(column).kw("FROM").name(table);
    if let Question::TooLong { length, .. } = &question {
        let what = format!("have more than {length} characters in {column}");
        context.judge(statement, table, Some(&question), &what, "shorten them first", None);
        return;
    }
    if how == Cast::FromList {
        let what = format!("have more than one value in {column}");
        context.judge(statement, table, Some(&question), &what, "choose one of them first", None);
        return;
    }
    let to = types.after.full_text();
    let what = format!("do not convert to {to} in {column}");
    match context.found(&question) {
        Found::None => {}
        Found::Some { matching, total } => {
            let advice = "convert them in the USING expression or before";
            let message = format!("{matching} of {total} rows of {table} {what}; {advice}.");
            statement.todo(message, Some(template)).hazard(HazardKind::MayFail, "values that do not convert make it fail");
        }
        Found::Unknown if context.may_have_rows(table) => {
            statement.hazard(HazardKind::MayFail, format!("it fails if rows of {table} {what}"));
            if !context.is_down() {
                let through = if how == Cast::ThroughText { "there is no cast, so the text is converted; " } else { "" };
                let message = format!("{through}make sure that every {column} of {table} converts to {to}.");
                statement.todo(message, Some(template));
            }
        }
        Found::Unknown => {}
    }
}
