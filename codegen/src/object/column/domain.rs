//! Columns of domains with conditions: a new one of a domain that no NULL is of can only be added when its rows have a value, and the
//! values of one that becomes a domain's must meet that one's conditions (manual, "CREATE DOMAIN").

use autogen_core::object::{Column, Domain};
use autogen_core::{
    Catalog, DataType, Expression, HazardKind, Lock, Name, Object, ObjectId, Pair, QualName, Question,
};

use super::super::Render;
use super::super::domain::{of_column, of_value};
use super::super::shared::alter_column;
use super::fill;
use crate::Statement;
use crate::cast::underlying;
use crate::context::{Context, Found, Questions, Sheet};
use crate::sql::Sql;
use crate::total::is_strict;

/// The type that such a column can have while its rows have nothing, if that is another one: what is below all domains that no NULL
/// is of.
pub(super) fn allowing_null(
    data_type: &DataType,
    table: &QualName,
    context: &Context<'_>,
) -> Option<DataType> {
    let (id, domain) = domain(data_type, context.after())?;
    if let Some(below) = allowing_null(&domain.base, table, context) {
        return Some(below);
    }
    let refuses = |check: &Expression| match to_null(check, &id, domain, table, context) {
        ToNull::Refuses => true,
        ToNull::Asked(question) => matches!(context.found(&question), Found::Some { .. }),
        ToNull::Takes | ToNull::Unknown => false,
    };
    let is_refused = domain.not_null || domain.checks.values().any(|check| refuses(&check.expression));
    is_refused.then(|| domain.base.clone())
}

/// What a check of a domain does to NULL.
enum ToNull {
    Takes,
    Refuses,
    /// The server knows: the question is what the rows would do with NULL.
    Asked(Question),
    Unknown,
}

fn to_null(
    check: &Expression,
    id: &ObjectId,
    domain: &Domain,
    table: &QualName,
    context: &Context<'_>,
) -> ToNull {
    if check.as_str().trim_matches(['(', ')']) == "VALUE IS NOT NULL" {
        return ToNull::Refuses;
    }
    if is_strict(check) {
        return ToNull::Takes;
    }
    let Some(table) = context.kept_table(table).filter(|_| is_asked(id, &domain.base, context)) else {
        return ToNull::Unknown;
    };
    let below = underlying(&domain.base, context.after());
    let null = Sql::new("(NULL").punct("::").data_type(&below).punct(")");
    ToNull::Asked(Question::Violations { table, expression: of_value(check, null) })
}

/// Asks what NULL is to the domain of a new column.
pub(super) fn ask_null(column: &Column, id: &ObjectId, context: &Context<'_>, questions: &mut Questions) {
    for question in null_questions(column, id, context).into_iter().flatten() {
        questions.ask(Some(question));
    }
}

/// Says on the statement that adds a column without values that its domain may refuse them, if nobody knows.
pub(super) fn judge_null(column: &Column, id: &ObjectId, context: &Context<'_>, statement: &mut Statement) {
    let is_unknown = |question: &Option<Question>| {
        question.as_ref().is_none_or(|question| context.found(question) == Found::Unknown)
    };
    if context.may_have_rows(&id.name) && null_questions(column, id, context).iter().any(is_unknown) {
        let domain = &column.data_type.base;
        statement.hazard(
            HazardKind::MayFail,
            format!("it fails if {domain} does not take NULL, which the rows get"),
        );
    }
}

/// The question for each check whose words do not tell; nothing where it cannot be asked.
fn null_questions(column: &Column, id: &ObjectId, context: &Context<'_>) -> Vec<Option<Question>> {
    let all = chain(&column.data_type, context.after());
    let checks = all
        .iter()
        .flat_map(|(id, domain)| domain.checks.values().map(move |check| (id, *domain, &check.expression)));
    let told = checks.filter_map(|(domain_id, domain, check)| {
        match to_null(check, domain_id, domain, &id.name, context) {
            ToNull::Asked(question) => Some(Some(question)),
            ToNull::Unknown => Some(None),
            ToNull::Takes | ToNull::Refuses => None,
        }
    });
    told.collect()
}

/// True if the check of a domain can be asked: what it uses is there, but for the domains below it.
fn is_asked(id: &ObjectId, base: &DataType, context: &Context<'_>) -> bool {
    let below = chain(base, context.after());
    let is_there = |used: &ObjectId| below.iter().any(|(domain, _)| domain == used) || context.stays(used);
    context.after().uses(id).all(is_there)
}

/// Adds a column in another type, fills it, and makes it what it is to be.
pub(super) fn create_through(
    below: DataType,
    column: &Column,
    id: &ObjectId,
    context: &Context<'_>,
    sheet: &mut Sheet,
) {
    // A child's own column of the name has the same type when the parent's comes, and follows it.
    for child in context.plan.children(&id.name, context.at) {
        let own = ObjectId::column(child, id.own_name());
        if context.before().contains(&own) {
            let sql = alter_column(&own.name, own.own_name()).kw("TYPE").data_type(&below);
            sheet.push(sql).lock(Lock::AccessExclusive);
        }
    }
    Column { data_type: below, ..column.clone() }.create(id, context, sheet);
    let is_filled = column.not_null || fill::backfill(id, context, sheet);
    let sql = alter_column(&id.name, id.own_name()).kw("TYPE").data_type(&column.data_type);
    let statement = sheet.push(sql).lock(Lock::AccessExclusive);
    context.tell_rewrite(&id.name, statement);
    if !is_filled {
        fill::ask_for_values(id, context, statement);
    }
    // The server keeps NULL as a default of the domain alone.
    if let Some(default) = super::own_default(id, context) {
        let sql = alter_column(&id.name, id.own_name()).kw("SET DEFAULT").expr(default);
        sheet.push(sql).lock(Lock::AccessExclusive);
    }
}

/// A condition on the values of a domain.
enum Condition<'a> {
    NotNull,
    Check(&'a Name, &'a Expression),
}

/// A condition that a column's values meet newly, and the domain that has it.
struct Demand<'a> {
    domain: ObjectId,
    condition: Condition<'a>,
}

/// Asks which values do not meet the conditions of a new type.
pub(super) fn ask(types: Pair<&DataType>, id: &ObjectId, context: &Context<'_>, questions: &mut Questions) {
    for demand in demands(types, context) {
        questions.ask(question(&demand, types, id, context));
    }
}

/// Says on a statement which values do not meet the conditions of a new type.
pub(super) fn judge(types: Pair<&DataType>, id: &ObjectId, context: &Context<'_>, statement: &mut Statement) {
    for demand in demands(types, context) {
        let (column, domain) = (id.own_name(), &demand.domain.name);
        let from = Sql::new("SELECT * FROM").name(&id.name).kw("WHERE");
        let (what, template) = match demand.condition {
            Condition::NotNull => {
                (format!("have no {column}, as {domain} wants it"), from.ident(column).kw("IS NULL"))
            }
            Condition::Check(name, check) => (
                format!("break {name} of {domain} in {column}"),
                from.kw("NOT").expr_in_parens(&of_column(check, column)),
            ),
        };
        let question = question(&demand, types, id, context);
        context.judge(statement, &id.name, question.as_ref(), &what, "correct them first", Some(template));
    }
}

/// The conditions of the domains of a type that the values do not meet already.
fn demands<'a>(types: Pair<&DataType>, context: &Context<'a>) -> Vec<Demand<'a>> {
    let mut met = chain(types.before, context.before());
    // A domain that is made anew under its name may have other conditions.
    met.retain(
        |(id, domain)| matches!(context.after().get(id), Some(Object::Domain(same)) if same == *domain),
    );
    let new = chain(types.after, context.after());
    let new = new.into_iter().filter(|(id, _)| !met.iter().any(|(other, _)| other == id));
    new.flat_map(|(domain, object)| {
        let not_null = object.not_null.then_some(Condition::NotNull);
        let checks = object.checks.iter().filter(|(_, check)| check.validated);
        let checks = checks.map(|(name, check)| Condition::Check(name, &check.expression));
        let all = not_null.into_iter().chain(checks);
        all.map(move |condition| Demand { domain: domain.clone(), condition })
    })
    .collect()
}

/// The question which values of a column do not meet a condition. Nothing where they cannot be asked by themselves.
fn question(
    demand: &Demand<'_>,
    types: Pair<&DataType>,
    id: &ObjectId,
    context: &Context<'_>,
) -> Option<Question> {
    let table = context.kept_table(&id.name)?;
    let column = context.kept_column(&id.name, id.own_name())?;
    // The list of a domain is not of it; and a value that is converted on the way is another one.
    let from = underlying(types.before, context.before());
    let to = underlying(types.after, context.after());
    let is_same = from.base == to.base || is_text(&from) && is_text(&to);
    if types.before.array || types.after.array || !is_same || context.plan.graph.hints.using.contains_key(id)
    {
        return None;
    }
    let expression = match demand.condition {
        Condition::NotNull => return Some(Question::Nulls { table, column }),
        Condition::Check(_, check) => of_column(check, &column),
    };
    // Of a domain that is yet to come as well.
    is_asked(&demand.domain, types.after, context).then_some(Question::Violations { table, expression })
}

/// True for text that keeps the blanks at its end.
fn is_text(data_type: &DataType) -> bool {
    data_type.is_builtin() && ["text", "varchar"].contains(&data_type.base.name.as_str())
}

/// A type's domain and those below it.
fn chain<'a>(data_type: &DataType, catalog: &'a Catalog) -> Vec<(ObjectId, &'a Domain)> {
    std::iter::successors(domain(data_type, catalog), |(_, above)| domain(&above.base, catalog)).collect()
}

fn domain<'a>(data_type: &DataType, catalog: &'a Catalog) -> Option<(ObjectId, &'a Domain)> {
    let id = data_type.object(catalog).filter(|_| !data_type.array)?;
    match catalog.get(&id) {
        Some(Object::Domain(domain)) => Some((id, domain)),
        _ => None,
    }
}
