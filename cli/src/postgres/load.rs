//! Loading a SQL file into a database of a throwaway server: plain SQL, and what `pg_dump` and psql users
//! write into such files. The schema is what counts, so the data of COPY is left out, and so is what concerns
//! the database itself (its name, its locale), which is the tool's own here.

use std::path::Path;

use diesel::PgConnection;
use diesel::connection::SimpleConnection;
use diesel::result::Error as DieselError;

use super::error::{Error, Place, server_message};
use super::roles;
use super::script::{self, Item, Statement};

/// Statements are sent in batches, which is several times faster than one by one.
const BATCH_STATEMENTS: usize = 100;
const BATCH_BYTES: usize = 128 << 10;

/// Backslash commands without a meaning for the schema.
const HARMLESS: [&str; 14] = [
    "restrict",
    "unrestrict",
    "encoding",
    "set",
    "unset",
    "pset",
    "echo",
    "qecho",
    "warn",
    "timing",
    "x",
    "t",
    "a",
    ".",
];

/// Runs the file's statements. Use a connection of its own: dumps change the session's settings.
///
/// # Errors
/// [`Error::Io`] if it cannot be read, [`Error::Sql`] with line and column for what the server or this loader
/// refuses.
pub fn load_sql_file(connection: &mut PgConnection, path: &Path) -> Result<(), Error> {
    let text = read(path)?;
    load_sql(connection, path, &text)
}

/// Runs SQL text; `path` is the name used in messages.
///
/// # Errors
/// As [`load_sql_file`].
pub fn load_sql(connection: &mut PgConnection, path: &Path, text: &str) -> Result<(), Error> {
    let mut loader = Loader { connection, path, text, batch: Vec::new(), bytes: 0, in_transaction: false };
    let mut database = None;
    for item in script::split(text) {
        match item {
            Item::Statement(statement) if concerns_database(&statement) => {}
            Item::Statement(statement) => loader.add(statement)?,
            Item::Copy(_) => {}
            Item::Meta { text: command, start, inside } => {
                let refuse = |why: &str| Err(loader.refused(start, why));
                let name = command.split_whitespace().next().unwrap_or_default();
                if inside {
                    return refuse(&format!(
                        "the psql command \\{name} inside a statement cannot be run here"
                    ));
                }
                if name == "connect" || name == "c" {
                    let target = command[name.len()..].trim().to_owned();
                    if database.replace(target.clone()).is_some_and(|first| first != target) {
                        return refuse(
                            "the file holds several databases; give a dump of one (pg_dump, not pg_dumpall)",
                        );
                    }
                } else if !HARMLESS.contains(&name) {
                    return refuse(&format!("the psql command \\{name} cannot be run here"));
                }
            }
        }
    }
    loader.flush()?;
    if loader.in_transaction {
        return Err(loader.refused(text.len(), "the file ends inside a transaction that it never commits"));
    }
    Ok(())
}

/// The text of a SQL file, which must be UTF-8.
pub(crate) fn read(path: &Path) -> Result<String, Error> {
    let bytes = std::fs::read(path).map_err(Error::io("read", path))?;
    let refused = |at, message: &str| Error::Sql { path: path.to_path_buf(), at, message: message.into() };
    if bytes.starts_with(b"PGDMP") {
        return Err(refused(
            None,
            "this is a pg_dump archive; turn it into SQL with pg_restore --file, or dump with --format=plain",
        ));
    }
    String::from_utf8(bytes).map_err(|e| {
        let valid = e.utf8_error().valid_up_to();
        let before = String::from_utf8_lossy(&e.as_bytes()[..valid]).into_owned();
        let place = Place::of_char(&before, before.chars().count());
        refused(Some(place), "the file is not UTF-8; dump with --encoding=UTF8")
    })
}

/// CREATE DATABASE and the like: about a database whose name and locale mean nothing here.
fn concerns_database(statement: &Statement<'_>) -> bool {
    let words = &statement.words;
    match words.first().map(String::as_str) {
        Some("CREATE" | "ALTER" | "DROP") => words.get(1).is_some_and(|w| w == "DATABASE"),
        Some("COMMENT") => statement.begins(&["COMMENT", "ON", "DATABASE"]),
        Some("GRANT" | "REVOKE" | "SECURITY") => words.windows(2).any(|w| w[0] == "ON" && w[1] == "DATABASE"),
        _ => false,
    }
}

/// What psql would report and go on after, and what every dump from another version or cluster holds.
fn is_tolerated(statement: &Statement<'_>, error: &DieselError) -> bool {
    let DieselError::DatabaseError(_, info) = error else { return false };
    let message = info.message();
    let exists = message.ends_with("already exists");
    // A dump of a newer version sets parameters that an older one does not have.
    (statement.begins(&["SET"]) && message.starts_with("unrecognized configuration parameter"))
        || (statement.begins(&["CREATE", "SCHEMA", "PUBLIC"]) && exists)
        || ((statement.begins(&["CREATE", "ROLE"]) || statement.begins(&["CREATE", "USER"])) && exists)
}

struct Loader<'a> {
    connection: &'a mut PgConnection,
    path: &'a Path,
    text: &'a str,
    batch: Vec<Statement<'a>>,
    bytes: usize,
    /// The file has opened a transaction of its own.
    in_transaction: bool,
}

impl<'a> Loader<'a> {
    fn add(&mut self, statement: Statement<'a>) -> Result<(), Error> {
        let opens = statement.begins(&["BEGIN"]) || statement.begins(&["START", "TRANSACTION"]);
        let ends = ["COMMIT", "END", "ROLLBACK", "ABORT"].iter().any(|w| statement.begins(&[w]))
            && !statement.words.iter().any(|w| w == "TO" || w == "PREPARED");
        if opens || ends {
            self.flush()?;
            // Alone: in a batch it would turn the batch's implicit transaction into an explicit one.
            self.connection.batch_execute(statement.sql).map_err(|e| self.failed(&statement, &e))?;
            self.in_transaction = opens || statement.words.iter().any(|w| w == "CHAIN");
            return Ok(());
        }
        self.bytes += statement.sql.len();
        self.batch.push(statement);
        if self.batch.len() >= BATCH_STATEMENTS || self.bytes >= BATCH_BYTES {
            self.flush()?;
        }
        Ok(())
    }

    /// Sends what has been gathered: all in one message, which is one transaction, and if that fails, one by
    /// one, to know which statement it is and what can be done about it.
    fn flush(&mut self) -> Result<(), Error> {
        let batch = std::mem::take(&mut self.batch);
        self.bytes = 0;
        if batch.len() > 1 && !self.in_transaction {
            let sql = batch.iter().map(|s| s.sql).collect::<Vec<_>>().join("\n;\n");
            if self.connection.batch_execute(&sql).is_ok() {
                return Ok(());
            }
        }
        batch.iter().try_for_each(|statement| self.run(statement))
    }

    fn run(&mut self, statement: &Statement<'_>) -> Result<(), Error> {
        let mut made = Vec::new();
        loop {
            let Err(error) = self.attempt(statement) else { return Ok(()) };
            match roles::missing(&error) {
                Some(role) if !made.contains(&role) && roles::create(self.connection, &role) => {
                    made.push(role)
                }
                _ if is_tolerated(statement, &error) => return Ok(()),
                _ => return Err(self.failed(statement, &error)),
            }
        }
    }

    /// Runs a statement so that its failure leaves the session usable.
    fn attempt(&mut self, statement: &Statement<'_>) -> Result<(), DieselError> {
        if !self.in_transaction {
            return self.connection.batch_execute(statement.sql);
        }
        self.connection.batch_execute("SAVEPOINT autogen_load")?;
        match self.connection.batch_execute(statement.sql) {
            Ok(()) => {
                // The statement may itself have released or rolled back to an outer savepoint, ours included.
                if statement.words.iter().any(|w| w == "SAVEPOINT" || w == "RELEASE" || w == "ROLLBACK") {
                    return Ok(());
                }
                self.connection.batch_execute("RELEASE SAVEPOINT autogen_load")
            }
            Err(error) => {
                self.connection.batch_execute("ROLLBACK TO SAVEPOINT autogen_load")?;
                Err(error)
            }
        }
    }

    fn failed(&self, statement: &Statement<'_>, error: &DieselError) -> Error {
        let position = match error {
            DieselError::DatabaseError(_, info) => info.statement_position(),
            _ => None,
        };
        let within = position.and_then(|p| usize::try_from(p).ok()).map_or(0, |p| p.saturating_sub(1));
        let before = self.text[..statement.start].chars().count();
        let at = Some(Place::of_char(self.text, before + within));
        Error::Sql { path: self.path.to_path_buf(), at, message: server_message(error) }
    }

    fn refused(&self, start: usize, message: &str) -> Error {
        let at = Some(Place::of_char(self.text, self.text[..start].chars().count()));
        Error::Sql { path: self.path.to_path_buf(), at, message: message.into() }
    }
}
