//! Ctrl-C while a throwaway server works: the process ends with 130 at once, and neither the server, nor its folder, nor a
//! half-written file is left. Processes are looked up in /proc, so these tests are for Linux.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::support;
use crate::support::migrations::all_of;

/// A process, as /proc tells it.
struct Process {
    id: u32,
    parent: u32,
    /// Its arguments, or what it calls itself.
    title: String,
}

fn processes() -> Vec<Process> {
    let ids = std::fs::read_dir("/proc").unwrap().flatten();
    let ids = ids.filter_map(|entry| entry.file_name().to_string_lossy().parse::<u32>().ok());
    let read = |id: u32| {
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
        let parent = status.lines().find_map(|line| line.strip_prefix("PPid:"))?.trim().parse().ok()?;
        let title = std::fs::read(format!("/proc/{id}/cmdline")).ok()?;
        let title = String::from_utf8_lossy(&title).replace('\0', " ");
        // One that has ended and waits for its parent has no arguments.
        (!title.is_empty()).then_some(Process { id, parent, title })
    };
    ids.filter_map(read).collect()
}

/// The server that a process has started, and its folder, once a session there executes a SELECT.
fn busy_server(of: u32) -> Option<(u32, PathBuf)> {
    let all = processes();
    let server = all.iter().find(|one| one.parent == of && one.title.contains("postgres"))?;
    let is_busy = all.iter().any(|one| one.parent == server.id && one.title.trim_end().ends_with("SELECT"));
    let words: Vec<&str> = server.title.split(' ').collect();
    let data = words.iter().position(|word| *word == "-D").and_then(|at| words.get(at + 1))?;
    is_busy.then(|| (server.id, Path::new(data).parent().unwrap().to_path_buf()))
}

/// Every path below a folder.
fn tree(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(tree(&path));
        }
        all.push(path);
    }
    all.sort();
    all
}

/// Interrupts a command while its server sleeps in a migration, and looks for what is left.
fn check(folder: &Path, args: &[&str]) {
    support::signals::as_on_a_terminal();
    let temporary = tempfile::tempdir().unwrap();
    let before = tree(folder);
    let mut command: Command = support::autogen(folder);
    command.args(args).env("TMPDIR", temporary.path());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let start = Instant::now();
    let (server, data) = loop {
        if let Some(found) = busy_server(child.id()) {
            break found;
        }
        assert!(child.try_wait().unwrap().is_none(), "it ended before its server was busy");
        assert!(start.elapsed() < Duration::from_secs(120), "its server does nothing");
        std::thread::sleep(Duration::from_millis(20));
    };
    assert!(data.is_dir(), "{}", data.display());
    rustix::process::kill_process(rustix::process::Pid::from_child(&child), rustix::process::Signal::INT)
        .unwrap();
    let start = Instant::now();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    // The migration sleeps much longer.
    assert!(start.elapsed() < Duration::from_secs(60));
    assert!(!processes().iter().any(|one| one.id == server || one.parent == server), "its server is left");
    assert!(!data.exists(), "{} is left", data.display());
    assert_eq!(all_of(temporary.path()), [""; 0]);
    assert_eq!(tree(folder), before);
}

const SLOW: &str = "CREATE TABLE users (id bigint PRIMARY KEY);\nSELECT pg_sleep(300);\n";

fn write(folder: &Path, file: &str, text: &str) {
    let path = folder.join(file);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// A project whose first migration takes its time.
fn project() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let models = "#[derive(Queryable, Selectable)]\n#[diesel(table_name = users)]\npub struct User { pub id: i64, pub bio: Option<String> }\n";
    write(dir.path(), "src/models.rs", models);
    write(dir.path(), "migrations/2026-01-01-000000_users/up.sql", SLOW);
    write(dir.path(), "migrations/2026-01-01-000000_users/down.sql", "DROP TABLE users;\n");
    dir
}

#[test]
fn diff_leaves_nothing() {
    check(project().path(), &["diff", "--name", "bio", "--schema-rs"]);
}

#[test]
fn check_leaves_nothing() {
    check(project().path(), &["check"]);
}

#[test]
fn verify_leaves_nothing() {
    check(project().path(), &["verify"]);
    check(project().path(), &["verify", "--diff", "--models", "src"]);
}

#[test]
fn pull_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "schema.sql", SLOW);
    check(dir.path(), &["pull", "--db", "schema.sql", "--out", "src"]);
}

#[test]
fn revise_leaves_nothing() {
    let dir = project();
    let git = |args: &[&str]| {
        let mut command = Command::new("git");
        command.args(["-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]);
        assert!(command.args(args).current_dir(dir.path()).status().unwrap().success());
    };
    git(&["init", "-q", "-b", "main"]);
    git(&["add", "-A"]);
    git(&["commit", "-q", "-m", "users"]);
    write(dir.path(), "migrations/2026-01-02-000000_bio/up.sql", "ALTER TABLE users ADD COLUMN bio text;\n");
    check(dir.path(), &["revise"]);
}
