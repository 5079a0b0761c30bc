//! What a database says of its migrations, for those who only look: nothing is made, locked or changed.

use anyhow::{Context, Result};
use diesel::connection::SimpleConnection;
use diesel::result::Error as DieselError;
use diesel::{Connection, PgConnection, RunQueryDsl, sql_query};

use super::history::History;
use super::progress;
use super::session::Word;

/// Which migrations a database has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bookkeeping {
    /// Versions that are applied, in order.
    pub(crate) applied: Vec<String>,
    /// Versions that are applied in part.
    pub(crate) begun: Vec<String>,
    /// Where unqualified names are looked up, as a setting.
    pub(crate) search_path: String,
    /// The role that `"$user"` means in it.
    pub(crate) user: String,
}

/// Reads Diesel's table where Diesel would look for it; `None` where there is none.
///
/// # Errors
/// When it may not be read.
pub(crate) fn bookkeeping(connection: &mut PgConnection) -> Result<Option<Bookkeeping>> {
    let mut found = Ok(None);
    let result = connection.transaction::<(), DieselError, _>(|connection| {
        // The session's own path may be pinned to nothing.
        connection.batch_execute("SET TRANSACTION READ ONLY; SET LOCAL search_path TO DEFAULT")?;
        found = read(connection);
        Err(DieselError::RollbackTransaction)
    });
    match result {
        Ok(()) | Err(DieselError::RollbackTransaction) => found,
        Err(error) => found.and(Err(error).context("cannot look for the table of migrations")),
    }
}

fn read(connection: &mut PgConnection) -> Result<Option<Bookkeeping>> {
    let (history, is_there) = History::find(connection)?;
    if !is_there {
        return Ok(None);
    }
    let applied = history.applied(connection)?.into_iter().map(|row| row.version).collect();
    let begun = progress::all(connection, &history)?.into_iter().map(|begun| begun.version).collect();
    let mut word = |sql: &str| -> Result<String> {
        let word = sql_query(sql).get_result::<Word>(connection).context("cannot read the search path")?;
        Ok(word.value.unwrap_or_default())
    };
    let search_path = word("SELECT pg_catalog.current_setting('search_path') AS value")?;
    let user = word("SELECT current_user::text AS value")?;
    Ok(Some(Bookkeeping { applied, begun, search_path, user }))
}
