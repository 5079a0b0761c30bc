//! The command line from outside: what it prints where, its exit codes, and what it leaves on disk. Everything runs on
//! the sample project's own migrations directory, in a throwaway Postgres.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use crate::support::json_schema::conforms;

fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/sample")
}

fn autogen(dir: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_autogen"));
    command.current_dir(dir).args(args).env_remove("DATABASE_URL").env_remove("MIGRATION_DIRECTORY");
    command.output().expect("autogen starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("output is UTF-8")
}

/// Exit code 2, one message that has the words, nothing on stdout.
#[track_caller]
fn fails(dir: &Path, args: &[&str], words: &str) {
    let output = autogen(dir, args);
    let stderr = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{args:?}: {stderr}");
    assert!(stderr.contains(words), "{args:?}: {stderr}");
    assert!(output.stdout.is_empty(), "{args:?}: {}", text(&output.stdout));
    assert!(!stderr.contains("s3cret") && !stderr.contains("panicked"), "{args:?}: {stderr}");
}

#[test]
fn the_main_job_on_a_fresh_checkout() {
    let output = autogen(&sample(), &["diff"]);
    let stdout = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let at = |words: &str| stdout.find(words).unwrap_or_else(|| panic!("no {words:?} in\n{stdout}"));
    assert!(at("-- up.sql") < at("-- down.sql"));
    assert!(at("RENAME COLUMN nick TO handle") < at("-- down.sql"));
    assert!(at("TODO(autogen)") < at("-- down.sql"));
    assert!(at("RENAME COLUMN handle TO nick") > at("-- down.sql"));
    at("Hazards of down.sql");
    let with_code = autogen(&sample(), &["diff", "--exit-code", "--quiet"]);
    assert_eq!(with_code.status.code(), Some(1));
    assert!(with_code.stderr.is_empty(), "{}", text(&with_code.stderr));
}

#[test]
fn check_lists_differences_with_their_places() {
    let output = autogen(&sample(), &["check"]);
    let stdout = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    assert!(stdout.contains("src/models.rs:28: create column users.email"), "{stdout}");
    let same = autogen(&sample(), &["check", "--db", "migrations", "--target", "migrations"]);
    assert_eq!(same.status.code(), Some(0), "{}", text(&same.stderr));
    assert!(text(&same.stdout).starts_with("In sync: "));
    let filtered = autogen(&sample(), &["check", "--include", "orgs"]);
    assert_eq!(filtered.status.code(), Some(0), "{}", text(&filtered.stdout));
}

#[test]
fn bad_input_is_told_and_nothing_is_written() {
    let dir = tempfile::tempdir().unwrap();
    let migrations = sample().join("migrations").display().to_string();
    let with = |rest: &[&'static str]| -> Vec<String> {
        ["check", "--db", &migrations].into_iter().chain(rest.iter().copied()).map(str::to_owned).collect()
    };
    std::fs::write(dir.path().join("bad.rs"), "use diesel::prelude::*;\n#[derive(Queryable)]\nstruct X {\n")
        .unwrap();
    std::fs::write(dir.path().join("bad.sql"), "SELECT 1;\nCREATE TABEL t ();\n").unwrap();
    std::fs::write(dir.path().join("ok.sql"), "").unwrap();
    let cases: [(Vec<String>, &str); 9] = [
        (with(&["--models", "nothing.rs"]), "no such file"),
        (with(&["--models", "bad.rs"]), "bad.rs:3"),
        (with(&["--target", "bad.sql"]), "bad.sql:2:"),
        (with(&["--target", "postgres://u:s3cret@127.0.0.1:1/d"]), "cannot connect"),
        (with(&["--target", "host=127.0.0.1 port=1 password=s3cret"]), "cannot connect"),
        (with(&["--target", "pg://u:s3cret@h/d"]), "neither a Postgres URL"),
        (with(&["--target", "ok.sql", "--rename", "users.nick"]), "--rename"),
        (with(&["--target", "ok.sql", "--rename", "users.nope=x"]), "no such"),
        (with(&["--target", "ok.sql", "--include", "["]), "--include"),
    ];
    for (args, words) in &cases {
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        fails(dir.path(), &args, words);
    }
    fails(dir.path(), &["check"], "no current schema");
    fails(dir.path(), &["diff", "--db", &migrations], "no models were given");
    fails(dir.path(), &["diff", "--nope"], "--nope");
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 3);
}

#[test]
fn a_diesel_toml_may_lie_deeper_than_cargo_toml() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("Cargo.toml", "[package]\nname = \"shop\"\n");
    write(
        "src/lib.rs",
        "mod models { #[derive(Queryable)] #[diesel(table_name = users)] struct User { id: i32, name: String } }",
    );
    write("src/db/diesel.toml", "[migrations_directory]\ndir = \"migrations\"\n");
    write("src/db/migrations/2026-01-01-000000_users/up.sql", "CREATE TABLE users (id serial PRIMARY KEY);");
    fails(dir.path(), &["diff"], "there are migrations in src/db/migrations, which --db takes");
    let output = autogen(dir.path(), &["diff", "--project", "src/db"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("ALTER TABLE users ADD COLUMN name text;"));
}

#[test]
fn files_are_written_once() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out").display().to_string();
    let args = ["diff", "--format", "sql", "--out", &out];
    let output = autogen(&sample(), &args);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(output.stdout.is_empty());
    let up = std::fs::read_to_string(dir.path().join("out/up.sql")).unwrap();
    assert!(up.contains("RENAME COLUMN nick TO handle"), "{up}");
    fails(&sample(), &args, "exists already");

    let none = dir.path().join("none").display().to_string();
    autogen(&sample(), &["diff", "--db", "migrations", "--target", "migrations", "--out", &none]);
    for file in ["none/up.sql", "none/down.sql"] {
        assert_eq!(std::fs::read_to_string(dir.path().join(file)).unwrap(), "-- Nothing to do.\n");
    }
}

#[test]
fn a_name_makes_a_migration_of_the_project() {
    let dir = tempfile::tempdir().unwrap();
    let project = dir.path().display().to_string();
    std::fs::write(dir.path().join("Cargo.toml"), "[package]\nname = \"x\"\n").unwrap();
    let (db, models) = (sample().join("migrations"), sample().join("src/models.rs"));
    let args =
        ["diff", "--project", &project, "--db", db.to_str().unwrap(), "--models", models.to_str().unwrap()];
    let output = autogen(dir.path(), &[&args[..], &["--name", "one edit"]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let made: Vec<_> = std::fs::read_dir(dir.path().join("migrations"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert_eq!(made.len(), 1, "{made:?}");
    assert!(made[0].display().to_string().ends_with("_one_edit"));
    assert!(made[0].join("up.sql").is_file() && made[0].join("down.sql").is_file());
}

#[test]
fn the_json_document_keeps_to_its_schema() {
    let schema = include_str!("../../schema/autogen.schema.json");
    let schema: Value = serde_json::from_str(schema).unwrap();
    for command in ["diff", "check"] {
        let output = autogen(&sample(), &[command, "--format", "json"]);
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        conforms(&document, &schema, &schema, "$");
        assert_eq!(document["in_sync"], Value::Bool(false));
        let broken = serde_json::json!({"version": 2});
        assert!(std::panic::catch_unwind(|| conforms(&broken, &schema, &schema, "$")).is_err());
    }
}
