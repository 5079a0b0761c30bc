//! Sequences. Who owns one is written when the column is there, as an alteration of its own.

use autogen_core::object::Sequence;
use autogen_core::object::sequence::{SequenceAlteration, SequenceOptions};
use autogen_core::object::table::Persistence;
use autogen_core::{Expression, HazardKind, Kind, Name, Object, ObjectId, Pair, QualName, Question};

use super::Render;
use super::shared::rename;
use crate::Statement;
use crate::context::{Context, Found, Questions, Sheet};
use crate::sql::Sql;

impl Render for Sequence {
    fn ask_alter(
        pair: Pair<&Self>,
        id: &ObjectId,
        alterations: &[&SequenceAlteration],
        context: &Context<'_>,
        questions: &mut Questions,
    ) {
        for alteration in alterations {
            if let SequenceAlteration::Options(new) = alteration {
                questions.ask(
                    passed(Pair::new(&pair.before.options, new), id, context).map(|(_, question)| question),
                );
            }
        }
    }

    fn create(&self, id: &ObjectId, context: &Context<'_>, sheet: &mut Sheet) {
        let words = match self.persistence {
            Persistence::Permanent => "CREATE SEQUENCE",
            Persistence::Unlogged => "CREATE UNLOGGED SEQUENCE",
        };
        let mut sql = Sql::new(words).name(&id.name);
        let data_type = type_words(&self.options);
        sql = sql.kw_if(data_type != "bigint", "AS").kw_if(data_type != "bigint", data_type);
        sheet.push(new_parts(&self.options).into_iter().fold(sql, Sql::sql));
        if context.is_down() {
            sheet.note("it starts anew");
        }
    }

    fn drop(&self, id: &ObjectId, context: &Context<'_>, sheet: &mut Sheet) {
        let statement = sheet.push(Sql::new("DROP SEQUENCE").name(&id.name));
        if !context.is_down() {
            statement.hazard(HazardKind::Irreversible, format!("the position of {} is not kept", id.name));
        }
    }

    fn alter(
        pair: Pair<&Self>,
        id: &ObjectId,
        alterations: &[&SequenceAlteration],
        context: &Context<'_>,
        sheet: &mut Sheet,
    ) {
        for alteration in alterations {
            let sql = Sql::new("ALTER SEQUENCE").name(&id.name);
            match alteration {
                SequenceAlteration::Options(new) => {
                    let old = &pair.before.options;
                    let sql =
                        if new.data_type == old.data_type { sql } else { sql.kw("AS").kw(type_words(new)) };
                    let sql = parts(new, old).into_iter().fold(sql, Sql::sql);
                    let restarts = restarts(old, new);
                    move_within(Pair::new(old, new), &id.name, sheet);
                    let statement = sheet.push(sql.kw_if(restarts, "RESTART"));
                    judge(Pair::new(old, new), id, context, statement);
                    if restarts {
                        sheet.note("it starts anew");
                    }
                }
                SequenceAlteration::OwnedBy(Some(owner)) => {
                    sheet.push(owned_by(sql, owner));
                }
                SequenceAlteration::OwnedBy(None) => {
                    sheet.push(sql.kw("OWNED BY NONE"));
                }
                SequenceAlteration::Persistence(new) => {
                    sheet.push(match new {
                        Persistence::Permanent => sql.kw("SET LOGGED"),
                        Persistence::Unlogged => sql.kw("SET UNLOGGED"),
                    });
                }
            }
        }
    }

    fn rename(&self, from: &ObjectId, to: &ObjectId, _: &Context<'_>, sheet: &mut Sheet) {
        rename("ALTER SEQUENCE", from, to, sheet);
    }
}

/// The type of a sequence can only be one of three.
fn type_words(options: &SequenceOptions) -> &'static str {
    match options.data_type.as_str() {
        "smallint" => "smallint",
        "integer" => "integer",
        _ => "bigint",
    }
}

/// The options that differ from others.
pub(crate) fn parts(new: &SequenceOptions, old: &SequenceOptions) -> Vec<Sql> {
    let mut all = Vec::new();
    let mut number = |differs: bool, words: &'static str, value: i64| {
        if differs {
            all.push(Sql::new(words).number(value));
        }
    };
    number(new.increment != old.increment, "INCREMENT BY", new.increment);
    number(new.min != old.min, "MINVALUE", new.min);
    number(new.max != old.max, "MAXVALUE", new.max);
    number(new.start != old.start, "START WITH", new.start);
    number(new.cache != old.cache, "CACHE", new.cache);
    if new.cycle != old.cycle {
        all.push(Sql::new(if new.cycle { "CYCLE" } else { "NO CYCLE" }));
    }
    all
}

/// Moves a sequence to a position found in the rows of a table, which are those whose values it could have given: a position beyond
/// its bounds is refused, and where no row is left it stays where it is.
pub(crate) fn go_on<'a>(
    (sequence, position): (Sql, Sql),
    options: &SequenceOptions,
    (column, data_type): (&ObjectId, &str),
    context: &Context<'_>,
    sheet: &'a mut Sheet,
) -> &'a mut Statement {
    let table = &column.name;
    let value = || Sql::empty().ident(column.own_name());
    let sql =
        Sql::new("SELECT setval").punct("(").list([sequence, position]).punct(")").kw("FROM").name(table);
    let sql = sql.kw("WHERE").sql(value()).kw(">=").number(options.min);
    let sql = if options.max < SequenceOptions::of_type(data_type).max {
        sql.kw("AND").sql(value()).kw("<=").number(options.max)
    } else {
        sql
    };
    let statement = sheet.push(sql);
    if context.keeps_waiting(table) && !is_ordered(column, context) {
        let message = format!("nobody can use {table} while its highest {} is looked for", column.own_name());
        statement.hazard(HazardKind::BlocksUse, message);
    }
    statement
}

/// True if an index has the highest value of a column at its end.
fn is_ordered(column: &ObjectId, context: &Context<'_>) -> bool {
    let (table, own, after) = (&column.name, column.own_name(), context.after());
    let keys = [Kind::PrimaryKey, Kind::Unique].into_iter().flat_map(|kind| after.parts(kind, table));
    keys.chain(after.of_kind(Kind::Index)).filter(|(id, _)| context.stays(id)).any(|(_, object)| match object
    {
        Object::PrimaryKey(key) => key.columns.first() == Some(own),
        Object::Unique(key) => key.columns.first() == Some(own),
        Object::Index(index) => {
            index.table == *table
                && index.method.as_str() == "btree"
                && index.predicate.is_none()
                && index.plain_columns().is_some_and(|columns| columns.first() == Some(own))
        }
        _ => false,
    })
}

/// True where the position is out of bounds, wherever it is.
pub(crate) fn restarts(old: &SequenceOptions, new: &SequenceOptions) -> bool {
    new.max < old.min || new.min > old.max
}

/// Moves a sequence to its new start, where bounds that close in would leave its position outside: one that was not used
/// yet, or one that is yet to come to the range. One that has passed the range is left to a person: its values are in use.
pub(crate) fn move_within(options: Pair<&SequenceOptions>, name: &QualName, sheet: &mut Sheet) {
    let Pair { before: old, after: new } = options;
    let position = || Sql::new("last_value");
    let outside = if new.increment > 0 && new.min > old.min {
        position().kw("<").number(new.min)
    } else if new.increment < 0 && new.max < old.max {
        position().kw(">").number(new.max)
    } else if old.start > new.max {
        position().kw(">").number(new.max).kw("AND NOT is_called")
    } else if old.start < new.min {
        position().kw("<").number(new.min).kw("AND NOT is_called")
    } else {
        return;
    };
    // It is moved while the old bounds still hold.
    let start = [new.start, new.min, new.max].into_iter().find(|start| (old.min..=old.max).contains(start));
    let Some(start) = start else { return };
    let text = Sql::empty().qualified(name).into_text();
    let values = [Sql::empty().literal(&text), Sql::empty().number(start), Sql::new("false")];
    let sql = Sql::new("SELECT setval")
        .punct("(")
        .list(values)
        .punct(")")
        .kw("FROM")
        .name(name)
        .kw("WHERE")
        .sql(outside);
    sheet.push(sql).note("it starts within its new bounds");
}

/// The bound that a sequence may have passed, and the question whether it has: the server refuses to close in on it then. A sequence
/// that is not used yet, or yet to come to the range, is moved (see [`move_within`]).
pub(crate) fn passed(
    options: Pair<&SequenceOptions>,
    id: &ObjectId,
    context: &Context<'_>,
) -> Option<(i64, Question)> {
    let Pair { before: old, after: new } = options;
    if restarts(old, new) {
        return None;
    }
    let position = Sql::new("last_value");
    let (bound, within) = if new.increment > 0 && new.max < old.max {
        (new.max, position.kw("<=").number(new.max).kw_if(old.start > new.max, "OR NOT is_called"))
    } else if new.increment < 0 && new.min > old.min {
        (new.min, position.kw(">=").number(new.min).kw_if(old.start < new.min, "OR NOT is_called"))
    } else {
        return None;
    };
    let table = context.old_id(id).name;
    Some((bound, Question::Violations { table, expression: Expression::new(within.into_text()) }))
}

/// Says on a statement that closes in on a sequence whether the server will refuse it.
pub(crate) fn judge(
    options: Pair<&SequenceOptions>,
    id: &ObjectId,
    context: &Context<'_>,
    statement: &mut Statement,
) {
    let Some((bound, question)) = passed(options, id, context) else { return };
    match context.found(&question) {
        Found::None => {}
        Found::Some { .. } => {
            let message = format!("{} has passed {bound}; say from where it is to go on.", id.name);
            let name = Sql::empty().qualified(&id.name).into_text();
            let template = Sql::new("SELECT setval").punct("(").literal(&name).punct(", …)");
            statement.todo(message, Some(template));
        }
        Found::Unknown => {
            statement.hazard(HazardKind::MayFail, format!("it fails if {} has passed {bound}", id.name));
        }
    }
}

/// The options of a new sequence that are not what its type and direction give.
pub(crate) fn new_parts(options: &SequenceOptions) -> Vec<Sql> {
    parts(options, &SequenceOptions { increment: 1, ..options.defaults() })
}

/// `OWNED BY …`.
pub(crate) fn owned_by(sql: Sql, owner: &ObjectId) -> Sql {
    let column: Name = owner.own_name().clone();
    sql.kw("OWNED BY").name(&owner.name).punct(".").ident(&column)
}
