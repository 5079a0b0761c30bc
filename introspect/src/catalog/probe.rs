//! Asks a question about rows: one `SELECT` of two counts, in a read-only transaction of its own with its own time.

use std::time::Duration;

use autogen_core::Answer;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::result::Error as DieselError;
use diesel::sql_types::BigInt;
use diesel::{PgConnection, sql_query};

use super::session::timeout;

#[derive(QueryableByName)]
struct Counts {
    #[diesel(sql_type = BigInt)]
    matching: i64,
    #[diesel(sql_type = BigInt)]
    total: i64,
}

/// What begins the message of an error that a row has made.
const OF_A_ROW: &str = "autogen: a row gives ";

/// Runs a `SELECT` of the bigint columns `matching` and `total` with an empty search path. An error that a row makes, such as a
/// division by zero, gives [`Answer::Refused`]; whatever else keeps the server from answering within the time (privileges, a
/// timeout, a lock) gives [`Answer::Unknown`] with its message. The connection stays usable.
pub fn answer(connection: &mut PgConnection, sql: &str, limit: Duration) -> Answer {
    let result = within(connection, limit, |connection| sql_query(sql).get_result::<Counts>(connection));
    match result {
        Ok(counts) => Answer::Count {
            matching: u64::try_from(counts.matching).unwrap_or(0),
            total: u64::try_from(counts.total).unwrap_or(0),
        },
        Err(error) => match refusal(connection, sql, limit) {
            Some(sqlstate) => Answer::Refused { sqlstate },
            None => Answer::Unknown { reason: error.to_string() },
        },
    }
}

/// The code of the error that a row makes in a query, which Diesel does not tell. The server is asked for it by a block that
/// catches such errors alone (manual, "PostgreSQL Error Codes", classes 22 and 23, and what functions raise). What cannot even be
/// planned, as it names a label that is yet to come, is no row's fault.
fn refusal(connection: &mut PgConnection, sql: &str, limit: Duration) -> Option<String> {
    let plan = format!("EXPLAIN {sql}");
    within(connection, limit, |connection| connection.batch_execute(&plan)).ok()?;
    let body = format!(
        "BEGIN PERFORM * FROM ({sql}) AS autogen_question; \
         EXCEPTION WHEN data_exception OR integrity_constraint_violation OR raise_exception THEN \
         RAISE EXCEPTION '{OF_A_ROW}%', SQLSTATE; END"
    );
    let block = format!(
        "SET LOCAL standard_conforming_strings = on; DO LANGUAGE plpgsql '{}'",
        body.replace('\'', "''")
    );
    match within(connection, limit, |connection| connection.batch_execute(&block)) {
        Err(DieselError::DatabaseError(_, information)) => {
            information.message().strip_prefix(OF_A_ROW).map(str::to_owned)
        }
        Err(_) | Ok(()) => None,
    }
}

/// Does something in a read-only transaction that takes no longer than that.
fn within<T>(
    connection: &mut PgConnection,
    limit: Duration,
    work: impl FnOnce(&mut PgConnection) -> QueryResult<T>,
) -> QueryResult<T> {
    connection.build_transaction().read_only().run(|connection| {
        let limits =
            [timeout("statement_timeout", Some(limit)), timeout("lock_timeout", Some(limit))].concat();
        // Rows that a policy hides are there all the same: rather no answer than a wrong one.
        connection
            .batch_execute(&format!("SET LOCAL search_path = ''; SET LOCAL row_security = off; {limits}"))?;
        work(connection)
    })
}
