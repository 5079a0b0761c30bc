//! Where the repository and its main branch are, and what is told where there is none.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{DROPPED, NICK, POST, Repo, USER, autogen, changes, git, run, stderr, told};

#[test]
fn branches_count_from_where_they_part() {
    let repo = Repo::new();
    repo.git(&["checkout", "-q", "-b", "feature"]);
    repo.edit("src/models.rs", NICK, "");
    repo.commit("no nick");
    assert_eq!(repo.changes(&[]), DROPPED);
    // Main goes on without the branch: what it removes is not the branch's wish.
    repo.git(&["checkout", "-q", "main"]);
    repo.edit("src/models.rs", POST, "");
    repo.commit("no posts");
    repo.git(&["checkout", "-q", "feature"]);
    assert_eq!(repo.changes(&[]), DROPPED);
    assert_eq!(repo.changes(&["--base", "main"]), DROPPED);
    assert_eq!(repo.changes(&["--base", "feature"]), "");
    repo.git(&["checkout", "-q", "--detach"]);
    assert_eq!(repo.changes(&[]), DROPPED);
    // Another name for the main branch has to be said.
    repo.git(&["branch", "-m", "main", "trunk"]);
    assert_eq!(repo.changes(&[]), "");
    assert_eq!(repo.changes(&["--base", "trunk"]), DROPPED);
}

#[test]
fn a_clone_asks_its_origin() {
    let repo = Repo::new();
    let dir = tempfile::tempdir().unwrap();
    let url = format!("file://{}", repo.dir.path().display());
    let clone = |name: &str, args: &[&str]| {
        git(dir.path(), &[&["clone", "-q"], args, &[url.as_str(), name]].concat());
        dir.path().join(name)
    };
    let full = clone("full", &[]);
    git(&full, &["checkout", "-q", "-b", "feature"]);
    let models = std::fs::read_to_string(full.join("src/models.rs")).unwrap().replace(NICK, "");
    std::fs::write(full.join("src/models.rs"), &models).unwrap();
    git(&full, &["commit", "-q", "-a", "-m", "no nick"]);
    git(&full, &["branch", "-q", "-D", "main"]);
    assert_eq!(changes(&full, &[]), DROPPED);

    // A build server's clone: one commit of a branch, and no other.
    repo.git(&["checkout", "-q", "-b", "feature"]);
    repo.write("src/models.rs", &models);
    repo.commit("no nick");
    let shallow = clone("shallow", &["--depth", "1", "--branch", "feature"]);
    git(&shallow, &["update-ref", "-d", "refs/remotes/origin/HEAD"]);
    let output = run(autogen(&shallow, &[]));
    assert_eq!(told(&output), "");
    assert!(stderr(&output).contains("shallow"), "{}", stderr(&output));
    // Both tips are there and where they part is not.
    git(&shallow, &["fetch", "-q", "--depth", "1", "origin", "main:refs/remotes/origin/main"]);
    let output = run(autogen(&shallow, &[]));
    assert_eq!(told(&output), "");
    assert!(stderr(&output).contains("fetch-depth: 0"), "{}", stderr(&output));
}

#[test]
fn a_worktree_is_a_repository() {
    let repo = Repo::new();
    let dir = tempfile::tempdir().unwrap();
    let tree = dir.path().join("tree");
    repo.git(&["worktree", "add", "-q", "-b", "feature", tree.to_str().unwrap()]);
    let models = std::fs::read_to_string(tree.join("src/models.rs")).unwrap().replace(NICK, "");
    std::fs::write(tree.join("src/models.rs"), models).unwrap();
    assert_eq!(changes(&tree, &[]), DROPPED);
}

#[test]
fn a_submodule_is_a_repository() {
    let repo = Repo::new();
    let outer = tempfile::tempdir().unwrap();
    git(outer.path(), &["init", "-q", "-b", "main"]);
    let url = format!("file://{}", repo.dir.path().display());
    git(outer.path(), &["submodule", "--quiet", "add", &url, "inner"]);
    git(outer.path(), &["commit", "-q", "-m", "with a submodule"]);
    let inner = outer.path().join("inner");
    let models = std::fs::read_to_string(inner.join("src/models.rs")).unwrap().replace(NICK, "");
    std::fs::write(inner.join("src/models.rs"), models).unwrap();
    assert_eq!(changes(&inner, &[]), DROPPED);
    let from_outside = ["--db", "inner/db.sql", "--models", "inner/src/models.rs"];
    let mut command = Command::new(env!("CARGO_BIN_EXE_autogen"));
    command.current_dir(outer.path()).args(["diff", "--format", "json"]).args(from_outside);
    assert_eq!(told(&run(command)), DROPPED);
}

#[test]
fn a_project_may_lie_anywhere() {
    let repo = Repo::empty("services/søk \"og\" kjøp");
    repo.commit("first");
    repo.edit("src/models.rs", NICK, "");
    assert_eq!(repo.changes(&[]), DROPPED);
    // From above, and through a link.
    let outside = tempfile::tempdir().unwrap();
    let link = outside.path().join("link");
    std::os::unix::fs::symlink(&repo.project, &link).unwrap();
    assert_eq!(changes(&link, &[]), DROPPED);
    let below = repo.project.join("src");
    let output = run(autogen(&below, &["--db", "../db.sql", "--models", "models.rs"]));
    assert_eq!(output.status.code(), Some(2), "--db twice: {}", stderr(&output));
    let given = repo.project.display().to_string();
    let (db, models) = (format!("{given}/db.sql"), format!("{given}/src/models.rs"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_autogen"));
    command.current_dir(outside.path()).args(["diff", "--format", "json", "--db", &db, "--models", &models]);
    assert_eq!(told(&run(command)), DROPPED);
}

#[test]
fn the_environment_of_a_hook_is_no_matter() {
    let repo = Repo::new();
    let other = Repo::new();
    repo.edit("src/models.rs", NICK, "");
    let hook = repo.dir.path().join(".git/hooks/pre-commit");
    let program = env!("CARGO_BIN_EXE_autogen");
    let script = format!("#!/bin/sh\nexec '{program}' diff --db db.sql --format json > hook.json\n");
    std::fs::write(&hook, script).unwrap();
    Command::new("chmod").args(["+x", hook.to_str().unwrap()]).status().unwrap();
    repo.git(&["commit", "-q", "-a", "-m", "no nick"]);
    let text = std::fs::read_to_string(repo.project.join("hook.json")).unwrap();
    assert!(text.contains("\"users.nick\""), "{text}");
    repo.remove("hook.json");

    repo.git(&["reset", "-q", "--soft", "HEAD~1"]);
    let mut command = autogen(&repo.project, &[]);
    command
        .env("GIT_DIR", other.dir.path().join(".git"))
        .env("GIT_INDEX_FILE", "nowhere")
        .env("GIT_PAGER", "false");
    assert_eq!(told(&run(command)), DROPPED);
}

#[test]
fn without_a_repository_nothing_is_dropped() {
    let repo = Repo::empty(".");
    let quiet = |why: &str| {
        repo.write("src/models.rs", &USER.replace(NICK, ""));
        let output = run(autogen(&repo.project, &[]));
        assert_eq!(told(&output), "", "{why}");
        assert!(!stderr(&output).contains("baseline"), "{why}: {}", stderr(&output));
    };
    quiet("no commit yet");
    std::fs::remove_dir_all(repo.dir.path().join(".git")).unwrap();
    quiet("no repository");
    let output = run(autogen(&repo.project, &["--verbose"]));
    assert!(stderr(&output).contains("no baseline: there is no git repository"), "{}", stderr(&output));
    let output = run(autogen(&repo.project, &["--base", "main"]));
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("--base cannot be used"), "{}", stderr(&output));

    // No git at all: a PATH without it.
    let mut command = autogen(&repo.project, &["--verbose"]);
    command.env("PATH", repo.dir.path());
    let output = run(command);
    assert_eq!(told(&output), "");
    assert!(stderr(&output).contains("git does not run"), "{}", stderr(&output));
}

#[test]
fn a_base_that_is_none() {
    let repo = Repo::new();
    for base in ["nowhere", "--upload-pack=x", ""] {
        let output = run(autogen(&repo.project, &[&format!("--base={base}")]));
        assert_eq!(output.status.code(), Some(2), "{base}");
        assert!(stderr(&output).contains("git knows no such commit"), "{base}: {}", stderr(&output));
    }
}

#[test]
fn git_is_only_read() {
    let repo = Repo::new();
    repo.edit("src/models.rs", NICK, "");
    repo.git(&["status"]);
    let state = || {
        let mut files: Vec<(PathBuf, Vec<u8>)> = walk(&repo.dir.path().join(".git"));
        files.sort();
        files
    };
    let before = state();
    assert_eq!(repo.changes(&[]), DROPPED);
    assert!(before == state(), "something in .git has changed");
}

fn walk(dir: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let entries = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| {
            if path.is_dir() { walk(&path) } else { vec![(path.clone(), std::fs::read(&path).unwrap())] }
        })
        .collect()
}
