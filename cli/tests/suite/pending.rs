//! A database that is behind the project's migrations, as production is before a deploy, or that has others: what `diff`
//! and `check` say then. The database must come out of it as it went in.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use crate::support;
use crate::support::migrations::{Project, lines, number};
use anyhow::Result;
use diesel::connection::SimpleConnection;

const USERS: &str = "2026-01-01-000000_users";
const POSTS: &str = "2026-01-02-000000_posts";
const HANDLES: &str = "2026-01-03-000000_handles";
const MOODS: &str = "2026-01-04-000000_moods";

/// What all four migrations make, and `city`, which none of them does.
const MODELS: &str = "
#[derive(Queryable, Selectable)]
#[diesel(table_name = users)]
#[autogen(check(\"length(handle) > 1\"))]
pub struct User { pub id: i64, pub email: String, pub handle: String, pub mood: Option<Mood>, }
#[derive(Queryable, Selectable)]
#[diesel(table_name = posts)]
pub struct Post { pub id: i64, pub title: String, pub city: String, }
#[derive(diesel_derive_enum::DbEnum)]
#[autogen(sql_type = \"mood\")]
pub enum Mood { Happy, Sad }
";

/// Four migrations, of which the database has two, and rows.
fn project(database: &str) -> Result<Project> {
    let project = Project::new(database)?;
    project.write(
        USERS,
        "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL);",
        "DROP TABLE users;",
    );
    project.write(
        POSTS,
        "CREATE TABLE posts (id bigint PRIMARY KEY, title text NOT NULL);",
        "DROP TABLE posts;",
    );
    project.run(&["up"], 0)?;
    project.connect().batch_execute("INSERT INTO posts VALUES (1, 'a'), (2, 'b'), (3, 'c')")?;
    project.write(
        HANDLES,
        "ALTER TABLE users ADD COLUMN handle text NOT NULL DEFAULT '';\n\
         ALTER TABLE users ADD CONSTRAINT users_handle_check CHECK (length(handle) > 1);",
        "ALTER TABLE users DROP COLUMN handle;",
    );
    project.write(
        MOODS,
        "CREATE TYPE mood AS ENUM ('happy', 'sad');\nALTER TABLE users ADD COLUMN mood mood;",
        "ALTER TABLE users DROP COLUMN mood;\nDROP TYPE mood;",
    );
    models(&project, MODELS)?;
    Ok(project)
}

fn models(project: &Project, text: &str) -> Result<()> {
    std::fs::create_dir_all(project.path().join("src"))?;
    Ok(std::fs::write(project.path().join("src/models.rs"), text)?)
}

/// Runs a command that asks the database, and returns both streams.
fn told(project: &Project, args: &[&str], code: i32) -> Result<String> {
    let mut command = support::autogen(project.path());
    command.args(args).env("DATABASE_URL", project.url()).env("TMPDIR", project.temporary());
    let output = support::run(&mut command, code)?;
    let told = String::from_utf8([output.stdout, output.stderr].concat())?;
    assert!(!told.contains("panicked"), "{told}");
    Ok(told)
}

/// The columns of all tables.
fn columns(project: &Project) -> Vec<String> {
    let sql = "SELECT table_name || '.' || column_name || ' ' || data_type FROM information_schema.columns \
               WHERE table_schema = 'public' ORDER BY 1";
    lines(&mut project.connect(), sql)
}

#[test]
fn production_is_two_migrations_behind() -> Result<()> {
    let project = project("pending_behind")?;
    let before = columns(&project);
    let text = told(&project, &["diff"], 0)?;
    assert!(text.contains("ALTER TABLE posts ADD COLUMN city text"), "{text}");
    // The rows are those of the database.
    assert!(text.contains("3 rows of posts have no city"), "{text}");
    for applied_then in ["handle text", "CREATE TYPE", "ADD COLUMN mood"] {
        assert!(!text.contains(applied_then), "{applied_then}: {text}");
    }
    assert!(text.contains("2 migrations of migrations/ are not applied to "), "{text}");
    assert!(
        text.contains(&format!("{HANDLES}, {MOODS}; the difference is computed as if they were")),
        "{text}"
    );
    assert_eq!(columns(&project), before);
    assert_eq!(project.versions(), ["20260101000000", "20260102000000"]);

    let json: serde_json::Value =
        serde_json::from_str(&support_stdout(&project, &["diff", "--format", "json"])?)?;
    assert_eq!(json["changes"].as_array().unwrap().len(), 1, "{json}");
    assert!(json["notes"][0].as_str().unwrap().contains("not applied"), "{json}");

    // As it is, it lacks what they bring.
    let text = told(&project, &["diff", "--no-pending"], 0)?;
    assert!(text.contains("ADD COLUMN mood") && !text.contains("not applied"), "{text}");
    Ok(())
}

/// As for `diff` it begins where the pending migrations lead, and they are no part of what is proved.
#[test]
fn a_difference_is_proved_on_top_of_what_is_pending() -> Result<()> {
    let project = project("pending_proof")?;
    models(&project, &MODELS.replace("pub city: String", "pub city: Option<String>"))?;
    let before = columns(&project);
    let text = told(&project, &["verify", "--diff"], 0)?;
    assert!(text.contains("ALTER TABLE posts ADD COLUMN city text"), "{text}");
    assert!(text.contains(&format!("has not applied {HANDLES}, {MOODS}; that runs first")), "{text}");
    for applied_then in ["handle text", "CREATE TYPE", "ADD COLUMN mood"] {
        assert!(!text.contains(applied_then), "{applied_then}: {text}");
    }
    assert_eq!(columns(&project), before);
    // Nothing is missing after them.
    models(&project, &MODELS.replace("pub city: String,", ""))?;
    let text = told(&project, &["verify", "--diff"], 0)?;
    assert!(text.contains("Nothing to prove"), "{text}");
    Ok(())
}

fn support_stdout(project: &Project, args: &[&str]) -> Result<String> {
    let mut command = support::autogen(project.path());
    command.args(args).env("DATABASE_URL", project.url());
    Ok(String::from_utf8(support::run(&mut command, 0)?.stdout)?)
}

#[test]
fn check_agrees_once_the_pending_ones_are_counted() -> Result<()> {
    let project = project("pending_check")?;
    told(&project, &["check"], 1)?;
    models(&project, &MODELS.replace(" pub city: String,", ""))?;
    let text = told(&project, &["check"], 0)?;
    assert!(text.contains(MOODS), "{text}");
    told(&project, &["check", "--no-pending"], 1)?;
    // Nobody is told of it once all are applied, and the answer is the same.
    project.run(&["up"], 0)?;
    let text = told(&project, &["check"], 0)?;
    assert!(!text.contains("migrations/"), "{text}");
    Ok(())
}

#[test]
fn an_expression_about_a_pending_type_is_understood() -> Result<()> {
    let project = project("pending_expression")?;
    let with_check = MODELS.replace(" pub city: String,", "").replace(
        "check(\"length(handle) > 1\")",
        "check(\"length(handle) > 1\"), index(mood, where = \"mood = 'happy'\")",
    );
    models(&project, &with_check)?;
    project.write(
        "2026-01-05-000000_index",
        "CREATE INDEX ON users (mood) WHERE mood IN ('happy');",
        "DROP INDEX users_mood_idx;",
    );
    told(&project, &["check"], 0)?;
    Ok(())
}

#[test]
fn migrations_of_another_branch_are_told() -> Result<()> {
    let project = project("pending_missing")?;
    project.run(&["up"], 0)?;
    std::fs::remove_dir_all(project.migrations().join(MOODS))?;
    let text = told(&project, &["diff"], 0)?;
    assert!(text.contains("1 migration applied to"), "{text}");
    assert!(
        text.contains("not in migrations/: 20260104000000") && text.contains("autogen migrate down"),
        "{text}"
    );
    Ok(())
}

#[test]
fn a_database_of_something_else_is_taken_as_it_is() -> Result<()> {
    let project = project("pending_foreign")?;
    project.connect().batch_execute("UPDATE __diesel_schema_migrations SET version = '1' || version")?;
    let text = told(&project, &["diff"], 0)?;
    assert!(text.contains("none of them is in migrations/") && text.contains("ADD COLUMN mood"), "{text}");
    // One without the table says nothing of migrations at all.
    project.connect().batch_execute("DROP TABLE __diesel_schema_migrations")?;
    let text = told(&project, &["diff"], 0)?;
    assert!(text.contains("ADD COLUMN mood") && !text.contains("migrations/"), "{text}");
    Ok(())
}

#[test]
fn a_pending_migration_that_fails_is_named_with_its_line() -> Result<()> {
    let project = project("pending_fails")?;
    project.write(MOODS, "SELECT 1;\nALTER TABLE nowhere ADD COLUMN x int;", "SELECT 1;");
    let before = columns(&project);
    let text = told(&project, &["diff"], 2)?;
    assert!(text.contains(&format!("{MOODS}/up.sql:2:1")), "{text}");
    assert!(text.contains("not applied to") && text.contains("--no-pending"), "{text}");
    told(&project, &["diff", "--no-pending"], 0)?;
    assert_eq!(columns(&project), before);
    Ok(())
}

#[test]
fn what_was_cut_off_is_finished_first() -> Result<()> {
    let project = project("pending_begun")?;
    project.write(MOODS, "CREATE TYPE mood AS ENUM ('happy', 'sad');\nSELECT 1/0;", "DROP TYPE mood;");
    project.without_transaction(MOODS);
    project.run(&["up"], 2)?;
    let text = told(&project, &["diff"], 2)?;
    assert!(text.contains(MOODS) && text.contains("in part") && text.contains("migrate up"), "{text}");
    Ok(())
}

#[test]
fn an_extension_that_is_not_at_hand_is_named() -> Result<()> {
    let project = project("pending_extension")?;
    // As on a machine whose throwaway server does not have it.
    project.connect().batch_execute(
        "INSERT INTO pg_catalog.pg_extension VALUES (99999, 'far_away', 10, 2200, true, '1.0', NULL, NULL)",
    )?;
    let text = told(&project, &["diff"], 0)?;
    assert!(text.contains("lacks the extension far_away") && text.contains("--scratch"), "{text}");
    assert!(
        text.contains("ALTER TABLE posts ADD COLUMN city text") && !text.contains("CREATE TYPE"),
        "{text}"
    );
    Ok(())
}

#[test]
fn a_search_path_and_roles_are_as_in_the_database() -> Result<()> {
    let project = project("pending_path")?;
    project.connect().batch_execute(
        "CREATE SCHEMA app; CREATE ROLE pending_reader; GRANT SELECT ON posts TO pending_reader; \
         ALTER DATABASE pending_path SET search_path = app, public; \
         ALTER TABLE __diesel_schema_migrations SET SCHEMA app",
    )?;
    project.write(
        MOODS,
        "CREATE TABLE inside (id bigint PRIMARY KEY);\nGRANT SELECT ON inside TO pending_reader;",
        "DROP TABLE inside;",
    );
    models(
        &project,
        "#[derive(Queryable, Selectable)]\n#[diesel(table_name = inside)]\n#[autogen(schema = \"app\")]\n\
         pub struct Inside { pub id: i64, }\n",
    )?;
    told(&project, &["check"], 0)?;
    let roles = "SELECT count(*) FROM pg_class WHERE relname = 'inside'";
    assert_eq!(number(&mut project.connect(), roles), 0);
    Ok(())
}
