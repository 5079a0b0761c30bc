//! `autogen migrate` as users run it: on real databases, beside the real diesel_migrations, which must see the same
//! migrations in the same state whoever has run them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use std::time::Duration;

use anyhow::Result;
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use diesel_migrations::{FileBasedMigrations, MigrationHarness};

use crate::support;
use crate::support::json_schema::conforms;
use crate::support::migrations::{Project, all_of, number};

/// Three migrations: in a transaction, outside of one as Diesel can run it, and one that is older as text than its place.
fn three(project: &Project) {
    project.write("2024-01-01-000000_users", "CREATE TABLE users (id int PRIMARY KEY);", "DROP TABLE users;");
    project.write(
        "2024-01-02-000000_index",
        "CREATE INDEX CONCURRENTLY users_idx ON users (id);",
        "DROP INDEX CONCURRENTLY users_idx;",
    );
    project.without_transaction("2024-01-02-000000_index");
    project.write(
        "00000000000003_rows",
        "CREATE TABLE rows (n int); INSERT INTO rows VALUES (1);",
        "DROP TABLE rows;",
    );
}

const THREE: [&str; 3] = ["00000000000003", "20240101000000", "20240102000000"];

#[test]
fn up_down_redo_and_status() -> Result<()> {
    let project = Project::new("basics")?;
    three(&project);
    let dry = project.run(&["up", "--dry-run"], 0)?;
    assert!(
        dry.contains(
            "BEGIN;\nCREATE TABLE users (id int PRIMARY KEY);\nINSERT INTO public.__diesel_schema_migrations"
        ),
        "{dry}"
    );
    assert!(!project.has("__diesel_schema_migrations"), "a dry run made a table");
    assert!(project.run(&["status"], 0)?.contains("0 applied, 3 pending"));
    assert!(!project.has("__diesel_schema_migrations"), "status made a table");
    project.run(&["status", "--exit-code"], 1)?;

    assert_eq!(project.run(&["up", "--steps", "1"], 0)?, "applied 00000000000003_rows\n");
    assert_eq!(project.run(&["up", "--to", "2024-01-01-000000"], 0)?, "applied 2024-01-01-000000_users\n");
    assert_eq!(project.run(&["up", "--all"], 0)?, "applied 2024-01-02-000000_index\n");
    assert_eq!(project.run(&["up"], 0)?, "Nothing to do.\n");
    assert_eq!(project.versions(), THREE);
    assert!(!project.has("__autogen_migration_progress"));
    project.run(&["status", "--exit-code"], 0)?;

    let redo = project.run(&["redo", "--steps", "2"], 0)?;
    let lines: Vec<&str> = redo.lines().collect();
    assert_eq!(
        lines,
        [
            "reverted 2024-01-02-000000_index",
            "reverted 2024-01-01-000000_users",
            "applied 2024-01-01-000000_users",
            "applied 2024-01-02-000000_index"
        ]
    );
    project.run(&["down", "--to", "2024-01-01-000000_users"], 0)?;
    assert_eq!(project.versions(), THREE[..2]);
    project.run(&["down"], 0)?;
    assert_eq!(project.versions(), THREE[..1]);
    project.run(&["down", "--all"], 0)?;
    assert!(project.versions().is_empty() && !project.has("rows") && !project.has("users"));
    Ok(())
}

/// Whoever applies, the other one sees it, reverts it and applies it again.
#[test]
fn interchangeable_with_diesel_in_both_directions() -> Result<()> {
    let project = Project::new("interchange")?;
    three(&project);
    let source = FileBasedMigrations::from_path(project.migrations()).unwrap();
    let mut diesel = project.connect();

    // Ours, then theirs.
    project.run(&["up"], 0)?;
    assert!(!diesel.has_pending_migration(source.clone()).unwrap());
    let ours = project.table();
    let mut reverted = diesel.revert_all_migrations(source.clone()).unwrap();
    reverted.sort();
    assert_eq!(reverted.len(), 3);
    assert!(project.run(&["status"], 0)?.contains("0 applied, 3 pending"));

    // Theirs, then ours, on the table that Diesel has made.
    diesel.batch_execute("DROP TABLE __diesel_schema_migrations")?;
    let run: Vec<String> =
        diesel.run_pending_migrations(source.clone()).unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(run, THREE);
    assert_eq!(project.table(), ours, "the table is not as Diesel makes it");
    assert_eq!(project.run(&["up"], 0)?, "Nothing to do.\n");
    assert_eq!(project.run(&["down", "--all"], 0)?.lines().count(), 3);
    assert!(diesel.has_pending_migration(source.clone()).unwrap());

    // Turn by turn.
    diesel.run_next_migration(source.clone()).unwrap();
    project.run(&["up", "--steps", "1"], 0)?;
    diesel.run_next_migration(source.clone()).unwrap();
    assert_eq!(project.versions(), THREE);
    assert_eq!(project.run(&["down"], 0)?, "reverted 2024-01-02-000000_index\n");
    assert_eq!(diesel.revert_last_migration(source).unwrap().to_string(), THREE[1]);
    assert_eq!(project.versions(), THREE[..1]);
    Ok(())
}

#[test]
fn a_failure_in_a_transaction_leaves_nothing() -> Result<()> {
    let project = Project::new("failure")?;
    project.write("1_a", "CREATE TABLE a (n int);", "DROP TABLE a;");
    project.write(
        "2_b",
        "CREATE TABLE b (n int);\n\nALTER TABLE b\n  ADD COLUMN ünï nosuch;\n",
        "DROP TABLE b;",
    );
    project.write("3_c", "CREATE TABLE c (n int);", "DROP TABLE c;");
    let told = project.fails(&["up"], 2)?;
    for words in [
        "type \"nosuch\" does not exist",
        "migrations/2_b/up.sql:4:18",
        "nothing of it is left",
        "1 migration of this run before it: done",
        "1 migration of this run after it: not reached",
    ] {
        assert!(told.contains(words), "no {words:?} in\n{told}");
    }
    assert_eq!(project.versions(), ["1"]);
    assert!(project.has("a") && !project.has("b") && !project.has("c"));
    project.write("2_b", "CREATE TABLE b (n int);", "DROP TABLE b;");
    project.run(&["up"], 0)?;
    assert_eq!(project.versions(), ["1", "2", "3"]);
    Ok(())
}

#[test]
fn a_failure_outside_of_a_transaction_goes_on_where_it_stopped() -> Result<()> {
    let project = Project::new("stepwise")?;
    project.write(
        "1_t",
        "CREATE TABLE t (a int, b int); INSERT INTO t VALUES (1, 1), (1, 2);",
        "DROP TABLE t;",
    );
    let up = "INSERT INTO t VALUES (2, 3);\nCREATE UNIQUE INDEX CONCURRENTLY ON t (a);\nINSERT INTO t VALUES (4, 4);\n";
    project.write("2_u", up, "DELETE FROM t WHERE a > 1;\nDROP INDEX CONCURRENTLY t_a_idx;\n");
    project.without_transaction("2_u");
    let told = project.fails(&["up"], 2)?;
    for words in
        ["could not create unique index", "up.sql:2:1", "1 of its 3 statements is applied", "invalid index"]
    {
        assert!(told.contains(words), "no {words:?} in\n{told}");
    }
    assert_eq!(number(&mut project.connect(), "SELECT count(*) FROM pg_index WHERE NOT indisvalid"), 1);
    let document: serde_json::Value =
        serde_json::from_str(&project.run(&["status", "--format", "json"], 0)?)?;
    let schema: serde_json::Value = serde_json::from_str(include_str!("../../schema/status.schema.json"))?;
    conforms(&document, &schema, &schema, "$");
    assert_eq!(document["migrations"][1]["progress"]["done"], 1);
    let status = project.run(&["status"], 0)?;
    assert!(
        status.contains("partial (up, 1 of 3 done)") && status.contains("1 applied, 1 pending"),
        "{status}"
    );
    // Nothing is built on half a migration, and the table of ours is no difference of the schema.
    let told = project.fails(&["down"], 2)?;
    assert!(told.contains("autogen migrate up"), "{told}");
    let same = project.autogen(&["diff", "--db", &project.url(), "--target", &project.url()], 0)?;
    assert!(!same.contains("__autogen"), "{same}");

    // What is applied may not be another statement now; what is not may.
    project.write("2_u", &up.replace("(2, 3)", "(2, 2)"), "");
    assert!(project.fails(&["up"], 2)?.contains("has others in their place"));
    project.write(
        "2_u",
        &up.replace("(4, 4)", "(5, 5)"),
        "DELETE FROM t WHERE a > 1; DROP INDEX CONCURRENTLY t_a_idx;",
    );
    project.connect().batch_execute("UPDATE t SET a = 9 WHERE b = 2")?;
    project.run(&["up"], 0)?;
    let rows = |sql: &str| number(&mut project.connect(), &format!("SELECT count(*) FROM t WHERE {sql}"));
    assert_eq!((rows("true"), rows("a = 2"), rows("a = 5")), (4, 1, 1));
    assert_eq!(number(&mut project.connect(), "SELECT count(*) FROM pg_index WHERE NOT indisvalid"), 0);
    assert_eq!(number(&mut project.connect(), "SELECT count(*) FROM pg_indexes WHERE tablename = 't'"), 1);
    assert!(!project.has("__autogen_migration_progress"));
    project.run(&["down"], 0)?;
    assert_eq!(project.versions(), ["1"]);
    Ok(())
}

/// An index that Diesel's run has left invalid is dropped, not kept by IF NOT EXISTS.
#[test]
fn an_invalid_index_of_another_tool_is_replaced() -> Result<()> {
    let project = Project::new("invalid")?;
    project.write("1_t", "CREATE TABLE t (a int); INSERT INTO t VALUES (1), (1);", "DROP TABLE t;");
    project.write(
        "2_i",
        "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS \"I\" ON t (a);",
        "DROP INDEX \"I\";",
    );
    project.without_transaction("2_i");
    let source = FileBasedMigrations::from_path(project.migrations()).unwrap();
    let mut diesel = project.connect();
    diesel.run_pending_migrations(source).unwrap_err();
    diesel.batch_execute("DELETE FROM t")?;
    project.run(&["up"], 0)?;
    assert_eq!(
        number(&mut diesel, "SELECT count(*) FROM pg_index WHERE indisvalid AND indrelid = 't'::regclass"),
        1
    );
    Ok(())
}

/// A file may hold its own transactions; what they have committed is not run again.
#[test]
fn a_file_with_transactions_of_its_own() -> Result<()> {
    let project = Project::new("own")?;
    let up = "BEGIN;\nCREATE TABLE t (a int);\nINSERT INTO t VALUES (1);\nCOMMIT;\nSTART TRANSACTION;\n\
              INSERT INTO t VALUES (2);\nINSERT INTO nosuch VALUES (3);\nCOMMIT;\n";
    project.write("1_t", up, "DROP TABLE t;");
    let told = project.fails(&["up"], 2)?;
    assert!(told.contains("4 of its 8 statements are applied") && told.contains("up.sql:7:13"), "{told}");
    project.write("1_t", &up.replace("nosuch", "t"), "DROP TABLE t;");
    project.run(&["up"], 0)?;
    assert_eq!(number(&mut project.connect(), "SELECT sum(a) FROM t"), 6);
    assert_eq!(project.versions(), ["1"]);
    Ok(())
}

#[test]
fn what_cannot_be_run_is_refused_before_anything_is() -> Result<()> {
    let project = Project::new("refusals")?;
    project.write("1_a", "CREATE TABLE a (n int);", "-- Undo it.");
    project.write("2_b", "-- TODO(autogen): fill them.\nCREATE TABLE b (n int);", "DROP TABLE b;");
    let told = project.fails(&["up"], 2)?;
    assert!(told.contains("migrations/2_b/up.sql:1: TODO(autogen): fill them."), "{told}");
    assert!(project.versions().is_empty(), "something was run");
    let status: serde_json::Value = serde_json::from_str(&project.run(&["status", "--format", "json"], 0)?)?;
    assert_eq!((status["pending"].as_u64(), status["migrations"][1]["todos"].as_u64()), (Some(2), Some(1)));
    assert_eq!(status["migrations"][0]["reversible"].as_bool(), Some(false));
    project.run(&["up", "--allow-todo"], 0)?;
    let told = project.fails(&["down", "--all"], 2)?;
    assert!(told.contains("down.sql of 1_a has no statement"), "{told}");
    assert_eq!(project.versions(), ["1", "2"], "something was reverted");

    // A folder that is gone.
    std::fs::remove_dir_all(project.migrations().join("2_b"))?;
    assert!(project.run(&["status"], 0)?.contains("missing file"));
    assert!(project.fails(&["down"], 2)?.contains("its folder is not there"));
    assert!(project.fails(&["up", "--to", "7"], 2)?.contains("there is no migration 7"));
    assert!(project.fails(&["up", "--lock-timeout", "soon"], 2)?.contains("--lock-timeout soon"));
    project.write("3_c", "\\copy x from y\n", "");
    assert!(project.fails(&["up"], 2)?.contains("3_c/up.sql:1:1: a command of psql"));
    Ok(())
}

#[test]
fn marks_are_bookkeeping_only() -> Result<()> {
    let project = Project::new("marks")?;
    three(&project);
    let told = project.both(&["mark", "2024-01-01-000000", "applied", "--all-before"], 0)?;
    assert!(
        told.contains("marked 00000000000003_rows as applied") && told.contains("no statement was run"),
        "{told}"
    );
    assert_eq!(project.versions(), THREE[..2]);
    assert!(!project.has("users"));
    project.run(&["mark", "00000000000003_rows", "pending"], 0)?;
    assert_eq!(project.versions(), THREE[1..2]);
    assert!(project.run(&["mark", "20240101000000", "applied"], 0)?.contains("Nothing to do"));
    // One that is older than the last applied is run, with a note.
    let told = project.both(&["up", "--steps", "1"], 0)?;
    assert!(told.contains("00000000000003_rows is older than the last applied"), "{told}");
    Ok(())
}

#[test]
fn empty_migrations_are_written() -> Result<()> {
    let project = Project::new("new")?;
    let told = project.run(&["new", "add_things", "--no-transaction"], 0)?;
    assert_eq!(told.lines().count(), 3, "{told}");
    std::fs::write(project.path().join("autogen.toml"), "[migrations]\nversion = \"sequence\"\n")?;
    assert!(project.fails(&["new", "a/b"], 2)?.contains("slashes"));
    let names = all_of(&project.migrations());
    assert!(names.len() == 1 && names[0].ends_with("_add_things"), "{names:?}");
    project.run(&["up"], 0)?;
    assert_eq!(project.versions().len(), 1);
    Ok(())
}

#[test]
fn schema_rs_follows_where_diesel_toml_names_one() -> Result<()> {
    let project = Project::new("schema")?;
    project.write("1_t", "CREATE TABLE t (a int PRIMARY KEY);", "DROP TABLE t;");
    let file = project.path().join("src/schema.rs");
    project.run(&["up"], 0)?;
    assert!(!file.exists());
    std::fs::write(project.path().join("diesel.toml"), "[print_schema]\nfile = \"src/schema.rs\"\n")?;
    project.run(&["redo", "--no-schema-rs"], 0)?;
    assert!(!file.exists());
    project.run(&["redo"], 0)?;
    assert!(std::fs::read_to_string(file)?.contains("t (a)"));
    Ok(())
}

/// The second run waits for the first, says so, and finds nothing left to do.
#[test]
fn two_runs_at_once() -> Result<()> {
    let project = Project::new("two")?;
    project.write("1_t", "CREATE TABLE t (a int);", "DROP TABLE t;");
    project.write(
        "2_i",
        "SELECT pg_sleep(1);\nINSERT INTO t VALUES (1);\nCREATE INDEX CONCURRENTLY i ON t (a);",
        "DROP INDEX i;",
    );
    project.without_transaction("2_i");
    let children: Vec<_> = (0..4).map(|_| project.spawn(&["up"]).unwrap()).collect();
    std::thread::sleep(Duration::from_millis(700));
    let status = project.run(&["status"], 0)?;
    assert!(status.contains("being run at this moment"), "{status}");
    let outputs: Vec<_> = children.into_iter().map(|child| child.wait_with_output().unwrap()).collect();
    let texts = |part: fn(&std::process::Output) -> &Vec<u8>, words: &str| {
        outputs.iter().filter(|output| String::from_utf8_lossy(part(output)).contains(words)).count()
    };
    assert!(outputs.iter().all(|output| output.status.success()));
    assert_eq!(texts(|output| &output.stdout, "applied 1_t\napplied 2_i"), 1);
    assert_eq!(texts(|output| &output.stdout, "Nothing to do"), 3);
    assert_eq!(texts(|output| &output.stderr, "waiting: another run"), 3);
    assert_eq!(number(&mut project.connect(), "SELECT count(*) FROM t"), 1);
    Ok(())
}

#[test]
fn environments_work_and_no_password_is_printed() -> Result<()> {
    let project = Project::new("env")?;
    project.write("1_t", "CREATE TABLE t (a int); SELECT nosuch;", "DROP TABLE t;");
    let text = format!("[env.prod]\nurl = \"{}&password=s3cret\"\n", project.url());
    std::fs::write(project.path().join("autogen.toml"), text)?;
    let mut outputs = Vec::new();
    for args in [&["migrate", "up", "--db", "env:prod"][..], &["migrate", "status", "--db", "env:prod"]] {
        let output = support::autogen(project.path()).args(args).output()?;
        outputs.push(format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        ));
    }
    assert!(outputs[0].contains("column \"nosuch\" does not exist"), "{}", outputs[0]);
    assert!(outputs[1].contains("1 pending"), "{}", outputs[1]);
    assert!(!outputs.concat().contains("s3cret"));
    Ok(())
}

/// A program that embeds its migrations and runs in the middle of ours changes nothing twice.
#[test]
fn the_table_is_looked_at_again_before_each_migration() -> Result<()> {
    let project = Project::new("race")?;
    project.write("1_t", "SELECT pg_sleep(1); CREATE TABLE t (a int);", "DROP TABLE t;");
    project.write("2_u", "INSERT INTO t VALUES (1);", "DELETE FROM t;");
    let child = project.spawn(&["up"])?;
    std::thread::sleep(Duration::from_millis(600));
    let mut other: PgConnection = PgConnection::establish(&project.url())?;
    other.batch_execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('2')")?;
    let output = child.wait_with_output()?;
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("2_u was run by another program"), "{told}");
    assert_eq!(number(&mut other, "SELECT count(*) FROM t"), 0);
    Ok(())
}
