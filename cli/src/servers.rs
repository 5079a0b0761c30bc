//! Throwaway databases, all on one server that starts when the first one is needed: a process of the tool's own, or the
//! one of `--scratch`. Everything is gone when the value is dropped.

use std::sync::{Arc, Mutex};

use anyhow::{Context, Result};

use crate::args::ServerArgs;
use crate::output::Terminal;
use crate::postgres::database::{self, Strategy};
use crate::postgres::{self, Ephemeral, Error, Options, connect, install};

/// The server for throwaway databases.
pub(crate) struct Servers<'a> {
    args: &'a ServerArgs,
    terminal: &'a Terminal,
    /// The major version that is preferred, once a live database told its own.
    pub(crate) major: Option<u32>,
    running: Option<Running>,
    /// Databases to drop on a server that stays.
    made: Arc<Mutex<Vec<String>>>,
    count: usize,
}

/// A throwaway database.
#[derive(Debug)]
pub(crate) struct Database {
    name: String,
    /// How to connect to it.
    pub(crate) url: String,
}

enum Running {
    Own(Ephemeral),
    Scratch(String),
}

impl<'a> Servers<'a> {
    /// Nothing is started yet.
    pub(crate) fn new(args: &'a ServerArgs, terminal: &'a Terminal) -> Self {
        Self { args, terminal, major: None, running: None, made: Arc::default(), count: 0 }
    }

    /// The connection string of a new, empty database.
    pub(crate) fn database(&mut self) -> Result<String> {
        Ok(self.create("template0")?.url)
    }

    /// A new, empty database.
    pub(crate) fn empty(&mut self) -> Result<Database> {
        self.create("template0")
    }

    /// A copy of a database that nobody is connected to.
    pub(crate) fn copy(&mut self, original: &Database) -> Result<Database> {
        self.create(&original.name)
    }

    /// Drops a database before all others.
    pub(crate) fn discard(&mut self, database: Database) -> Result<()> {
        match &self.running {
            Some(Running::Own(server)) => server.drop_database(&database.name)?,
            Some(Running::Scratch(url)) => {
                drop_databases(url, &Mutex::new(vec![database.name.clone()]));
                lock(&self.made).retain(|name| *name != database.name);
            }
            None => {}
        }
        Ok(())
    }

    fn create(&mut self, template: &str) -> Result<Database> {
        if self.running.is_none() {
            self.running = Some(self.start()?);
        }
        self.count += 1;
        let name = match &self.running {
            Some(Running::Own(_)) | None => format!("autogen_{}", self.count),
            // Another run may use the same server at the same time.
            Some(Running::Scratch(_)) => format!("autogen_{}_{}", std::process::id(), self.count),
        };
        match &self.running {
            Some(Running::Own(server)) => {
                server.create_database(&name, Some(template))?;
                Ok(Database { url: server.url(&name), name })
            }
            Some(Running::Scratch(url)) => {
                let mut connection = postgres::connect(url).context("--scratch cannot be used")?;
                // Known before it is there: an interruption may come at any time.
                lock(&self.made).push(name.clone());
                database::create(&mut connection, &name, template, Strategy::Default).with_context(|| {
                    format!("cannot create the database {name} on {}", postgres::describe(url))
                })?;
                Ok(Database { url: with_database(url, &name), name })
            }
            None => anyhow::bail!("no server is running"),
        }
    }

    /// True for a server of our own, where everything may be made, roles included.
    pub(crate) fn is_own(&self) -> bool {
        matches!(self.running, Some(Running::Own(_)))
    }

    /// An error of a script with the version of the server that refused it: it may be written for a later one.
    pub(crate) fn with_version(&self, error: Error) -> Error {
        match (error, &self.running) {
            (Error::Sql { path, at, message }, Some(Running::Own(server))) => {
                let note = format!(
                    "{message}\n  note: the throwaway server is Postgres {}; --pg-bin names another, autogen postgres install brings one",
                    server.major()
                );
                Error::Sql { path, at, message: note }
            }
            (error, _) => error,
        }
    }

    fn start(&self) -> Result<Running> {
        if let Some(url) = &self.args.scratch {
            let (url, made) = (url.clone(), Arc::clone(&self.made));
            postgres::on_interrupt({
                let url = url.clone();
                move || drop(drop_databases(&url, &made))
            });
            return Ok(Running::Scratch(url));
        }
        let options = Options { pg_bin: self.args.pg_bin.clone(), major: self.major, ..Options::default() };
        let starting = self.terminal.progress("starting a throwaway Postgres");
        match Ephemeral::start(&options) {
            Err(Error::NoBinaries { .. }) if self.args.install_postgres => {
                drop(starting);
                let fetching = self.terminal.progress("fetching Postgres server binaries");
                let binaries = install::install(self.major)?;
                drop(fetching);
                self.terminal.note(&format!(
                    "Postgres {} was installed into {}",
                    binaries.version,
                    binaries.dir.display()
                ));
                Ok(Running::Own(Ephemeral::start(&options)?))
            }
            other => Ok(Running::Own(other?)),
        }
    }
}

impl Drop for Servers<'_> {
    fn drop(&mut self) {
        let Some(Running::Scratch(url)) = &self.running else { return };
        for name in drop_databases(url, &self.made) {
            self.terminal.note(&format!("the throwaway database {name} could not be dropped"));
        }
    }
}

/// Drops the databases, each once whoever comes first; returns those that could not be dropped.
fn drop_databases(url: &str, made: &Mutex<Vec<String>>) -> Vec<String> {
    // Held to the end: whoever comes second waits, and does not end the process under the first.
    let mut made = lock(made);
    let names = std::mem::take(&mut *made);
    if names.is_empty() {
        return names;
    }
    let Ok(mut connection) = postgres::connect(url) else { return names };
    let stays = |name: &String| database::drop(&mut connection, name).is_err();
    names.into_iter().filter(stays).collect()
}

fn lock(made: &Mutex<Vec<String>>) -> std::sync::MutexGuard<'_, Vec<String>> {
    made.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// The same server, another database: in both forms a later setting overrides an earlier one.
fn with_database(source: &str, name: &str) -> String {
    let is_url = source.starts_with("postgres://") || source.starts_with("postgresql://");
    if is_url {
        let separator = if source.contains('?') { '&' } else { '?' };
        return format!("{source}{separator}dbname={}", connect::percent_encode(name));
    }
    format!("{source} dbname='{name}'")
}

#[cfg(test)]
mod tests {
    use super::with_database;

    #[test]
    fn the_database_is_exchanged() {
        assert_eq!(
            with_database("postgres://h/a?sslmode=require", "b"),
            "postgres://h/a?sslmode=require&dbname=b"
        );
        assert_eq!(with_database("host=h dbname=a", "b"), "host=h dbname=a dbname='b'");
    }
}
