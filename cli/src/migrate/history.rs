//! Diesel's own table, `__diesel_schema_migrations`: which versions are applied, and since when. It has exactly the form
//! that Diesel gives it, and nothing else is ever kept in it.

use anyhow::{Context, Result};
use autogen_codegen::sql::Sql;
use autogen_core::QualName;
use diesel::sql_types::{Nullable, Text};
use diesel::{PgConnection, QueryResult, QueryableByName, RunQueryDsl, sql_query};

use super::session::Word;
use crate::postgres::replay;

/// Where the tables of migrations are.
#[derive(Clone, Debug)]
pub(super) struct History {
    /// Diesel's table, with its schema, as a migration may change the search path.
    table: QualName,
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
        .bind::<Text, _>(replay::TABLE)
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
        Ok((History { table: QualName::new(schema, replay::TABLE) }, is_there))
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

    /// A table of the same schema.
    pub(super) fn beside(&self, name: &str) -> QualName {
        QualName::new(self.table.schema.clone(), name)
    }

    /// Diesel's table.
    pub(super) fn table(&self) -> &QualName {
        &self.table
    }

    /// All of it, in order.
    pub(super) fn applied(&self, connection: &mut PgConnection) -> Result<Vec<Applied>> {
        let sql = Sql::new(
            "SELECT version::text AS version, \
             pg_catalog.to_char(run_on, 'YYYY-MM-DD HH24:MI:SS') AS run_on FROM",
        )
        .qualified(&self.table);
        let mut rows: Vec<Applied> = sql_query(sql.into_text())
            .load(connection)
            .with_context(|| format!("cannot read the table of migrations {}", self.table))?;
        // In the order of bytes, whatever the database's collation is.
        rows.sort_by(|a, b| a.version.cmp(&b.version));
        Ok(rows)
    }

    /// Whether a version is in it now.
    pub(super) fn has(&self, connection: &mut PgConnection, version: &str) -> QueryResult<bool> {
        let sql = Sql::new("SELECT EXISTS (SELECT FROM").qualified(&self.table);
        sql_query(sql.kw("WHERE version = $1) AS value").into_text())
            .bind::<Text, _>(version)
            .get_result::<super::session::Flag>(connection)
            .map(|row| row.value)
    }

    /// Notes a version as applied.
    pub(super) fn insert(&self, connection: &mut PgConnection, version: &str) -> QueryResult<()> {
        let sql = Sql::new("INSERT INTO").qualified(&self.table).kw("(version) VALUES ($1)");
        sql_query(sql.into_text()).bind::<Text, _>(version).execute(connection).map(|_| ())
    }

    /// Forgets a version.
    pub(super) fn delete(&self, connection: &mut PgConnection, version: &str) -> QueryResult<()> {
        let sql = Sql::new("DELETE FROM").qualified(&self.table).kw("WHERE version = $1");
        sql_query(sql.into_text()).bind::<Text, _>(version).execute(connection).map(|_| ())
    }
}
