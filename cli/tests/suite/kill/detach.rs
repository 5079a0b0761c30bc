//! A run that ends in the middle of `DETACH PARTITION … CONCURRENTLY`. The server marks the partition in one transaction and lets
//! it go in a second one, before which it waits for everybody who reads the partitioned table: whoever reads it holds the run there.
//! `migrate up` then completes the statement with `FINALIZE`, which can be cut off in turn.

use std::process::Child;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use diesel::PgConnection;
use diesel::connection::SimpleConnection;
use serde_json::Value;

use super::{End, connect, kill, kill_id, until};
use crate::support;
use crate::support::migrations::{Project, lines, number};

/// The first version that detaches concurrently.
const SINCE: u32 = 14;

const BASE: &str = r#"
    CREATE TABLE visits (id integer, place text) PARTITION BY LIST (place);
    CREATE TABLE "Visits of ""a" PARTITION OF visits FOR VALUES IN ('a');
    INSERT INTO visits VALUES (1, 'a'), (2, 'a');
    CREATE TABLE log (n integer);
"#;
const DETACH: &str = r#"
    INSERT INTO log VALUES (1);
    ALTER TABLE public.visits DETACH PARTITION "Visits of ""a" CONCURRENTLY;
    INSERT INTO log VALUES (3);
"#;
const BACK: &str = r#"
    ALTER TABLE visits ATTACH PARTITION "Visits of ""a" FOR VALUES IN ('a');
    DELETE FROM log;
"#;

/// Partitions that are, and those of them that are half detached.
const ATTACHED: &str = "SELECT count(*) FROM pg_inherits";
const HALF: &str = "SELECT count(*) FROM pg_inherits WHERE inhdetachpending";
/// What the run has on the server.
const SESSIONS: &str =
    "FROM pg_stat_activity WHERE application_name = 'autogen' AND datname = current_database()";

/// Holds whoever wants a table to itself, or the table as nobody older has seen it.
struct Holder {
    connection: PgConnection,
    /// Who looks on: within a transaction the server always shows the same sessions.
    beside: PgConnection,
}

impl Holder {
    fn new(project: &Project, sql: &str) -> Result<Self> {
        let (mut connection, beside) = (connect(project)?, connect(project)?);
        connection.batch_execute(sql)?;
        Ok(Self { connection, beside })
    }
}

/// Starts a run and waits until it has come to where the holder holds it.
fn held(project: &Project, holder: &mut Holder, statement: &str) -> Result<Child> {
    let child = project.spawn(&["up"])?;
    let waits =
        format!("SELECT count(*) {SESSIONS} AND wait_event_type = 'Lock' AND query LIKE '%{statement}%'");
    until(&format!("{statement} waits"), || number(&mut holder.beside, &waits) == 1)?;
    Ok(child)
}

/// Ends a run that is held, without letting it go on.
fn end(child: Child, holder: &mut Holder, end: End) -> Result<()> {
    match end {
        End::Process => kill(&child, "-KILL")?,
        End::ProcessAndServer => {
            kill(&child, "-KILL")?;
            let server = lines(&mut holder.beside, &format!("SELECT pid {SESSIONS} AND state <> 'idle'"));
            ensure!(server.len() == 1, "server processes of the run: {server:?}");
            kill_id(&server[0], "-KILL")?;
            until("the server is down", || holder.connection.batch_execute("SELECT 1").is_err())?;
        }
        End::Interrupt => kill(&child, "-INT")?,
    }
    let output = child.wait_with_output()?;
    let told = String::from_utf8_lossy(&output.stderr);
    ensure!(end != End::Interrupt || output.status.code() == Some(130), "{}: {told}", output.status);
    if end != End::ProcessAndServer {
        let left = format!("SELECT count(*) {SESSIONS}");
        until("the session is gone", || number(&mut holder.beside, &left) == 0)?;
    }
    Ok(())
}

/// Demands that nobody is told more than is true.
fn is_in_doubt(project: &Project, half: i64) -> Result<()> {
    let mut connection = connect(project)?;
    let found = (number(&mut connection, ATTACHED), number(&mut connection, HALF));
    ensure!(found == (1, half), "(partitions, half detached): {found:?}");
    let status: Value = serde_json::from_str(&project.run(&["status", "--format", "json"], 0)?)?;
    let line = &status["migrations"][1];
    ensure!(line["state"] == "partial" && line["progress"]["in_doubt"] == true, "{line}");
    ensure!(line["progress"]["done"] == 1, "{line}");
    Ok(())
}

/// Goes on, and there and back once more.
fn completes(project: &Project) -> Result<()> {
    for round in ["first", "second"] {
        project.run(&["up"], 0).context(round)?;
        let mut connection = connect(project)?;
        ensure!(number(&mut connection, ATTACHED) == 0, "{round}: the partition is still one");
        let log = lines(&mut connection, "SELECT n FROM log ORDER BY n");
        ensure!(log == ["1", "3"], "{round}: {log:?}");
        ensure!(number(&mut connection, r#"SELECT count(*) FROM "Visits of ""a""#) == 2, "{round}: its rows");
        ensure!(project.versions() == ["1", "2"], "{round}: {:?}", project.versions());
        ensure!(!project.has("__autogen_migration_progress"), "{round}: our table is left");
        project.run(&["down"], 0).context(round)?;
        ensure!(number(&mut connection, "SELECT count(*) FROM visits") == 2, "{round}: back");
    }
    Ok(())
}

#[test]
fn ended_while_a_partition_is_detached() -> Result<()> {
    let settings = ["synchronous_commit=on", "wal_level=replica"].map(str::to_owned);
    let server = Arc::new(support::start_with(settings.to_vec())?);
    if server.major() < SINCE {
        eprintln!("Postgres {} knows no DETACH PARTITION … CONCURRENTLY", server.major());
        return Ok(());
    }
    support::signals::as_on_a_terminal();
    for (name, how) in
        [("process", End::Process), ("server", End::ProcessAndServer), ("interrupt", End::Interrupt)]
    {
        let project = Project::on(&server, &format!("detach_{name}"))?;
        project.write("1_base", BASE, "DROP TABLE visits, log;");
        project.write("2_detach", DETACH, BACK);
        project.without_transaction("2_detach");
        project.run(&["up", "--steps", "1"], 0)?;

        // It has not begun, it is half done, and what should complete it is cut off too.
        let mut owner = Holder::new(&project, "BEGIN; LOCK TABLE visits IN SHARE UPDATE EXCLUSIVE MODE")?;
        let run = held(&project, &mut owner, "DETACH PARTITION")?;
        end(run, &mut owner, how)?;
        is_in_doubt(&project, 0).with_context(|| format!("{how:?} before"))?;
        drop(owner);

        let mut reader = Holder::new(&project, "BEGIN; SELECT FROM visits")?;
        let run = held(&project, &mut reader, "DETACH PARTITION")?;
        end(run, &mut reader, how)?;
        is_in_doubt(&project, 1).with_context(|| format!("{how:?} half-way"))?;
        drop(reader);

        let old = "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT FROM log";
        let mut old = Holder::new(&project, old)?;
        let run = held(&project, &mut old, "FINALIZE")?;
        end(run, &mut old, how)?;
        is_in_doubt(&project, 1).with_context(|| format!("{how:?} while it is completed"))?;
        drop(old);

        completes(&project).with_context(|| format!("{how:?}"))?;
    }
    Ok(())
}
