//! A sign of life for things that take longer than half a second: a spinner where stderr is a terminal, one
//! plain line elsewhere, nothing at all for what is quick. stdout belongs to results.

use std::io::{IsTerminal, Write};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_millis(500);

/// Shows its message from half a second after its creation until it is dropped.
#[derive(Debug)]
pub struct Progress {
    done: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Progress {
    /// Starts to wait. The message is a phrase such as "starting a throwaway Postgres".
    #[must_use]
    pub fn start(message: impl Into<String>) -> Progress {
        let message = message.into();
        let (done, wait) = mpsc::channel::<()>();
        let thread = std::thread::Builder::new().name("progress".into()).spawn(move || {
            if wait.recv_timeout(PATIENCE) != Err(RecvTimeoutError::Timeout) {
                return;
            }
            if !std::io::stderr().is_terminal() {
                // A closed stderr must not end the work.
                let _ = writeln!(std::io::stderr(), "{message} …");
                return;
            }
            let spinner = indicatif::ProgressBar::new_spinner().with_message(message);
            spinner.enable_steady_tick(Duration::from_millis(80));
            let _ = wait.recv();
            spinner.finish_and_clear();
        });
        // Without a thread there is no spinner, and nothing else is lost.
        Progress { done: Some(done), thread: thread.ok() }
    }

    /// A progress that never shows, for `--quiet`.
    #[must_use]
    pub fn hidden() -> Progress {
        Progress { done: None, thread: None }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.done.take();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
