//! How far a migration has come that does not run in one transaction: a table of our own beside Diesel's, which is there
//! only while such a migration is unfinished. A statement that can run in a transaction is noted in the same one, so it is
//! applied and noted or neither. One that cannot is noted before it runs, together with what will tell afterwards
//! whether it has taken effect.

use anyhow::{Context, Result};
use autogen_codegen::sql::Sql;
use diesel::connection::SimpleConnection;
use diesel::sql_types::{Bool, Integer, Text};
use diesel::{PgConnection, QueryResult, QueryableByName, RunQueryDsl, sql_query};

use super::history::History;
use super::plan::Direction;
use super::script::Step;
use super::session::{Flag, Word};

/// The table's name, which comparisons of schemas pass over.
pub(crate) const TABLE: &str = "__autogen_migration_progress";

/// An unfinished migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Begun {
    pub(super) version: String,
    pub(super) direction: Direction,
    /// How many of its statements are applied.
    pub(super) done: usize,
    /// True if the next one was sent, and nobody knows what came of it.
    pub(super) running: bool,
    /// Of the statements that are done or running.
    pub(super) hash: String,
    /// What was there before the running statement.
    pub(super) before: String,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    version: String,
    #[diesel(sql_type = Text)]
    direction: String,
    #[diesel(sql_type = Integer)]
    done: i32,
    #[diesel(sql_type = Bool)]
    running: bool,
    #[diesel(sql_type = Text)]
    hash: String,
    #[diesel(sql_type = Text)]
    before: String,
}

impl Begun {
    /// Nothing is done yet.
    pub(super) fn new(version: &str, direction: Direction) -> Begun {
        let (hash, before) = (String::new(), String::new());
        Begun { version: version.to_owned(), direction, done: 0, running: false, hash, before }
    }

    /// How many statements the hash covers.
    pub(super) fn covered(&self) -> usize {
        self.done + usize::from(self.running)
    }
}

/// All unfinished migrations.
pub(super) fn all(connection: &mut PgConnection, history: &History) -> Result<Vec<Begun>> {
    let table = history.beside(TABLE);
    let cannot = || format!("cannot read {table}");
    if !is_there(connection, history).with_context(cannot)? {
        return Ok(Vec::new());
    }
    let sql = Sql::new("SELECT version, direction, done, running, hash, before FROM")
        .qualified(&table)
        .kw("ORDER BY version COLLATE \"C\"");
    let rows: Vec<Row> = sql_query(sql.into_text()).load(connection).with_context(cannot)?;
    let begun = |row: Row| Begun {
        version: row.version,
        direction: if row.direction == "down" { Direction::Down } else { Direction::Up },
        done: usize::try_from(row.done).unwrap_or_default(),
        running: row.running,
        hash: row.hash,
        before: row.before,
    };
    Ok(rows.into_iter().map(begun).collect())
}

fn is_there(connection: &mut PgConnection, history: &History) -> QueryResult<bool> {
    sql_query("SELECT pg_catalog.to_regclass($1) IS NOT NULL AS value")
        .bind::<Text, _>(Sql::empty().qualified(&history.beside(TABLE)).into_text())
        .get_result::<Flag>(connection)
        .map(|row| row.value)
}

/// Notes how far a migration is. The caller decides in which transaction.
pub(super) fn note(connection: &mut PgConnection, history: &History, begun: &Begun) -> QueryResult<()> {
    let table = history.beside(TABLE);
    if !is_there(connection, history)? {
        let create = Sql::new("CREATE TABLE").qualified(&table).kw(
            "(\n    version text PRIMARY KEY,\n    direction text NOT NULL,\n    done integer NOT NULL,\n    \
             running boolean NOT NULL,\n    hash text NOT NULL,\n    before text NOT NULL,\n    \
             noted_on timestamp with time zone NOT NULL\n)",
        );
        connection.batch_execute(create.as_str())?;
    }
    let direction = match begun.direction {
        Direction::Up => "up",
        Direction::Down => "down",
    };
    let insert = Sql::new("INSERT INTO").qualified(&table).kw(
        "AS old VALUES ($1, $2, $3, $4, $5, $6, pg_catalog.now()) \
         ON CONFLICT (version) DO UPDATE SET direction = excluded.direction, done = excluded.done, \
         running = excluded.running, hash = excluded.hash, before = excluded.before, noted_on = excluded.noted_on",
    );
    sql_query(insert.into_text())
        .bind::<Text, _>(&begun.version)
        .bind::<Text, _>(direction)
        .bind::<Integer, _>(i32::try_from(begun.done).unwrap_or(i32::MAX))
        .bind::<Bool, _>(begun.running)
        .bind::<Text, _>(&begun.hash)
        .bind::<Text, _>(&begun.before)
        .execute(connection)
        .map(|_| ())
}

/// Forgets a migration, which is finished, and the table with the last one.
pub(super) fn forget(connection: &mut PgConnection, history: &History, version: &str) -> QueryResult<()> {
    if !is_there(connection, history)? {
        return Ok(());
    }
    let table = history.beside(TABLE);
    let delete = Sql::new("DELETE FROM").qualified(&table).kw("WHERE version = $1");
    sql_query(delete.into_text()).bind::<Text, _>(version).execute(connection)?;
    let any = Sql::new("SELECT EXISTS (SELECT FROM").qualified(&table).punct(") AS value");
    let left: Flag = sql_query(any.into_text()).get_result(connection)?;
    if left.value {
        return Ok(());
    }
    connection.batch_execute(Sql::new("DROP TABLE").qualified(&table).as_str())
}

/// What is equal for equal statements only.
pub(super) fn hash(connection: &mut PgConnection, steps: &[Step]) -> QueryResult<String> {
    let texts: Vec<&str> = steps.iter().map(|step| step.sql.as_str()).collect();
    let row: Word = sql_query(
        "SELECT pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to($1, 'UTF8')), 'hex') AS value",
    )
    .bind::<Text, _>(texts.join(";\n"))
    .get_result(connection)?;
    Ok(row.value.unwrap_or_default())
}
