//! What rows that are there get in a column that must not be NULL: the expression that the models name, or a marker with
//! a template. Nothing is made up.

use autogen_core::object::Column;
use autogen_core::{HazardKind, Kind, Lock, Object, ObjectId, Question, TokenKind, tokens};

use super::super::shared::alter_column;
use crate::context::{Context, Found, Sheet, in_words};
use crate::script::Statement;
use crate::sql::Sql;

/// True if rows that are there get a value when the column is added.
pub(crate) fn fills_itself(column: &Column, id: &ObjectId, context: &Context<'_>) -> bool {
    let domain = ObjectId::new(Kind::Domain, column.data_type.base.clone());
    let by_domain = !column.data_type.array
        && matches!(context.after().get(&domain), Some(Object::Domain(domain)) if domain.default.is_some());
    column.fills_itself() || super::own_default(id, context).is_some() || by_domain
}

/// True if adding the column writes every row: a constant default does not (since 11).
pub(crate) fn rewrites(column: &Column, id: &ObjectId, context: &Context<'_>) -> bool {
    const VOLATILE: [&str; 8] = [
        "nextval", "random", "gen_random_uuid", "uuid_generate_v4", "uuid_generate_v1", "clock_timestamp", "timeofday",
        "uuidv7",
    ];
    let volatile = super::own_default(id, context).is_some_and(|default| {
        tokens(default.as_str())
            .iter()
            .any(|token| token.kind == TokenKind::Word && VOLATILE.contains(&token.text.to_lowercase().as_str()))
    });
    let stored = column.generated.as_ref().is_some_and(|generated| generated.stored);
    volatile || stored || column.identity.is_some()
}

/// Fills a column that was just added, as far as anybody said with what, and sets it NOT NULL.
pub(crate) fn new_column(id: &ObjectId, context: &Context<'_>, sheet: &mut Sheet) {
    let backfilled = backfill(id, context, sheet);
    let statement = set_not_null(id, sheet);
    if backfilled {
        return;
    }
    let message = match context.row_count(&id.name) {
        Some(rows) => format!("{} of {} have no {}; fill them before SET NOT NULL.", in_words(rows), id.name, id.own_name()),
        None => format!("rows of {} have no {}; fill them before SET NOT NULL.", id.name, id.own_name()),
    };
    statement.todo(message, Some(template(id)));
}

/// Sets a column NOT NULL that was there before, with what the rows say to that.
pub(crate) fn old_column(id: &ObjectId, context: &Context<'_>, sheet: &mut Sheet) {
    let found = nulls(id, context).map_or(Found::Unknown, |question| context.found(&question));
    let safe = found == Found::None || !context.may_have_rows(&id.name);
    let backfilled = !safe && backfill(id, context, sheet);
    let statement = set_not_null(id, sheet);
    if context.has_rows(&id.name) {
        statement.hazard(HazardKind::FullScan, format!("all rows of {} are read", id.name));
    }
    if safe || backfilled {
        return;
    }
    let (table, column) = (&id.name, id.own_name());
    match found {
        Found::Some { matching, total } => {
            let message = format!("{matching} of {total} rows of {table} have no {column}; fill them before SET NOT NULL.");
            statement.todo(message, Some(template(id)));
        }
        Found::Unknown if context.is_down() => {
            statement.hazard(HazardKind::MayFail, format!("it fails if rows of {table} have no {column}"));
        }
        Found::Unknown | Found::None => {
            let message = format!("rows of {table} may have no {column}; fill them before SET NOT NULL.");
            statement.todo(message, Some(template(id)));
        }
    }
}

/// The question how many rows have nothing in the column.
pub(crate) fn nulls(id: &ObjectId, context: &Context<'_>) -> Option<Question> {
    Some(Question::Nulls {
        table: context.kept_table(&id.name)?,
        column: context.kept_column(&id.name, id.own_name())?,
    })
}

fn set_not_null<'a>(id: &ObjectId, sheet: &'a mut Sheet) -> &'a mut Statement {
    sheet.push(alter_column(&id.name, id.own_name()).kw("SET NOT NULL")).lock(Lock::AccessExclusive)
}

/// Writes the expression of the models into the rows that have none. False if the models have none.
fn backfill(id: &ObjectId, context: &Context<'_>, sheet: &mut Sheet) -> bool {
    let Some(expression) = context.plan.graph.hints.backfill.get(id) else { return false };
    sheet.push(update(id).expr_in_parens(expression).kw("WHERE").ident(id.own_name()).kw("IS NULL"));
    true
}

fn template(id: &ObjectId) -> Sql {
    update(id).kw("…").kw("WHERE").ident(id.own_name()).kw("IS NULL")
}

fn update(id: &ObjectId) -> Sql {
    Sql::new("UPDATE").name(&id.name).kw("SET").ident(id.own_name()).kw("=")
}

#[cfg(test)]
mod tests {
    use autogen_core::object::column::ColumnAlteration;
    use autogen_core::{Alteration, Answer, Expression, Pair};

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
        scene.graph.hints.backfill.insert(column_id("users", "handle"), Expression::new("split_part(email, '@', 1)"));
        check(
            scene,
            &[
                "ALTER TABLE users ADD COLUMN handle text;",
                "UPDATE users SET handle = (split_part(email, '@', 1)) WHERE handle IS NULL;",
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
        let some = "-- TODO(autogen): 1204 of 8331 rows of users have no nick; fill them before SET NOT NULL.";
        check(tightened(Some(1204)), &[scan, some, template, set]);
        let unknown = "-- TODO(autogen): rows of users may have no nick; fill them before SET NOT NULL.";
        check(tightened(None), &[scan, unknown, template, set]);
    }
}
