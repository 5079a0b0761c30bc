//! What a command costs: wall time, processor time of the client with its children and of the server's backends, and the
//! client's memory at its highest. Client figures are what the system says of an ended process; those of the server are the
//! postmaster's sums over ended backends in `/proc`, so a Linux is needed.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// `/proc` counts in these (`USER_HZ`, which is 100 on every Linux).
const TICK: Duration = Duration::from_millis(10);

/// The cost of one run, the mean of several.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Usage {
    /// The time that it took; the shortest of the runs.
    pub(crate) wall: Duration,
    /// Processor time of the client and its children.
    pub(crate) client: Duration,
    /// Processor time of the server.
    pub(crate) server: Duration,
    /// The client's memory, in bytes; the highest of the runs.
    pub(crate) memory: u64,
}

impl Usage {
    /// Processor time altogether.
    pub(crate) fn processor(&self) -> Duration {
        self.client + self.server
    }
}

/// The processes of a server.
pub(crate) struct Postmaster {
    folder: PathBuf,
    /// Without any backend.
    resting: usize,
}

impl Postmaster {
    /// The server, while nobody is connected.
    pub(crate) fn new(pid: u32) -> Result<Self> {
        let folder = PathBuf::from(format!("/proc/{pid}"));
        if !folder.join("stat").is_file() {
            bail!("the processor time of the server is in /proc, which this system does not have");
        }
        let mut postmaster = Self { folder, resting: 0 };
        // Connections that have just been closed are still leaving.
        std::thread::sleep(Duration::from_millis(300));
        postmaster.resting = postmaster.children()?;
        Ok(postmaster)
    }

    fn children(&self) -> Result<usize> {
        let pid = self.folder.file_name().context("no process id")?;
        let path = self.folder.join("task").join(pid).join("children");
        let text =
            std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        Ok(text.split_whitespace().count())
    }

    /// What all backends that have ended have used.
    fn used(&self) -> Result<Duration> {
        let patience = Instant::now() + Duration::from_secs(60);
        while self.children()? > self.resting {
            if Instant::now() > patience {
                bail!("a connection to the server stays open");
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        let text = std::fs::read_to_string(self.folder.join("stat"))?;
        // cutime and cstime, the 16th and 17th; the name before them may hold blanks.
        let fields = text.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace().skip(13).take(2);
        let ticks: u32 = fields.filter_map(|field| field.parse::<u32>().ok()).sum();
        Ok(TICK * ticks)
    }

    /// Runs a command some times; it must end with the exit code each time.
    pub(crate) fn measure(&self, runs: u32, code: i32, command: impl Fn() -> Command) -> Result<Usage> {
        let mut total = Usage { wall: Duration::MAX, ..Usage::default() };
        let before = self.used()?;
        for _ in 0..runs {
            let one = run(&mut command(), code)?;
            total.wall = total.wall.min(one.wall);
            total.client += one.client;
            total.memory = total.memory.max(one.memory);
        }
        total.client /= runs;
        total.server = (self.used()? - before) / runs;
        Ok(total)
    }
}

/// Runs a command once. Its output is thrown away, but for what it says when it fails.
#[allow(unsafe_code, reason = "there is no safe call that tells what one child has used")]
#[allow(clippy::zombie_processes, reason = "wait4 waits")]
fn run(command: &mut Command, code: i32) -> Result<Usage> {
    let errors = tempfile::NamedTempFile::new()?;
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(errors.reopen()?);
    let start = Instant::now();
    let child = command.spawn().with_context(|| format!("cannot run {:?}", command.get_program()))?;
    let pid = libc::pid_t::try_from(child.id())?;
    let mut status = 0;
    // SAFETY: all fields of the struct are plain numbers, for which zero is a value.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: both pointers are to values of this function, of the types that the call wants.
    let waited = unsafe { libc::wait4(pid, &raw mut status, 0, &raw mut usage) };
    let wall = start.elapsed();
    if waited != pid || !libc::WIFEXITED(status) || libc::WEXITSTATUS(status) != code {
        let said = std::fs::read_to_string(errors.path()).unwrap_or_default();
        bail!("{command:?} did not end with {code} (status {status}):\n{said}");
    }
    Ok(Usage {
        wall,
        client: time(usage.ru_utime) + time(usage.ru_stime),
        server: Duration::ZERO,
        // Linux counts in kilobytes.
        memory: u64::try_from(usage.ru_maxrss)? << 10,
    })
}

fn time(time: libc::timeval) -> Duration {
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    let micros = u64::try_from(time.tv_usec).unwrap_or(0);
    Duration::from_secs(seconds) + Duration::from_micros(micros)
}
