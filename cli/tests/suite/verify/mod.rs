//! `autogen verify` as its users run it: good migrations are proved, broken ones are caught with the statement, the start is
//! left alone, and nothing stays behind.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod broken;
mod locks;
mod parts;
mod places;
mod starts;
mod values;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;
use serde_json::Value;

use crate::support;

/// A project with migrations, in a folder that vanishes.
pub(crate) struct Project {
    folder: tempfile::TempDir,
}

/// What most migrations here start from.
pub(crate) const BASE: &str = "CREATE TYPE mood AS ENUM ('happy', 'sad', 'calm');
CREATE TABLE orgs (id bigserial PRIMARY KEY, name varchar(40) NOT NULL UNIQUE);
CREATE TABLE users (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    org_id bigint NOT NULL REFERENCES orgs,
    email text NOT NULL UNIQUE,
    nick text,
    mood mood NOT NULL,
    age int,
    seen timestamptz
);
CREATE INDEX users_org ON users (org_id);
CREATE VIEW grown AS SELECT id, email FROM users WHERE age >= 18;";

const BASE_DOWN: &str = "DROP VIEW grown; DROP TABLE users; DROP TABLE orgs; DROP TYPE mood;";

impl Project {
    /// With one migration, which makes the base.
    pub(crate) fn new() -> Project {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("Cargo.toml"), "[package]\nname = \"shop\"\n").unwrap();
        let project = Project { folder };
        project.write("2024-01-01-000000_base", BASE, Some(BASE_DOWN));
        project
    }

    /// With a second one, which is the one to prove.
    pub(crate) fn with(up: &str, down: &str) -> Project {
        let project = Project::new();
        project.write("2024-02-01-000000_next", up, Some(down));
        project
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, up: &str, down: Option<&str>) {
        let folder = self.path().join("migrations").join(name);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("up.sql"), up).unwrap();
        if let Some(down) = down {
            std::fs::write(folder.join("down.sql"), down).unwrap();
        }
    }

    pub(crate) fn without_transaction(&self, name: &str) {
        let file = self.path().join("migrations").join(name).join("metadata.toml");
        std::fs::write(file, "run_in_transaction = false\n").unwrap();
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = support::autogen(self.path());
        command.arg("verify").args(args);
        command
    }

    /// Both streams.
    pub(crate) fn run(&self, args: &[&str], code: i32) -> Result<String> {
        let output = support::run(&mut self.command(args), code)?;
        Ok(String::from_utf8([output.stdout, output.stderr].concat())?)
    }

    /// The document, which keeps to its schema.
    pub(crate) fn json(&self, args: &[&str], code: i32) -> Result<Value> {
        let output = support::run(self.command(args).args(["--format", "json"]), code)?;
        let document: Value = serde_json::from_slice(&output.stdout)?;
        let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/verify.schema.json");
        let schema: Value = serde_json::from_str(&std::fs::read_to_string(schema)?)?;
        support::json_schema::conforms(&document, &schema, &schema, "verify");
        Ok(document)
    }
}

#[test]
fn a_good_migration_is_proved_with_rows() {
    let project = Project::with(
        "ALTER TABLE users ADD COLUMN handle text;
UPDATE users SET handle = split_part(email, '@', 1) || id;
ALTER TABLE users ALTER COLUMN handle SET NOT NULL;
ALTER TABLE users ALTER COLUMN age TYPE bigint;",
        "DROP VIEW grown;
ALTER TABLE users ALTER COLUMN age TYPE int;
ALTER TABLE users DROP COLUMN handle;
CREATE VIEW grown AS SELECT id, email FROM users WHERE age >= 18;",
    );
    // The view is in the way of the type, on the way up as well.
    let document = project.json(&[], 1).unwrap();
    assert_eq!(document["steps"][0]["broken"]["phase"], "up");
    assert_eq!(document["steps"][0]["broken"]["line"], 4);

    let project = Project::with(
        "ALTER TABLE users ADD COLUMN handle text;
UPDATE users SET handle = split_part(email, '@', 1) || id;
ALTER TABLE users ALTER COLUMN handle SET NOT NULL;
ALTER TABLE orgs ALTER COLUMN name TYPE text USING name::text;
ALTER TABLE users ALTER COLUMN nick TYPE char(50);",
        "ALTER TABLE users ALTER COLUMN nick TYPE text;
ALTER TABLE orgs ALTER COLUMN name TYPE varchar(40);
ALTER TABLE users DROP COLUMN handle;",
    );
    let document = project.json(&[], 0).unwrap();
    let step = &document["steps"][0];
    assert_eq!((&document["verdict"], &step["verdict"]), (&"proved".into(), &"proved".into()));
    assert_eq!((&step["rows"], &step["tables"]), (&40.into(), &2.into()));
    let statements = step["statements"].as_array().unwrap();
    assert_eq!(statements.len(), 8);
    assert_eq!(statements[4]["rewritten"], serde_json::json!(["users"]), "{statements:#?}");
    assert_eq!(statements[3]["rewritten"], serde_json::json!([]));
    assert_eq!(document, without_times(&document), "a time is no number");

    let text = project.run(&[], 0).unwrap();
    assert!(
        text.contains("proved: up, down and up again") && text.contains("users: ACCESS EXCLUSIVE"),
        "{text}"
    );
    let text = project.run(&["--format", "markdown"], 0).unwrap();
    assert!(text.contains("| place | statement | locks |"), "{text}");
}

fn without_times(document: &Value) -> Value {
    assert!(document["steps"][0]["statements"][0]["milliseconds"].is_number());
    document.clone()
}

#[test]
fn the_same_proof_twice_says_the_same() {
    let project = Project::with("CREATE INDEX ON users (age);", "DROP INDEX users_age_idx;");
    let still = || {
        let mut document = project.json(&["--rows", "7"], 0).unwrap();
        for statement in document["steps"][0]["statements"].as_array_mut().unwrap() {
            statement["milliseconds"] = 0.into();
        }
        document
    };
    let first = still();
    assert_eq!(first["steps"][0]["rows"], 14);
    assert_eq!(first, still());
}

#[test]
fn the_whole_history_is_proved_up_to_the_broken_step() {
    let project = Project::with("CREATE INDEX users_age ON users (age);", "DROP INDEX users_age;");
    project.write("2024-03-01-000000_worse", "DROP INDEX users_age;", Some("SELECT 1;"));
    project.write("2024-04-01-000000_last", "SELECT 2;", Some("SELECT 1;"));
    let document = project.json(&["--all"], 1).unwrap();
    let verdicts: Vec<&str> =
        document["steps"].as_array().unwrap().iter().map(|step| step["verdict"].as_str().unwrap()).collect();
    assert_eq!(verdicts, ["proved", "proved", "broken"]);
    assert_eq!(document["not_reached"], serde_json::json!(["2024-04-01-000000_last"]));
    let named = project.json(&["--migration", "2024-02-01-000000_next"], 0).unwrap();
    assert_eq!(named["steps"][0]["migration"], "2024-02-01-000000_next");
    let message = project.run(&["--migration", "2025"], 2).unwrap();
    assert!(message.contains("there is no migration 2025"), "{message}");
}

#[test]
fn an_interruption_leaves_nothing() {
    support::signals::as_on_a_terminal();
    let project = Project::with("SELECT pg_sleep(60);", "SELECT 1;");
    let stderr = std::process::Stdio::null();
    let mut child = project.command(&[]).stdout(std::process::Stdio::null()).stderr(stderr).spawn().unwrap();
    let of = |pid: u32| {
        let output = Command::new("ps").args(["-o", "args=", "--ppid", &pid.to_string()]).output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let start = std::time::Instant::now();
    let data = loop {
        let children = of(child.id());
        let mut words = children.split_whitespace().skip_while(|word| *word != "-D").skip(1);
        if let Some(data) = words.next().filter(|_| children.contains("postgres")) {
            break PathBuf::from(data);
        }
        assert!(start.elapsed().as_secs() < 60, "no server was started");
        std::thread::sleep(std::time::Duration::from_millis(20));
    };
    // Some time later the statement sleeps, with rows in the tables.
    std::thread::sleep(std::time::Duration::from_secs(4));
    assert!(data.exists());
    let status = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(status.success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let folder = data.parent().unwrap();
    let output = Command::new("ps").args(["-eo", "args="]).output().unwrap();
    let running = String::from_utf8_lossy(&output.stdout).contains(&*folder.to_string_lossy());
    assert!(!running && !folder.exists(), "{}", folder.display());
}
