//! One run at a time: an advisory lock of the session, which the server gives back by itself when the session ends,
//! however it ends. As it belongs to a session, it is no good behind a pooler that changes the session below a client
//! (pgbouncer with pool_mode = transaction).

use std::time::Duration;

use anyhow::{Context, Result};
use autogen_core::visible;
use diesel::sql_types::{Integer, Nullable, Text};
use diesel::{OptionalExtension, PgConnection, QueryResult, QueryableByName, RunQueryDsl, sql_query};

use super::session::{Flag, Session};
use crate::output::Terminal;

/// The key: a number made from the database's name.
const KEY: &str = "pg_catalog.hashtextextended('autogen migrate ' OPERATOR(pg_catalog.||) pg_catalog.current_database(), 0)";

/// Between two attempts.
const PAUSE: Duration = Duration::from_millis(200);

/// Who runs migrations at the moment.
#[derive(Debug, QueryableByName)]
pub(super) struct Holder {
    #[diesel(sql_type = Integer)]
    pub(super) pid: i32,
    #[diesel(sql_type = Nullable<Text>)]
    pub(super) since: Option<String>,
}

impl Holder {
    /// In a sentence.
    pub(super) fn shown(&self) -> String {
        let since = self.since.as_ref().map(|since| format!(", connected since {}", visible(since)));
        format!("server process {}{}", self.pid, since.unwrap_or_default())
    }
}

/// The session that holds the lock.
pub(super) fn holder(connection: &mut PgConnection) -> QueryResult<Option<Holder>> {
    sql_query(format!(
        "SELECT l.pid AS pid, pg_catalog.to_char(a.backend_start, 'YYYY-MM-DD HH24:MI:SS') AS since \
         FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid, \
         (SELECT {KEY} AS value) k \
         WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 \
         AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()) \
         AND ((l.classid::bigint << 32) | l.objid::bigint) = k.value ORDER BY l.pid LIMIT 1"
    ))
    .get_result(connection)
    .optional()
}

/// Gives the lock back. The server would do it when it has seen that the session is gone, and until then a run that has ended
/// would look like one that goes on; where this fails, that has to do.
pub(super) fn give_back(session: &mut Session) {
    let _ =
        sql_query(format!("SELECT pg_catalog.pg_advisory_unlock({KEY})")).execute(&mut session.connection);
}

/// Takes the lock; says so if it has to wait. False if a signal came first.
///
/// It asks again and again instead of waiting in the server: a session that waits there holds a snapshot, and a CREATE
/// INDEX CONCURRENTLY of the session that holds the lock would wait for that for ever.
pub(super) fn take(session: &mut Session, terminal: &Terminal) -> Result<bool> {
    let mut waits = false;
    loop {
        let got: Flag = sql_query(format!("SELECT pg_catalog.pg_try_advisory_lock({KEY}) AS value"))
            .get_result(&mut session.connection)
            .context("cannot take the lock that keeps two runs apart")?;
        if got.value {
            return Ok(true);
        }
        if !waits {
            let who = holder(&mut session.connection).ok().flatten();
            let who = who.map(|holder| format!(" ({})", holder.shown())).unwrap_or_default();
            terminal
                .note(&format!("waiting: another run has the migrations of {} in hand{who}", session.label));
            waits = true;
        }
        if session.is_interrupted() {
            return Ok(false);
        }
        std::thread::sleep(PAUSE);
    }
}
