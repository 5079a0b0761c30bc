//! Asks a question about rows: one `SELECT` of two counts, in a read-only transaction of its own with its own time.

use std::time::Duration;

use autogen_core::Answer;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
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

/// Runs a `SELECT` of the bigint columns `matching` and `total` with an empty search path. Whatever keeps the server
/// from answering within the time (privileges, a timeout, a lock) gives [`Answer::Unknown`] with its message; the
/// connection stays usable.
pub fn answer(connection: &mut PgConnection, sql: &str, limit: Duration) -> Answer {
    let result = connection.build_transaction().read_only().run(|connection| {
        let limits =
            [timeout("statement_timeout", Some(limit)), timeout("lock_timeout", Some(limit))].concat();
        // Rows that a policy hides are there all the same: rather no answer than a wrong one.
        connection
            .batch_execute(&format!("SET LOCAL search_path = ''; SET LOCAL row_security = off; {limits}"))?;
        sql_query(sql).get_result::<Counts>(connection)
    });
    match result {
        Ok(counts) => Answer::Count {
            matching: u64::try_from(counts.matching).unwrap_or(0),
            total: u64::try_from(counts.total).unwrap_or(0),
        },
        Err(error) => Answer::Unknown { reason: error.to_string() },
    }
}
