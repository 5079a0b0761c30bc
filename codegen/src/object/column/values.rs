//! The values of a column that takes another type: how they get into it, which of them cannot, what they lose, and what
//! there is to say of that.

use autogen_core::object::composite_type::CompositeTypeAlteration;
use autogen_core::object::table::ancestors;
use autogen_core::object::{attributes, types_within};
use autogen_core::{
    Alteration, Catalog, DataType, Expression, HazardKind, Kind, Name, Object, ObjectId, Pair, QualName,
    Question,
};

use crate::Statement;
use crate::cast::{Cast, cast, is_from_text, keeps_values, modifiers, shortened};
use crate::context::{Context, Found, Questions, Sheet};
use crate::narrow::{Loss, Narrowing, narrowing};
use crate::object::key::duplicates;
use crate::sql::Sql;

/// The values that cannot get into the new type, if any may be there.
struct Unfit {
    reason: Reason,
    question: Question,
}

/// Why a value does not get into the new type.
enum Reason {
    /// It has more characters than that.
    TooLong(u32),
    /// The type holds less, though its values are of the same nature.
    TooLarge,
    /// It is a list of more than one.
    Several,
    /// What it says is nothing that the new type knows.
    Unknown,
}

/// Asks which values the new type cannot hold, and which lose something in it.
pub(super) fn ask(types: Pair<&DataType>, id: &ObjectId, context: &Context<'_>, questions: &mut Questions) {
    questions.ask(unfit(types, id, context).map(|unfit| unfit.question));
    let question = loss(types, id, context).and_then(|loss| question_of(loss, id, context));
    questions.ask(question);
    duplicates::ask_retyped(id, context, questions);
}

fn unfit(types: Pair<&DataType>, id: &ObjectId, context: &Context<'_>) -> Option<Unfit> {
    let table = context.kept_table(&id.name)?;
    let column = context.kept_column(&id.name, id.own_name())?;
    if context.plan.graph.hints.using.contains_key(id) {
        return None;
    }
    if let Some(length) = shortened(types) {
        return Some(Unfit {
            reason: Reason::TooLong(length),
            question: Question::TooLong { table, column, length },
        });
    }
    let violations = |reason, sql: Sql| {
        let expression = Expression::new(sql.into_text());
        Unfit { reason, question: Question::Violations { table: table.clone(), expression } }
    };
    if let Some(narrowed) = narrowed(types, &column, id, context) {
        return narrowed.fits.map(|fits| violations(Reason::TooLarge, fits));
    }
    match conversion(types, context) {
        Cast::IntoList => return None,
        Cast::FromList => {
            let sql = Sql::empty().ident(&column).kw("IS NULL OR").sql(is_single(&column, id, context));
            return Some(violations(Reason::Several, sql));
        }
        Cast::Automatic | Cast::Explicit | Cast::ThroughText => {}
    }
    let to = types.after;
    Some(match context.after().get(&ObjectId::new(Kind::EnumType, to.base.clone())) {
        // The type may not be there yet, so its labels are spelled out.
        Some(Object::EnumType(wanted)) if !to.array && !wanted.labels.is_empty() => {
            let labels = wanted.labels.iter().map(|label| Sql::empty().literal(label));
            let sql = Sql::empty().ident(&column).kw("IS NULL OR").ident(&column).punct("::text");
            violations(Reason::Unknown, sql.kw("IN").parens(labels))
        }
        _ => Unfit {
            reason: Reason::Unknown,
            question: Question::Uncastable { table, column, to: to.clone() },
        },
    })
}

/// What becomes of the values where a cast of the server's own decides that, and neither an expression of the models nor what
/// they say as text.
fn narrowed(
    types: Pair<&DataType>,
    column: &Name,
    id: &ObjectId,
    context: &Context<'_>,
) -> Option<Narrowing> {
    let catalogs = Pair::new(context.before(), context.after());
    let decides = match cast(types, catalogs) {
        Cast::Automatic => true,
        Cast::Explicit => !is_from_text(types.before, catalogs.before),
        Cast::ThroughText | Cast::IntoList | Cast::FromList => false,
    };
    let is_told = context.plan.graph.hints.using.contains_key(id);
    (decides && !is_told).then(|| narrowing(types, catalogs, column))
}

/// What the values lose in the new type.
fn loss(types: Pair<&DataType>, id: &ObjectId, context: &Context<'_>) -> Option<Loss> {
    narrowed(types, &context.kept_column(&id.name, id.own_name())?, id, context)?.loses
}

/// The question which values lose something, unless all do.
fn question_of(loss: Loss, id: &ObjectId, context: &Context<'_>) -> Option<Question> {
    let expression = Expression::new(loss.unless?.into_text());
    Some(Question::Violations { table: context.kept_table(&id.name)?, expression })
}

/// Says on a statement what the values lose.
pub(super) fn tell_loss(
    types: Pair<&DataType>,
    id: &ObjectId,
    context: &Context<'_>,
    statement: &mut Statement,
) {
    let Some(loss) = loss(types, id, context) else { return };
    let (table, column, what) = (&id.name, id.own_name(), loss.what);
    let message = match question_of(loss, id, context).map(|question| context.found(&question)) {
        Some(Found::None) => return,
        Some(Found::Some { matching, total }) => {
            format!("{matching} of {total} rows of {table} lose {what} in {column}")
        }
        _ if !context.may_have_rows(table) => return,
        Some(Found::Unknown) => format!("rows of {table} may lose {what} in {column}"),
        None => format!("all rows of {table} lose {what} in {column}"),
    };
    statement.hazard(HazardKind::DataLoss, message);
    if !context.is_down() {
        statement.hazard(HazardKind::Irreversible, "down.sql cannot bring that back");
    }
}

/// Says in the comment what nobody sees in the statement.
pub(super) fn tell_meaning(types: Pair<&DataType>, id: &ObjectId, context: &Context<'_>, sheet: &mut Sheet) {
    let narrowed = narrowed(types, id.own_name(), id, context);
    let Some(narrowed) = narrowed.filter(|_| context.may_have_rows(&id.name)) else { return };
    if narrowed.by_time_zone {
        sheet.note("the time zone of the session decides what the values become");
    }
    let way_up = Pair::new(types.after, types.before);
    let catalogs = Pair::new(context.after(), context.before());
    if context.is_down() && narrowing(way_up, catalogs, id.own_name()).loses.is_some() {
        sheet.note("what values may have lost on the way up cannot be brought back");
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
pub(super) fn is_single(list: &Name, column: &ObjectId, context: &Context<'_>) -> Sql {
    // An empty list is NULL afterwards.
    let how_many = if wants_one(column, context) { ") = 1" } else { ") <= 1" };
    Sql::new("cardinality(").ident(list).punct(how_many)
}

/// True for a column that is NOT NULL, where a list becomes its only element.
fn wants_one(column: &ObjectId, context: &Context<'_>) -> bool {
    matches!(context.after().get(column), Some(Object::Column(column)) if column.not_null)
}

/// True for a column that was text meanwhile, because its type could not change under it (see the differ's plan).
fn returns_from_text(types: Pair<&DataType>, context: &Context<'_>) -> bool {
    let before = context.before();
    types.before.base == types.after.base
        && match types.before.object(before).and_then(|id| before.get(&id)) {
            Some(
                Object::CompositeType(_)
                | Object::RangeType(_)
                | Object::Table(_)
                | Object::View(_)
                | Object::MaterializedView(_)
                | Object::Defined(_),
            ) => true,
            // Lists of lists are no others than lists.
            Some(Object::Domain(domain)) => {
                domain.base.object(before).is_some() || types.before.array && domain.base.array
            }
            _ => false,
        }
}

/// True for a type of which an attribute has another type than before, so that a value's text may be none of it.
fn changes_within(data_type: &DataType, context: &Context<'_>) -> bool {
    let after = context.after();
    if let Some(Object::Domain(new)) = data_type.object(after).and_then(|id| after.get(&id)) {
        return changes_within(&new.base, context);
    }
    let of = |catalog| data_type.object(catalog).and_then(|id| attributes(&id, catalog)).unwrap_or_default();
    let old = of(context.before());
    of(after).into_iter().any(|(name, new)| {
        let was = old.iter().find(|(was, _)| *was == name);
        was.is_some_and(|(_, was)| *was != new) || changes_within(new, context)
    })
}

/// True if attributes of what a column on its way back is made of came or went while its values were text, which is that of
/// others then.
fn is_text_of_others(id: &ObjectId, data_type: &DataType, context: &Context<'_>) -> bool {
    let Some(away) = context.plan.altered_before(id, context.at) else { return false };
    let (plan, meanwhile) = (context.plan, away..context.at);
    let comes_or_goes = |id: &ObjectId| plan.comes_or_goes(id, &meanwhile);
    let has_others = |table: &QualName, catalog: &Catalog| {
        catalog.parts(Kind::Column, table).any(|(column, _)| comes_or_goes(column))
    };
    let is_attribute = |alteration: &Alteration| {
        matches!(
            alteration,
            Alteration::CompositeType(CompositeTypeAlteration::Add(_) | CompositeTypeAlteration::Drop(_))
        )
    };
    types_within(data_type, context.before()).iter().any(|of| match of.kind {
        // What is made anew has the same attributes, or its columns were taken away.
        _ if comes_or_goes(of) => false,
        Kind::Table => ancestors(context.before(), [of.name.clone()])
            .iter()
            .any(|table| has_others(table, context.before()) || has_others(table, context.after())),
        Kind::CompositeType => plan.alterations(of, &meanwhile).any(is_attribute),
        _ => false,
    })
}

/// True for a column that had another type meanwhile and comes back to values on which work is to be done: the conditions of
/// a domain are proved by writing them.
pub(super) fn comes_back_anew(types: Pair<&DataType>, context: &Context<'_>) -> bool {
    types.before.base == types.after.base
        && (returns_from_text(types, context) || has_conditions(types.after, context.after()))
}

/// True if the values stay as they are on disk, into and out of domains too: conditions alone are proved by writing the values
/// (`ATColumnChangeRequiresRewrite` in tablecmds.c).
pub(super) fn stay_on_disk(types: Pair<&DataType>, context: &Context<'_>) -> bool {
    if types.differs() && has_conditions(types.after, context.after()) {
        return false;
    }
    let bases = Pair::new(beneath(types.before, context.before()), beneath(types.after, context.after()));
    // The server does not see how long the values of a domain are.
    let is_cut = types.before != bases.before && !modifiers(bases.after).is_empty();
    !is_cut && keeps_values(bases)
}

/// The type that the values of a domain have; of an array of them, that array.
fn beneath<'a>(mut data_type: &'a DataType, catalog: &'a Catalog) -> &'a DataType {
    while !data_type.array
        && let Some(Object::Domain(domain)) = data_type.object(catalog).and_then(|id| catalog.get(&id))
    {
        data_type = &domain.base;
    }
    data_type
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

/// Says on a statement which values make it fail.
pub(super) fn judge(
    types: Pair<&DataType>,
    how: Cast,
    id: &ObjectId,
    context: &Context<'_>,
    statement: &mut Statement,
) {
    duplicates::judge_retyped(id, context, statement);
    let returns = returns_from_text(types, context) && context.may_have_rows(&id.name);
    if returns && is_text_of_others(id, types.after, context) {
        let column = format!("{}.{}", id.name, id.own_name());
        let message = format!(
            "attributes came or went while the values of {column} were text: it fails, or values get into other attributes"
        );
        statement.hazard(HazardKind::MayFail, message);
    } else if returns && changes_within(types.after, context) {
        let message = format!(
            "it fails if values of {} in {} do not convert to {} as it is then",
            id.own_name(),
            id.name,
            types.after.full_text()
        );
        statement.hazard(HazardKind::MayFail, message);
    }
    let Some(Unfit { reason, question }) = unfit(types, id, context) else { return };
    let (table, column, to) = (&id.name, id.own_name(), types.after.full_text());
    let mut judge = |what: &str, advice| context.judge(statement, table, Some(&question), what, advice, None);
    match reason {
        Reason::TooLong(length) => {
            judge(&format!("have more than {length} characters in {column}"), "shorten them first");
        }
        Reason::TooLarge => {
            judge(&format!("have values in {column} that {to} cannot hold"), "change them first")
        }
        Reason::Several if wants_one(id, context) => {
            judge(&format!("have not just one value in {column}"), "choose one of them first");
        }
        Reason::Several => {
            judge(&format!("have more than one value in {column}"), "choose one of them first")
        }
        Reason::Unknown => judge_text(&question, types, how, id, context, statement),
    }
}

fn judge_text(
    question: &Question,
    types: Pair<&DataType>,
    how: Cast,
    id: &ObjectId,
    context: &Context<'_>,
    statement: &mut Statement,
) {
    let (table, column, to) = (&id.name, id.own_name(), types.after.full_text());
    let template = Sql::new("SELECT").ident(column).kw("FROM").name(table);
    let what = format!("do not convert to {to} in {column}");
    match context.found(question) {
        Found::None => {}
        Found::Some { matching, total } => {
            let advice = "convert them in the USING expression or before";
            let message = format!("{matching} of {total} rows of {table} {what}; {advice}.");
            statement
                .todo(message, Some(template))
                .hazard(HazardKind::MayFail, "values that do not convert make it fail");
        }
        Found::Unknown if context.may_have_rows(table) => {
            statement.hazard(HazardKind::MayFail, format!("it fails if rows of {table} {what}"));
            if !context.is_down() {
                let through = if how == Cast::ThroughText {
                    "there is no cast, so the text is converted; "
                } else {
                    ""
                };
                let message = format!("{through}make sure that every {column} of {table} converts to {to}.");
                statement.todo(message, Some(template));
            }
        }
        Found::Unknown => {}
    }
}
