//! Rust code of a project, read from outside: which files, tables and columns count, and what is told about them.
//! Each test writes a small project and checks it against its own migrations, in a throwaway Postgres.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use std::path::Path;

use serde_json::Value;

use crate::support;

struct Project(tempfile::TempDir);

impl Project {
    /// A project whose migrations make these tables.
    fn new(sql: &str, files: &[(&str, &str)]) -> Self {
        let project = Self(tempfile::tempdir().unwrap());
        project.write("Cargo.toml", "[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2024\"\n");
        project.write("migrations/2024-01-01-000000_first/up.sql", sql);
        files.iter().for_each(|(path, text)| project.write(path, text));
        project
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.0.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// `check --format json` with further arguments.
    fn check(&self, args: &[&str]) -> Value {
        let output =
            support::autogen(self.path()).args(["check", "--format", "json"]).args(args).output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {stderr}"))
    }
}

/// The objects that differ.
fn objects(document: &Value) -> Vec<&str> {
    document["changes"].as_array().unwrap().iter().map(|one| one["object"].as_str().unwrap()).collect()
}

/// The findings of a code.
fn findings<'a>(document: &'a Value, code: &str) -> Vec<&'a str> {
    let all = document["diagnostics"].as_array().unwrap().iter().filter(|one| one["code"] == code);
    all.map(|one| one["message"].as_str().unwrap()).collect()
}

#[test]
fn a_table_macro_beside_the_schema_file_demands_nothing() {
    let project = Project::new(
        "CREATE TABLE jobs (id bigint PRIMARY KEY, made timestamptz NOT NULL);",
        &[
            ("diesel.toml", "[print_schema]\nfile = \"src/schema.rs\"\n"),
            (
                "src/schema.rs",
                "diesel::table! { jobs (id) { id -> Int8, made -> Timestamptz } }
                 diesel::table! { plans (id) { id -> Int8 } }",
            ),
            (
                "src/worker.rs",
                "diesel::table! { jobs (id) { id -> Int8, made -> Timestamp } }
                 diesel::table! { temp_jobs (id) { id -> Int8 } }
                 #[derive(Insertable)] #[diesel(table_name = temp_jobs)] struct Staged { id: i64 }
                 #[derive(HasQuery)] #[diesel(table_name = jobs)] struct Job { id: i64 }",
            ),
        ],
    );
    // The schema file is an intent, as ever.
    assert!(objects(&project.check(&["--models", "src"])).iter().all(|object| object.starts_with("plans")));
    assert!(objects(&project.check(&["--models", "src"])).contains(&"plans"));
}

#[test]
fn what_is_managed_is_told() {
    let project = Project::new(
        "CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL, face bytea NOT NULL);",
        &[(
            "src/models.rs",
            "#[derive(Queryable, Selectable)] #[diesel(table_name = users)]
             pub struct User { pub id: i64, pub name: String, pub face: somewhere::Image }",
        )],
    );
    let words = "structs are bound to 1 table and 3 columns; 1 column is of a Rust type that cannot be told, \
                 so the type stays: users.face";
    assert_eq!(project.check(&[])["notes"].as_array().unwrap(), &[Value::from(words)]);
    let quiet = support::run(support::autogen(project.path()).arg("check"), 0).unwrap();
    assert!(!String::from_utf8(quiet.stdout).unwrap().contains("bound to"));
    let verbose = support::run(support::autogen(project.path()).args(["check", "--verbose"]), 0).unwrap();
    assert!(String::from_utf8(verbose.stdout).unwrap().contains(words));
}

#[test]
fn a_stale_schema_file_is_a_note() {
    let project = Project::new(
        "CREATE TABLE users (id bigint PRIMARY KEY, name text, age integer NOT NULL);",
        &[
            ("src/schema.rs", "diesel::table! { users (id) { id -> Int8, name -> Text, age -> Int8 } }"),
            (
                "src/models.rs",
                "#[derive(Queryable, Selectable)] #[diesel(table_name = crate::schema::users)]
                 pub struct User { pub id: i64, pub name: Option<String>, pub age: i32 }",
            ),
        ],
    );
    let document = project.check(&[]);
    assert_eq!(document["in_sync"], Value::from(true));
    let notes = findings(&document, "stale-schema");
    assert!(notes.len() == 1 && notes[0].contains("name, age"), "{notes:?}");
    // Without a struct the file is the intent.
    project.write("src/models.rs", "");
    let document = project.check(&["--models", "src"]);
    assert_eq!(objects(&document), ["users.age", "users.name"]);
    assert!(findings(&document, "stale-schema").is_empty());
}

#[test]
fn a_model_of_a_view_is_compared_by_name_and_type() {
    let project = Project::new(
        "CREATE TABLE users (id bigint PRIMARY KEY, name text);
         CREATE VIEW people AS SELECT id, name FROM users;",
        &[(
            "src/models.rs",
            "#[derive(Queryable, Selectable)] #[diesel(table_name = people)]
             pub struct Person { pub id: String, pub name: String, pub age: i32 }",
        )],
    );
    let document = project.check(&[]);
    assert_eq!(document["in_sync"], Value::from(true));
    let findings = findings(&document, "view-differs");
    assert_eq!(
        findings,
        ["column id of view people is bigint, which this type cannot hold", "view people has no column age"]
    );
}

#[test]
fn a_migration_that_commits_by_itself_is_replayed() {
    let project = Project::new(
        "BEGIN WORK; CREATE TABLE users (id bigint PRIMARY KEY); COMMIT;",
        &[(
            "src/models.rs",
            "#[derive(Insertable)] #[diesel(table_name = users)] pub struct User { pub id: i64 }",
        )],
    );
    assert_eq!(project.check(&[])["in_sync"], Value::from(true));
}

#[test]
fn statements_that_bear_no_transaction_are_replayed_together() {
    let project = Project::new(
        "CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL, nick text NOT NULL);
         CREATE INDEX CONCURRENTLY users_name ON users (name);
         CREATE INDEX CONCURRENTLY users_nick ON users (nick);",
        &[
            (
                "src/models.rs",
                "#[derive(Insertable)] #[diesel(table_name = users)]
                 pub struct User { pub id: i64, pub name: String, pub nick: String }",
            ),
            ("migrations/2024-01-01-000000_first/metadata.toml", "run_in_transaction = false"),
        ],
    );
    assert_eq!(project.check(&[])["in_sync"], Value::from(true));
}

#[test]
fn the_types_of_a_model_are_found_wherever_they_are() {
    let project = Project::new(
        "CREATE TYPE mood AS ENUM ('good');
         CREATE TYPE unused AS ENUM ('a');
         CREATE TABLE users (id integer PRIMARY KEY, mood mood NOT NULL);
         CREATE TABLE posts (id integer PRIMARY KEY, title text);",
        &[
            ("Cargo.toml", "[package]\nname = \"shop\"\n[dependencies]\nids = { path = \"ids\" }"),
            ("ids/Cargo.toml", "[package]\nname = \"ids\""),
            ("ids/src/lib.rs", "#[derive(DieselNewType)] pub struct UserId(i64);"),
            (
                "src/mood.rs",
                "#[derive(DbEnum)] pub enum Mood { Good, Bad } #[derive(DbEnum)] pub enum Unused { A, B }",
            ),
            (
                "src/posts.rs",
                "#[derive(Queryable, Selectable)] #[diesel(table_name = posts)] pub struct Post { id: i32, title: String }
                 diesel::table! { nowhere (id) { id -> Int4 } } diesel::table! { posts (id) { id -> Int4, title -> Text } }",
            ),
            ("src/broken.rs", "use diesel(; struct"),
            (
                "src/users.rs",
                "#[derive(Queryable, Selectable)] #[diesel(table_name = users)]
                 pub struct User { pub id: ids::UserId, pub mood: crate::mood::Mood }",
            ),
        ],
    );
    // Only what was named binds: no table of the other files, and no enum that no column has.
    assert_eq!(objects(&project.check(&["--models", "src/users.rs"])), ["mood", "users.id"]);
    // Without a name, and without src/models.rs, it is the whole project, faults included.
    let output = support::run(support::autogen(project.path()).arg("check"), 2).unwrap();
    assert!(String::from_utf8(output.stderr).unwrap().contains("src/broken.rs"));
    project.write("src/broken.rs", "");
    let all = project.check(&[]);
    let mut all = objects(&all);
    all.sort_unstable();
    all.dedup();
    assert_eq!(all, ["mood", "nowhere", "posts.title", "unused", "users.id"]);
}
