//! Every case of `fixtures/` with rows, as a change of tables in use: what each statement reads and locks. A statement that
//! goes through the rows of a table must not hold a lock on it that keeps others from writing. Where Postgres has no such way,
//! or somebody has to complete the script first, the script must say so.

use anyhow::{Context, Result, ensure};
use autogen::postgres::Ephemeral;
use autogen_core::Lock;
use diesel::connection::SimpleConnection;

use super::locks::{held, pid, seen, strongest};
use super::parts::{Part, parts, write};
use crate::support;
use crate::support::cases::{cases, check_each, roles};

/// What announces that others wait, from there on to the end of the transaction.
const ANNOUNCED: &[&str] = &["-- HAZARD table rewrite:", "-- HAZARD blocks use:", "-- TODO(autogen):"];

/// A query of the greatest value reads a row of an index.
const FEW: i64 = 1;

#[test]
fn who_has_to_wait_while_rows_are_read_is_told() -> Result<()> {
    let server = support::start()?;
    let mut cases = cases(&server)?;
    cases.retain(|case| case.folder.join("rows.sql").is_file());
    roles(&server)?;
    check_each(&cases, |case| {
        let scene = write(case, &server, &[])?;
        let parts = parts(case, &scene.project.path().join("migrations"))?;
        let mut found = Vec::new();
        for part in &parts {
            let part = watched(&server, &scene.database, part);
            found.extend(part.with_context(|| case.name.clone())?);
        }
        ensure!(found.is_empty(), "others have to wait, and nothing says so:\n{}", found.join("\n"));
        scene.end(&server)
    })
}

/// Runs a part and returns the statements that others would wait for. One that may not run in a transaction is run alone; the
/// server chooses its locks.
fn watched(server: &Ephemeral, database: &str, part: &Part) -> Result<Vec<String>> {
    let mut connection = server.connect(database)?;
    if part.up.contains(" CONCURRENTLY") {
        connection.batch_execute(&part.up).with_context(|| part.name.clone())?;
        return Ok(Vec::new());
    }
    let own = pid(&mut connection)?;
    let (mut found, mut is_announced) = (Vec::new(), false);
    connection.batch_execute("BEGIN")?;
    for statement in statements(&part.up) {
        is_announced |= ANNOUNCED.iter().any(|words| statement.lines().any(|line| line.starts_with(words)));
        let before = seen(&mut connection)?;
        connection.batch_execute(&statement).with_context(|| statement.clone())?;
        let locks = held(&mut connection, own)?;
        for (table, rows) in seen(&mut connection)? {
            let earlier = before.iter().find(|(other, _)| *other == table).map_or(0, |(_, rows)| *rows);
            let lock = strongest(&locks, &table);
            if !is_announced && rows - earlier > FEW && lock > Some(Lock::ShareUpdateExclusive) {
                found.push(format!("{table} {lock:?}, {} rows: {statement}", rows - earlier));
            }
        }
    }
    connection.batch_execute("COMMIT")?;
    Ok(found)
}

/// The statements of a script as autogen writes it: each ends with its line.
fn statements(sql: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut open = String::new();
    for line in sql.lines() {
        open.push_str(line);
        open.push('\n');
        let is_code = !line.starts_with("--");
        if is_code && line.ends_with(';') && open.matches("$$").count().is_multiple_of(2) {
            all.push(std::mem::take(&mut open));
        }
    }
    let is_left = open.lines().any(|line| !line.is_empty() && !line.starts_with("--"));
    all.extend(is_left.then_some(open));
    all
}
