//! What a session locks and reads, as the server tells it.

use anyhow::{Context, Result};
use autogen_core::Lock;
use diesel::sql_types::{BigInt, Text};
use diesel::{PgConnection, QueryableByName, RunQueryDsl, sql_query};

#[derive(QueryableByName)]
struct Held {
    #[diesel(sql_type = Text)]
    relation: String,
    #[diesel(sql_type = Text)]
    mode: String,
}

#[derive(QueryableByName)]
struct Seen {
    #[diesel(sql_type = Text)]
    relation: String,
    #[diesel(sql_type = BigInt)]
    rows: i64,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// The locks on tables that a session holds: all but those that it takes to look at them.
pub(super) fn held(connection: &mut PgConnection, pid: i64) -> Result<Vec<(String, Lock)>> {
    let sql = format!(
        "SELECT c.relname AS relation, l.mode FROM pg_locks AS l JOIN pg_class AS c ON c.oid = l.relation
         WHERE l.pid = {pid} AND l.granted AND c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
         ORDER BY 1, 2"
    );
    let rows: Vec<Held> = sql_query(sql).load(connection)?;
    rows.into_iter()
        .map(|row| {
            let lock = Lock::from_catalog(&row.mode).with_context(|| row.mode.clone())?;
            Ok((row.relation, lock))
        })
        .collect()
}

pub(super) fn pid(connection: &mut PgConnection) -> Result<i64> {
    Ok(sql_query("SELECT pg_backend_pid()::bigint AS n").get_result::<Number>(connection)?.n)
}

pub(super) fn strongest(all: &[(String, Lock)], table: &str) -> Option<Lock> {
    all.iter().filter(|(relation, _)| relation == table).map(|(_, lock)| *lock).max()
}

/// The rows that the running transaction has read, by table.
pub(super) fn seen(connection: &mut PgConnection) -> Result<Vec<(String, i64)>> {
    let sql = "SELECT relname::text AS relation, (seq_tup_read + coalesce(idx_tup_fetch, 0))::bigint AS rows
               FROM pg_stat_xact_user_tables ORDER BY 1";
    let rows: Vec<Seen> = sql_query(sql).load(connection)?;
    Ok(rows.into_iter().map(|row| (row.relation, row.rows)).collect())
}
