//! What git says was wanted away is dropped, and nothing else: real repositories in temporary folders, each in one of
//! the states that people, hooks and build servers leave them in.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

const SQL: &str = "
CREATE TYPE mood AS ENUM ('happy', 'sad');
CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, nick text, mood mood, secret text);
CREATE INDEX users_email_idx ON users (email);
CREATE TABLE posts (id bigint PRIMARY KEY, title text NOT NULL);
CREATE TABLE audit (id bigint PRIMARY KEY);
";

const USER: &str = "#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = users)]
#[autogen(index(email))]
pub struct User {
    pub id: i64,
    pub email: String,
    pub nick: Option<String>,
    pub mood: Option<Mood>,
}
#[derive(diesel_derive_enum::DbEnum)]
#[ExistingTypePath = \"crate::schema::sql_types::Mood\"]
pub enum Mood { Happy, Sad }
";

const POST: &str = "#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = posts)]
pub struct Post {
    pub id: i64,
    pub title: String,
}
";

const SCHEMA: &str = "pub mod sql_types {
    #[derive(diesel::sql_types::SqlType)]
    #[diesel(postgres_type(name = \"mood\"))]
    pub struct Mood;
}
diesel::table! {
    use diesel::sql_types::*;
    use super::sql_types::Mood;
    users (id) { id -> Int8, email -> Text, nick -> Nullable<Text>, mood -> Nullable<Mood>, secret -> Nullable<Text>, }
}
diesel::table! { posts (id) { id -> Int8, title -> Text, } }
diesel::table! { audit (id) { id -> Int8, } }
diesel::allow_tables_to_appear_in_same_query!(users, posts, audit);
";

/// A project in a repository.
struct Repo {
    dir: TempDir,
    /// The project's folder.
    project: PathBuf,
}

impl Repo {
    /// A repository with one commit on main: the models are in sync with [`SQL`].
    fn new() -> Repo {
        let repo = Repo::empty(".");
        repo.commit("first");
        repo
    }

    /// A repository without a commit.
    fn empty(below: &str) -> Repo {
        let dir = tempfile::tempdir().unwrap();
        let repo = Repo { project: dir.path().join(below), dir };
        repo.git(&["init", "-q", "-b", "main"]);
        repo.write("db.sql", SQL);
        repo.write("Cargo.toml", "[package]\nname = \"shop\"\n");
        repo.write("src/models.rs", &format!("{USER}{POST}"));
        repo.write("src/schema.rs", SCHEMA);
        repo
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.project.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Replaces text in a file.
    #[track_caller]
    fn edit(&self, name: &str, old: &str, new: &str) {
        let text = std::fs::read_to_string(self.project.join(name)).unwrap();
        assert!(text.contains(old), "{old:?} is not in {name}");
        self.write(name, &text.replace(old, new));
    }

    fn remove(&self, name: &str) {
        std::fs::remove_file(self.project.join(name)).unwrap();
    }

    fn git(&self, args: &[&str]) -> String {
        git(self.dir.path(), args)
    }

    fn commit(&self, message: &str) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", message]);
    }

    #[track_caller]
    fn changes(&self, args: &[&str]) -> String {
        changes(&self.project, args)
    }
}

fn git(dir: &Path, args: &[&str]) -> String {
    let mut command = Command::new("git");
    command.current_dir(dir).args(["-c", "user.name=t", "-c", "user.email=t@example.org"]);
    command.args(["-c", "protocol.file.allow=always", "-c", "commit.gpgsign=false"]).args(args);
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
    let output = command.output().expect("git is installed");
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn autogen(dir: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_autogen"));
    command.current_dir(dir).args(["diff", "--db", "db.sql", "--format", "json"]).args(args);
    command.env_remove("DATABASE_URL");
    command
}

fn run(mut command: Command) -> Output {
    command.output().expect("autogen starts")
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// What would be changed: `drop column users.nick; create …`.
#[track_caller]
fn told(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(0), "{}", stderr(output));
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let changes = document["changes"].as_array().unwrap().iter();
    let words = |change: &serde_json::Value| {
        ["action", "kind", "object"].map(|key| change[key].as_str().unwrap().to_owned()).join(" ")
    };
    changes.map(words).collect::<Vec<_>>().join("; ")
}

#[track_caller]
fn changes(dir: &Path, args: &[&str]) -> String {
    told(&run(autogen(dir, args)))
}

const NICK: &str = "    pub nick: Option<String>,\n";
const DROPPED: &str = "drop column users.nick";

#[test]
fn a_removed_field_is_a_dropped_column() {
    let repo = Repo::new();
    assert_eq!(repo.changes(&[]), "");
    repo.edit("src/models.rs", NICK, "");
    // schema.rs is written from the database, and knows nothing of it yet.
    assert_eq!(repo.changes(&[]), DROPPED);
    repo.edit("src/schema.rs", " nick -> Nullable<Text>,", "");
    assert_eq!(repo.changes(&[]), DROPPED);
    // What was never modelled, such as the column `secret` without a schema.rs, stays.
    repo.remove("src/schema.rs");
    assert_eq!(repo.changes(&[]), DROPPED);
    let staged = || {
        repo.git(&["add", "-A"]);
        repo.changes(&[])
    };
    assert_eq!(staged(), DROPPED);
    // On main, the commit is all there is to compare with.
    repo.commit("second");
    assert_eq!(repo.changes(&[]), "");
    assert_eq!(repo.changes(&["--base", "HEAD~1"]), DROPPED);
}

#[test]
fn a_removed_struct_is_a_dropped_table() {
    let repo = Repo::new();
    repo.edit("src/models.rs", POST, "");
    assert_eq!(repo.changes(&[]), "drop table posts");
    // The enum goes with its last column.
    repo.write("src/models.rs", POST);
    assert_eq!(repo.changes(&[]), "drop table users; drop enum_type mood");
    repo.edit("src/schema.rs", "diesel::table! { posts (id) { id -> Int8, title -> Text, } }", "");
    repo.write("src/models.rs", USER);
    assert_eq!(repo.changes(&[]), "drop table posts");
    // `table!` alone had the table, and has it no more.
    repo.write("src/models.rs", &format!("{USER}{POST}"));
    repo.edit("src/schema.rs", "diesel::table! { audit (id) { id -> Int8, } }", "");
    assert_eq!(repo.changes(&[]), "drop table audit");
    // Diesel was told to leave it out.
    repo.write(
        "diesel.toml",
        "[print_schema]\nfile = \"src/schema.rs\"\nfilter = { except_tables = [\"audit\"] }\n",
    );
    assert_eq!(repo.changes(&[]), "");
}

#[test]
fn what_an_attribute_listed_goes_with_it() {
    let repo = Repo::new();
    repo.edit("src/models.rs", "#[autogen(index(email))]\n", "");
    assert_eq!(repo.changes(&[]), "drop index users_email_idx");
}

#[test]
fn what_other_code_has_stays() {
    let repo = Repo::new();
    repo.edit("src/models.rs", NICK, "");
    let kept = |words: &str| {
        let output = run(autogen(&repo.project, &["--models", "src/models.rs"]));
        assert_eq!(told(&output), "", "{words}");
        assert!(stderr(&output).contains(words), "{}", stderr(&output));
        assert!(stderr(&output).contains("--drop users.nick"), "{}", stderr(&output));
    };
    // A query.
    repo.write("src/find.rs", "use crate::schema::users;\nfn f() { users::nick.eq(\"x\") }\n");
    kept("src/find.rs:2:");
    repo.write("src/find.rs", "use crate::schema::users::dsl::*;\nfn f() { users.filter(nick.eq(1)) }\n");
    kept("src/find.rs:2:");
    // A field of the same name says nothing.
    repo.write("src/find.rs", "use crate::schema::users::dsl::*;\nfn f() { users.load(); x.nick; }\n");
    assert_eq!(repo.changes(&["--models", "src/models.rs"]), DROPPED);
    // A struct that moved out of --models.
    repo.write(
        "other/src/lib.rs",
        "#[derive(Queryable, Selectable)]\n#[diesel(table_name = users)]\nstruct Nick { id: i64, nick: Option<String> }\n",
    );
    kept("other/src/lib.rs:3");
    // The user decides.
    assert_eq!(repo.changes(&["--models", "src/models.rs", "--drop", "users.nick"]), DROPPED);
}

#[test]
fn what_is_set_aside_stays() {
    let repo = Repo::new();
    repo.edit(
        "src/models.rs",
        "#[diesel(table_name = posts)]",
        "#[diesel(table_name = posts)]\n#[autogen(ignore)]",
    );
    repo.edit("src/models.rs", "    pub nick", "    #[autogen(ignore)]\n    pub nick");
    repo.edit("src/models.rs", "#[ExistingTypePath", "#[autogen(ignore)]\n#[ExistingTypePath");
    assert_eq!(repo.changes(&[]), "");
    let repo = Repo::new();
    repo.edit("src/models.rs", NICK, "");
    repo.edit("src/models.rs", "index(email)", "index(email), accept(nick)");
    assert_eq!(repo.changes(&[]), "");
}

#[test]
fn a_second_struct_holds_a_column() {
    let repo = Repo::new();
    let second = "#[derive(Insertable)]\n#[diesel(table_name = users)]\npub struct New { pub id: i64, pub nick: Option<String> }\n";
    repo.edit("src/models.rs", NICK, "");
    repo.write(
        "src/models.rs",
        &format!("{}{second}", std::fs::read_to_string(repo.project.join("src/models.rs")).unwrap()),
    );
    assert_eq!(repo.changes(&[]), "");
}

#[test]
fn an_edited_schema_file_holds_a_column() {
    let repo = Repo::new();
    repo.edit("src/models.rs", NICK, "");
    repo.edit("src/schema.rs", "secret -> Nullable<Text>", "secret -> Nullable<Text>, age -> Nullable<Int4>");
    let output = run(autogen(&repo.project, &["--verbose"]));
    assert_eq!(told(&output), "create column users.age");
    assert!(stderr(&output).contains("column users.nick is no longer in the models"), "{}", stderr(&output));
}

#[test]
fn a_view_holds_a_column() {
    let repo = Repo::new();
    repo.edit("src/models.rs", NICK, "");
    repo.edit(
        "db.sql",
        "CREATE TABLE audit",
        "CREATE VIEW nicks AS SELECT nick FROM users;\nCREATE TABLE audit",
    );
    assert_eq!(repo.changes(&[]), "");
}

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
fn models_that_were_elsewhere_or_nowhere() {
    // The path is new: there is nothing to miss.
    let repo = Repo::new();
    repo.write("db/models.rs", &USER.replace(NICK, ""));
    repo.remove("src/models.rs");
    assert_eq!(repo.changes(&["--models", "db/models.rs"]), "");
    // One file has become a folder.
    let repo = Repo::new();
    repo.write("src/models/user.rs", &USER.replace(NICK, ""));
    repo.write("src/models/post.rs", POST);
    repo.write("src/models/mod.rs", "mod post; mod user;");
    repo.remove("src/models.rs");
    assert_eq!(repo.changes(&[]), DROPPED);
    assert_eq!(repo.changes(&["--models", "src/models"]), DROPPED);
    // The Rust of then does not parse.
    let repo = Repo::empty(".");
    repo.write("src/models.rs", "pub struct {");
    repo.commit("first");
    repo.write("src/models.rs", USER);
    assert_eq!(repo.changes(&[]), "");
}

#[test]
fn what_git_ignores_is_ignored_then_too() {
    let repo = Repo::empty(".");
    let hidden = POST.replace("title: String", "title: String, pub gone: i32");
    repo.write("src/generated/post.rs", &hidden);
    repo.write("src/.hidden/post.rs", &hidden);
    repo.write("src/tests/post.rs", &hidden);
    repo.write(".gitignore", "generated/\n");
    repo.git(&["add", "-A"]);
    repo.git(&["add", "-f", "src/generated/post.rs"]);
    repo.commit("first");
    repo.edit("db.sql", "title text NOT NULL", "title text NOT NULL, gone int");
    for name in ["src/generated/post.rs", "src/.hidden/post.rs", "src/tests/post.rs"] {
        repo.remove(name);
    }
    repo.edit("src/models.rs", NICK, "");
    assert_eq!(repo.changes(&["--models", "src"]), DROPPED);
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
