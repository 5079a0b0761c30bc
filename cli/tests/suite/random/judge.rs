//! Tries pairs of schemas on a server: up, converge, down, up again, and `pg_dump` says what is there.

use anyhow::{Context, Result, ensure};
use autogen::postgres::Ephemeral;
use autogen_codegen::{
    Direction, InUse, RenderOptions, Script, Statement, question_sql_on, questions, render, render_both,
};
use autogen_core::{Answers, Catalog, ChangeGraph, Hints, Pair};
use autogen_diff::diff;
use autogen_introspect::catalog::{ReadOptions, answer, read};
use diesel::PgConnection;
use diesel::connection::SimpleConnection;
use std::time::Duration;

use crate::random::databases::Databases;
use crate::random::schema::Schema;
use crate::support::{self, apply, same};

/// Tries several pairs at once: each lives in a schema of its own.
pub(crate) fn judge(server: &Ephemeral, label: &str, pairs: &[[Schema; 2]]) -> Result<()> {
    let databases = Databases::load(server, label, pairs)?;
    let [now, goal] = &databases.names;
    go(server, now, goal).map_err(|error| databases.failed(error))
}

/// What `pg_dump` prints.
fn dump(server: &Ephemeral, database: &str) -> Result<Vec<String>> {
    Ok(support::dump(server, database)?.into_iter().map(sorted_if_published).collect())
}

/// The columns that a publication has of a table are printed in the order in which they were added to the table.
fn sorted_if_published(statement: String) -> String {
    let list = statement.split_once(" (").filter(|_| statement.starts_with("ALTER PUBLICATION "));
    let Some((before, (list, behind))) =
        list.and_then(|(before, rest)| Some((before, rest.split_once(')')?)))
    else {
        return statement;
    };
    let mut columns: Vec<&str> = list.split(", ").collect();
    columns.sort_unstable();
    format!("{before} ({}){behind}", columns.join(", "))
}

fn go(server: &Ephemeral, now: &str, goal: &str) -> Result<()> {
    let options = ReadOptions { privileges: true, ..ReadOptions::default() };
    let open = |database: &str| -> Result<PgConnection> {
        let mut connection = server.connect(database)?;
        autogen::postgres::pin_session(&mut connection)?;
        autogen::postgres::pin_search_path(&mut connection)?;
        connection.batch_execute("SET client_min_messages = error")?;
        Ok(connection)
    };
    let target = read(&mut open(goal)?, &options)?;
    let mut connection = open(now)?;
    let current = read(&mut connection, &options)?;
    // As `--target` wants it.
    let hints = Hints { to_the_letter: true, ..Hints::default() };
    let graph = diff(Pair::new(&current, &target), &hints).context("diff")?;
    let back = diff(Pair::new(&target, &current), &hints).context("diff back")?;
    let up = script(&mut connection, &graph, &current, Direction::Up);
    let down = script(&mut connection, &back, &current, Direction::Down);
    drop(connection);

    let (before, wanted) = (dump(server, now)?, dump(server, goal)?);
    let mut session = server.connect(now)?;
    session.batch_execute("SET client_min_messages = error")?;
    run(&mut session, "up", &up)?;
    same("after up (+ is, - should be)", &dump(server, now)?, &wanted).with_context(|| up.to_sql())?;
    let reached = read(&mut open(now)?, &options)?;
    let rest = diff(Pair::new(&reached, &target), &hints).context("diff after up")?;
    ensure!(rest.is_empty(), "after up there is still something to do: {:?}", rest.changes);
    run(&mut session, "down", &down)?;
    same("after down (+ is, - should be)", &dump(server, now)?, &before).with_context(|| down.to_sql())?;
    run(&mut session, "redo", &up)?;
    same("after the second up (+ is, - should be)", &dump(server, now)?, &wanted)?;
    run(&mut session, "the second down", &down)?;

    let options = |direction| RenderOptions {
        direction,
        server_version: current.server_version,
        in_use: InUse::Everything,
        ..RenderOptions::default()
    };
    let (up, down) = render_both((&graph, &options(Direction::Up)), (&back, &options(Direction::Down)));
    step_by_step(&mut session, &up, &down)?;
    same("after up online (+ is, - should be)", &dump(server, now)?, &wanted).with_context(|| up.to_sql())?;
    run(&mut session, "down online", &down)?;
    same("after down online (+ is, - should be)", &dump(server, now)?, &before).with_context(|| down.to_sql())
}

/// Goes up part by part, and takes back and repeats each on the way.
fn step_by_step(session: &mut PgConnection, up: &Script, down: &Script) -> Result<()> {
    ensure!(
        up.parts.len() == down.parts.len(),
        "there are {} parts up and {} down",
        up.parts.len(),
        down.parts.len()
    );
    // Where the way back of a part takes several, the part stands behind empty ones, whose ways back are the rest of it.
    let mut rest: Vec<String> = Vec::new();
    for part in 0..up.parts.len() {
        let (there, here) = (up.part_sql(part), down.part_sql(down.parts.len() - 1 - part));
        if up.parts[part].statements.is_empty() {
            rest.insert(0, here);
            continue;
        }
        apply(session, "up online", &there).with_context(|| there.clone())?;
        // An index that a constraint or another index has taken over cannot be had back from it.
        if !up.parts[part].statements.iter().any(takes_over) {
            rest.insert(0, here);
            let both = || format!("{there}--- back\n{}", rest.join("--- then\n"));
            for piece in &rest {
                apply(session, "a part's way back", piece).with_context(both)?;
            }
            apply(session, "a part once more", &there).with_context(both)?;
        }
        rest.clear();
    }
    Ok(())
}

fn takes_over(statement: &Statement) -> bool {
    let sql = &statement.sql;
    sql.contains(" USING INDEX ") || sql.starts_with("ALTER INDEX ") && sql.contains(" ATTACH PARTITION ")
}

fn script(
    connection: &mut PgConnection,
    graph: &ChangeGraph,
    current: &Catalog,
    direction: Direction,
) -> Script {
    let mut answers = Answers::default();
    for question in questions(graph).into_iter().filter(|_| direction == Direction::Up) {
        if let Some(sql) = question_sql_on(&question, current.server_version) {
            answers.insert(question, answer(connection, &sql, Duration::from_secs(5)));
        }
    }
    let server_version = current.server_version;
    render(graph, &RenderOptions { answers, direction, server_version, ..RenderOptions::default() })
}

fn run(connection: &mut PgConnection, step: &str, script: &Script) -> Result<()> {
    (0..script.parts.len()).try_for_each(|part| {
        let sql = script.part_sql(part);
        apply(connection, step, &sql).with_context(|| sql)
    })
}
