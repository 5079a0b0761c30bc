//! Small questions to a throwaway database, and the constants in them.

use autogen_codegen::sql::Sql;
use diesel::connection::SimpleConnection;
use diesel::sql_types::{BigInt, Nullable, Text};
use diesel::{PgConnection, QueryResult, QueryableByName, RunQueryDsl, sql_query};

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Nullable<Text>)]
    value: Option<String>,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

/// The one text, in a column called `value`; nothing for NULL.
pub(super) fn text(connection: &mut PgConnection, sql: &str) -> QueryResult<String> {
    sql_query(sql).get_result::<Line>(connection).map(|line| line.value.unwrap_or_default())
}

/// The texts of all rows.
pub(super) fn texts(connection: &mut PgConnection, sql: &str) -> QueryResult<Vec<Option<String>>> {
    Ok(sql_query(sql).load::<Line>(connection)?.into_iter().map(|line| line.value).collect())
}

/// The one number.
pub(super) fn number(connection: &mut PgConnection, sql: &str) -> QueryResult<i64> {
    sql_query(sql).get_result::<Number>(connection).map(|row| row.value)
}

/// Does something that may fail inside an open transaction, which stays usable.
pub(super) fn attempt<T>(
    connection: &mut PgConnection,
    work: impl FnOnce(&mut PgConnection) -> QueryResult<T>,
) -> QueryResult<T> {
    connection.batch_execute("SAVEPOINT autogen_attempt")?;
    let result = work(connection);
    connection.batch_execute(match &result {
        Ok(_) => "RELEASE SAVEPOINT autogen_attempt",
        Err(_) => "ROLLBACK TO SAVEPOINT autogen_attempt; RELEASE SAVEPOINT autogen_attempt",
    })?;
    result
}

/// A value of a type; `spelling` is the server's own.
pub(super) fn constant(value: Option<&str>, spelling: &str) -> String {
    match value {
        None => format!("NULL::{spelling}"),
        Some(value) => format!("{}::{spelling}", Sql::empty().literal(value).into_text()),
    }
}
