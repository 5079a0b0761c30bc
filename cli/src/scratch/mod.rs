//! A throwaway database of which we know and decide everything: one session runs statements, one reads the catalog.
//! Every statement is a transaction of its own, so that one that fails leaves nothing behind and can be tried again when
//! what it needs is there. What is built in it is its users' affair; how a catalog becomes statements is in `base`.

mod base;

use std::sync::Arc;

use anyhow::{Context, Result};
use autogen_core::Catalog;
use autogen_introspect::catalog::{self, Owners, ReadOptions};
use diesel::PgConnection;
use diesel::connection::SimpleConnection;
use diesel::result::{DatabaseErrorKind, Error as DieselError};

pub(crate) use base::{Base, Selection};

use crate::postgres::{self, roles, server_message};
use crate::servers::Servers;

/// How statements are sent together: several times faster than one by one.
const BATCH: usize = 100;

/// A database of its own.
pub(crate) struct Scratch {
    runner: PgConnection,
    reader: PgConnection,
    options: ReadOptions,
    /// Roles are shared by all databases of a server, so they are made on servers of our own only.
    makes_roles: bool,
    url: String,
}

/// Why the server refused a statement.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    /// Message, detail and hint.
    pub(crate) message: String,
    /// Which character of the statement it is about, from 0.
    pub(crate) character: Option<usize>,
}

impl Scratch {
    /// Makes the database; it is dropped with the servers.
    pub(crate) fn new(servers: &mut Servers<'_>, options: ReadOptions) -> Result<Self> {
        let url = servers.database()?;
        Self::over(servers, url, options)
    }

    /// Takes a database that is there.
    pub(crate) fn over(servers: &Servers<'_>, url: String, options: ReadOptions) -> Result<Self> {
        let (runner, mut reader) = (postgres::connect(&url)?, postgres::connect(&url)?);
        postgres::pin_session(&mut reader)?;
        postgres::pin_search_path(&mut reader)?;
        let mut scratch = Self { runner, reader, options, makes_roles: servers.is_own(), url };
        scratch.reset().context("cannot prepare the throwaway database")?;
        if scratch.is_nobodys() {
            roles::become_nobody(&mut scratch.reader).context("cannot prepare the throwaway database")?;
        }
        Ok(scratch)
    }

    /// A database with a whole schema, rows left out, and why the server refused what is missing from it: an extension
    /// that it does not have, and all that needs it.
    pub(crate) fn rebuilt(
        servers: &mut Servers<'_>,
        options: ReadOptions,
        catalog: &Catalog,
    ) -> Result<(Self, Vec<String>)> {
        let mut scratch = Self::new(servers, options)?;
        let missing = scratch.rebuild(catalog)?;
        Ok((scratch, missing))
    }

    /// Builds a whole schema in a database that is empty; returns what the server refused.
    pub(crate) fn rebuild(&mut self, catalog: &Catalog) -> Result<Vec<String>> {
        let base = Base::whole(&self.read()?, catalog)?;
        let mut missing = Vec::new();
        self.build(&base, &mut missing)?;
        Ok(missing)
    }

    /// Runs the steps of a base; bodies of functions may speak of what comes after them.
    fn build(&mut self, base: &Base, missing: &mut Vec<String>) -> Result<()> {
        let off: Arc<str> = Arc::from("SET check_function_bodies = off");
        if let Err(refusal) = self.attempt(&off)? {
            anyhow::bail!("the throwaway server refuses a setting: {}", refusal.message);
        }
        self.settle(base.steps.iter().map(String::as_str).collect(), missing)?;
        self.reset()
    }

    /// A session as a migration finds it, but for the search path, which is the same whoever the user is.
    fn reset(&mut self) -> Result<()> {
        self.runner.batch_execute("RESET SESSION AUTHORIZATION; RESET ALL")?;
        if self.is_nobodys() {
            roles::become_nobody(&mut self.runner)?;
        }
        postgres::pin_session(&mut self.runner)?;
        self.runner.batch_execute("SET search_path = public; SET statement_timeout = '60s'")?;
        Ok(())
    }

    /// True where what nobody gives to a role is told by its owner.
    fn is_nobodys(&self) -> bool {
        self.makes_roles && self.options.owners == Owners::Set
    }

    /// The connection string of the database.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// What is there.
    pub(crate) fn read(&mut self) -> Result<Catalog> {
        catalog::read(&mut self.reader, &self.options).context("cannot read the throwaway database")
    }

    /// A database with the types and functions of a schema, as far as they work outside of their own, for whoever wants
    /// to have expressions parsed.
    pub(crate) fn with_types(servers: &mut Servers<'_>, catalog: &Catalog) -> Result<PgConnection> {
        let mut scratch = Self::new(servers, ReadOptions::default())?;
        let empty = scratch.read()?;
        let selection = Selection { leave_out: &|id| base::is_of_table(id.kind), keep: &|_| true };
        let base = Base::new(&empty, catalog, &selection)?;
        scratch.build(&base, &mut Vec::new())?;
        Ok(scratch.runner)
    }

    /// Runs steps of our own until no more of them work; returns those that do not, and says why.
    pub(crate) fn settle<'s>(
        &mut self,
        mut steps: Vec<&'s str>,
        missing: &mut Vec<String>,
    ) -> Result<Vec<&'s str>> {
        while !steps.is_empty() {
            let refused = self.run_all(&steps)?;
            let stuck = refused.len() == steps.len();
            steps = refused.iter().map(|(sql, _)| *sql).collect();
            if stuck {
                missing.extend(refused.into_iter().map(|(_, refusal)| refusal.message));
                break;
            }
        }
        Ok(steps)
    }

    /// Runs SQL of our own, statement by statement where not all of it works; returns what was refused.
    fn run_all<'s>(&mut self, all: &[&'s str]) -> Result<Vec<(&'s str, Refusal)>> {
        let mut refused = Vec::new();
        for batch in all.chunks(BATCH) {
            if batch.len() > 1 && self.attempt(&batch.join("\n;\n"))?.is_ok() {
                continue;
            }
            for sql in batch {
                if let Err(refusal) = self.attempt(sql)? {
                    refused.push((*sql, refusal));
                }
            }
        }
        Ok(refused)
    }

    /// Runs a statement of somebody else's, under the settings that come before it.
    pub(crate) fn run(&mut self, settings: &[Arc<str>], sql: &str) -> Result<Result<(), Refusal>> {
        if settings.is_empty() {
            return self.attempt(sql);
        }
        let result = self.run_with(settings, sql);
        self.reset().context("lost the throwaway database")?;
        result
    }

    fn run_with(&mut self, settings: &[Arc<str>], sql: &str) -> Result<Result<(), Refusal>> {
        for setting in settings {
            // A dump of a newer version sets parameters that an older one does not have.
            if let Err(refusal) = self.attempt(setting)?
                && !refusal.message.starts_with("unrecognized configuration parameter")
            {
                return Ok(Err(refusal));
            }
        }
        self.attempt(sql)
    }

    fn attempt(&mut self, sql: &str) -> Result<Result<(), Refusal>> {
        let mut made = Vec::new();
        loop {
            let Err(error) = self.runner.batch_execute(sql) else { return Ok(Ok(())) };
            if let DieselError::DatabaseError(DatabaseErrorKind::ClosedConnection, _) = &error {
                return Err(error).context("lost the throwaway database");
            }
            match roles::missing(&error) {
                Some(role)
                    if self.makes_roles
                        && !made.contains(&role)
                        && roles::create(&mut self.runner, &role) =>
                {
                    made.push(role);
                }
                Some(role) if !self.makes_roles => {
                    let message = format!(
                        "the server of --scratch has no role {}; create it there, or leave --scratch out",
                        autogen_core::visible(&role)
                    );
                    return Ok(Err(Refusal { message, character: None }));
                }
                _ => return Ok(Err(refusal(&error))),
            }
        }
    }
}

fn refusal(error: &DieselError) -> Refusal {
    let position = match error {
        DieselError::DatabaseError(_, info) => info.statement_position(),
        _ => None,
    };
    let character = position.and_then(|at| usize::try_from(at).ok()).map(|at| at.saturating_sub(1));
    Refusal { message: server_message(error), character }
}
