//! `autogen revise` in real repositories, in the states that branches are in when they are revised. What it writes is
//! run, and compared with what the models say.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;
use diesel::connection::SimpleConnection;
use support::migrations::{all_of, number};

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

#[test]
fn a_half_done_branch_becomes_one_migration_after_main_moved_on() {
    let repo = Repo::new();
    half_done(&repo);
    repo.git(&["stash", "-q"]);
    repo.main_moves_on("2099-01-01-000000");
    repo.git(&["merge", "-q", "-m", "merge", "main"]);
    repo.git(&["stash", "pop", "-q"]);
    assert_eq!(repo.order(), ["users", "add_handle", "more", "posts"]);
    let told = repo.told(&["revise", "--models", "src"], 0);
    assert_eq!(repo.order(), ["users", "posts", "add_handle"], "{told}");
    let up = repo.last("up.sql");
    for said in ["handle text", "bio text", "city text", "-- everybody has an address\n", "-- Kept from "] {
        assert!(up.contains(said), "{said}: {up}");
    }
    assert!(!up.contains("TODO") && !up.contains("posts"), "{up}");
    let at = |text: &str| up.find(text).unwrap();
    assert!(at("ADD COLUMN handle") < at("UPDATE users SET handle"), "{up}");
    assert!(at("UPDATE users SET handle") < at("handle SET NOT NULL"), "{up}");
    assert!(told.contains("kept ") && !told.contains("not kept"), "{told}");
    // Git has all of what went.
    assert_eq!(repo.copies(), [""; 0]);
    repo.is_sound();
    // Once more there is nothing to do.
    let told = repo.told(&["revise", "--models", "src"], 0);
    assert!(told.contains("Nothing to do"), "{told}");
    assert_eq!(repo.last("up.sql"), up);
}

#[test]
fn a_rebased_branch_and_one_in_the_middle_of_a_merge() {
    for merge in [true, false] {
        let repo = Repo::new();
        repo.fields("    pub bio: Option<String>,\n");
        repo.told(&["diff", "--name", "bio"], 0);
        repo.commit("bio");
        repo.main_moves_on("2099-01-01-000000");
        match merge {
            true => repo.git(&["merge", "-q", "--no-commit", "--no-ff", "main"]),
            false => repo.git(&["rebase", "-q", "main"]),
        };
        repo.told(&["revise", "--models", "src"], 0);
        assert_eq!(repo.order(), ["users", "posts", "bio"]);
        repo.is_sound();
    }
}

#[test]
fn main_is_ahead_and_not_merged_yet() {
    let repo = Repo::new();
    half_done(&repo);
    repo.git(&["stash", "-q"]);
    repo.main_moves_on("2099-01-01-000000");
    repo.git(&["stash", "pop", "-q"]);
    let told = repo.told(&["revise"], 0);
    assert!(
        told.contains("main has migrations that this branch has not got yet: 2099-01-01-000000_posts"),
        "{told}"
    );
    assert_eq!(repo.order(), ["users", "add_handle"]);
    // It comes after main's all the same.
    let name = all_of(&repo.migrations()).pop().unwrap();
    assert!(name.starts_with("2099-01-01-000001"), "{name}");
}

#[test]
fn numbers_that_both_branches_took() {
    let repo = Repo::new();
    repo.git(&["checkout", "-q", "main"]);
    repo.git(&["mv", &format!("migrations/{USERS}"), "migrations/0001_users"]);
    repo.write("autogen.toml", "[migrations]\nversion = \"sequence\"\n");
    repo.commit("numbers");
    repo.git(&["checkout", "-q", "-B", "feature"]);
    repo.fields("    pub bio: Option<String>,\n");
    repo.told(&["diff", "--name", "bio"], 0);
    repo.commit("bio");
    repo.main_moves_on("0002");
    repo.git(&["merge", "-q", "-m", "merge", "main"]);
    assert_eq!(all_of(&repo.migrations()), ["0001_users", "0002_bio", "0002_posts"]);
    repo.told(&["revise", "--models", "src"], 0);
    assert_eq!(all_of(&repo.migrations()), ["0001_users", "0002_posts", "0003_bio"]);
    repo.is_sound();
}

#[test]
fn what_people_wrote_stays_where_it_holds() {
    let repo = Repo::new();
    repo.fields("    pub age: Option<i32>,\n    pub draft: Option<String>,\n");
    let up = "ALTER TABLE users ADD COLUMN age text;\n\
              ALTER TABLE users ADD COLUMN draft text;\n\
              CREATE FUNCTION shout(t text) RETURNS text LANGUAGE sql AS $$ SELECT upper(t); $$;\n\
              CREATE INDEX users_shout ON users (shout(email));\n\
              INSERT INTO users (id, email) VALUES (0, 'nobody');\n";
    let down = "DROP INDEX users_shout;\nDROP FUNCTION shout(text);\nDELETE FROM users WHERE id = 0;\n\
                ALTER TABLE users DROP COLUMN draft;\nALTER TABLE users DROP COLUMN age;\n";
    repo.migration("2026-02-01-000000_ages", up, down);
    repo.migration(
        "2026-02-02-000000_numbers",
        "ALTER TABLE users ALTER COLUMN age TYPE integer USING NULLIF(age, '')::integer;\n\
         ALTER TABLE users RENAME COLUMN email TO address;\n",
        "ALTER TABLE users RENAME COLUMN address TO email;\n\
         ALTER TABLE users ALTER COLUMN age TYPE text;\n",
    );
    repo.edit("src/models.rs", "pub email", "pub address");
    repo.edit("src/models.rs", "    pub draft: Option<String>,\n", "");
    repo.commit("ages");
    let told = repo.told(&["revise", "--name", "ages"], 0);
    let up = repo.last("up.sql");
    assert_eq!(repo.order(), ["users", "ages"]);
    // A rename stays one, and no column goes with its data.
    assert!(up.contains("RENAME COLUMN email TO address") && !up.contains("DROP COLUMN"), "{up}");
    assert!(up.contains("CREATE FUNCTION shout") && up.contains("CREATE INDEX users_shout"), "{up}");
    assert!(!up.contains("draft"), "{up}");
    // What speaks of the old name comes before the rename.
    assert!(up.find("INSERT INTO users (id, email)").unwrap() < up.find("RENAME").unwrap(), "{up}");
    assert!(told.contains("not kept") && told.contains("ADD COLUMN draft"), "{told}");
    let down = repo.last("down.sql");
    assert!(down.contains("DROP FUNCTION shout"), "{down}");
    repo.is_sound();
}

#[test]
fn what_nobody_took_back_is_taken_back() {
    let repo = Repo::new();
    repo.migration(
        "2026-02-01-000000_view",
        "ALTER TABLE users ADD COLUMN bio text;\n\n-- for the report\nCREATE VIEW addresses AS SELECT email, bio FROM users;\nCREATE INDEX CONCURRENTLY mails ON users (email);\n",
        "",
    );
    repo.write("migrations/2026-02-01-000000_view/metadata.toml", "run_in_transaction = false\n");
    repo.fields("    pub handle: String,\n    pub bio: Option<String>,\n");
    repo.commit("view");
    let told = repo.told(&["revise"], 0);
    assert!(told.contains("1 TODO marker in up.sql"), "{told}");
    // What may not run in a transaction has a migration of its own, as it had.
    assert_eq!(repo.order(), ["users", "view_1", "view_2"]);
    let all = all_of(&repo.migrations());
    let read = |name: &str, file: &str| repo.read(&format!("migrations/{name}/{file}"));
    assert!(
        read(&all[1], "up.sql").contains("-- for the report\nCREATE VIEW"),
        "{}",
        read(&all[1], "up.sql")
    );
    assert!(read(&all[2], "up.sql").contains("CREATE INDEX CONCURRENTLY mails"));
    assert!(read(&all[2], "metadata.toml").contains("false"));
    let downs = [read(&all[1], "down.sql"), read(&all[2], "down.sql")].concat();
    assert!(downs.contains("DROP VIEW addresses") && downs.contains("DROP INDEX mails"), "{downs}");
    assert_eq!(downs.matches("DROP COLUMN bio").count(), 1, "{downs}");
    // Without the marker all of it runs, both ways.
    let up = read(&all[1], "up.sql");
    let answered: Vec<&str> = up.lines().filter(|line| !line.contains("TODO(autogen)")).collect();
    repo.write(&format!("migrations/{}/up.sql", all[1]), &answered.join("\n"));
    repo.is_sound();
}

#[test]
fn a_cast_that_somebody_wrote_stays() {
    let repo = Repo::new();
    repo.git(&["checkout", "-q", "main"]);
    repo.fields("    pub age: Option<String>,\n");
    repo.migration(
        "2026-01-02-000000_age",
        "ALTER TABLE users ADD COLUMN age text;\n",
        "ALTER TABLE users DROP COLUMN age;\n",
    );
    repo.commit("age");
    repo.git(&["checkout", "-q", "-B", "feature"]);
    repo.edit("src/models.rs", "pub age: Option<String>", "pub age: Option<i32>");
    repo.migration(
        "2026-02-02-000000_numbers",
        "-- some wrote nothing\nALTER TABLE users ALTER COLUMN age TYPE integer USING NULLIF(age, '')::integer;\n",
        "ALTER TABLE users ALTER COLUMN age TYPE text;\n",
    );
    repo.fields("    pub bio: Option<String>,\n");
    repo.commit("numbers");
    let told = repo.told(&["revise"], 0);
    let up = repo.last("up.sql");
    assert!(up.contains("-- some wrote nothing\n") && up.contains("USING NULLIF(age, '')::integer"), "{up}");
    assert!(!up.contains("TODO") && up.matches(" TYPE ").count() == 1 && up.contains("bio"), "{up}\n{told}");
    repo.is_sound();
}

#[test]
fn nothing_to_do() {
    let repo = Repo::new();
    let told = repo.told(&["revise"], 0);
    assert!(told.contains("Nothing to do"), "{told}");
    // A difference without a migration wants a name.
    repo.fields("    pub bio: Option<String>,\n");
    let told = repo.told(&["revise"], 2);
    assert!(told.contains("--name NAME"), "{told}");
    repo.told(&["revise", "--name", "bio"], 0);
    assert_eq!(repo.order(), ["users", "bio"]);
    // A branch that has taken everything back has no migration at all.
    repo.commit("bio");
    repo.edit("src/models.rs", "    pub bio: Option<String>,\n", "");
    repo.told(&["revise"], 0);
    assert_eq!(repo.order(), ["users"]);
    assert_eq!(all_of(&repo.migrations()), [USERS]);
}

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
fn a_detached_head_and_another_base() {
    let repo = Repo::new();
    repo.fields("    pub bio: Option<String>,\n");
    repo.told(&["diff", "--name", "bio"], 0);
    repo.commit("bio");
    repo.git(&["checkout", "-q", "-b", "onto", "feature"]);
    repo.fields("    pub city: Option<String>,\n");
    repo.told(&["diff", "--name", "city"], 0);
    repo.commit("city");
    repo.git(&["checkout", "-q", "--detach"]);
    let told = repo.told(&["revise", "--base", "feature", "--name", "town"], 0);
    assert_eq!(repo.order(), ["users", "bio", "town"], "{told}");
    repo.told(&["revise", "--name", "both"], 0);
    assert_eq!(repo.order(), ["users", "both"]);
    assert!(repo.told(&["revise", "--base", "nowhere"], 2).contains("nowhere"));
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
