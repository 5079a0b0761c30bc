//! What becomes of files, and what is told where nothing can be done.

use std::path::Path;

use anyhow::Result;
use diesel::connection::SimpleConnection;

use super::{Repo, USERS, half_done};
use crate::support;
use crate::support::migrations::{all_of, number};

#[test]
fn what_git_does_not_have_is_kept_aside() {
    let repo = Repo::new();
    repo.fields("    pub bio: Option<String>,\n");
    repo.told(&["diff", "--name", "bio"], 0);
    repo.fields("    pub city: Option<String>,\n");
    repo.told(&["diff", "--name", "city"], 0);
    let before = all_of(&repo.migrations());
    // A trial run changes nothing.
    let told = repo.told(&["revise", "--dry-run"], 0);
    assert!(told.contains("Nothing was changed") && told.contains("ADD COLUMN city"), "{told}");
    assert_eq!(all_of(&repo.migrations()), before);
    assert_eq!(repo.copies(), [""; 0]);
    let told = repo.told(&["revise"], 0);
    assert!(told.contains("are kept in .git/autogen/revise-"), "{told}");
    let copies = repo.path().join(".git/autogen").join(repo.copies().pop().unwrap());
    assert_eq!(all_of(&copies), before[1..]);
    assert_eq!(repo.order(), ["users", "bio"]);
    repo.is_sound();
}

#[test]
fn without_git_nothing_is_guessed() {
    let repo = Repo::new();
    std::fs::remove_dir_all(repo.path().join(".git")).unwrap();
    let told = repo.told(&["revise"], 2);
    assert!(told.contains("git") && told.contains("repository"), "{told}");
    // A migration of the base that is gone is no wish of the branch.
    let repo = Repo::new();
    std::fs::remove_dir_all(repo.migrations().join(USERS)).unwrap();
    repo.migration("2026-02-01-000000_x", "SELECT 1;", "SELECT 1;");
    let told = repo.told(&["revise"], 2);
    assert!(told.contains(USERS) && told.contains("git checkout"), "{told}");
    // One of the base that does not run is told with its line.
    let repo = Repo::new();
    repo.git(&["checkout", "-q", "main"]);
    repo.migration("2026-01-02-000000_bad", "SELECT 1;\nALTER TABLE nowhere ADD x int;\n", "SELECT 1;");
    repo.commit("bad");
    let told = repo.told(&["revise"], 2);
    assert!(told.contains("2026-01-02-000000_bad/up.sql:2:1"), "{told}");
}

#[test]
fn a_database_with_the_old_migrations_is_brought_along() -> Result<()> {
    let repo = Repo::new();
    half_done(&repo);
    let server = support::start()?;
    server.create_database("dev", None)?;
    let url = server.url("dev");
    let with = |args: &[&str], copies: Option<&Path>| {
        let mut command = support::autogen(repo.path());
        command.args(args).env("DATABASE_URL", &url);
        if let Some(copies) = copies {
            command.env("MIGRATION_DIRECTORY", copies);
        }
        let output = support::run(&mut command, 0).unwrap();
        String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
    };
    with(&["migrate", "up"], None);
    server.connect("dev")?.batch_execute("INSERT INTO users VALUES (1, 'a@b.c', 'a')")?;
    let told = with(&["revise"], None);
    assert!(told.contains("has 2 migrations applied that this replaces"), "{told}");
    // What it says works as it stands there.
    let line = told.lines().find(|line| line.contains("MIGRATION_DIRECTORY=")).unwrap();
    let (setting, command) = line.trim().split_once(' ').unwrap();
    let copies = repo.path().join(setting.strip_prefix("MIGRATION_DIRECTORY=").unwrap());
    let args: Vec<&str> = command.split(' ').skip(1).collect();
    with(&args, Some(&copies));
    with(&["migrate", "up"], None);
    let handles = "SELECT count(*) FROM users WHERE handle = 'a' AND city IS NULL";
    assert_eq!(number(&mut server.connect("dev")?, handles), 1);
    Ok(())
}

#[test]
fn what_cannot_be_done_whole_is_not_begun() {
    let repo = Repo::new();
    repo.fields("    pub bio: Option<String>,\n");
    repo.told(&["diff", "--name", "bio"], 0);
    repo.fields("    pub city: Option<String>,\n");
    let before = all_of(&repo.migrations());
    repo.write(".git/autogen", "no folder");
    let told = repo.told(&["revise"], 2);
    assert!(told.contains("nothing was changed"), "{told}");
    assert_eq!(all_of(&repo.migrations()), before);
    assert!(!repo.last("up.sql").contains("city"));
}
