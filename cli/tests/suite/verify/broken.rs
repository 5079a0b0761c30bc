//! Migrations that are wrong in one way each: the step, the phase and the line are told, and the exit code is 1.

use super::Project;
use crate::support;

/// Up and down of the step, and where it must be found broken.
#[track_caller]
fn check(up: &str, down: &str, phase: &str, line: Option<u64>, message: &str) {
    let project = Project::with(up, down);
    let document = project.json(&[], 1).unwrap();
    let step = document["steps"].as_array().unwrap().last().unwrap();
    let broken = &step["broken"];
    assert_eq!(broken["phase"], phase, "{broken:#}");
    assert_eq!(broken["line"].as_u64(), line, "{broken:#}");
    assert!(broken["message"].as_str().unwrap().contains(message), "{broken:#}");
    // People are told the same, with the place.
    let text = project.run(&[], 1).unwrap();
    assert!(text.contains(message), "{text}");
    if let (Some(file), Some(line)) = (broken["file"].as_str(), line) {
        assert!(text.contains(&format!("{file}:{line}")), "{text}");
    }
}

#[test]
fn rows_that_up_refuses() {
    let down = "ALTER TABLE users DROP COLUMN handle;";
    check(
        "SELECT 1;\nALTER TABLE users ADD COLUMN handle text NOT NULL;",
        down,
        "up",
        Some(2),
        "contains null values",
    );
    check(
        "ALTER TABLE users ALTER COLUMN nick SET NOT NULL;",
        "SELECT 1;",
        "up",
        Some(1),
        "contains null values",
    );
    check("CREATE UNIQUE INDEX ON users (age);", "SELECT 1;", "up", Some(1), "could not create unique index");
    check(
        "CREATE UNIQUE INDEX ON users (org_id);",
        "SELECT 1;",
        "up",
        Some(1),
        "could not create unique index",
    );
    check("ALTER TABLE users ADD CHECK (age > 0);", "SELECT 1;", "up", Some(1), "is violated by some row");
    check(
        "ALTER TABLE users ALTER COLUMN nick TYPE int USING nick::int;",
        "SELECT 1;",
        "up",
        Some(1),
        "invalid input",
    );
    check(
        "ALTER TABLE users ADD FOREIGN KEY (age) REFERENCES orgs;",
        "SELECT 1;",
        "up",
        Some(1),
        "violates foreign key",
    );
}

#[test]
fn scripts_that_do_not_run() {
    check("ALTER TABLE user ADD COLUMN a int;", "SELECT 1;", "up", Some(1), "syntax error");
    check(
        "CREATE INDEX CONCURRENTLY i ON users (age);",
        "DROP INDEX i;",
        "up",
        Some(1),
        "cannot run inside a transaction",
    );
    check("SELECT 1;\n\n-- why\nDROP TABLE nothing;", "SELECT 1;", "up", Some(4), "does not exist");
    check("CREATE INDEX i ON users (age);", "DROP INDEX j;", "down", Some(1), "does not exist");
    check("DROP TABLE orgs;", "SELECT 1;", "up", Some(1), "cannot drop table orgs");
}

#[test]
fn a_down_that_does_not_restore() {
    check(
        "CREATE INDEX i ON users (age);\nCREATE INDEX j ON users (seen);",
        "DROP INDEX i;",
        "schema after down",
        Some(2),
        "index j is left over",
    );
    check(
        "ALTER TABLE users DROP COLUMN age CASCADE;",
        "ALTER TABLE users ADD COLUMN age int;",
        "schema after down",
        Some(1),
        "grown is missing",
    );
    check(
        "ALTER TABLE users ALTER COLUMN nick SET DEFAULT 'x';",
        "ALTER TABLE users ALTER COLUMN nick SET DEFAULT 'y';",
        "schema after down",
        Some(1),
        "nick",
    );
    check("COMMENT ON TABLE users IS 'people';", "SELECT 1;", "schema after down", Some(1), "comment");
    check("GRANT SELECT ON users TO PUBLIC;", "SELECT 1;", "schema after down", Some(1), "privilege");
    check("ALTER TYPE mood ADD VALUE 'angry';", "SELECT 1;", "schema after down", Some(1), "mood");
    check("CREATE TABLE extra (id int);", "", "no down", None, "has no statement");
    check(
        "CREATE TABLE IF NOT EXISTS a (id int);",
        "ALTER TABLE a RENAME TO b;",
        "schema after down",
        Some(1),
        "b is left over",
    );
}

#[test]
fn values_that_are_lost() {
    let both = |up: &str, down: &str, phase: &str, line: u64, message: &str| {
        check(up, down, phase, Some(line), message)
    };
    both(
        "DROP VIEW grown;\nALTER TABLE users DROP COLUMN age;\nALTER TABLE users ADD COLUMN age bigint;",
        "SELECT 1;",
        "rows after up",
        2,
        "values of users.age are lost",
    );
    both(
        "ALTER TABLE users ALTER COLUMN nick TYPE varchar(9) USING NULL;",
        "SELECT 1;",
        "rows after up",
        1,
        "users.nick",
    );
    both("UPDATE users SET nick = 'x';", "SELECT 1;", "rows after up", 1, "users.nick are lost");
    both("DELETE FROM users WHERE age IS NULL;", "SELECT 1;", "rows after up", 1, "rows of users are gone");
    both(
        "DROP TABLE users CASCADE;\nCREATE TABLE users (id bigint PRIMARY KEY);",
        "SELECT 1;",
        "rows after up",
        1,
        "20 of 20 rows of users are gone",
    );
    both(
        "UPDATE users SET email = (SELECT email FROM users v WHERE v.id = 21 - users.id);",
        "SELECT 1;",
        "up",
        1,
        "duplicate key",
    );
    // Up is right, and the way back cannot bring the values back.
    both(
        "ALTER TABLE users ALTER COLUMN seen TYPE date;",
        "ALTER TABLE users ALTER COLUMN seen TYPE timestamptz;",
        "rows after down",
        1,
        "users.seen",
    );
    both(
        "CREATE INDEX i ON users (age);",
        "DROP INDEX i;\nUPDATE users SET nick = NULL;",
        "rows after down",
        2,
        "users.nick",
    );
}

#[test]
fn an_up_that_runs_only_once() {
    // Roles are no part of a schema.
    check("CREATE ROLE just_once;", "SELECT 1;", "up again", Some(1), "already exists");
}

#[test]
fn an_open_marker() {
    let up = "ALTER TABLE users ADD COLUMN a int;\n-- TODO(autogen): fill it.\nSELECT 1;";
    let down = "ALTER TABLE users DROP COLUMN a;";
    check(up, down, "marker", Some(2), "fill it");
    Project::with(up, down).json(&["--allow-todo"], 0).unwrap();
}

#[test]
fn no_way_back_is_said_or_an_error() {
    let up = "CREATE TABLE extra (id int);";
    for (down, metadata) in [
        (None, None),
        (Some("-- autogen: irreversible\n"), None),
        (Some("SELECT 1;"), Some("run_in_transaction = true\nirreversible = true\n")),
    ] {
        let project = Project::new();
        project.write("2024-02-01-000000_next", up, down);
        if let Some(metadata) = metadata {
            std::fs::write(project.file("migrations/2024-02-01-000000_next/metadata.toml"), metadata)
                .unwrap();
        }
        let document = project.json(&[], 0).unwrap();
        assert_eq!(document["steps"][0]["verdict"], "irreversible", "{document:#}");
        let text = project.run(&[], 0).unwrap();
        assert!(text.contains("there is no way back"), "{text}");
    }
}

#[test]
fn what_cannot_be_understood_is_an_error() {
    let project = Project::with("SELECT 1;", "SELECT 1;");
    let errors = |args: &[&str], words: &str| {
        let text = project.run(args, 2).unwrap();
        assert!(text.contains(words), "{text}");
    };
    errors(&["--db", "nowhere"], "there is no such file or folder");
    errors(&["--rows", "0"], "--rows");
    errors(&["--rename", "x"], "--rename");
    project.write("2024-02-01-000000_next", "\\connect x\n", Some("SELECT 1;"));
    errors(&[], "a command of psql");
    let empty = tempfile::tempdir().unwrap();
    let mut command = support::autogen(empty.path());
    support::run(command.arg("verify"), 2).unwrap();
}
