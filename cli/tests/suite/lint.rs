//! `autogen lint` as a user runs it: which rule speaks up where, what takes a finding away, which migrations are looked at,
//! and that what autogen writes itself passes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::support;
use crate::support::json_schema::conforms;

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn lint(folder: &Path, args: &[&str]) -> Output {
    support::autogen(folder).arg("lint").args(args).output().unwrap()
}

/// Rule, severity, file and line of every finding.
fn findings(folder: &Path, args: &[&str]) -> Vec<String> {
    let output = lint(folder, &[args, &["--format", "json"]].concat());
    let document: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    let schema: Value = serde_json::from_str(include_str!("../../schema/lint.schema.json")).unwrap();
    conforms(&document, &schema, &schema, "$");
    let all = document["diagnostics"].as_array().unwrap();
    assert_eq!(output.status.code(), Some(i32::from(!all.is_empty())));
    let told = |one: &Value| {
        let file = one["source"]["file"].as_str().unwrap();
        let below = file.split("migrations/").last().unwrap();
        let (code, severity) = (one["code"].as_str().unwrap(), one["severity"].as_str().unwrap());
        format!("{code} {severity} {below}:{}", one["source"]["line"])
    };
    all.iter().map(told).collect()
}

/// A migration without a fault.
fn sound(folder: &Path, name: &str) {
    write(folder, &format!("migrations/{name}/up.sql"), "SELECT 1;");
    write(folder, &format!("migrations/{name}/down.sql"), "SELECT 1;");
}

/// The findings about one migration, without its folder's name.
#[track_caller]
fn check(up: &str, down: &str, metadata: &str, expect: &[&str]) {
    let dir = tempfile::tempdir().unwrap();
    let folder = "migrations/2024-01-01-000000_m";
    for (file, text) in [("up.sql", up), ("down.sql", down), ("metadata.toml", metadata)] {
        if !text.is_empty() {
            write(dir.path(), &format!("{folder}/{file}"), text);
        }
    }
    let found = findings(dir.path(), &[]);
    let found: Vec<String> = found.iter().map(|one| one.replace("2024-01-01-000000_m/", "")).collect();
    assert_eq!(found, expect, "{up}");
}

const ALONE: &str = "run_in_transaction = false\n";

#[test]
fn markers_that_wait() {
    check(
        "-- TODO(autogen): fill them.\nSELECT 'TODO(autogen)';\n/* done, but\n   /* TODO(autogen): and these */ */\n",
        "SELECT 1; -- TODO(autogen): x\n",
        "",
        &["open-todo error up.sql:1", "open-todo error up.sql:4", "open-todo error down.sql:1"],
    );
}

#[test]
fn ways_back() {
    check("SELECT 1;", "", "", &["no-down warning up.sql:1"]);
    check("SELECT 1;", "-- later\n", "", &["no-down warning down.sql:1"]);
    check("SELECT 1;", "-- Nothing to do.\n", "", &[]);
    check("SELECT 1;", "-- autogen: ignore no-down (mails are sent)\n", "", &[]);
    check("-- nothing", "", "", &["no-up warning up.sql:1"]);
}

#[test]
fn metadata_is_what_diesel_reads() {
    check("SELECT 1;", "SELECT 1;", ALONE, &[]);
    check(
        "SELECT 1;",
        "SELECT 1;",
        "run_in_transaction = false\nx = 1\n",
        &["metadata error metadata.toml:2"],
    );
    check("SELECT 1;", "SELECT 1;", "\nrun_in_transaction = \"no\"\n", &["metadata error metadata.toml:2"]);
    check("SELECT 1;", "SELECT 1;", "run_in_transaction\n", &["metadata error metadata.toml:1"]);
    check("SELECT 1;", "SELECT 1;", "# nothing\n", &["metadata error metadata.toml:1"]);
}

#[test]
fn what_cannot_run_in_a_transaction() {
    let index = "CREATE INDEX CONCURRENTLY i ON t (a);\n";
    check(index, "DROP INDEX CONCURRENTLY i;", ALONE, &[]);
    check(
        index,
        "DROP INDEX CONCURRENTLY i;",
        "",
        &["no-transaction error up.sql:1", "no-transaction error down.sql:1"],
    );
    let beside = format!("SET lock_timeout = '5s';\n{index}");
    check(&beside, "SELECT 1;", ALONE, &["no-transaction warning up.sql:2"]);
    check(
        "BEGIN;\nSELECT 1;\nCOMMIT;\n",
        "SELECT 1;",
        "",
        &["nested-transaction warning up.sql:1", "nested-transaction warning up.sql:3"],
    );
    check(
        "REINDEX TABLE t;\nCLUSTER t USING i;\n",
        "REINDEX INDEX CONCURRENTLY i;",
        "",
        &["require-concurrent-reindex warning up.sql:1", "no-transaction error down.sql:1"],
    );
    check("BEGIN;\nSELECT 1;\nCOMMIT;\n", "SELECT 1;", ALONE, &[]);
    check("\\set x 1\nSELECT 1;\n", "SELECT 1;", "", &["psql-only error up.sql:1"]);
}

#[test]
fn values_that_are_used_at_once() {
    let add = "ALTER TYPE mood ADD VALUE IF NOT EXISTS 'glad' AFTER 'ok';\n";
    check(
        &format!("{add}UPDATE t SET mood =\n 'glad';\n"),
        "SELECT 1;",
        "",
        &["enum-value-in-use warning up.sql:3"],
    );
    check(&format!("{add}UPDATE t SET mood = 'ok';\n-- 'glad'\n"), "SELECT 1;", "", &[]);
    check(
        &format!("CREATE TYPE Mood AS ENUM ('ok');\n{add}INSERT INTO t VALUES ('glad');\n"),
        "SELECT 1;",
        "",
        &[],
    );
    check(&format!("{add}UPDATE t SET mood = 'glad';\n"), "SELECT 1;", ALONE, &[]);
}

#[test]
fn tables_in_use() {
    check(
        "CREATE INDEX i ON t (a);\n",
        "DROP INDEX i;",
        "",
        &["require-concurrent-index-creation warning up.sql:1"],
    );
    check("ALTER TABLE t DROP COLUMN a;\n", "SELECT 1;", "", &["ban-drop-column warning up.sql:1"]);
    check(
        "SELECT 1;\nALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES p (id);\n",
        "SELECT 1;",
        "",
        &["adding-foreign-key-constraint warning up.sql:2"],
    );
    check("ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID;\n", "SELECT 1;", "", &[]);
    // A new table has no rows and no readers.
    check("CREATE TABLE t (a int);\nCREATE INDEX i ON t (a);\n", "DROP TABLE t;", "", &[]);
    check(
        "CREATE MATERIALIZED VIEW \"V\" AS SELECT 1 a;\nCREATE INDEX i ON \"V\" (a);\n",
        "SELECT 1;",
        "",
        &[],
    );
    // On a partitioned table alone there is nothing to build; without the word there is.
    check("CREATE INDEX i ON ONLY t (a);\n", "DROP INDEX i;", "", &[]);
    check(
        "CREATE INDEX \"on only\" ON t (a);\n",
        "DROP INDEX \"on only\";",
        "",
        &["require-concurrent-index-creation warning up.sql:1"],
    );
    // Said already.
    check(
        "-- HAZARD data loss: the values of t.a are lost\nALTER TABLE t DROP COLUMN a;\n",
        "SELECT 1;",
        "",
        &[],
    );
}

#[test]
fn rows_that_are_lost() {
    let up = "DELETE FROM a;\nTRUNCATE ONLY a;\ntruncate table \"A\".b, c;\nDELETE FROM a WHERE id = 1;\n";
    check(
        up,
        "SELECT 1;",
        "",
        &["all-rows warning up.sql:1", "all-rows warning up.sql:2", "all-rows warning up.sql:3"],
    );
    check("CREATE TEMP TABLE t (a int);\nTRUNCATE T;\n", "DELETE FROM a;", "", &[]);
}

#[test]
fn comments_and_configuration_take_findings_away() {
    let drop = "ALTER TABLE t DROP COLUMN a;";
    for up in [
        format!("-- autogen: ignore ban-drop-column -- nobody reads it\n{drop}\n"),
        format!("{drop} -- autogen: ignore ban-drop-column\n"),
        format!("/* autogen: ignore open-todo, ban-drop-column */\n\n{drop}\n"),
    ] {
        check(&up, "SELECT 1;", "", &[]);
    }
    let only_first = format!("{drop} -- autogen: ignore ban-drop-column\n{drop}\n");
    check(&only_first, "SELECT 1;", "", &["ban-drop-column warning up.sql:2"]);
    check(
        &format!("-- autogen: ignore ban-drop-colum\n{drop}\n"),
        "SELECT 1;",
        "",
        &["unknown-rule warning up.sql:1", "ban-drop-column warning up.sql:2"],
    );

    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "Cargo.toml", "[package]\nname = \"x\"\n");
    write(dir.path(), "migrations/1_a/up.sql", drop);
    write(dir.path(), "autogen.toml", "[lint]\nignore = [\"ban-drop-column\", \"no-down\"]\n");
    assert_eq!(findings(dir.path(), &[]), [""; 0]);
    write(dir.path(), "autogen.toml", "[lint]\nignore = [\"ban-drop-colum\"]\n");
    let output = lint(dir.path(), &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("autogen.toml:2:11"), "{output:?}");
}

#[test]
fn versions_and_names() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["9_a", "10_b", "10_c", "add_users"] {
        sound(dir.path(), name);
    }
    write(dir.path(), "migrations/11_d/down.sql", "SELECT 1;");
    write(dir.path(), "migrations/.hidden/up.sql", "-- TODO(autogen)");
    assert_eq!(
        findings(dir.path(), &[]),
        [
            "duplicate-version error 10_b/up.sql:1",
            "version-order warning 10_b/up.sql:1",
            "duplicate-version error 10_c/up.sql:1",
            "version-order warning 10_c/up.sql:1",
            "no-up warning 11_d/down.sql:1",
            "version-order warning 11_d/down.sql:1",
            "version-order warning 9_a/up.sql:1",
            "folder-name warning add_users/up.sql:1",
        ]
    );
    assert_eq!(findings(dir.path(), &["--level", "error"]).len(), 2);
    assert_eq!(findings(dir.path(), &["migrations/9_a"]), ["version-order warning 9_a/up.sql:1"]);
    assert_eq!(findings(dir.path(), &["migrations/10_b/up.sql", "migrations/10_b"]).len(), 2);

    // Two folders of migrations have nothing to do with each other.
    sound(&dir.path().join("one"), "1_a");
    sound(&dir.path().join("two"), "1_b");
    assert_eq!(findings(dir.path(), &["one/migrations", "two/migrations/1_b"]), [""; 0]);
}

#[test]
fn only_what_is_new_on_the_branch() {
    let dir = tempfile::tempdir().unwrap();
    let git = |args: &[&str]| {
        let mut command = Command::new("git");
        command.args(["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"]).args(args);
        assert!(command.current_dir(dir.path()).output().unwrap().status.success(), "{args:?}");
    };
    let todo = "SELECT 1; -- TODO(autogen): x\n";
    write(dir.path(), "Cargo.toml", "[package]\nname = \"x\"\n");
    write(dir.path(), "autogen.toml", "[lint]\nignore = [\"no-down\"]\n");
    write(dir.path(), "migrations/2024-01-01-000000_old/up.sql", todo);
    write(dir.path(), "migrations/2024-01-02-000000_edited/up.sql", todo);
    git(&["init", "-q", "-b", "main"]);
    git(&["add", "."]);
    git(&["commit", "-qm", "one"]);
    // On the main branch itself there is no other to compare with.
    assert_eq!(findings(dir.path(), &[]).len(), 2);
    git(&["checkout", "-qb", "branch"]);
    write(dir.path(), "migrations/2024-01-02-000000_edited/up.sql", &format!("\n{todo}"));
    write(dir.path(), "migrations/2024-01-03-000000_new/up.sql", todo);
    git(&["add", "."]);
    git(&["commit", "-qm", "two"]);
    let new = [
        "open-todo error 2024-01-02-000000_edited/up.sql:2",
        "open-todo error 2024-01-03-000000_new/up.sql:1",
    ];
    assert_eq!(findings(dir.path(), &[]), new);
    assert_eq!(findings(dir.path(), &["--all"]).len(), 3);

    // Meanwhile the main branch has a newer one.
    git(&["checkout", "-q", "main"]);
    sound(dir.path(), "2024-01-04-000000_theirs");
    git(&["add", "."]);
    git(&["commit", "-qm", "three"]);
    git(&["checkout", "-q", "branch"]);
    let found = findings(dir.path(), &[]);
    assert!(
        found.contains(&"older-than-main warning 2024-01-03-000000_new/up.sql:1".to_owned()),
        "{found:?}"
    );
    let output = lint(dir.path(), &["--base", "nowhere"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn findings_are_shown_with_their_lines() {
    let dir = tempfile::tempdir().unwrap();
    write(
        dir.path(),
        "migrations/1_a/up.sql",
        "SELECT 1;\nCREATE INDEX CONCURRENTLY \"::error::\" ON t (a);\n",
    );
    write(dir.path(), "migrations/1_a/down.sql", "SELECT 1;\n");
    let output = lint(dir.path(), &[]);
    let text = String::from_utf8(output.stdout).unwrap();
    for part in [
        "error[no-transaction]: CREATE INDEX CONCURRENTLY cannot",
        "migrations/1_a/up.sql:2:1",
        "CREATE INDEX CONCURRENTLY",
        "^^^",
        "1 finding in 1 migration.",
    ] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
    let text = String::from_utf8(lint(dir.path(), &["--format", "github"]).stdout).unwrap();
    assert!(
        text.starts_with("::error file=migrations/1_a/up.sql,line=2,endLine=2,col=1,endColumn="),
        "{text}"
    );
    let output = lint(dir.path(), &["nothing"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
}

/// The steps in which a column of a table in use becomes NOT NULL, each in a migration of its own.
#[test]
fn a_proof_of_an_earlier_migration_counts() {
    let dir = tempfile::tempdir().unwrap();
    let steps = [
        "ALTER TABLE ONLY users ADD CONSTRAINT c CHECK (nick IS NOT NULL) NOT VALID;",
        "ALTER TABLE users VALIDATE CONSTRAINT c;",
        "ALTER TABLE users ALTER COLUMN nick SET NOT NULL;\nALTER TABLE users DROP CONSTRAINT c;",
    ];
    for (at, sql) in steps.iter().enumerate() {
        write(dir.path(), &format!("migrations/2024010{at}_x/up.sql"), sql);
        write(dir.path(), &format!("migrations/2024010{at}_x/down.sql"), "SELECT 1;");
    }
    assert_eq!(findings(dir.path(), &[]), [""; 0]);
    assert_eq!(findings(dir.path(), &["migrations/20240102_x"]), [""; 0]);
    let again =
        "ALTER TABLE users ALTER nick DROP NOT NULL;\nALTER TABLE users ALTER COLUMN nick SET NOT NULL;";
    write(dir.path(), "migrations/20240103_y/up.sql", again);
    write(dir.path(), "migrations/20240103_y/down.sql", "SELECT 1;");
    assert_eq!(findings(dir.path(), &[]), ["adding-not-nullable-field warning 20240103_y/up.sql:2"]);
    write(dir.path(), "migrations/20240101_x/up.sql", "SELECT 1;");
    assert_eq!(findings(dir.path(), &[])[0], "adding-not-nullable-field warning 20240102_x/up.sql:1");
}

#[test]
fn dates_of_any_length_are_in_order() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["2025-11-19-091444-0000_a", "2026-01-20-162913_b", "20260301_c"] {
        sound(dir.path(), name);
    }
    assert_eq!(findings(dir.path(), &[]), [""; 0]);
}

/// A first migration, of tables with keys and indexes to each other.
#[test]
fn what_diff_writes_passes() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "Cargo.toml", "[package]\nname = \"x\"\n");
    write(dir.path(), "before.sql", "");
    let all = std::fs::read_to_string(support::fixtures().join("pull/all_types.sql")).unwrap();
    write(dir.path(), "after.sql", &all);
    let mut diff = support::autogen(dir.path());
    diff.args(["diff", "--db", "before.sql", "--target", "after.sql", "--name", "first"]);
    support::run(&mut diff, 0).unwrap();
    assert_eq!(findings(dir.path(), &[]), [""; 0]);
}
