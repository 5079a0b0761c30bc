//! What git says was wanted away is dropped, and nothing else: real repositories in temporary folders, each in one of
//! the states that people, hooks and build servers leave them in.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod drops;
mod given_up;
mod kept;
mod renames;
mod repositories;
mod selection;

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
