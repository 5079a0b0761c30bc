//! Replaying a Diesel migrations directory, with Diesel's own order, transactions and bookkeeping, into a
//! database of a throwaway server. Kinder than Diesel in four ways, as the history is a given here: an up.sql
//! without a statement, a role that does not exist, an emptied search path, and several statements of which one may
//! not run in a transaction stop nothing.

use std::cell::Cell;
use std::path::{Path, PathBuf};

use autogen_codegen::sql::Sql;
use autogen_core::QualName;
use diesel::connection::SimpleConnection;
use diesel::result::Error as DieselError;
use diesel::sql_types::{Nullable, Text};
use diesel::{Connection, PgConnection, QueryResult, RunQueryDsl};

use super::error::{Error, Place, server_message, wants_no_transaction};
use super::{load, roles, script};

/// Diesel's table of migrations, in the schema that comes first in the search path.
pub(crate) const TABLE: &str = "__diesel_schema_migrations";

/// As `diesel_migrations` makes it.
pub(crate) const CREATE_TABLE: &str = "CREATE TABLE IF NOT EXISTS __diesel_schema_migrations (\n       \
    version VARCHAR(50) PRIMARY KEY NOT NULL,\n       \
    run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP\n)";

/// A migration on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    /// The directory's name up to the first underscore, without hyphens; the order is by this, as text.
    pub version: String,
    /// The directory's name.
    pub name: String,
    /// The directory.
    pub path: PathBuf,
    /// Whether it runs in a transaction: true unless its metadata.toml says otherwise.
    pub run_in_transaction: bool,
}

/// The migrations of a directory in Diesel's order. Folders without up.sql and hidden ones are passed over.
///
/// # Errors
/// [`Error::Io`] if the directory cannot be read, [`Error::Migrations`] if two share a version, of which Diesel
/// would silently run one.
pub fn migrations(dir: &Path) -> Result<Vec<Migration>, Error> {
    let found = all(dir)?;
    distinct(dir, &found)?;
    Ok(found)
}

/// The same, whether or not their versions are distinct.
pub(crate) fn all(dir: &Path) -> Result<Vec<Migration>, Error> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(Error::io("read", dir))? {
        let entry = entry.map_err(Error::io("read", dir))?;
        let (name, path) = (entry.file_name().to_string_lossy().into_owned(), entry.path());
        if name.starts_with('.') || !path.join("up.sql").exists() {
            continue;
        }
        let version = version_of(&name);
        found.push(Migration { version, run_in_transaction: run_in_transaction(&path), name, path });
    }
    found.sort_by(|a, b| (&a.version, &a.name).cmp(&(&b.version, &b.name)));
    Ok(found)
}

/// Fails if two share a version.
pub(crate) fn distinct(dir: &Path, sorted: &[Migration]) -> Result<(), Error> {
    if let Some(pair) = sorted.windows(2).find(|pair| pair[0].version == pair[1].version) {
        return Err(Error::Migrations {
            path: dir.to_path_buf(),
            reason: format!(
                "the migrations {:?} and {:?} have the same version {:?}, and Diesel would run only one of them",
                pair[0].name, pair[1].name, pair[0].version
            ),
        });
    }
    Ok(())
}

/// The version in a folder's name, or in what somebody writes for it.
pub(crate) fn version_of(name: &str) -> String {
    name.split('_').next().unwrap_or_default().replace('-', "")
}

/// Replays a whole directory and returns what was run.
///
/// # Errors
/// As [`migrations`] and [`run`].
pub fn replay(connection: &mut PgConnection, dir: &Path) -> Result<Vec<Migration>, Error> {
    let all = migrations(dir)?;
    run(connection, &all)?;
    Ok(all)
}

/// Runs the given migrations in the given order and records each. For a throwaway server only, as it creates
/// missing roles.
///
/// # Errors
/// [`Error::Sql`] with the file, the place if the server tells it, and the server's message.
pub fn run(connection: &mut PgConnection, migrations: &[Migration]) -> Result<(), Error> {
    connection.batch_execute(CREATE_TABLE).map_err(Error::server("create the table of migrations"))?;
    let schema: Option<String> = diesel::select(diesel::dsl::sql::<Nullable<Text>>("current_schema()::text"))
        .get_result(connection)
        .map_err(Error::server("read the current schema"))?;
    // A migration may change the search path, which must not lose the table.
    let table = match schema {
        Some(schema) => QualName::new(schema, TABLE),
        None => QualName::new("", TABLE),
    };
    let note = Sql::new("INSERT INTO").qualified(&table).kw("(version) VALUES ($1)").into_text();
    migrations.iter().try_for_each(|migration| run_one(connection, migration, &note))
}

fn run_one(connection: &mut PgConnection, migration: &Migration, note: &str) -> Result<(), Error> {
    let path = migration.path.join("up.sql");
    let text = load::read(&path)?;
    let is_empty = script::split(&text).is_empty();
    let mut made = Vec::new();
    let is_done = Cell::new(false);
    loop {
        let work = |connection: &mut PgConnection| {
            if !is_empty {
                send(connection, &text, migration.run_in_transaction)?;
            }
            // A project may guard the table with a trigger against other tools than its own; here nothing is at stake.
            connection.batch_execute("SET session_replication_role = replica")?;
            diesel::sql_query(note).bind::<Text, _>(&migration.version).execute(connection)?;
            connection.batch_execute("RESET session_replication_role")?;
            is_done.set(true);
            Ok(())
        };
        let result =
            if migration.run_in_transaction { connection.transaction(work) } else { work(connection) };
        let Err(error) = result else { break };
        // The script has committed by itself, so that nothing is left to commit. Diesel 1 made nothing of that.
        if is_done.get() && matches!(error, DieselError::NotInTransaction) {
            break;
        }
        match roles::missing(&error) {
            Some(role) if !made.contains(&role) && roles::create(connection, &role) => made.push(role),
            _ => return Err(failed(connection, path, &text, &error)),
        }
    }
    restore_search_path(connection)
        .map_err(Error::server(format!("go on after the migration {:?}", migration.name)))
}

/// Sends a script as Diesel does, as one message. What may not be in a transaction does not bear other statements beside
/// it there, so the statements of such a script go one by one, as `autogen migrate` sends them.
fn send(connection: &mut PgConnection, text: &str, in_transaction: bool) -> QueryResult<()> {
    match connection.batch_execute(text) {
        Err(error) if !in_transaction && wants_no_transaction(&error) => {
            let statements = script::split(text).into_iter().map(|item| match item {
                script::Item::Statement(statement) => Some(statement.sql),
                script::Item::Copy(_) | script::Item::Meta { .. } => None,
            });
            let Some(statements) = statements.collect::<Option<Vec<_>>>() else { return Err(error) };
            statements.into_iter().try_for_each(|statement| connection.batch_execute(statement))
        }
        sent => sent,
    }
}

/// A file made from pg_dump empties the search path for the session. The next migration was written for a session in
/// which it is not empty.
pub(crate) fn restore_search_path(connection: &mut PgConnection) -> Result<(), DieselError> {
    connection.batch_execute(
        "DO $$ BEGIN IF current_schema() IS NULL AND current_setting('search_path') IN ('', '\"\"') \
         THEN RESET search_path; END IF; END $$",
    )
}

fn failed(connection: &mut PgConnection, path: PathBuf, text: &str, error: &DieselError) -> Error {
    let at = match error {
        DieselError::DatabaseError(_, info) => info.statement_position(),
        _ => None,
    };
    // The file goes to the server as one message, so a position counts from its beginning.
    let at = at.and_then(|p| usize::try_from(p).ok()).map(|p| Place::of_char(text, p.saturating_sub(1)));
    let at = at.or_else(|| statement_that_fails(connection, text, error));
    let mut message = server_message(error);
    if wants_no_transaction(error) && run_in_transaction(path.parent().unwrap_or(&path)) {
        message +=
            "\n  hint: a metadata.toml beside it that says `run_in_transaction = false` runs it without one";
    }
    Error::Sql { path, at, message }
}

/// Where the statement begins that fails in this way when all are sent one by one; most errors have no position. It is
/// undone.
fn statement_that_fails(connection: &mut PgConnection, text: &str, error: &DieselError) -> Option<Place> {
    let mut place = None;
    let _ = connection.transaction::<(), DieselError, _>(|connection| {
        for item in script::split(text) {
            let script::Item::Statement(statement) = item else { break };
            if let Err(found) = connection.batch_execute(statement.sql) {
                let is_it = server_message(&found) == server_message(error);
                let before = text.get(..statement.start).unwrap_or_default();
                place = is_it.then(|| Place::of_char(text, before.chars().count()));
                break;
            }
        }
        Err(DieselError::RollbackTransaction)
    });
    place
}

#[derive(serde::Deserialize)]
struct Metadata {
    // Diesel's default for a file without the key is false, while no file means true.
    #[serde(default)]
    run_in_transaction: bool,
}

/// What the metadata.toml of a migration's folder says.
pub(crate) fn run_in_transaction(path: &Path) -> bool {
    let Ok(text) = std::fs::read_to_string(path.join("metadata.toml")) else { return true };
    toml::from_str::<Metadata>(&text).map(|m| m.run_in_transaction).unwrap_or(true)
}
