//! What rows that are there get in a new column, in terms of what they have now.

use autogen_core::object::Column;
use autogen_core::object::default::is_null;
use autogen_core::{Expression, Kind, Name, Object, ObjectId, QualName, TokenKind, tokens};

use super::super::key::duplicates::has_all_parts;
use super::{Volatility, volatility};
use crate::context::Context;
use crate::sql::Sql;

/// What a row gets.
#[derive(Clone, Debug)]
pub(crate) enum Gets {
    /// Nothing, unless somebody who is asked for values gives one.
    Null,
    /// What this gives.
    Value(Expression),
    /// A value that no other row has.
    Own,
    /// Nobody knows before it is tried.
    Unknown,
}

/// The same of a column that may have been there before: what it has then.
pub(crate) fn gets_or_has(id: &ObjectId, context: &Context<'_>) -> Gets {
    match context.kept_column(&id.name, id.own_name()) {
        Some(now) => Gets::Value(Expression::new(Sql::empty().ident(&now).into_text())),
        None => gets(id, context),
    }
}

/// Decides for a column that is new.
fn gets(id: &ObjectId, context: &Context<'_>) -> Gets {
    let (Some(Object::Column(column)), Some(_)) = (context.after().get(id), context.plan.created_at(id))
    else {
        return Gets::Unknown;
    };
    if let Some(generated) = &column.generated {
        return match has_all_parts(id, context) {
            true => Gets::Value(context.old_expression(&id.name, &generated.expression)),
            false => Gets::Unknown,
        };
    }
    if column.identity.is_some() {
        return Gets::Own;
    }
    let value = match (default(id, column, context), context.plan.graph.hints.backfill.get(id)) {
        (Some(default), _) => default,
        (None, Some(backfill)) => backfill,
        (None, None) => return Gets::Null,
    };
    match volatility(value) {
        Volatility::EachRow => Gets::Own,
        Volatility::Unknown => Gets::Unknown,
        Volatility::None if needs_more(value, &id.name, context) => Gets::Unknown,
        Volatility::None => {
            let value = context.old_expression(&id.name, value);
            Gets::Value(typed(Sql::empty().expr_in_parens(&value), column))
        }
    }
}

/// An expression about columns, some of which may be new, about what the rows have now.
pub(crate) fn in_terms_of_now(
    expression: &Expression,
    columns: &[Name],
    table: &QualName,
    context: &Context<'_>,
) -> Option<Expression> {
    let mut values: Vec<(&Name, Expression)> = Vec::new();
    for column in columns.iter().filter(|column| context.kept_column(table, column).is_none()) {
        let id = ObjectId::column(table, column);
        let value = match (gets(&id, context), context.after().get(&id)) {
            (Gets::Value(value), _) => value,
            (Gets::Null, Some(Object::Column(new))) if new.data_type.is_builtin() => {
                typed(Sql::new("NULL"), new)
            }
            _ => return None,
        };
        values.push((column, value));
    }
    let expression = context.old_expression(table, expression);
    if values.is_empty() {
        return Some(expression);
    }
    let all = tokens(expression.as_str());
    let text_at = |at: Option<usize>| at.and_then(|at| all.get(at)).map_or("", |token| token.text);
    let text = all.iter().enumerate().map(|(at, token)| {
        let is_column = match token.kind {
            TokenKind::Word | TokenKind::Quoted => {
                // Neither a type nor a function.
                ![".", ":"].contains(&text_at(at.checked_sub(1)))
                    && !["(", "."].contains(&text_at(Some(at + 1)))
            }
            TokenKind::String | TokenKind::Comment | TokenKind::Space | TokenKind::Other => false,
        };
        let named = |(name, _): &&(&Name, Expression)| Sql::empty().ident(name).into_text() == token.text;
        match values.iter().find(named).filter(|_| is_column) {
            Some((_, value)) => Sql::empty().expr_in_parens(value).into_text(),
            None => token.text.to_owned(),
        }
    });
    Some(Expression::new(text.collect::<String>()))
}

/// A value in a column's type, if that is there at any time.
pub(crate) fn typed(value: Sql, column: &Column) -> Expression {
    let data_type = &column.data_type;
    let value = if data_type.is_builtin() { value.punct("::").data_type(data_type) } else { value };
    Expression::new(value.into_text())
}

/// The default that a new column has, its own or that of its domain; NULL is none.
fn default<'a>(id: &ObjectId, column: &Column, context: &Context<'a>) -> Option<&'a Expression> {
    let own = match context.after().get(&ObjectId { kind: Kind::Default, ..id.clone() }) {
        Some(Object::Default(default)) => Some(&default.expression),
        _ => None,
    };
    let domain = || match context.after().get(&column.data_type.object(context.after())?) {
        Some(Object::Domain(domain)) if !column.data_type.array => domain.default.as_ref(),
        _ => None,
    };
    own.or_else(domain).filter(|default| !is_null(default.as_str()))
}

/// True for an expression of somebody who wrote it for the time after the change: it has a query, or a column that is yet to come.
pub(super) fn needs_more(expression: &Expression, table: &QualName, context: &Context<'_>) -> bool {
    let is_new = |name: &Name| {
        context.after().contains(&ObjectId::column(table, name)) && context.kept_column(table, name).is_none()
    };
    tokens(expression.as_str()).iter().any(|token| match token.kind {
        TokenKind::Word => {
            token.text.eq_ignore_ascii_case("select") || is_new(&token.text.to_lowercase().as_str().into())
        }
        TokenKind::Quoted => is_new(&token.unquoted().as_str().into()),
        TokenKind::String | TokenKind::Comment | TokenKind::Space | TokenKind::Other => false,
    })
}
