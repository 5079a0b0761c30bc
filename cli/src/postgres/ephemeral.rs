//! A throwaway Postgres: a real server process with a private socket, gone with its data when the value is
//! dropped, at Ctrl-C, and when this process is killed. Nothing listens on the network. Speed over durability
//! throughout, since nobody will ever want the data back.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use diesel::PgConnection;

use super::account::{self, Account};
use super::binaries::Binaries;
use super::database::{self, Strategy};
use super::error::Error;
use super::folder::{self, Folder};
use super::process::{self, Server};
use super::{connect, template};

/// Crash recovery is never needed, so this is for machines under extreme load only.
const START_PATIENCE: Duration = Duration::from_secs(60);

/// The default of 64 locks per transaction fails at some 500 tables in one transaction. WAL is kept small, as
/// it lies in memory; dynamic shared memory is in the data folder, so that a killed server leaves none behind.
const SETTINGS: &[&str] = &[
    "listen_addresses=",
    "unix_socket_permissions=0700",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "autovacuum=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "max_wal_size=64MB",
    "checkpoint_timeout=1d",
    "jit=off",
    "max_locks_per_transaction=1024",
    "max_parallel_workers_per_gather=0",
    "dynamic_shared_memory_type=mmap",
    "timezone=UTC",
    "log_timezone=UTC",
    "logging_collector=off",
    "log_destination=stderr",
    "log_min_messages=fatal",
    "log_min_error_statement=panic",
    "lc_messages=C",
];

/// How a throwaway server is wanted.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// `--pg-bin` or `AUTOGEN_PG_BIN`.
    pub pg_bin: Option<PathBuf>,
    /// The major version that is preferred; another one is taken if it is not installed (see
    /// [`Ephemeral::major`]).
    pub major: Option<u32>,
    /// More settings, `name=value`, such as `track_commit_timestamp=on`.
    pub settings: Vec<String>,
}

/// A running throwaway server.
#[derive(Debug)]
pub struct Ephemeral {
    server: Arc<Server>,
    binaries: Binaries,
}

impl Ephemeral {
    /// Starts a server and returns when it accepts connections, usually after less than 100 ms; the first
    /// start on a machine runs initdb once and takes a second.
    ///
    /// # Errors
    /// No binaries, no place for the data, a root that cannot become another user, a server that will not start.
    pub fn start(options: &Options) -> Result<Ephemeral, Error> {
        let binaries = Binaries::find(options.pg_bin.as_deref(), options.major)?;
        let account = account::for_server()?;
        let mut failure = None;
        for base in folder::bases(account.as_ref()) {
            folder::sweep(&base, account.as_ref());
            match start_in(&base, &binaries, account.as_ref(), options) {
                Ok(server) => return Ok(Ephemeral { server, binaries }),
                // A full or read-only place is no reason to give up while there is another.
                Err(error @ Error::Io { .. }) => failure = Some(error),
                Err(error) => return Err(error),
            }
        }
        Err(failure.unwrap_or_else(|| Error::NotStarted {
            reason: "neither TMPDIR nor /tmp is a folder that the server could use".into(),
        }))
    }

    /// The server's URL for a database, in libpq's form; no password is needed.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        let host = connect::percent_encode(&self.server.folder().path().to_string_lossy());
        format!("postgresql://postgres@/{}?host={host}&port=5432", connect::percent_encode(database))
    }

    /// Connects to a database of this server.
    ///
    /// # Errors
    /// [`Error::Connect`], for example where there is no such database.
    pub fn connect(&self, database: &str) -> Result<PgConnection, Error> {
        connect::connect(&self.url(database))
    }

    /// Creates a database, as a copy of `template` if there is one; nobody may be connected to that.
    ///
    /// # Errors
    /// [`Error::Server`] with the server's reason.
    pub fn create_database(&self, name: &str, template: Option<&str>) -> Result<(), Error> {
        let mut connection = self.connect("postgres")?;
        let strategy = if self.major() >= 15 { Strategy::FileCopy } else { Strategy::Default };
        database::create(&mut connection, name, template.unwrap_or("template0"), strategy)
            .map_err(Error::server(format!("create the database {name:?}")))
    }

    /// Drops a database and whoever is connected to it.
    ///
    /// # Errors
    /// [`Error::Server`] with the server's reason.
    pub fn drop_database(&self, name: &str) -> Result<(), Error> {
        let mut connection = self.connect("postgres")?;
        database::drop(&mut connection, name).map_err(Error::server(format!("drop the database {name:?}")))
    }

    /// The server's major version.
    #[must_use]
    pub fn major(&self) -> u32 {
        self.binaries.major
    }

    /// The binaries that run.
    #[must_use]
    pub fn binaries(&self) -> &Binaries {
        &self.binaries
    }

    /// The private folder with data, socket and log.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.server.folder().path()
    }

    /// The server's process id, while it runs.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.server.pid()
    }
}

impl Drop for Ephemeral {
    fn drop(&mut self) {
        self.server.stop();
    }
}

/// Stops every throwaway server of this process; for use before `std::process::exit`, which runs no destructors.
pub fn stop_all() {
    process::stop_all();
}

fn start_in(
    base: &Path,
    binaries: &Binaries,
    account: Option<&Account>,
    options: &Options,
) -> Result<Arc<Server>, Error> {
    let server = Server::new(Folder::create(base, account)?);
    let folder = server.folder().path();
    let data = folder.join("data");
    template::instantiate(binaries, account, &data)?;

    let log_path = folder.join("log");
    let log = File::create(&log_path).map_err(Error::io("create", &log_path))?;
    let errors = log.try_clone().map_err(Error::io("open", &log_path))?;
    let program = binaries.program("postgres");
    let mut command = Command::new(&program);
    command.arg("-D").arg(&data).arg("-k").arg(folder);
    for setting in SETTINGS.iter().copied().chain(options.settings.iter().map(String::as_str)) {
        command.arg("-c").arg(setting);
    }
    command.current_dir(&data).stdin(Stdio::null()).stdout(log).stderr(errors);
    template::clean_environment(&mut command);
    server.run(command, account).map_err(|e| template::spawn_error(e, &program, account))?;
    wait_until_ready(&server, &data, &log_path)?;
    Ok(server)
}

/// The server writes its state into the last line of postmaster.pid, which costs less to read than a
/// connection that is refused, and leaves no message in the log.
fn wait_until_ready(server: &Server, data: &Path, log: &Path) -> Result<(), Error> {
    let state = data.join("postmaster.pid");
    let start = Instant::now();
    let tail = || {
        let text = fs::read(log).map(|b| String::from_utf8_lossy(&b).into_owned()).unwrap_or_default();
        let lines: Vec<_> = text.lines().collect();
        lines[lines.len().saturating_sub(8)..].join("\n")
    };
    loop {
        if fs::read_to_string(&state)
            .is_ok_and(|text| text.lines().nth(7).is_some_and(|l| l.trim() == "ready"))
        {
            return Ok(());
        }
        if server.pid().is_none() {
            return Err(Error::NotStarted { reason: tail() });
        }
        if start.elapsed() > START_PATIENCE {
            let waited = START_PATIENCE.as_secs();
            return Err(Error::NotStarted { reason: format!("not ready after {waited} s\n{}", tail()) });
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}
