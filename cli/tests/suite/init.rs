//! `autogen init` on projects whose models and database disagree: green afterwards, red again when a difference comes or
//! goes, and nothing is ever overwritten.

use std::path::Path;

use anyhow::{Result, ensure};
use serde_json::Value;

use crate::support::{autogen, copy, files, fixtures, run};

fn stdout(folder: &Path, args: &[&str], code: i32) -> Result<(String, String)> {
    let output = run(autogen(folder).args(args), code)?;
    Ok((
        String::from_utf8_lossy(&output.stdout).into_owned(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    ))
}

#[test]
fn the_sample_project_is_adopted() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path();
    copy(&fixtures().join("sample"), path)?;
    stdout(path, &["check"], 1)?;
    let before = files(path)?;
    let (told, _) = stdout(path, &["init"], 0)?;
    for words in
        ["Wrote autogen.toml.", "3 tables", "3 checks", "4 differences are accepted", "users.email (column)"]
    {
        ensure!(told.contains(words), "no {words} in {told}");
    }
    let mut after = files(path)?;
    after.retain(|file| !before.contains(file));
    ensure!(after == [path.join("autogen.toml")], "{after:?}");

    let (told, _) = stdout(path, &["check"], 0)?;
    ensure!(told.contains("4 differences are accepted"), "{told}");
    let (told, _) = stdout(path, &["diff", "--format", "json", "--exit-code"], 0)?;
    let document: Value = serde_json::from_str(&told)?;
    ensure!(document["in_sync"] == true && document["changes"] == Value::Array(vec![]), "{told}");
    ensure!(document["accepted"].as_array().is_some_and(|all| all.len() == 4), "{told}");
    let (told, _) = stdout(path, &["diff", "--name", "nothing"], 0)?;
    ensure!(told.contains("No changes.") && files(path)?.len() == before.len() + 1, "{told}");

    // Never twice.
    let text = std::fs::read_to_string(path.join("autogen.toml"))?;
    let (_, error) = stdout(path, &["init"], 2)?;
    ensure!(error.contains("exists already"), "{error}");
    ensure!(std::fs::read_to_string(path.join("autogen.toml"))? == text);

    // A new difference is red, and the accepted ones stay out of the way.
    let models = path.join("src/models.rs");
    let original = std::fs::read_to_string(&models)?;
    std::fs::write(&models, original.replace("pub bio: Option<String>", "pub bio: String"))?;
    let (told, _) = stdout(path, &["check"], 1)?;
    ensure!(told.contains("column users.bio") && told.contains("1 difference between"), "{told}");

    // One that is gone is red too, in check alone.
    std::fs::write(
        &models,
        original.replace("    pub email: String,\n", "").replace("    pub email: &'a str,\n", ""),
    )?;
    let (told, error) = stdout(path, &["check"], 1)?;
    ensure!(told.contains("1 accepted difference is no longer what was accepted"), "{told}");
    ensure!(error.contains("vanished-accept") && error.contains("users.email (column) is gone"), "{error}");
    let (_, error) = stdout(path, &["diff", "--exit-code"], 0)?;
    ensure!(error.contains("vanished-accept"), "{error}");
    // What is not compared is not missed.
    stdout(path, &["check", "--exclude", "users"], 0)?;

    // And one that became another is told as such.
    std::fs::write(&models, original.replace("pub email: String", "pub email: Option<String>"))?;
    let (told, error) = stdout(path, &["check"], 1)?;
    ensure!(told.contains("create column users.email: text"), "{told}");
    ensure!(error.contains("is another one now: the models say text, the database has none"), "{error}");
    Ok(())
}

/// A project of a schema file, models and a current schema.
fn project(models: &str, sql: &str) -> Result<tempfile::TempDir> {
    let folder = tempfile::tempdir()?;
    std::fs::create_dir_all(folder.path().join("src"))?;
    std::fs::create_dir_all(folder.path().join("migrations/1_all"))?;
    std::fs::write(folder.path().join("Cargo.toml"), "[package]\nname = \"x\"\n")?;
    std::fs::write(folder.path().join("src/lib.rs"), models)?;
    std::fs::write(folder.path().join("migrations/1_all/up.sql"), sql)?;
    Ok(folder)
}

#[test]
fn every_sort_of_drift_can_be_accepted() -> Result<()> {
    let folder = project(
        r#"
        #[derive(Queryable, Selectable)]
        #[diesel(table_name = things)]
        #[autogen(table = "we\"ird\ntable", managed = "full", check("length(b) > 3", name = short))]
        pub struct Thing { pub id: i64, #[diesel(column_name = "c'1")] pub c: i32, #[autogen(default = "'${x}'")] pub b: String, pub gone: Option<i32> }
        #[derive(Queryable, Selectable, Insertable)]
        #[diesel(table_name = others)]
        pub struct Other { pub id: i32, pub kind: String }
        "#,
        r#"
        CREATE TYPE mood AS ENUM ('a''b', 'c');
        CREATE TABLE "we""ird
table" (id int NOT NULL, "c'1" bigint, b text DEFAULT 'x', extra mood, CHECK (id > 0));
        CREATE INDEX "an index" ON "we""ird
table" (b, lower(b)) WHERE id > 5;
        COMMENT ON COLUMN "we""ird
table".b IS E'line\nline "quoted" ''''''';
        "#,
    )?;
    let (_, _) = stdout(folder.path(), &["check", "--models", "src"], 1)?;
    // The models are found without being named.
    let (told, error) = stdout(folder.path(), &["init"], 0)?;
    ensure!(!error.contains("warning"), "{error}");
    for words in
        ["c'1 (type)", "c'1 (null)", "extra (column)", "(index)", "others (table)", "(default)", "(comment)"]
    {
        ensure!(told.contains(words), "no {words} in {told}");
    }
    ensure!(!told.contains("ird\ntable"), "{told}");
    stdout(folder.path(), &["check"], 0)?;
    // Nothing of it depends on where it was run.
    stdout(&folder.path().join("src"), &["check"], 0)?;
    Ok(())
}

#[test]
fn a_table_that_nothing_changes_in_place_is_accepted_with_its_columns() -> Result<()> {
    let folder = project(
        r#"
        #[derive(Queryable, Selectable)]
        #[diesel(table_name = events)]
        pub struct Event { pub id: i32, pub at: chrono::DateTime<chrono::Utc> }
        "#,
        "CREATE TABLE events (id int NOT NULL, at timestamp NOT NULL) PARTITION BY RANGE (at);
        CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');",
    )?;
    let (told, _) = stdout(folder.path(), &["check", "--models", "src"], 1)?;
    ensure!(told.contains("replace table events"), "{told}");
    let (told, error) = stdout(folder.path(), &["init"], 0)?;
    ensure!(told.contains("1 difference is accepted") && !error.contains("warning"), "{told}{error}");
    let (told, _) = stdout(folder.path(), &["check"], 0)?;
    ensure!(told.contains("events (table)"), "{told}");
    Ok(())
}

#[test]
fn columns_are_accepted_on_the_struct() -> Result<()> {
    let models = |attribute: &str| {
        format!(
            "#[derive(Queryable, Selectable, Autogen)]
            #[diesel(table_name = users)]
            #[autogen({attribute})]
            pub struct User {{ pub id: i64, pub nick: Option<i32>, #[autogen(default = \"1\")] pub n: i32 }}"
        )
    };
    let folder = project(
        &models("accept(\"nick\", n)"),
        "CREATE TABLE users (id bigint NOT NULL, nick text NOT NULL, n int NOT NULL);",
    )?;
    let args = ["check", "--models", "src"];
    let (told, _) = stdout(folder.path(), &args, 0)?;
    ensure!(told.contains("3 differences are accepted"), "{told}");
    let lib = folder.path().join("src/lib.rs");
    std::fs::write(&lib, models("accept(nick)"))?;
    let (told, _) = stdout(folder.path(), &args, 1)?;
    ensure!(told.contains("1 difference between") && told.contains("users.n"), "{told}");
    std::fs::write(&lib, models("accept(nick, n, id)"))?;
    let (_, error) = stdout(folder.path(), &args, 0)?;
    ensure!(error.contains("nothing differs in column users.id"), "{error}");
    std::fs::write(&lib, models("accept()"))?;
    let (_, error) = stdout(folder.path(), &args, 2)?;
    ensure!(error.contains("`accept` wants the columns"), "{error}");
    Ok(())
}
