//! The session in which migrations run: one connection, as Diesel uses it, with the limits that the user wants.

use anyhow::{Context, Result, bail};
use autogen_core::visible;
use diesel::connection::SimpleConnection;
use diesel::sql_types::{Bool, Integer, Nullable, Text};
use diesel::{PgConnection, QueryResult, QueryableByName, RunQueryDsl, sql_query};

use super::interrupt;
use crate::postgres::{self, replay};

/// Limits for statements of migrations, in Postgres' own words; what is not given is left to the server.
#[derive(Clone, Debug, Default)]
pub(crate) struct Timeouts {
    pub(crate) lock: Option<String>,
    pub(crate) statement: Option<String>,
}

/// A connection to the database of the migrations.
pub(crate) struct Session {
    pub(super) connection: PgConnection,
    /// What to call the database.
    pub(crate) label: String,
    timeouts: Timeouts,
    source: String,
    /// The server process behind it.
    pid: i32,
}

/// A yes or no.
#[derive(QueryableByName)]
pub(super) struct Flag {
    #[diesel(sql_type = Bool)]
    pub(super) value: bool,
}

/// A text, if there is one.
#[derive(QueryableByName)]
pub(super) struct Word {
    #[diesel(sql_type = Nullable<Text>)]
    pub(super) value: Option<String>,
}

#[derive(QueryableByName)]
struct Process {
    #[diesel(sql_type = Integer)]
    pid: i32,
    #[diesel(sql_type = Bool)]
    notices_loss: bool,
}

impl Session {
    /// Connects.
    pub(crate) fn open(source: &str, timeouts: Timeouts) -> Result<Session> {
        let mut connection = postgres::connect(source)?;
        let process: Process = sql_query(
            "SELECT pg_catalog.pg_backend_pid() AS pid, EXISTS (SELECT FROM pg_catalog.pg_settings \
             WHERE name = 'client_connection_check_interval' AND setting = '0') AS notices_loss",
        )
        .get_result(&mut connection)?;
        if process.notices_loss {
            // Without it, the server would finish the statement of a client that was killed. Not every system can.
            let _ = connection.batch_execute("SET client_connection_check_interval = '1s'");
        }
        let label = postgres::describe(source);
        let mut session =
            Session { connection, label, timeouts, source: source.to_owned(), pid: process.pid };
        session.limit()?;
        Ok(session)
    }

    /// From here on a signal ends the running statement and not the process, so that what it has left can be told.
    pub(super) fn mind_signals(&self) {
        interrupt::watch(self.source.clone(), self.pid);
    }

    /// Sets the limits, again before every migration: the last one may have changed them.
    pub(super) fn limit(&mut self) -> Result<()> {
        let limits = [
            ("lock_timeout", "--lock-timeout", &self.timeouts.lock),
            ("statement_timeout", "--statement-timeout", &self.timeouts.statement),
        ];
        for (setting, option, value) in limits {
            let Some(value) = value else { continue };
            let set = sql_query("SELECT pg_catalog.set_config($1, $2, false) AS value")
                .bind::<Text, _>(setting)
                .bind::<Text, _>(value)
                .get_result::<Word>(&mut self.connection);
            if let Err(error) = set {
                bail!("{option} {}: {}", visible(value), postgres::server_message(&error));
            }
        }
        Ok(())
    }

    /// Brings the session back to where a migration expects it, after one that has changed it.
    pub(super) fn tidy(&mut self) -> Result<()> {
        replay::restore_search_path(&mut self.connection).context("cannot go on to the next migration")?;
        self.limit()
    }

    /// Runs a statement of a migration; a signal cancels it.
    pub(super) fn run(&mut self, sql: &str) -> QueryResult<()> {
        interrupt::cancellable(|| self.connection.batch_execute(sql))
    }

    /// Runs a statement of the tool's own.
    pub(super) fn keep(&mut self, sql: &str) -> QueryResult<()> {
        self.connection.batch_execute(sql)
    }

    /// Leaves a transaction that is open. Its failure is no news: the connection is gone, and the transaction with it.
    pub(super) fn roll_back(&mut self) {
        let _ = self.connection.batch_execute("ROLLBACK");
    }

    /// Whether the server still answers.
    pub(super) fn is_alive(&mut self) -> bool {
        self.connection.batch_execute("SELECT 1").is_ok()
    }

    /// Whether the user has had enough.
    pub(super) fn is_interrupted(&self) -> bool {
        interrupt::is_wanted()
    }
}
