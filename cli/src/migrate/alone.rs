//! Statements that cannot run in a transaction, and so cannot be noted in the same one. What they work on tells afterwards
//! whether they took effect: an index is there and valid, or it is invalid and in the way, or it is not there. Where
//! nothing tells, nothing is guessed.

use anyhow::{Context, Result};
use autogen_codegen::sql::Sql;
use autogen_core::QualName;
use diesel::sql_types::{Bool, Nullable, Text};
use diesel::{QueryResult, QueryableByName, RunQueryDsl, sql_query};

use super::session::{Session, Word};
use super::target::{Target, target};
use crate::output::Terminal;

/// What came of a statement that was cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Done,
    NotDone,
    Unknown,
}

#[derive(QueryableByName)]
struct Index {
    #[diesel(sql_type = Text)]
    oid: String,
    #[diesel(sql_type = Text)]
    schema: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Bool)]
    is_valid: bool,
}

impl Index {
    fn qualified(&self) -> QualName {
        QualName::new(self.schema.as_str(), self.name.as_str())
    }
}

#[derive(QueryableByName)]
struct Partition {
    #[diesel(sql_type = Nullable<Bool>)]
    is_pending: Option<bool>,
}

/// The indexes of a table, by its name as SQL has it.
fn indexes(session: &mut Session, table: &str) -> QueryResult<Vec<Index>> {
    sql_query(
        "SELECT c.oid::text AS oid, n.nspname::text AS schema, c.relname::text AS name, \
         i.indisvalid AND i.indisready AND i.indislive AS is_valid \
         FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid \
         JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
         WHERE i.indrelid = pg_catalog.to_regclass($1) ORDER BY c.oid",
    )
    .bind::<Text, _>(table)
    .load(&mut session.connection)
}

/// What has to be known of the time before the statement.
pub(super) fn before(session: &mut Session, sql: &str) -> QueryResult<String> {
    match target(sql) {
        Target::NewIndex { table, .. } => {
            let all = indexes(session, &table)?;
            Ok(all.iter().map(|index| index.oid.as_str()).collect::<Vec<_>>().join(","))
        }
        Target::OldIndex { name } => exists(session, &name).map(|is_there| is_there.to_string()),
        Target::Partition { .. } | Target::Repeatable | Target::Unknown => Ok(String::new()),
    }
}

fn exists(session: &mut Session, name: &str) -> QueryResult<bool> {
    sql_query("SELECT pg_catalog.to_regclass($1)::text AS value")
        .bind::<Text, _>(name)
        .get_result::<Word>(&mut session.connection)
        .map(|row| row.value.is_some())
}

/// Tells what came of a statement, and brings what it has left half-done to an end.
pub(super) fn verdict(
    session: &mut Session,
    sql: &str,
    before: &str,
    terminal: &Terminal,
) -> Result<Verdict> {
    match target(sql) {
        Target::NewIndex { table, .. } => {
            let old: Vec<&str> = before.split(',').collect();
            let mut new = indexes(session, &table).context("cannot look at the indexes of the table")?;
            new.retain(|index| !old.contains(&index.oid.as_str()));
            if new.iter().any(|index| index.is_valid) {
                return Ok(Verdict::Done);
            }
            for index in &new {
                drop_dead(session, &table, index, terminal)?;
            }
            Ok(Verdict::NotDone)
        }
        Target::OldIndex { name } => {
            let is_there = exists(session, &name).context("cannot look for the index")?;
            // One that is half dropped is invalid, and can be dropped again.
            Ok(if is_there || before == "false" { Verdict::NotDone } else { Verdict::Done })
        }
        Target::Partition { parent, name } => {
            let found: Vec<Partition> = sql_query(
                "SELECT (pg_catalog.to_jsonb(h) ->> 'inhdetachpending')::boolean AS is_pending \
                 FROM pg_catalog.pg_inherits h WHERE h.inhparent = pg_catalog.to_regclass($1) \
                 AND h.inhrelid = pg_catalog.to_regclass($2)",
            )
            .bind::<Text, _>(&parent)
            .bind::<Text, _>(&name)
            .load(&mut session.connection)
            .context("cannot look for the partition")?;
            match found.first() {
                None => Ok(Verdict::Done),
                Some(row) if row.is_pending == Some(true) => {
                    session
                        .run(&format!("ALTER TABLE {parent} DETACH PARTITION {name} FINALIZE"))
                        .with_context(|| format!("cannot finish detaching the partition {name}"))?;
                    Ok(Verdict::Done)
                }
                Some(_) => Ok(Verdict::NotDone),
            }
        }
        Target::Repeatable => Ok(Verdict::NotDone),
        Target::Unknown => Ok(Verdict::Unknown),
    }
}

/// Takes away what a failed attempt has left where the statement is about to make an index: an invalid one of the same
/// name, which slows every write down and serves no query, and which IF NOT EXISTS would take for the index.
pub(super) fn clear_leftovers(session: &mut Session, sql: &str, terminal: &Terminal) -> Result<()> {
    let Target::NewIndex { table, name: Some(name) } = target(sql) else { return Ok(()) };
    let all = indexes(session, &table).context("cannot look at the indexes of the table")?;
    match all.iter().find(|index| !index.is_valid && index.name == name) {
        Some(dead) => drop_dead(session, &table, dead, terminal),
        None => Ok(()),
    }
}

/// Drops an invalid index, unless somebody is building it at this moment: whoever does holds a lock on the table against
/// this one, and once the lock is free the index is either valid or dead.
fn drop_dead(session: &mut Session, table: &str, index: &Index, terminal: &Terminal) -> Result<()> {
    let name = index.qualified();
    let cannot = || format!("cannot take the invalid index {name} away");
    let still = (|| {
        session.keep("BEGIN")?;
        session.run(&format!("LOCK TABLE {table} IN SHARE UPDATE EXCLUSIVE MODE"))?;
        let still = indexes(session, table)?.iter().any(|one| one.oid == index.oid && !one.is_valid);
        session.keep("COMMIT")?;
        QueryResult::Ok(still)
    })();
    if still.is_err() {
        session.roll_back();
    }
    if still.with_context(cannot)? {
        let drop = Sql::new("DROP INDEX CONCURRENTLY IF EXISTS").qualified(&name);
        session.run(drop.as_str()).with_context(cannot)?;
        terminal.note(&format!(
            "dropped the invalid index {name}, which a failed CREATE INDEX CONCURRENTLY had left"
        ));
    }
    Ok(())
}
