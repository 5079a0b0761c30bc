//! A project with migrations and a database of its own, for the tests of `autogen migrate`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use autogen::postgres::Ephemeral;
use diesel::sql_types::{BigInt, Text};
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, sql_query};

/// A project in a folder that vanishes.
pub(crate) struct Project {
    folder: tempfile::TempDir,
    url: String,
    /// Ends with the last project that uses it.
    _server: Arc<Ephemeral>,
}

/// One server for the tests that run at a time, gone with the last of them.
fn server() -> Result<Arc<Ephemeral>> {
    static SERVER: Mutex<Weak<Ephemeral>> = Mutex::new(Weak::new());
    let mut shared = SERVER.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(server) = shared.upgrade() {
        return Ok(server);
    }
    let server = Arc::new(super::start()?);
    *shared = Arc::downgrade(&server);
    Ok(server)
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    value: String,
}

/// The number that a query tells.
pub(crate) fn number(connection: &mut PgConnection, sql: &str) -> i64 {
    let row: Number = sql_query(format!("SELECT ({sql})::bigint AS value")).get_result(connection).unwrap();
    row.value
}

/// The texts that a query tells.
pub(crate) fn lines(connection: &mut PgConnection, sql: &str) -> Vec<String> {
    let rows: Vec<Line> =
        sql_query(format!("SELECT x::text AS value FROM ({sql}) q(x)")).load(connection).unwrap();
    rows.into_iter().map(|row| row.value).collect()
}

/// The names in a folder.
pub(crate) fn all_of(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

impl Project {
    /// With an empty migrations directory and an empty database.
    pub(crate) fn new(database: &str) -> Result<Project> {
        Project::on(&server()?, database)
    }

    /// On a server of its own.
    pub(crate) fn on(server: &Arc<Ephemeral>, database: &str) -> Result<Project> {
        let server = Arc::clone(server);
        // One that was killed is not back at once.
        let start = Instant::now();
        while let Err(error) = server.create_database(database, None) {
            if start.elapsed() > Duration::from_secs(60) {
                return Err(error.into());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let folder = tempfile::tempdir()?;
        std::fs::create_dir(folder.path().join("migrations"))?;
        std::fs::create_dir(folder.path().join("tmp"))?;
        Ok(Project { folder, url: server.url(database), _server: server })
    }

    /// Where the commands put temporary files.
    pub(crate) fn temporary(&self) -> PathBuf {
        self.folder.path().join("tmp")
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn migrations(&self) -> PathBuf {
        self.folder.path().join("migrations")
    }

    pub(crate) fn url(&self) -> String {
        self.url.clone()
    }

    pub(crate) fn connect(&self) -> PgConnection {
        PgConnection::establish(&self.url).unwrap()
    }

    /// Writes a migration, or writes it anew.
    pub(crate) fn write(&self, name: &str, up: &str, down: &str) {
        let folder = self.migrations().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("up.sql"), up).unwrap();
        std::fs::write(folder.join("down.sql"), down).unwrap();
    }

    /// Takes a migration out of its transaction.
    pub(crate) fn without_transaction(&self, name: &str) {
        let file = self.migrations().join(name).join("metadata.toml");
        std::fs::write(file, "run_in_transaction = false\n").unwrap();
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = super::autogen(self.path());
        command.arg("migrate").args(args).env("DATABASE_URL", &self.url).env("TMPDIR", self.temporary());
        command
    }

    /// Runs `autogen migrate`, and returns what it prints.
    pub(crate) fn run(&self, args: &[&str], code: i32) -> Result<String> {
        Ok(String::from_utf8(super::run(&mut self.command(args), code)?.stdout)?)
    }

    /// Runs it, and returns what it tells on both streams.
    pub(crate) fn both(&self, args: &[&str], code: i32) -> Result<String> {
        let output = super::run(&mut self.command(args), code)?;
        Ok(String::from_utf8([output.stdout, output.stderr].concat())?)
    }

    /// Runs what must fail, and returns what it tells.
    pub(crate) fn fails(&self, args: &[&str], code: i32) -> Result<String> {
        let output = super::run(&mut self.command(args), code)?;
        let told = String::from_utf8(output.stderr)?;
        if told.contains("panicked") {
            bail!("{told}");
        }
        Ok(told)
    }

    /// Runs any other command of the tool.
    pub(crate) fn autogen(&self, args: &[&str], code: i32) -> Result<String> {
        Ok(String::from_utf8(super::run(super::autogen(self.path()).args(args), code)?.stdout)?)
    }

    /// Starts it.
    pub(crate) fn spawn(&self, args: &[&str]) -> Result<Child> {
        let mut command = self.command(args);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().context("autogen does not start")
    }

    pub(crate) fn has(&self, relation: &str) -> bool {
        number(&mut self.connect(), &format!("SELECT count(*) FROM pg_class WHERE relname = '{relation}'"))
            > 0
    }

    /// The versions in Diesel's table.
    pub(crate) fn versions(&self) -> Vec<String> {
        if !self.has("__diesel_schema_migrations") {
            return Vec::new();
        }
        lines(
            &mut self.connect(),
            "SELECT version FROM __diesel_schema_migrations ORDER BY version COLLATE \"C\"",
        )
    }

    /// The columns and constraints of Diesel's table.
    pub(crate) fn table(&self) -> Vec<String> {
        lines(
            &mut self.connect(),
            "SELECT concat_ws(' ', attname, format_type(atttypid, atttypmod), attnotnull, pg_get_expr(adbin, adrelid)) \
             FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum \
             WHERE attrelid = '__diesel_schema_migrations'::regclass AND attnum > 0 \
             UNION ALL SELECT pg_get_constraintdef(oid) FROM pg_constraint \
             WHERE conrelid = '__diesel_schema_migrations'::regclass AND contype <> 'n'",
        )
    }
}
