//! The throwaway database in which a step is proved: built, copied, and run in, file by file, in the transactions that Diesel
//! would use. A run stops at the first statement that fails and says which.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use autogen_core::Catalog;
use autogen_introspect::catalog;
use diesel::connection::SimpleConnection;
use diesel::result::Error as DieselError;
use diesel::{PgConnection, QueryResult};

use super::step::File;
use super::tables;
use crate::args::With;
use crate::migrate::script::Step as Statement;
use crate::postgres::{self, roles, server_message};
use crate::servers::{Database, Servers};
use crate::source;

/// A statement that fails in the end takes no longer than this.
const PATIENCE: &str = "SET statement_timeout = '10min'";

/// A throwaway database.
#[derive(Debug)]
pub(super) struct Bench {
    pub(super) database: Database,
    /// Roles may be made on its server, which is the tool's own.
    pub(super) makes_roles: bool,
    /// What its catalog is read with.
    pub(super) with: Vec<With>,
}

/// A statement of a run, by the number of its file and its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct At {
    pub(super) file: usize,
    pub(super) statement: usize,
}

/// Why a run ended before its end.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    pub(super) file: usize,
    /// Nothing if it was at the end of the transaction.
    pub(super) statement: Option<usize>,
    pub(super) message: String,
    /// Which character of the statement it is about, from 0.
    pub(super) character: Option<usize>,
}

/// How long each statement took.
pub(super) type Times = Vec<(At, Duration)>;

impl Bench {
    /// Another one that is the same; nobody may be connected.
    pub(super) fn copy(&self, servers: &mut Servers<'_>) -> Result<Bench> {
        let database = servers.copy(&self.database)?;
        Ok(Bench { database, makes_roles: self.makes_roles, with: self.with.clone() })
    }

    /// A session as a migration finds it.
    pub(super) fn session(&self) -> Result<PgConnection> {
        let mut connection = postgres::connect(&self.database.url)?;
        connection.batch_execute(PATIENCE)?;
        connection.batch_execute("SET client_min_messages = warning")?;
        Ok(connection)
    }

    /// A session that reads, in which values look the same whatever the user has set.
    pub(super) fn reader(&self) -> Result<PgConnection> {
        let mut connection = postgres::connect(&self.database.url)?;
        postgres::pin_session(&mut connection)?;
        Ok(connection)
    }

    /// The schema as it is.
    pub(super) fn catalog(&self) -> Result<Catalog> {
        let mut connection = self.reader()?;
        postgres::pin_search_path(&mut connection)?;
        let options = source::read_options(&self.with);
        let mut catalog =
            catalog::read(&mut connection, &options).context("cannot read the throwaway database")?;
        source::forget_migrations_table(&mut catalog);
        Ok(catalog)
    }

    /// Takes all rows away.
    pub(super) fn empty(&self) -> Result<()> {
        let mut connection = self.session()?;
        let tables: Vec<String> = tables::tables(&mut connection)?
            .into_iter()
            .filter(|table| table.kind != "f")
            .map(|table| table.sql)
            .collect();
        if !tables.is_empty() {
            connection
                .batch_execute("SET session_replication_role = replica")
                .and_then(|()| {
                    connection
                        .batch_execute(&format!("TRUNCATE {} RESTART IDENTITY CASCADE", tables.join(", ")))
                })
                .context("cannot empty the throwaway database")?;
        }
        Ok(())
    }

    /// Runs files in order. Roles that they name and that are not there are made.
    pub(super) fn run(&self, files: &[File]) -> Result<Result<Times, Failure>> {
        let mut times = Times::new();
        let mut connection = self.session()?;
        for (number, file) in files.iter().enumerate() {
            let mut made = Vec::new();
            loop {
                match self.file(&mut connection, number, file)? {
                    Ok(mut all) => {
                        times.append(&mut all);
                        break;
                    }
                    Err((failure, error)) => match roles::missing(&error) {
                        // What ran outside of a transaction cannot be run again.
                        Some(role)
                            if self.makes_roles
                                && file.is_whole()
                                && !made.contains(&role)
                                && roles::create(&mut connection, &role) =>
                        {
                            made.push(role);
                        }
                        _ => return Ok(Err(failure)),
                    },
                }
            }
        }
        Ok(Ok(times))
    }

    #[allow(clippy::type_complexity, reason = "the error beside what it means")]
    fn file(
        &self,
        connection: &mut PgConnection,
        number: usize,
        file: &File,
    ) -> Result<Result<Times, (Failure, DieselError)>> {
        let whole = file.is_whole();
        let mut times = Times::new();
        if whole {
            connection.batch_execute("BEGIN").context("lost the throwaway database")?;
        }
        for (at, statement) in file.script.steps.iter().enumerate() {
            let start = Instant::now();
            if let Err(error) = self.statement(connection, statement, whole) {
                let _ = connection.batch_execute("ROLLBACK");
                connection.batch_execute("SELECT 1").context("lost the throwaway database")?;
                return Ok(Err((Failure::of(number, Some(at), &error), error)));
            }
            times.push((At { file: number, statement: at }, start.elapsed()));
        }
        // What the file leaves open is closed, as Diesel does it with its record.
        if let Err(error) = connection.batch_execute(if whole { "COMMIT" } else { "BEGIN; COMMIT" }) {
            let _ = connection.batch_execute("ROLLBACK");
            return Ok(Err((Failure::of(number, None, &error), error)));
        }
        Ok(Ok(times))
    }

    /// Outside of a transaction a missing role is made on the way.
    fn statement(
        &self,
        connection: &mut PgConnection,
        statement: &Statement,
        whole: bool,
    ) -> QueryResult<()> {
        let mut made = Vec::new();
        loop {
            let Err(error) = connection.batch_execute(&statement.sql) else { return Ok(()) };
            match roles::missing(&error) {
                Some(role)
                    if self.makes_roles
                        && !whole
                        && !made.contains(&role)
                        && roles::create(connection, &role) =>
                {
                    made.push(role);
                }
                _ => return Err(error),
            }
        }
    }
}

impl Failure {
    pub(super) fn of(file: usize, statement: Option<usize>, error: &DieselError) -> Failure {
        let position = match error {
            DieselError::DatabaseError(_, info) => info.statement_position(),
            _ => None,
        };
        let character = position.and_then(|at| usize::try_from(at).ok()).and_then(|at| at.checked_sub(1));
        Failure { file, statement, message: server_message(error), character }
    }
}
