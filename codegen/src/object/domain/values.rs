//! What the values of a domain have to say to a condition that it gets: the server looks at those of all columns of the domain,
//! under the locks of all their tables (manual, "ALTER DOMAIN").

use autogen_core::object::column::Origin;
use autogen_core::{
    Expression, HazardKind, Kind, Name, Object, ObjectId, QualName, Question, TokenKind, tokens,
};

use crate::Statement;
use crate::context::{Context, Found, Questions};
use crate::sql::Sql;

/// A condition on all values of a domain.
pub(super) enum Demand<'a> {
    NotNull,
    /// A check by its name and expression.
    Check(&'a Name, &'a Expression),
}

/// A column whose values are of the domain, or contain some.
struct Holder<'a> {
    table: &'a QualName,
    column: &'a Name,
    /// False for a list, whose values are not looked for.
    is_plain: bool,
}

/// Asks the rows of all columns of the domain.
pub(super) fn ask(demand: &Demand<'_>, id: &ObjectId, context: &Context<'_>, questions: &mut Questions) {
    for holder in holders(id, context) {
        questions.ask(context.rows_question(holder.table));
        questions.ask(broken(demand, &holder, context));
    }
}

/// Says on a statement which values make it fail.
pub(super) fn judge(demand: &Demand<'_>, id: &ObjectId, context: &Context<'_>, statement: &mut Statement) {
    let what = match demand {
        Demand::NotNull => "are NULL".to_owned(),
        Demand::Check(name, _) => format!("break {name}"),
    };
    let mut is_unknown = false;
    let mut is_used = false;
    for holder in holders(id, context).into_iter().filter(|holder| context.may_have_rows(holder.table)) {
        is_used = true;
        let (table, column) = (holder.table, holder.column);
        match broken(demand, &holder, context).map_or(Found::Unknown, |question| context.found(&question)) {
            Found::None => {}
            Found::Some { matching, total } => {
                let from = Sql::new("SELECT * FROM").name(table).kw("WHERE");
                let template = match demand {
                    Demand::NotNull => from.ident(column).kw("IS NULL"),
                    Demand::Check(_, check) => from.kw("NOT").expr_in_parens(&of_column(check, column)),
                };
                let message = match demand {
                    Demand::NotNull => {
                        format!("{matching} of {total} rows of {table} have no {column}; fill them first.")
                    }
                    Demand::Check(..) => {
                        format!(
                            "{matching} of {total} rows of {table} {what} in {column}; correct them first."
                        )
                    }
                };
                statement.todo(message, Some(template));
            }
            Found::Unknown => is_unknown = true,
        }
    }
    if is_unknown {
        statement.hazard(HazardKind::MayFail, format!("it fails if values of {} {what}", id.name));
    }
    if is_used {
        let message = format!("all rows of the tables that use {} are read", id.name);
        statement.hazard(HazardKind::FullScan, message);
    }
}

fn holders<'a>(id: &ObjectId, context: &Context<'a>) -> Vec<Holder<'a>> {
    let columns = context.before().of_kind(Kind::Column);
    let of_domain = columns.filter_map(|(column, object)| match object {
        // What is inherited is asked of the parent.
        Object::Column(of) if of.data_type.base == id.name && of.origin != Origin::Inherited => {
            Some(Holder { table: &column.name, column: column.own_name(), is_plain: !of.data_type.array })
        }
        _ => None,
    });
    of_domain.collect()
}

/// The question which values of a column break the condition.
fn broken(demand: &Demand<'_>, holder: &Holder<'_>, context: &Context<'_>) -> Option<Question> {
    let table = context.kept_table(holder.table)?;
    let column = context.kept_column(holder.table, holder.column).filter(|_| holder.is_plain)?;
    Some(match demand {
        Demand::NotNull => Question::Nulls { table, column },
        Demand::Check(_, check) => Question::Violations { table, expression: of_column(check, &column) },
    })
}

/// The check of a domain as one of a column, which it calls VALUE.
pub(crate) fn of_column(check: &Expression, column: &Name) -> Expression {
    of_value(check, Sql::empty().ident(column))
}

/// The check of a domain as one of a value, which it calls VALUE.
pub(crate) fn of_value(check: &Expression, value: Sql) -> Expression {
    let value = value.into_text();
    let text = tokens(check.as_str()).into_iter().map(|token| match (token.kind, token.text) {
        (TokenKind::Word, "VALUE") => value.clone(),
        (_, text) => text.to_owned(),
    });
    Expression::new(text.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_keyword_is_the_column() {
        let check = Expression::new(r#"((VALUE > 0) AND ("VALUE"(VALUE) <> 'VALUE'::text))"#);
        let text = of_column(&check, &Name::new("a b"));
        assert_eq!(text.as_str(), r#"(("a b" > 0) AND ("VALUE"("a b") <> 'VALUE'::text))"#);
    }
}
