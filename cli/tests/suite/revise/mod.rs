//! `autogen revise` in real repositories, in the states that branches are in when they are revised. What it writes is
//! run, and compared with what the models say.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod branches;
mod files;
mod kept;
mod killed;
mod online;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support;
use crate::support::migrations::all_of;

const USERS: &str = "2026-01-01-000000_users";

const MODELS: &str = "#[derive(Queryable, Selectable)]
#[diesel(table_name = users)]
pub struct User {
    pub id: i64,
    pub email: String,
}
";

const POST: &str = "#[derive(Queryable, Selectable)]
#[diesel(table_name = posts)]
pub struct Post {
    pub id: i64,
    pub title: String,
}
";

/// A repository whose main branch has a table of users, with the branch `feature` checked out.
struct Repo {
    dir: tempfile::TempDir,
}

impl Repo {
    fn new() -> Repo {
        let repo = Repo { dir: tempfile::tempdir().unwrap() };
        repo.git(&["init", "-q", "-b", "main"]);
        repo.write("src/models.rs", MODELS);
        repo.migration(
            USERS,
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL);\n",
            "DROP TABLE users;\n",
        );
        repo.commit("users");
        repo.git(&["checkout", "-q", "-b", "feature"]);
        repo
    }

    fn path(&self) -> &Path {
        self.dir.path()
    }

    fn migrations(&self) -> PathBuf {
        self.path().join("migrations")
    }

    fn git(&self, args: &[&str]) -> String {
        let output = Command::new("git")
            .args(["-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"])
            .args(args)
            .current_dir(self.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .output()
            .unwrap();
        assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn commit(&self, message: &str) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", message]);
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.path().join(file)).unwrap()
    }

    fn edit(&self, file: &str, from: &str, to: &str) {
        let text = self.read(file);
        assert!(text.contains(from), "{file} has no {from:?}:\n{text}");
        self.write(file, &text.replace(from, to));
    }

    fn migration(&self, name: &str, up: &str, down: &str) {
        self.write(&format!("migrations/{name}/up.sql"), up);
        self.write(&format!("migrations/{name}/down.sql"), down);
    }

    /// Adds fields to the struct of users.
    fn fields(&self, fields: &str) {
        self.edit("src/models.rs", "    pub email: String,\n", &format!("    pub email: String,\n{fields}"));
    }

    /// The main branch gets a table of posts, and the branch gets that by a merge.
    fn main_moves_on(&self, version: &str) {
        self.git(&["checkout", "-q", "main"]);
        self.write("src/post.rs", POST);
        self.write("src/lib.rs", "mod models;\nmod post;\n");
        self.migration(
            &format!("{version}_posts"),
            "CREATE TABLE posts (id bigint PRIMARY KEY, title text NOT NULL);\n",
            "DROP TABLE posts;\n",
        );
        self.commit("posts");
        self.git(&["checkout", "-q", "feature"]);
    }

    /// Runs autogen, and returns what it tells on both streams.
    fn told(&self, args: &[&str], code: i32) -> String {
        let output = support::run(support::autogen(self.path()).args(args), code).unwrap();
        let told = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(!told.contains("panicked"), "{told}");
        told
    }

    /// The names of the migrations without their versions, in their order.
    fn order(&self) -> Vec<String> {
        let names = all_of(&self.migrations());
        names.iter().map(|name| name.split_once('_').unwrap().1.to_owned()).collect()
    }

    /// The up script of the last migration.
    fn last(&self, file: &str) -> String {
        let name = all_of(&self.migrations()).pop().unwrap();
        self.read(&format!("migrations/{name}/{file}"))
    }

    /// What git keeps of old migrations.
    fn copies(&self) -> Vec<String> {
        let folder = self.path().join(".git/autogen");
        if folder.is_dir() { all_of(&folder) } else { Vec::new() }
    }

    /// Models and migrations agree, and all of these lead up and down again.
    fn is_sound(&self) {
        self.told(&["check", "--models", "src"], 0);
        let server = support::start().unwrap();
        server.create_database("sound", None).unwrap();
        let migrate = |args: &[&str]| {
            let mut command = support::autogen(self.path());
            command.arg("migrate").args(args).env("DATABASE_URL", server.url("sound"));
            support::run(&mut command, 0).unwrap();
        };
        migrate(&["up"]);
        migrate(&["redo", "--all"]);
    }
}

/// A column that is NOT NULL, with its TODO answered, and a second thought.
fn half_done(repo: &Repo) {
    repo.fields("    pub handle: String,\n");
    repo.told(&["diff", "--name", "add_handle"], 0);
    let name = all_of(&repo.migrations()).pop().unwrap();
    let file = format!("migrations/{name}/up.sql");
    let text = repo.read(&file);
    assert!(text.contains("TODO(autogen)"), "{text}");
    let kept: Vec<&str> =
        text.lines().filter(|line| !line.contains("TODO") && !line.contains("-- UPDATE")).collect();
    let answer = "-- everybody has an address\nUPDATE users SET handle = split_part(email, '@', 1) WHERE handle IS NULL;\n\
                  ALTER TABLE users ALTER COLUMN handle SET NOT NULL;";
    repo.write(
        &file,
        &(kept.join("\n").replace("ALTER TABLE users ALTER COLUMN handle SET NOT NULL;", answer) + "\n"),
    );
    repo.commit("handles");
    repo.fields("    pub bio: Option<String>,\n");
    repo.told(&["diff", "--name", "more"], 0);
    repo.commit("more");
    // Nobody has written a migration for this one yet.
    repo.fields("    pub city: Option<String>,\n");
}
