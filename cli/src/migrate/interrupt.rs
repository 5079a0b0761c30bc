//! Ctrl-C during a migration: the running statement is cancelled on the server, whereupon the run ends as after any other
//! failure and says what is applied. A second Ctrl-C ends the process at once.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use diesel::sql_types::Integer;
use diesel::{RunQueryDsl, sql_query};

use crate::postgres::{self, signals};

static WANTED: AtomicBool = AtomicBool::new(false);
static BUSY: AtomicBool = AtomicBool::new(false);

/// A cancellation that comes between two statements is lost, so it is repeated.
const AGAIN: Duration = Duration::from_millis(100);

/// Minds signals from now on.
pub(super) fn watch(source: String, pid: i32) {
    signals::watch(move || {
        if WANTED.swap(true, Ordering::SeqCst) {
            signals::exit();
        }
        let source = source.clone();
        // A thread of its own, so that the second signal is heard.
        let _ = std::thread::Builder::new().name("cancel".into()).spawn(move || cancel(&source, pid));
    });
}

fn cancel(source: &str, pid: i32) {
    let mut connection = None;
    while BUSY.load(Ordering::SeqCst) {
        if connection.is_none() {
            connection = postgres::connect(source).ok();
        }
        // A connection that took its time must not cancel what comes after the statement.
        if let Some(connection) = connection.as_mut().filter(|_| BUSY.load(Ordering::SeqCst)) {
            let _ = sql_query("SELECT pg_catalog.pg_cancel_backend($1)")
                .bind::<Integer, _>(pid)
                .execute(connection);
        }
        std::thread::sleep(AGAIN);
    }
}

/// Does work on the server that a signal may cancel.
pub(super) fn cancellable<T>(work: impl FnOnce() -> T) -> T {
    BUSY.store(true, Ordering::SeqCst);
    let result = work();
    BUSY.store(false, Ordering::SeqCst);
    result
}

/// Whether a signal came.
pub(super) fn is_wanted() -> bool {
    WANTED.load(Ordering::SeqCst)
}
