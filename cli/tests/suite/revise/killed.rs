//! `revise` killed at moments spread over its whole run: nothing that git does not have as it is may be lost, and the next
//! run brings it to an end.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use super::{Repo, half_done};
use crate::support::{self, files};

/// How many runs are killed.
const KILLS: u32 = 12;

/// A branch with a migration that git has, one that was edited since, and one that git has never seen.
fn repo() -> Repo {
    let repo = Repo::new();
    half_done(&repo);
    let name = support::migrations::all_of(&repo.migrations()).pop().unwrap();
    repo.edit(&format!("migrations/{name}/up.sql"), "ALTER TABLE", "-- by hand\nALTER TABLE");
    repo.told(&["diff", "--name", "city"], 0);
    repo.write("migrations/README", "not a migration");
    repo
}

/// The texts of all files below folders.
fn texts(folders: &[&Path]) -> BTreeSet<String> {
    let all = folders.iter().filter(|folder| folder.is_dir()).flat_map(|folder| files(folder).unwrap());
    all.filter(|path| path.is_file()).filter_map(|path| std::fs::read_to_string(path).ok()).collect()
}

#[test]
fn a_killed_run_loses_nothing() {
    let whole = repo();
    let start = Instant::now();
    whole.told(&["revise"], 0);
    let takes = start.elapsed();
    let mut ended = 0;
    for kill in 0..KILLS {
        let repo = repo();
        let before = texts(&[&repo.migrations()]);
        let mut command = support::autogen(repo.path());
        command.arg("revise").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        // Files change hands at the end, so most of the moments are there.
        let part = 1.0 - f64::from(KILLS - 1 - kill).powi(2) / f64::from(KILLS).powi(2);
        std::thread::sleep(takes.mul_f64(part * 1.05).min(Duration::from_secs(60)));
        child.kill().unwrap();
        ended += u32::from(child.wait().unwrap().success());
        let committed = |text: &String| {
            let known = repo.git(&["log", "--all", "--format=", "--raw", "--no-abbrev", "--", "migrations"]);
            let path = repo.path().join("text");
            std::fs::write(&path, text).unwrap();
            known.contains(repo.git(&["hash-object", "text"]).trim())
        };
        let after = texts(&[&repo.migrations(), &repo.path().join(".git/autogen")]);
        for text in before.difference(&after) {
            assert!(committed(text), "kill {kill} at {part}: this is nowhere any more:\n{text}");
        }
        let _ = std::fs::remove_file(repo.path().join("text"));
        repo.told(&["revise"], 0);
        repo.told(&["check", "--models", "src"], 0);
    }
    assert!(ended < KILLS, "no run was killed before its end");
}
