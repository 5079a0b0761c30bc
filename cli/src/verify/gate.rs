//! The locks of a statement that cannot run in a transaction, and so has released them when it is done. Another session holds
//! all tables, in one mode after the other, the strongest first: what the statement wants stands in pg_locks while it waits,
//! and then the next gate opens. What it takes without waiting, between two gates, is seen by chance only.

use std::time::Duration;

use anyhow::{Context, Result};
use diesel::connection::SimpleConnection;
use diesel::sql_types::{BigInt, Bool};
use diesel::{PgConnection, QueryResult, QueryableByName, RunQueryDsl, sql_query};

use super::bench::Bench;
use super::observe::{Entry, locks_of_process};
use super::query;

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(1);

/// The gates, in the order in which they are closed. One transaction holds them all, and opens the last one first.
const GATES: [&str; 4] = ["ACCESS SHARE", "ROW EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE"];

/// Locks all tables of the user's, in a mode that is put in.
const LOCK_ALL: &str = "DO 'DECLARE t record; BEGIN \
    FOR t IN SELECT n.nspname, c.relname FROM pg_catalog.pg_class c \
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN (''r'', ''p'') \
    AND n.nspname NOT LIKE ''pg\\_%'' AND n.nspname <> ''information_schema'' ORDER BY c.oid LOOP \
    EXECUTE pg_catalog.format(''LOCK TABLE ONLY %I.%I IN {mode} MODE'', t.nspname, t.relname); END LOOP; END'";

#[derive(QueryableByName)]
struct Flag {
    #[diesel(sql_type = Bool)]
    value: bool,
}

/// Runs the statement, and tells the locks that were seen of it. Nothing if it fails.
pub(super) fn locks_of(
    bench: &Bench,
    connection: &mut PgConnection,
    sql: &str,
) -> Result<Option<Vec<Entry>>> {
    let pid = query::number(connection, "SELECT pg_catalog.pg_backend_pid()::bigint AS value")?;
    let mut gate = bench.session()?;
    let mut watcher = bench.session()?;
    let close = |(number, mode): (usize, &&str)| {
        format!("SAVEPOINT gate_{number}; {}", LOCK_ALL.replace("{mode}", mode))
    };
    let all: Vec<String> = GATES.iter().enumerate().map(close).collect();
    gate.batch_execute(&format!("BEGIN; {}", all.join("; ")))
        .context("cannot hold the tables of the throwaway database")?;
    let mut seen: Vec<Entry> = Vec::new();
    let result = std::thread::scope(|scope| {
        let running = scope.spawn(|| connection.batch_execute(sql));
        // Some wait for the end of a transaction that has held a lock, whether it still does or not.
        let open = |gate| format!("ROLLBACK TO SAVEPOINT gate_{gate}");
        let mut gates = (0..GATES.len()).rev().map(open).chain(["ROLLBACK".to_owned()]);
        let watched = loop {
            let is_over = running.is_finished();
            let look = look(&mut watcher, pid, &mut seen);
            let waits = match look {
                Ok(waits) => waits,
                Err(error) => break Err(error),
            };
            if is_over {
                break Ok(());
            }
            if waits && let Some(open) = gates.next() {
                if let Err(error) = gate.batch_execute(&open) {
                    break Err(error);
                }
                continue;
            }
            std::thread::sleep(PAUSE);
        };
        // Whatever happened, the statement must not wait for ever.
        let _ = gate.batch_execute("ROLLBACK");
        let result = running.join();
        watched.map(|()| result)
    });
    let result = result.context("lost the throwaway database")?;
    Ok(matches!(result, Ok(Ok(()))).then_some(seen))
}

/// Notes what the process has or wants, and tells whether it waits for a lock.
fn look(watcher: &mut PgConnection, pid: i64, seen: &mut Vec<Entry>) -> QueryResult<bool> {
    let waits = sql_query(
        "SELECT EXISTS (SELECT FROM pg_catalog.pg_locks WHERE pid::bigint = $1 AND NOT granted) AS value",
    )
    .bind::<BigInt, _>(pid)
    .get_result::<Flag>(watcher)?;
    for entry in locks_of_process(watcher, pid)? {
        if !seen.contains(&entry) {
            seen.push(entry);
        }
    }
    Ok(waits.value)
}
