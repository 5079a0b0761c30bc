//! What each statement does to others while it runs: the locks that it takes on relations, read from pg_locks, and the tables that
//! it writes anew, known by their files. For that the script runs in a copy of the database, each statement in a transaction of
//! its own where that is possible, so that a lock is told of every statement that takes it and not of the first alone.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use autogen_core::{Lock, QualName, visible};
use diesel::connection::SimpleConnection;
use diesel::sql_types::{BigInt, Text};
use diesel::{PgConnection, QueryResult, QueryableByName, RunQueryDsl, sql_query};

use super::bench::{At, Bench};
use super::gate;
use super::query;
use super::step::File;
use crate::migrate::script::Role;
use crate::postgres::wants_no_transaction;
use crate::servers::Servers;

/// What was seen of a statement.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    /// The strongest lock on each relation, in the order of strength.
    pub(crate) locks: Vec<Held>,
    /// Tables whose rows were all written anew.
    pub(crate) rewritten: Vec<String>,
}

/// A lock on a relation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) relation: String,
    pub(crate) mode: Lock,
    /// The migration itself has made the relation, so nobody waits for it.
    pub(crate) is_new: bool,
}

/// What was seen, by statement.
pub(super) type Sights = BTreeMap<At, Seen>;

#[derive(Clone, Debug, QueryableByName)]
struct Relation {
    #[diesel(sql_type = BigInt)]
    oid: i64,
    #[diesel(sql_type = Text)]
    schema: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = BigInt)]
    file: i64,
}

/// A lock as pg_locks has it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, QueryableByName)]
pub(super) struct Entry {
    #[diesel(sql_type = BigInt)]
    pub(super) relation: i64,
    #[diesel(sql_type = Text)]
    pub(super) mode: String,
}

/// How the statements are run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// Each in a transaction of its own.
    Apart,
    /// Each file in one; a lock is told of the first statement that takes it.
    Together,
}

/// Runs the script in copies of the database and tells what was seen. Nothing where it does not run.
pub(super) fn observe(files: &[File], original: &Bench, servers: &mut Servers<'_>) -> Result<Sights> {
    for mode in [Mode::Apart, Mode::Together] {
        let bench = original.copy(servers)?;
        let sights = run(files, &bench, mode)?;
        servers.discard(bench.database)?;
        if let Some(sights) = sights {
            return Ok(sights);
        }
    }
    Ok(Sights::new())
}

fn run(files: &[File], bench: &Bench, mode: Mode) -> Result<Option<Sights>> {
    let mut sights = Sights::new();
    let mut connection = bench.session()?;
    let first = relations(&mut connection).context("cannot look at the throwaway database")?;
    for (number, file) in files.iter().enumerate() {
        let together = mode == Mode::Together && file.is_whole();
        let mut held: Vec<Entry> = Vec::new();
        if together {
            connection.batch_execute("BEGIN")?;
        }
        for (at, step) in file.script.steps.iter().enumerate() {
            let is_frame = matches!(step.role, Role::Opens | Role::Commits | Role::RollsBack);
            if is_frame && mode == Mode::Apart {
                continue;
            }
            let before = relations(&mut connection)?;
            // What changes the session only is no affair of others, and must last.
            let mut own = !together && step.role != Role::Session && step.role != Role::Temporary;
            let mut seen = attempt(&mut connection, &step.sql, own);
            if own && seen.as_ref().is_err_and(wants_no_transaction) {
                connection.batch_execute("ROLLBACK")?;
                own = false;
                seen = Ok(gate::locks_of(bench, &mut connection, &step.sql)?);
            }
            let Ok(Some(all)) = seen else { return Ok(None) };
            let new: Vec<Entry> = all.iter().filter(|entry| !held.contains(entry)).cloned().collect();
            let after = relations(&mut connection);
            let ended = if own { connection.batch_execute("COMMIT") } else { Ok(()) };
            let (Ok(after), Ok(())) = (after, ended) else { return Ok(None) };
            if together {
                held = all;
            }
            sights.insert(At { file: number, statement: at }, seen_of(&new, &first, &before, &after));
        }
        if together && connection.batch_execute("COMMIT").is_err() {
            return Ok(None);
        }
    }
    Ok(Some(sights))
}

/// Runs a statement, and tells the locks that the session holds then.
fn attempt(connection: &mut PgConnection, sql: &str, own: bool) -> QueryResult<Option<Vec<Entry>>> {
    if own {
        connection.batch_execute("BEGIN")?;
    }
    connection.batch_execute(sql)?;
    locks(connection).map(Some)
}

type Relations = BTreeMap<i64, Relation>;

/// The relations of the user.
fn relations(connection: &mut PgConnection) -> QueryResult<Relations> {
    let all: Vec<Relation> = sql_query(
        "SELECT c.oid::bigint AS oid, n.nspname::text AS schema, c.relname::text AS name, c.relkind::text AS kind, \
         c.relfilenode::bigint AS file \
         FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
         WHERE n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'",
    )
    .load(connection)?;
    Ok(all.into_iter().map(|one| (one.oid, one)).collect())
}

/// The locks that this very session holds.
fn locks(connection: &mut PgConnection) -> QueryResult<Vec<Entry>> {
    let pid = query::number(connection, "SELECT pg_catalog.pg_backend_pid()::bigint AS value")?;
    locks_of_process(connection, pid)
}

/// The locks on relations of this database that a server process has or waits for.
pub(super) fn locks_of_process(connection: &mut PgConnection, pid: i64) -> QueryResult<Vec<Entry>> {
    sql_query(
        "SELECT DISTINCT l.relation::bigint AS relation, l.mode::text AS mode FROM pg_catalog.pg_locks l \
         JOIN pg_catalog.pg_database d ON d.oid = l.database AND d.datname = pg_catalog.current_database() \
         WHERE l.locktype = 'relation' AND l.pid::bigint = $1 ORDER BY 1, 2",
    )
    .bind::<BigInt, _>(pid)
    .load(connection)
}

/// Puts together what is worth telling. What the statement itself has made is not.
fn seen_of(locks: &[Entry], first: &Relations, before: &Relations, after: &Relations) -> Seen {
    let mut strongest: BTreeMap<i64, Lock> = BTreeMap::new();
    for lock in locks {
        let Some(mode) = Lock::from_catalog(&lock.mode) else { continue };
        let known = strongest.entry(lock.relation).or_insert(mode);
        *known = mode.max(*known);
    }
    let kind = |oid: &i64| before.get(oid).map_or("", |relation| relation.kind.as_str());
    let is_part = |oid: &i64| matches!(kind(oid), "i" | "I" | "S");
    let on_tables = strongest.iter().filter(|(oid, _)| !is_part(oid)).map(|(_, mode)| *mode).max();
    let mut held: Vec<Held> = Vec::new();
    for (oid, mode) in strongest {
        let Some(relation) = before.get(&oid) else { continue };
        // Of indexes and sequences only what goes beyond their table: a query locks every index that it might use.
        if is_part(&oid) && on_tables.is_some_and(|table| table >= mode) {
            continue;
        }
        let is_new = !first.contains_key(&oid);
        held.push(Held { relation: shown(relation), mode, is_new });
    }
    held.sort_by(|one, other| other.mode.cmp(&one.mode).then_with(|| one.relation.cmp(&other.relation)));
    let is_table = |relation: &&Relation| matches!(relation.kind.as_str(), "r" | "m");
    let moved = |relation: &&Relation| before.get(&relation.oid).is_some_and(|old| old.file != relation.file);
    let mut rewritten: Vec<String> = after.values().filter(is_table).filter(moved).map(shown).collect();
    rewritten.sort();
    Seen { locks: held, rewritten }
}

fn shown(relation: &Relation) -> String {
    visible(&QualName::new(relation.schema.as_str(), relation.name.as_str()).to_string())
}
