//! What can go wrong around a server, one sentence each. No variant ever holds a password: text that comes
//! from libpq has passed `conninfo::Redactor` before it gets here.

use std::path::PathBuf;

/// An error of the `postgres` module.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No usable server binaries anywhere; `looked` lists the places that were tried.
    #[error(
        "no Postgres server binaries{} were found (looked in {looked}).\n\
         Install them in one line:\n{}\n\
         or let the tool fetch a copy for itself: autogen postgres install{}",
        wanted.map(|m| format!(" of major version {m}")).unwrap_or_default(),
        crate::postgres::binaries::install_hints(),
        wanted.map(|m| format!(" {m}")).unwrap_or_default()
    )]
    NoBinaries {
        /// The major version that was asked for, if any.
        wanted: Option<u32>,
        /// The places that were tried, in order.
        looked: String,
    },
    /// The folder given by `--pg-bin` or `AUTOGEN_PG_BIN` is not one of server binaries.
    #[error("{} does not hold usable Postgres server binaries: {reason}", path.display())]
    BadBinaries {
        /// The folder as given.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A file or folder operation failed.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// A verb, such as "read".
        action: &'static str,
        /// The path concerned.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// A program that was started could not run or failed.
    #[error("{program} failed: {reason}")]
    Program {
        /// The program's name.
        program: String,
        /// The last lines of its output, or why it did not start.
        reason: String,
    },
    /// Postgres refuses to run as root and this process cannot become another user.
    #[error(
        "Postgres does not run as root, and this process may not become another user ({reason}). \
         Run autogen as an ordinary user, or give the container the capabilities SETUID, SETGID and CHOWN, \
         or name a database for it with --scratch"
    )]
    CannotLeaveRoot {
        /// What exactly failed.
        reason: String,
    },
    /// The binaries are in a place that the server's user may not enter.
    #[error(
        "the user `{user}` may not run {}: the server cannot run as root, and that folder is closed to \
         other users. Put the binaries elsewhere (for example: autogen postgres install) and name them with --pg-bin",
        program.display()
    )]
    NotExecutable {
        /// The program that should have been run.
        program: PathBuf,
        /// The user it should have run as.
        user: String,
    },
    /// The throwaway server did not come up.
    #[error("the throwaway Postgres did not start: {reason}")]
    NotStarted {
        /// The tail of the server's log, or the time waited.
        reason: String,
    },
    /// No connection; the reason is libpq's or the server's, without any password.
    #[error("cannot connect to {target}: {reason}{}", help.map(|h| format!("\n{h}")).unwrap_or_default())]
    Connect {
        /// The redacted display of the source.
        target: String,
        /// The reason, redacted.
        reason: String,
        /// What to do about it.
        help: Option<&'static str>,
    },
    /// A connection string that cannot be understood.
    #[error("{target} is not a connection string that can be used: {reason}")]
    BadSource {
        /// The redacted display of the source.
        target: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The server refused a statement that the tool itself sent.
    #[error("cannot {action}: {message}")]
    Server {
        /// What the tool wanted to do.
        action: String,
        /// The server's message.
        message: String,
    },
    /// A statement of a file failed.
    #[error("{}{}: {message}", path.display(), at.map(|p| p.to_string()).unwrap_or_default())]
    Sql {
        /// The file.
        path: PathBuf,
        /// Where in the file, if the server said.
        at: Option<Place>,
        /// The server's message with detail and hint.
        message: String,
    },
    /// The migrations directory is not usable.
    #[error("{}: {reason}", path.display())]
    Migrations {
        /// The directory or migration.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// No package client on this machine can fetch server binaries.
    #[error(
        "cannot install Postgres binaries: {reason}\nInstall a server in one line instead:\n{}",
        crate::postgres::binaries::install_hints()
    )]
    Install {
        /// What went wrong.
        reason: String,
    },
}

/// A place in a file: line and column, both counted from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, ":{}:{}", self.line, self.column)
    }
}

impl Place {
    /// The place of the character with this index (from 0) in `text`; past the end means the end.
    #[must_use]
    pub fn of_char(text: &str, index: usize) -> Place {
        let (mut line, mut column) = (1, 1);
        for c in text.chars().take(index) {
            if c == '\n' {
                line += 1;
                column = 1;
            } else {
                column += 1;
            }
        }
        Place { line, column }
    }
}

impl Error {
    /// For `map_err` after file operations.
    pub(crate) fn io(action: &'static str, path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Error {
        let path = path.to_path_buf();
        move |source| Error::Io { action, path, source }
    }

    /// For `map_err` after a statement of the tool's own.
    pub(crate) fn server(action: impl Into<String>) -> impl FnOnce(diesel::result::Error) -> Error {
        let action = action.into();
        move |error| Error::Server { action, message: server_message(&error) }
    }
}

/// True where a statement was refused for the transaction around it. The server alone knows for certain which these are: a
/// procedure that commits, or what a later version of Postgres brings.
pub(crate) fn wants_no_transaction(error: &diesel::result::Error) -> bool {
    let message = server_message(error);
    [
        "cannot run inside a transaction block",
        "invalid transaction termination",
        "cannot be executed from a function",
    ]
    .iter()
    .any(|words| message.contains(words))
}

/// The server's message with detail and hint, on one line each.
pub(crate) fn server_message(error: &diesel::result::Error) -> String {
    let diesel::result::Error::DatabaseError(_, info) = error else { return error.to_string() };
    let mut text = info.message().to_owned();
    for (label, part) in [("detail", info.details()), ("hint", info.hint())] {
        if let Some(part) = part {
            text.push_str(&format!("\n  {label}: {part}"));
        }
    }
    text
}
