//! What can go wrong while a catalog is read.

use std::time::Duration;

use diesel::result::Error as DieselError;

/// Why a catalog could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The transaction around the reading could not be opened, set up or closed.
    #[error("could not open a read-only transaction to read the catalog: {message}")]
    Session {
        /// The server's message.
        message: String,
    },
    /// The server is too old.
    #[error("the server is PostgreSQL {major}, autogen reads PostgreSQL 13 and later")]
    Version {
        /// Its major version.
        major: u32,
    },
    /// A catalog query failed.
    #[error("reading {query} from the catalog failed: {message}")]
    Query {
        /// What it was to read.
        query: &'static str,
        /// The server's message, or what was wrong with its answer.
        message: String,
    },
    /// Another transaction holds a lock that the deparsing of an expression waits for.
    #[error(
        "reading {query} from the catalog waited longer than {} for a lock: another session is changing a table \
         (ALTER TABLE, or a transaction that was left open after one); try again when it has ended, or raise the lock timeout",
        seconds(.waited)
    )]
    Locked {
        /// What was being read.
        query: &'static str,
        /// The lock timeout.
        waited: Option<Duration>,
    },
    /// A query took too long.
    #[error("reading {query} from the catalog took longer than the statement timeout of {}", seconds(.waited))]
    Timeout {
        /// What was being read.
        query: &'static str,
        /// The statement timeout.
        waited: Option<Duration>,
    },
    /// Objects went away between two looks at them, again and again.
    #[error(
        "the schema kept changing while {query} was read from the catalog ({message}); try again when nothing else changes it"
    )]
    Changing {
        /// What was being read.
        query: &'static str,
        /// How it was noticed.
        message: String,
    },
}

fn seconds(duration: &Option<Duration>) -> String {
    duration.map_or_else(|| "the server's setting".to_owned(), |d| format!("{} s", d.as_secs_f64()))
}

impl Error {
    /// The failure of a query. Diesel does not pass SQLSTATE on, so the kinds of failure are told by their words; where
    /// the server speaks another language the plain form results. Internal errors ("cache lookup failed") are never
    /// translated.
    pub(super) fn query(query: &'static str, error: &DieselError) -> Self {
        let message = error.to_string();
        if message.contains("lock timeout") {
            return Error::Locked { query, waited: None };
        }
        if message.contains("statement timeout") {
            return Error::Timeout { query, waited: None };
        }
        // The last are Diesel's: functions that describe an object return NULL for one that is gone.
        let gone = ["cache lookup failed", "could not find", "with OID ", "Unexpected null"];
        if gone.iter().any(|words| message.contains(words)) {
            return Error::Changing { query, message };
        }
        Error::Query { query, message }
    }

    /// An answer that does not fit together, which is what a change in the middle of the reading looks like.
    pub(super) fn changing(query: &'static str, message: impl Into<String>) -> Self {
        Error::Changing { query, message: message.into() }
    }

    /// True if another try may well succeed.
    pub(super) fn is_transient(&self) -> bool {
        matches!(self, Error::Changing { .. })
    }
}

impl From<DieselError> for Error {
    fn from(error: DieselError) -> Self {
        Error::Session { message: error.to_string() }
    }
}
