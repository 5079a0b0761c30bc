//! What rows that are there get in a column that must not be NULL: the expression that the models name, or a marker with
//! a template. Nothing is made up. Where others use the table, rows are filled in a transaction of their own.

use autogen_core::object::{Column, default::is_null};
use autogen_core::{Expression, HazardKind, Kind, Lock, Object, ObjectId, Question, TokenKind, tokens};

use super::super::check;
use super::super::shared::alter_column;
use super::{backfilled, published};
use crate::context::{Context, Found, Sheet, in_words};
use crate::online::not_null;
use crate::script::{Pace, Statement};
use crate::sql::Sql;

/// When rows have to have a value.
pub(super) const BEFORE_NOT_NULL: &str = "before SET NOT NULL";

/// True if rows that are there get a value when the column is added.
pub(crate) fn fills_itself(column: &Column, id: &ObjectId, context: &Context<'_>) -> bool {
    let domain = ObjectId::new(Kind::Domain, column.data_type.base.clone());
    let by_domain = !column.data_type.array
        && matches!(context.after().get(&domain), Some(Object::Domain(domain)) if gives_value(domain.default.as_ref()));
    column.fills_itself() || gives_value(super::own_default(id, context)) || by_domain
}

/// NULL is no value.
fn gives_value(default: Option<&Expression>) -> bool {
    default.is_some_and(|default| !is_null(default.as_str()))
}

/// True if adding the column writes every row: a constant default does not (since 11).
pub(crate) fn rewrites(column: &Column, id: &ObjectId, context: &Context<'_>) -> bool {
    let volatile = super::own_default(id, context).is_some_and(is_volatile);
    let stored = column.generated.as_ref().is_some_and(|generated| generated.stored);
    volatile || stored || column.identity.is_some()
}

/// Whether an expression without columns gives all rows the same value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Volatility {
    /// The same.
    None,
    /// Each row gets its own.
    EachRow,
    /// A user made a function of it, which is volatile unless its maker said otherwise.
    Unknown,
}

/// True for an expression that may give every row a value of its own.
pub(crate) fn is_volatile(expression: &Expression) -> bool {
    volatility(expression) != Volatility::None
}

/// What an expression calls.
pub(crate) fn volatility(expression: &Expression) -> Volatility {
    const VOLATILE: [&str; 12] = [
        "nextval",
        "random",
        "random_normal",
        "gen_random_uuid",
        "uuid_generate_v4",
        "uuid_generate_v1",
        "uuid_generate_v1mc",
        "clock_timestamp",
        "timeofday",
        "uuidv4",
        "uuidv7",
        "txid_current",
    ];
    let all = tokens(expression.as_str());
    let all: Vec<_> = all.iter().filter(|token| token.kind != TokenKind::Space).collect();
    let is_word = |at: usize, text: &str| all.get(at).is_some_and(|token| token.text == text);
    let is_called =
        |at: usize| is_word(at + 1, "(") && matches!(all[at].kind, TokenKind::Word | TokenKind::Quoted);
    let is_users = |at: usize| at >= 2 && is_word(at - 1, ".") && !is_word(at - 2, "pg_catalog");
    let is_named = |at: usize| VOLATILE.contains(&all[at].text.trim_matches('"').to_lowercase().as_str());
    let calls = || (0..all.len()).filter(|at| is_called(*at));
    if calls().any(is_users) {
        Volatility::Unknown
    } else if calls().any(is_named) {
        Volatility::EachRow
    } else {
        Volatility::None
    }
}

/// Sets a default that cannot come with its column, then fills the rows that are there with it.
pub(crate) fn compute(
    id: &ObjectId,
    default: Option<&Expression>,
    is_not_null: bool,
    online: bool,
    context: &Context<'_>,
    sheet: &mut Sheet,
) {
    let Some(default) = default else { return };
    let sql = alter_column(&id.name, id.own_name()).kw("SET DEFAULT").expr(default);
    sheet.push(sql).lock(Lock::AccessExclusive);
    if gives_value(Some(default)) && (online || context.may_have_rows(&id.name)) {
        let sql = update(id).kw("DEFAULT WHERE").ident(id.own_name()).kw("IS NULL");
        let statement = sheet.push(sql).lock(Lock::RowExclusive);
        if online {
            fills(statement, id);
        }
        if context.after().parts(Kind::Trigger, &id.name).next().is_some() {
            statement.note(&format!("the triggers of {} that UPDATE fires see these rows, too", id.name));
        }
        published::judge(&id.name, context, statement);
    }
    if is_not_null && online {
        let validates = not_null::steps(id, not_null::Column::New, context, sheet);
        judge_default(id, default, context, &mut sheet.statements[validates]);
    } else if is_not_null {
        judge_default(id, default, context, set_not_null(id, context, sheet));
    }
}

/// Says on the statement that demands a value that the default may give none: what a user's function gives is not known before it is
/// called.
pub(super) fn judge_default(
    id: &ObjectId,
    default: &Expression,
    context: &Context<'_>,
    statement: &mut Statement,
) {
    if volatility(default) == Volatility::Unknown && context.may_have_rows(&id.name) {
        let message = format!("it fails if the default gives no value for {}", id.own_name());
        statement.hazard(HazardKind::MayFail, message);
    }
}

/// Fills a column that was just added in a transaction of its own, and sets it NOT NULL while others work.
pub(crate) fn new_column_online(id: &ObjectId, context: &Context<'_>, sheet: &mut Sheet) {
    if !backfill(id, context, sheet) {
        let message = missing(id, BEFORE_NOT_NULL, context);
        let statement = guard(id, sheet).todo(message, Some(template_for(id, context)));
        published::judge(&id.name, context, statement);
    } else if backfilled::lacks(id, context) {
        guard(id, sheet);
    }
    let validates = not_null::steps(id, not_null::Column::New, context, sheet);
    backfilled::doubt(id, context, &mut sheet.statements[validates]);
}

/// True if the models say what the rows get, for each of them as far as is known.
pub(crate) fn is_answered(id: &ObjectId, context: &Context<'_>) -> bool {
    context.plan.graph.hints.backfill.contains_key(id) && !backfilled::lacks(id, context)
}

/// Fails while rows have nothing in a column, without a lock that others wait for.
fn guard<'a>(id: &ObjectId, sheet: &'a mut Sheet) -> &'a mut Statement {
    let message = format!("rows of {} have no {}", id.name, id.own_name());
    let body = Sql::empty()
        .line()
        .kw("BEGIN")
        .line()
        .kw("    IF EXISTS (SELECT FROM")
        .name(&id.name)
        .kw("WHERE")
        .ident(id.own_name())
        .kw("IS NULL) THEN")
        .line()
        .kw("        RAISE EXCEPTION USING MESSAGE =")
        .literal(&message)
        .punct(";")
        .line()
        .kw("    END IF;")
        .line()
        .kw("END")
        .line();
    let statement = sheet.push(Sql::new("DO").dollar(body.as_str()));
    statement.lock(Lock::AccessShare).pace(Pace::Long).follows();
    statement
}

fn fills(statement: &mut Statement, id: &ObjectId) {
    let note = format!("the rows of {} are filled while others read them", id.name);
    statement.lock(Lock::RowExclusive).pace(Pace::Long).follows().note(&note);
}

fn missing(id: &ObjectId, when: &str, context: &Context<'_>) -> String {
    let (table, column) = (&id.name, id.own_name());
    match context.row_count(table) {
        Some(1) => format!("the row of {table} has no {column}; fill it {when}."),
        Some(rows) => format!("{} of {table} have no {column}; fill them {when}.", in_words(rows)),
        None => format!("rows of {table} have no {column}; fill them {when}."),
    }
}

/// The template; for a large table also one that takes some rows at a time, to be repeated from outside of the migration.
fn template_for(id: &ObjectId, context: &Context<'_>) -> Sql {
    let at_once = template(id);
    if context.is_small(&id.name) {
        return at_once;
    }
    let column = id.own_name();
    let rows =
        Sql::new("SELECT ctid FROM").name(&id.name).kw("WHERE").ident(column).kw("IS NULL LIMIT 10000");
    at_once
        .punct(";")
        .line()
        .kw("-- or, before the migration goes on, again and again until no row is left:")
        .line()
        .kw("--")
        .sql(update(id))
        .kw("… WHERE ctid = ANY (ARRAY(")
        .sql(rows)
        .punct("))")
}

/// Fills a column that was just added, as far as anybody said with what, and sets it NOT NULL.
pub(crate) fn new_column(id: &ObjectId, context: &Context<'_>, sheet: &mut Sheet) {
    let backfilled = backfill(id, context, sheet);
    let statement = set_not_null(id, context, sheet);
    if backfilled {
        backfilled::doubt(id, context, statement);
        return;
    }
    published::judge(
        &id.name,
        context,
        statement.todo(missing(id, BEFORE_NOT_NULL, context), Some(template(id))),
    );
}

/// Asks on a statement for what the rows are to have in a new column before it.
pub(super) fn ask_for_values(id: &ObjectId, context: &Context<'_>, statement: &mut Statement) {
    published::judge(&id.name, context, statement.todo(missing(id, "before", context), Some(template(id))));
}

/// Sets a column NOT NULL that was there before, with what the rows say to that.
pub(crate) fn old_column(id: &ObjectId, online: bool, context: &Context<'_>, sheet: &mut Sheet) {
    let found = nulls(id, context).map_or(Found::Unknown, |question| context.found(&question));
    let safe = found == Found::None || !context.may_have_rows(&id.name);
    let question = nulls(id, context);
    if online && (is_answered(id, context) || context.online_unless(&id.name, question.as_ref())) {
        if !safe && !backfill(id, context, sheet) {
            let message = nothing_in(id, found);
            let statement = guard(id, sheet).todo(message, Some(template_for(id, context)));
            published::judge(&id.name, context, statement);
        } else if !safe && backfilled::lacks(id, context) {
            guard(id, sheet);
        }
        let validates = not_null::steps(id, not_null::Column::Old, context, sheet);
        if !safe {
            backfilled::doubt(id, context, &mut sheet.statements[validates]);
        }
        return;
    }
    let backfilled = !safe && backfill(id, context, sheet);
    let statement = set_not_null(id, context, sheet);
    if context.has_rows(&id.name) {
        statement.hazard(HazardKind::FullScan, format!("all rows of {} are read", id.name));
    }
    if safe || backfilled {
        if backfilled {
            backfilled::doubt(id, context, statement);
        }
        return;
    }
    let (table, column) = (&id.name, id.own_name());
    match found {
        Found::Unknown if context.is_down() => {
            statement.hazard(HazardKind::MayFail, format!("it fails if rows of {table} have no {column}"));
        }
        Found::Some { .. } | Found::Unknown | Found::None => {
            let statement = statement.todo(nothing_in(id, found), Some(template(id)));
            published::judge(&id.name, context, statement);
        }
    }
}

fn nothing_in(id: &ObjectId, found: Found) -> String {
    let (table, column) = (&id.name, id.own_name());
    match found {
        Found::Some { matching, total } => {
            format!("{matching} of {total} rows of {table} have no {column}; fill them before SET NOT NULL.")
        }
        Found::Unknown | Found::None => {
            format!("rows of {table} may have no {column}; fill them before SET NOT NULL.")
        }
    }
}

/// The question how many rows have nothing in the column.
pub(crate) fn nulls(id: &ObjectId, context: &Context<'_>) -> Option<Question> {
    let (table, column) = (context.kept_table(&id.name)?, context.kept_column(&id.name, id.own_name())?);
    match context.after().get(id) {
        Some(Object::Column(wanted)) if wanted.not_null && !wanted.hands_down_not_null() => {
            let condition = Sql::empty().ident(&column).kw("IS NOT NULL");
            Some(check::own_violations(table, &Expression::new(condition.into_text())))
        }
        _ => Some(Question::Nulls { table, column }),
    }
}

pub(crate) fn set_not_null<'a>(
    id: &ObjectId,
    context: &Context<'_>,
    sheet: &'a mut Sheet,
) -> &'a mut Statement {
    sheet.push(super::not_null::set(id, context)).lock(Lock::AccessExclusive)
}

/// Writes the expression of the models into the rows that have none. False if the models have none.
pub(super) fn backfill(id: &ObjectId, context: &Context<'_>, sheet: &mut Sheet) -> bool {
    let Some(expression) = context.plan.graph.hints.backfill.get(id) else { return false };
    let sql = update(id).expr_in_parens(expression).kw("WHERE").ident(id.own_name()).kw("IS NULL");
    let statement = sheet.push(sql).lock(Lock::RowExclusive);
    let fails_as_a_whole = context.is_small(&id.name) && backfilled::lacks(id, context);
    if context.online(&id.name) && !fails_as_a_whole {
        fills(statement, id);
    }
    published::judge(&id.name, context, statement);
    backfilled::judge(id, context, statement);
    true
}

pub(super) fn template(id: &ObjectId) -> Sql {
    update(id).kw("…").kw("WHERE").ident(id.own_name()).kw("IS NULL")
}

fn update(id: &ObjectId) -> Sql {
    Sql::new("UPDATE").name(&id.name).kw("SET").ident(id.own_name()).kw("=")
}

#[cfg(test)]
mod tests {
    use autogen_core::object::column::ColumnAlteration;
    use autogen_core::{Alteration, Answer, Pair};

    use super::*;
    use crate::testing::{Scene, column_id, default, not_null, nullable, part, public, text, users};

    #[track_caller]
    fn check(scene: Scene, expect: &[&str]) {
        assert_eq!(scene.lines(), expect);
    }

    fn added() -> Scene {
        users().create(&column_id("users", "handle"), not_null(2, text()), &[])
    }

    fn tightened(found: Option<u64>) -> Scene {
        let id = column_id("users", "nick");
        let scene = users()
            .changed(&id, Pair::new(nullable(2, text()), not_null(2, text())))
            .alter(&id, vec![Alteration::Column(ColumnAlteration::NotNull(true))])
            .rows(&public("users"), 8331);
        let question = Question::Nulls { table: public("users"), column: "nick".into() };
        match found {
            Some(matching) => scene.answer(question, Answer::Count { matching, total: 8331 }),
            None => scene,
        }
    }

    #[test]
    fn a_new_column_asks_for_its_values() {
        check(
            added().rows(&public("users"), 8331),
            &[
                "ALTER TABLE users ADD COLUMN handle text;",
                "-- TODO(autogen): 8331 rows of users have no handle; fill them before SET NOT NULL.",
                "-- UPDATE users SET handle = … WHERE handle IS NULL;",
                "ALTER TABLE users ALTER COLUMN handle SET NOT NULL;",
            ],
        );
    }

    #[test]
    fn an_empty_table_needs_nothing() {
        check(added().rows(&public("users"), 0), &["ALTER TABLE users ADD COLUMN handle text NOT NULL;"]);
    }

    #[test]
    fn a_backfill_is_written() {
        let mut scene = added();
        scene
            .graph
            .hints
            .backfill
            .insert(column_id("users", "handle"), Expression::new("split_part(email, '@', 1)"));
        check(
            scene,
            &[
                "ALTER TABLE users ADD COLUMN handle text;",
                "UPDATE users SET handle = (split_part(email, '@', 1)) WHERE handle IS NULL;",
                "-- HAZARD may fail: it fails if rows of users get no handle from the backfill",
                "ALTER TABLE users ALTER COLUMN handle SET NOT NULL;",
            ],
        );
    }

    #[test]
    fn a_default_comes_with_its_column() {
        let default_id = part(Kind::Default, "users", "handle");
        let scene = users().member(&default_id, default("'x'::text"));
        check(
            scene.create(&column_id("users", "handle"), not_null(2, text()), &[default_id]),
            &["ALTER TABLE users ADD COLUMN handle text DEFAULT 'x'::text NOT NULL;"],
        );
    }

    #[test]
    fn an_old_column_is_filled_as_far_as_needed() {
        let scan = "-- HAZARD full scan: all rows of users are read";
        let set = "ALTER TABLE users ALTER COLUMN nick SET NOT NULL;";
        let template = "-- UPDATE users SET nick = … WHERE nick IS NULL;";
        check(tightened(Some(0)), &[scan, set]);
        let some =
            "-- TODO(autogen): 1204 of 8331 rows of users have no nick; fill them before SET NOT NULL.";
        check(tightened(Some(1204)), &[scan, some, template, set]);
        let unknown = "-- TODO(autogen): rows of users may have no nick; fill them before SET NOT NULL.";
        check(tightened(None), &[scan, unknown, template, set]);
    }
}
