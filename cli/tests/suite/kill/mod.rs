//! A run that is killed, and the server with it, at every statement of a migration of ten: `migrate status` then tells
//! the truth, `migrate up` completes, and nothing is applied twice. Each statement can be held at its beginning, where it
//! asks for an advisory lock that the test has, and so can be killed neither too early nor too late.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use std::process::{Child, Command};
use std::sync::{Arc, Once};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use autogen::postgres::Ephemeral;
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use serde_json::Value;

mod detach;
use crate::support;
use crate::support::migrations::{Project, all_of, lines, number};

/// How the run ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// The process alone.
    Process,
    /// The process, and every process of the server, which then recovers as after a loss of power.
    ProcessAndServer,
    /// Ctrl-C.
    Interrupt,
}

/// What a migration does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    /// Ten statements in one transaction.
    Whole,
    /// The same without.
    Stepwise,
    /// Six indexes that are built concurrently, among other statements.
    Concurrent,
}

const COUNT: usize = 10;

/// The statements. Number `held` waits for the lock; the text is always the same, so that nothing has changed in the file
/// when the run goes on.
fn statements(sort: Sort) -> Vec<String> {
    let plain = |n: usize| format!("INSERT INTO log (n, at) SELECT {n}, 'x' WHERE hold({n})");
    let index = |n: usize| format!("CREATE INDEX CONCURRENTLY i{n} ON log ((held({n}, n)))");
    (1..=COUNT)
        .map(|n| match (sort, n) {
            (Sort::Concurrent, 2 | 3 | 5 | 7 | 8) => index(n),
            (Sort::Concurrent, 10) => "DROP INDEX CONCURRENTLY i2".to_owned(),
            (Sort::Whole | Sort::Stepwise | Sort::Concurrent, n) => plain(n),
        })
        .collect()
}

/// What every case begins with. `hold` waits where the test has the lock of that number; `held` does so for an index, for
/// which it has to look like a function of its arguments.
const BASE: &str = "CREATE TABLE log (id serial PRIMARY KEY, n int NOT NULL, at text);
    INSERT INTO log (n) VALUES (0);
    CREATE FUNCTION hold(n int) RETURNS bool LANGUAGE plpgsql AS $$
    BEGIN PERFORM pg_advisory_xact_lock_shared(7000 + n); RETURN true; END $$;
    CREATE FUNCTION held(n int, value int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$
    BEGIN PERFORM pg_advisory_xact_lock_shared(7000 + n); RETURN value; END $$;";

/// One project, whose second migration is under test.
fn project(server: &Arc<Ephemeral>, name: &str, sort: Sort) -> Result<Project> {
    let project = Project::on(server, name)?;
    project.write("1_base", BASE, "DROP TABLE log; DROP FUNCTION hold, held;");
    project.write("2_ten", &format!("{};\n", statements(sort).join(";\n")), "DELETE FROM log WHERE n > 0;");
    if sort != Sort::Whole {
        project.without_transaction("2_ten");
    }
    project.run(&["up", "--steps", "1"], 0)?;
    Ok(project)
}

/// Waits until something holds.
fn until(what: &str, mut holds: impl FnMut() -> bool) -> Result<()> {
    let start = Instant::now();
    while !holds() {
        ensure!(start.elapsed() < Duration::from_secs(60), "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}

/// A connection to a server that may be recovering.
fn connect(project: &Project) -> Result<PgConnection> {
    let mut found = None;
    until("the server answers", || {
        found = PgConnection::establish(&project.url()).ok();
        found.is_some()
    })?;
    found.context("no connection")
}

fn kill(child: &Child, signal: &str) -> Result<()> {
    kill_id(&child.id().to_string(), signal)
}

fn kill_id(id: &str, signal: &str) -> Result<()> {
    let status = Command::new("kill").args([signal, id]).status()?;
    ensure!(status.success(), "kill {signal} {id}");
    Ok(())
}

/// Starts a run, holds it at a statement, and ends it there.
fn end_at(project: &Project, statement: usize, end: End) -> Result<()> {
    let mut holder = connect(project)?;
    holder.batch_execute(&format!("SELECT pg_advisory_lock({})", 7000 + statement))?;
    support::signals::as_on_a_terminal();
    let mut child = project.spawn(&["up"])?;
    let waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted \
                   AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    until("the statement waits", || number(&mut holder, waiting) > 0)?;
    let server = "SELECT pid FROM pg_stat_activity WHERE application_name = 'autogen' \
                  AND datname = current_database() AND state <> 'idle'";
    let server = lines(&mut holder, server);
    ensure!(server.len() == 1, "server processes of the run: {server:?}");
    match end {
        End::Process => kill(&child, "-KILL")?,
        End::ProcessAndServer => {
            kill(&child, "-KILL")?;
            // The postmaster takes the loss of one for a crash of all.
            kill_id(&server[0], "-KILL")?;
            until("the server is down", || holder.batch_execute("SELECT 1").is_err())?;
        }
        End::Interrupt => kill(&child, "-INT")?,
    }
    let status = child.wait()?;
    if end == End::Interrupt {
        ensure!(status.code() == Some(130), "ended with {status}");
        // Nothing of the run is left on the server.
        let left = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'autogen' AND datname = current_database()";
        until("the session is gone", || number(&mut holder, left) == 0)?;
    }
    if end != End::ProcessAndServer {
        // The statement gets its lock if it still wants it: what a server does to its end after its client has died.
        drop(holder);
        let mut other = connect(project)?;
        let left = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'autogen' AND datname = current_database()";
        until("the session is gone", || number(&mut other, left) == 0)?;
    }
    Ok(())
}

fn count(connection: &mut PgConnection, n: usize) -> i64 {
    number(connection, &format!("SELECT count(*) FROM log WHERE n = {n}"))
}

/// How many statements have left their trace, which has to be the first ones and each once.
fn applied(project: &Project, sort: Sort) -> Result<usize> {
    let mut connection = connect(project)?;
    let mut done = Vec::new();
    for (at, sql) in statements(sort).iter().enumerate() {
        let n = at + 1;
        let is_there = |connection: &mut PgConnection, name: &str| {
            number(
                connection,
                &format!(
                    "SELECT count(*) FROM pg_index WHERE indisvalid AND indexrelid = to_regclass('{name}')"
                ),
            )
        };
        let times = if sql.starts_with("CREATE INDEX") {
            // The last statement takes the first index away.
            let was_dropped = n == 2 && count(&mut connection, 9) == 1;
            if was_dropped { 1 } else { is_there(&mut connection, &format!("i{n}")) }
        } else if sql.starts_with("DROP INDEX") {
            i64::from(count(&mut connection, 9) == 1 && is_there(&mut connection, "i2") == 0)
        } else {
            count(&mut connection, n)
        };
        ensure!(times <= 1, "statement {n} is applied {times} times");
        done.push(times);
    }
    let first = done.iter().take_while(|times| **times == 1).count();
    ensure!(done.iter().skip(first).all(|times| *times == 0), "applied: {done:?}");
    Ok(first)
}

/// Demands that the status is what the database shows.
fn is_true(project: &Project, sort: Sort) -> Result<usize> {
    let found = applied(project, sort)?;
    let status: Value = serde_json::from_str(&project.run(&["status", "--format", "json"], 0)?)?;
    let line = &status["migrations"][1];
    let in_doubt = line["progress"]["in_doubt"].as_bool() == Some(true);
    let (state, done) = (line["state"].as_str(), line["progress"]["done"].as_u64().unwrap_or_default());
    let done = usize::try_from(done)?;
    match state {
        Some("applied") => ensure!(found == COUNT, "applied, but {found} statements are"),
        Some("pending") => ensure!(found == 0, "pending, but {found} statements are applied"),
        Some("partial") => {
            ensure!(
                found == done || in_doubt && found == done + 1,
                "{line}, but {found} statements are applied"
            );
        }
        _ => ensure!(false, "{line}"),
    }
    ensure!(status["running"].is_null(), "{status}");
    Ok(found)
}

/// Ends a run at every statement, looks, completes, and looks again. Returns how many statements were applied after each.
fn every(name: &str, sort: Sort, end: End) -> Result<Vec<usize>> {
    // A server of its own, as it is killed; what it has committed has to be there afterwards.
    let settings = ["synchronous_commit=on", "wal_level=replica"].map(str::to_owned);
    let server = Arc::new(support::start_with(settings.to_vec())?);
    let mut found = Vec::new();
    // DROP INDEX has no function to wait in.
    let last = if sort == Sort::Concurrent { COUNT - 1 } else { COUNT };
    for statement in 1..=last {
        let project = project(&server, &format!("{name}_{statement}"), sort)?;
        let at = format!("{sort:?}, {end:?}, statement {statement}");
        end_at(&project, statement, end).with_context(|| at.clone())?;
        found.push(is_true(&project, sort).with_context(|| at.clone())?);
        project.run(&["up"], 0).with_context(|| at.clone())?;
        let all = is_true(&project, sort).with_context(|| at.clone())?;
        ensure!(all == COUNT, "{at}: {all} are applied");
        ensure!(project.versions() == ["1", "2"], "{at}: {:?}", project.versions());
        ensure!(!project.has("__autogen_migration_progress"), "{at}: our table is left");
        let invalid = number(&mut connect(&project)?, "SELECT count(*) FROM pg_index WHERE NOT indisvalid");
        ensure!(invalid == 0, "{at}: {invalid} invalid indexes");
        ensure!(all_of(&project.migrations()) == ["1_base", "2_ten"], "{at}: the folder has changed");
        ensure!(all_of(&project.temporary()).is_empty(), "{at}: temporary files are left");
    }
    tell(sort, end, &found);
    Ok(found)
}

/// A row of the table that `cargo test --test suite kill:: -- --nocapture` shows.
fn tell(sort: Sort, end: End, found: &[usize]) {
    static HEAD: Once = Once::new();
    let row = |sort: &str, end: &str, times: &str, found: &str| {
        println!("| {sort:<23} | {end:<23} | {times:>5} | {found:<30} |");
    };
    HEAD.call_once(|| row("ten statements", "at each of them", "times", "applied after each"));
    let sort = match sort {
        Sort::Whole => "in a transaction",
        Sort::Stepwise => "outside of one",
        Sort::Concurrent => "with concurrent indexes",
    };
    let end = match end {
        End::Process => "killed",
        End::ProcessAndServer => "killed with the server",
        End::Interrupt => "interrupted",
    };
    row(sort, end, &found.len().to_string(), &format!("{found:?}"));
}

/// In a transaction nothing is left; a statement that was killed while it waited has not been applied.
#[test]
fn killed_in_a_transaction() -> Result<()> {
    assert_eq!(every("whole_process", Sort::Whole, End::Process)?, [0; 10]);
    Ok(())
}

#[test]
fn killed_with_the_server_in_a_transaction() -> Result<()> {
    assert_eq!(every("whole_server", Sort::Whole, End::ProcessAndServer)?, [0; 10]);
    Ok(())
}

#[test]
fn interrupted_in_a_transaction() -> Result<()> {
    assert_eq!(every("whole_interrupt", Sort::Whole, End::Interrupt)?, [0; 10]);
    Ok(())
}

/// Outside of one, the statements before the one that was killed stay.
#[test]
fn killed_outside_of_a_transaction() -> Result<()> {
    assert_eq!(every("step_process", Sort::Stepwise, End::Process)?, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    Ok(())
}

#[test]
fn killed_with_the_server_outside_of_a_transaction() -> Result<()> {
    assert_eq!(every("step_server", Sort::Stepwise, End::ProcessAndServer)?, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    Ok(())
}

#[test]
fn interrupted_outside_of_a_transaction() -> Result<()> {
    assert_eq!(every("step_interrupt", Sort::Stepwise, End::Interrupt)?, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    Ok(())
}

/// Among statements that cannot run in a transaction. Whether an index was finished after its client had died is up to the
/// server; what counts is that nobody claims otherwise.
#[test]
fn killed_while_indexes_are_built() -> Result<()> {
    assert_eq!(every("index_process", Sort::Concurrent, End::Process)?.len(), 9);
    Ok(())
}

#[test]
fn killed_with_the_server_while_indexes_are_built() -> Result<()> {
    assert_eq!(every("index_server", Sort::Concurrent, End::ProcessAndServer)?, [0, 1, 2, 3, 4, 5, 6, 7, 8]);
    Ok(())
}

#[test]
fn interrupted_while_indexes_are_built() -> Result<()> {
    assert_eq!(every("index_interrupt", Sort::Concurrent, End::Interrupt)?, [0, 1, 2, 3, 4, 5, 6, 7, 8]);
    Ok(())
}

/// A run that waits for another one ends at once, and has done nothing; the other one is not disturbed.
#[test]
fn interrupted_while_it_waits() -> Result<()> {
    let project = project(&Arc::new(support::start()?), "waits", Sort::Stepwise)?;
    let mut holder = connect(&project)?;
    holder.batch_execute("SELECT pg_advisory_lock(7001)")?;
    let mut first = project.spawn(&["up"])?;
    let waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted";
    until("the first waits for the test", || number(&mut holder, waiting) == 1)?;
    let mut second = project.spawn(&["up"])?;
    let tries = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_try_advisory_lock%' AND pid <> pg_backend_pid()";
    until("the second waits for the first", || number(&mut holder, tries) > 0)?;
    kill(&second, "-TERM")?;
    ensure!(second.wait()?.code() == Some(130));
    holder.batch_execute("SELECT pg_advisory_unlock_all()")?;
    ensure!(first.wait()?.success());
    ensure!(is_true(&project, Sort::Stepwise)? == COUNT);
    Ok(())
}
