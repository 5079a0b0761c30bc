//! Child processes that never outlive the tool: started so that the system ends them when this process dies,
//! and listed so that Ctrl-C can end them in good order. What they are is `ephemeral`'s and `template`'s matter.

use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError, Weak};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::account::Account;
use super::folder::Folder;
use super::signals;

/// How long a server may take for an immediate shutdown before it is killed.
const SHUTDOWN_PATIENCE: Duration = Duration::from_secs(5);

type Job = (Command, Sender<io::Result<Child>>);
static KEEPER: Mutex<Option<Sender<Job>>> = Mutex::new(None);
static LIVE: Mutex<Vec<Weak<Server>>> = Mutex::new(Vec::new());
static SIGNALS: Once = Once::new();

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Starts a command as the account, in a process group of its own (a Ctrl-C at the terminal is for the tool,
/// which then ends its children itself), to be ended by SIGQUIT when this process dies.
///
/// The parent-death signal of Linux is tied to the *thread* that started the child. So all are started from
/// one thread that lives as long as the process.
pub(crate) fn spawn(mut command: Command, account: Option<&Account>) -> io::Result<Child> {
    command.process_group(0);
    if let Some(account) = account {
        // With a uid, std also empties the list of supplementary groups.
        command.uid(account.uid).gid(account.gid);
    }
    die_with_parent(&mut command);
    let (reply, answer) = channel();
    {
        let mut keeper = lock(&KEEPER);
        let sender = match keeper.take() {
            Some(sender) => sender,
            None => {
                let (sender, jobs) = channel::<Job>();
                std::thread::Builder::new().name("keeper".into()).spawn(move || {
                    for (mut command, reply) in jobs {
                        // A caller that is gone has no use for its child, which ends with this process.
                        let _ = reply.send(command.spawn());
                    }
                })?;
                sender
            }
        };
        let sent = sender.send((command, reply));
        *keeper = Some(sender);
        sent.map_err(|_| io::Error::other("the thread that starts processes is gone"))?;
    }
    answer.recv().map_err(|_| io::Error::other("the thread that starts processes is gone"))?
}

#[cfg(target_os = "linux")]
#[allow(unsafe_code)]
fn die_with_parent(command: &mut Command) {
    let parent = std::process::id() as i32;
    // SAFETY: between fork and exec only async-signal-safe work is allowed; these are two plain system calls
    // without allocation or locks.
    unsafe {
        command.pre_exec(move || {
            // std changes the uid before this runs, as it must be: the change would clear the setting.
            rustix::process::set_parent_process_death_signal(Some(Signal::QUIT))?;
            // The parent may have died just before.
            match rustix::process::getppid().map(Pid::as_raw_pid) {
                Some(pid) if pid == parent => Ok(()),
                _ => Err(io::Error::from_raw_os_error(libc::ECHILD)),
            }
        });
    }
}

#[cfg(not(target_os = "linux"))]
fn die_with_parent(_: &mut Command) {
    // No such signal; `folder::sweep` of the next run takes the data away, upon which the server stops.
}

/// A server process and its folder, which end together and only once.
#[derive(Debug)]
pub(crate) struct Server {
    folder: Folder,
    state: Mutex<State>,
}

#[derive(Debug)]
enum State {
    NotStarted,
    Running(Child),
    Stopped,
}

impl Server {
    /// Takes the folder over; from now on Ctrl-C removes it.
    pub(crate) fn new(folder: Folder) -> Arc<Server> {
        let server = Arc::new(Server { folder, state: Mutex::new(State::NotStarted) });
        let mut live = lock(&LIVE);
        live.retain(|s| s.strong_count() > 0);
        live.push(Arc::downgrade(&server));
        drop(live);
        SIGNALS.call_once(watch_signals);
        server
    }

    pub(crate) fn folder(&self) -> &Folder {
        &self.folder
    }

    pub(crate) fn run(&self, command: Command, account: Option<&Account>) -> io::Result<()> {
        let mut state = lock(&self.state);
        if !matches!(*state, State::NotStarted) {
            return Err(io::Error::new(io::ErrorKind::Interrupted, "interrupted"));
        }
        *state = State::Running(spawn(command, account)?);
        Ok(())
    }

    /// The process id while the server runs.
    pub(crate) fn pid(&self) -> Option<u32> {
        match &mut *lock(&self.state) {
            State::Running(child) => matches!(child.try_wait(), Ok(None)).then(|| child.id()),
            State::NotStarted | State::Stopped => None,
        }
    }

    /// Immediate shutdown, then removal of the folder. The data is thrown away, so no checkpoint is wanted.
    pub(crate) fn stop(&self) {
        let mut state = lock(&self.state);
        match std::mem::replace(&mut *state, State::Stopped) {
            State::Running(mut child) => end(&mut child),
            State::NotStarted => {}
            State::Stopped => return,
        }
        self.folder.remove();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

fn end(child: &mut Child) {
    // Not reaped yet, so the id cannot belong to anybody else.
    let _ = kill_process(Pid::from_child(child), Signal::QUIT);
    let start = Instant::now();
    while start.elapsed() < SHUTDOWN_PATIENCE {
        match child.try_wait() {
            Ok(None) => std::thread::sleep(Duration::from_millis(1)),
            Ok(Some(_)) | Err(_) => return,
        }
    }
    let _ = child.kill();
    let _ = child.wait();
}

/// Stops every server of this process and removes the folders; for use before `std::process::exit`, which
/// runs no destructors.
pub(crate) fn stop_all() {
    let servers: Vec<_> = lock(&LIVE).drain(..).filter_map(|s| s.upgrade()).collect();
    for server in servers {
        server.stop();
    }
}

/// What else is to be done when the process is interrupted.
static CLEANUPS: Mutex<Vec<Box<dyn FnOnce() + Send>>> = Mutex::new(Vec::new());

/// Has something done on Ctrl-C, before the process ends.
pub(crate) fn on_interrupt(cleanup: impl FnOnce() + Send + 'static) {
    lock(&CLEANUPS).push(Box::new(cleanup));
    SIGNALS.call_once(watch_signals);
}

/// Does not return once a signal has come: work that fails because its server was stopped is no failure to tell.
pub(crate) fn yield_to_signal() {
    while ENDING.load(Ordering::SeqCst) {
        std::thread::park();
    }
}

static ENDING: AtomicBool = AtomicBool::new(false);

/// On a signal: clean up, then exit.
fn watch_signals() {
    signals::watch(|| {
        ENDING.store(true, Ordering::SeqCst);
        stop_all();
        for cleanup in std::mem::take(&mut *lock(&CLEANUPS)) {
            cleanup();
        }
        signals::exit();
    });
}
