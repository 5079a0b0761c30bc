//! Diesel's own table, `__diesel_schema_migrations`: which versions are applied, and since when. It has exactly the form
//! that Diesel gives it, and nothing else is ever kept in it.

use anyhow::{Context, Result};
use diesel::sql_types::{Nullable, Text};
use diesel::{PgConnection, QueryResult, QueryableByName, RunQueryDsl, sql_query};

use super::session::Word;
use crate::postgres::connect::quote_identifier;
use crate::postgres::replay;

const TABLE: &str = "__diesel_schema_migrations";

/// Where the tables of migrations are.
#[derive(Clone, Debug)]
pub(super) struct History {
    schema: String,
    /// Diesel's table, with its schema, as a migration may change the search path.
    table: String,
}

/// An applied migration.
#[derive(Debug, QueryableByName)]
pub(super) struct Applied {
    #[diesel(sql_type = Text)]
    pub(super) version: String,
    /// In the time zone of the session that applied it, which nobody knows.
    #[diesel(sql_type = Nullable<Text>)]
    pub(super) run_on: Option<String>,
}

impl History {
    /// Finds the table where Diesel would, and tells where it would be made.
    pub(super) fn find(connection: &mut PgConnection) -> Result<(History, bool)> {
        let found: Option<String> = sql_query(
            "SELECT (SELECT n.nspname::text FROM pg_catalog.pg_class c \
             JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
             WHERE c.oid = pg_catalog.to_regclass($1)) AS value",
        )
        .bind::<Text, _>(TABLE)
        .get_result::<Word>(connection)
        .context("cannot look for the table of migrations")?
        .value;
        let is_there = found.is_some();
        let schema = match found {
            Some(schema) => schema,
            None => sql_query("SELECT pg_catalog.current_schema()::text AS value")
                .get_result::<Word>(connection)
                .context("cannot read the current schema")?
                .value
                .context("no schema of the search path exists, so the table of migrations has no place")?,
        };
        let table = format!("{}.{TABLE}", quote_identifier(&schema));
        Ok((History { schema, table }, is_there))
    }

    /// Finds the table, and makes it where it is missing.
    pub(super) fn ensure(connection: &mut PgConnection) -> Result<History> {
        let (history, is_there) = History::find(connection)?;
        if !is_there {
            diesel::connection::SimpleConnection::batch_execute(connection, replay::CREATE_TABLE)
                .context("cannot create the table of migrations")?;
        }
        Ok(history)
    }

    /// A table of the same schema, for SQL.
    pub(super) fn beside(&self, name: &str) -> String {
        format!("{}.{}", quote_identifier(&self.schema), quote_identifier(name))
    }

    /// Diesel's table, for SQL.
    pub(super) fn table(&self) -> &str {
        &self.table
    }

    /// All of it, in order.
    pub(super) fn applied(&self, connection: &mut PgConnection) -> Result<Vec<Applied>> {
        let mut rows: Vec<Applied> = sql_query(format!(
            "SELECT version::text AS version, \
             pg_catalog.to_char(run_on, 'YYYY-MM-DD HH24:MI:SS') AS run_on FROM {}",
            self.table
        ))
        .load(connection)
        .with_context(|| format!("cannot read the table of migrations {}", self.table))?;
        // In the order of bytes, whatever the database's collation is.
        rows.sort_by(|a, b| a.version.cmp(&b.version));
        Ok(rows)
    }

    /// Whether a version is in it now.
    pub(super) fn has(&self, connection: &mut PgConnection, version: &str) -> QueryResult<bool> {
        sql_query(format!("SELECT EXISTS (SELECT FROM {} WHERE version = $1) AS value", self.table))
            .bind::<Text, _>(version)
            .get_result::<super::session::Flag>(connection)
            .map(|row| row.value)
    }

    /// Notes a version as applied.
    pub(super) fn insert(&self, connection: &mut PgConnection, version: &str) -> QueryResult<()> {
        sql_query(format!("INSERT INTO {} (version) VALUES ($1)", self.table))
            .bind::<Text, _>(version)
            .execute(connection)
            .map(|_| ())
    }

    /// Forgets a version.
    pub(super) fn delete(&self, connection: &mut PgConnection, version: &str) -> QueryResult<()> {
        sql_query(format!("DELETE FROM {} WHERE version = $1", self.table))
            .bind::<Text, _>(version)
            .execute(connection)
            .map(|_| ())
    }
}
