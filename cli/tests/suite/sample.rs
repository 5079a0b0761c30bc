//! The whole way of a team, on the sample project: its models are one edit ahead of a database with rows; the migration
//! is written, refuses to run until its TODO is filled in, runs under `diesel_migrations`, and goes back.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, ensure};
use autogen::postgres::Ephemeral;
use diesel::sql_types::{BigInt, Text};
use diesel::{PgConnection, QueryableByName, RunQueryDsl};
use diesel_migrations::{FileBasedMigrations, MigrationHarness};

use crate::support::{self, autogen, dump, load, run, same};

const ROWS: &str = "
    INSERT INTO orgs (name) VALUES ('acme');
    INSERT INTO users (org_id, nick) VALUES (1, 'ann'), (1, 'bob');
    INSERT INTO posts (author_id, title, status, published_at, rating)
    VALUES (1, 'one', 'draft', NULL, NULL), (2, 'two', 'published', now(), 5);
";

struct Project {
    folder: tempfile::TempDir,
    server: Ephemeral,
    connection: PgConnection,
}

#[derive(QueryableByName, Debug, PartialEq)]
struct Row {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Text)]
    text: String,
}

impl Project {
    /// A copy of the sample, and a database in the state of its migrations, with rows.
    fn new() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        support::copy(&support::fixtures().join("sample"), folder.path())?;
        let server = support::start()?;
        server.create_database("sample", None)?;
        let connection = server.connect("sample")?;
        let mut project = Self { folder, server, connection };
        project.up()?;
        load(&project.server, "sample", ROWS)?;
        Ok(project)
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Runs what is pending; how many migrations that were.
    fn up(&mut self) -> Result<usize> {
        let migrations = FileBasedMigrations::from_path(self.folder.path().join("migrations"))?;
        let versions = self.connection.run_pending_migrations(migrations).map_err(|e| anyhow!("{e}"))?;
        Ok(versions.len())
    }

    fn down(&mut self, count: usize) -> Result<()> {
        for _ in 0..count {
            let migrations = FileBasedMigrations::from_path(self.folder.path().join("migrations"))?;
            self.connection.revert_last_migration(migrations).map_err(|e| anyhow!("{e}"))?;
        }
        Ok(())
    }

    fn dump(&self) -> Result<Vec<String>> {
        dump(&self.server, "sample")
    }

    fn rows(&mut self, sql: &str) -> Result<Vec<Row>> {
        Ok(diesel::sql_query(sql).load(&mut self.connection)?)
    }

    /// What `autogen` with these arguments and this database says on stdout.
    fn autogen(&self, args: &[&str]) -> Result<String> {
        let mut command = autogen(self.path());
        command.args(args).args(["--db", &self.server.url("sample"), "--models", "src/models.rs"]);
        Ok(String::from_utf8(run(&mut command, 0)?.stdout)?)
    }

    fn migrations(&self) -> Result<Vec<PathBuf>> {
        let entries = std::fs::read_dir(self.path().join("migrations"))?;
        let mut all = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
        all.sort();
        Ok(all)
    }
}

#[test]
fn one_edit_becomes_a_migration_that_goes_both_ways() -> Result<()> {
    let mut project = Project::new()?;
    let before = project.dump()?;
    let nicks = project.rows("SELECT id, nick::text AS text FROM users ORDER BY id")?;
    let old = project.migrations()?;

    let printed = project.autogen(&["diff"])?;
    for part in [
        "RENAME COLUMN nick TO handle",
        "ADD COLUMN email text",
        "TODO(autogen)",
        "rows of users have no email",
        "ADD VALUE 'review' BEFORE 'published'",
        "posts (author_id, published_at DESC)",
        "src/models.rs:",
    ] {
        ensure!(printed.contains(part), "the printed scripts lack {part:?}:\n{printed}");
    }
    ensure!(project.migrations()? == old, "without --name nothing is written");

    project.autogen(&["diff", "--name", "handles", "--schema-rs"])?;
    let schema = std::fs::read_to_string(project.path().join("src/schema.rs"))?;
    let stored = std::fs::read_to_string(support::fixtures().join("schema_rs/sample.rs"))?;
    ensure!(
        schema == stored,
        "schema.rs is not what diesel print-schema prints after the migration:\n{schema}"
    );
    let new: Vec<_> = project.migrations()?.into_iter().filter(|path| !old.contains(path)).collect();
    ensure!(!new.is_empty(), "no migration was written");

    let refused = project.up();
    ensure!(refused.is_err(), "the migration runs although its TODO is not filled in");
    same("a migration that failed has changed something", &project.dump()?, &before)?;

    let mut filled = 0;
    for script in new.iter().map(|folder| folder.join("up.sql")) {
        let text = std::fs::read_to_string(&script)?;
        let lines = text.lines().map(|line| {
            if !line.starts_with("-- UPDATE users SET email") {
                return format!("{line}\n");
            }
            filled += 1;
            "UPDATE users SET email = handle || '@example.org' WHERE email IS NULL;\n".to_owned()
        });
        let text: String = lines.collect();
        std::fs::write(&script, text)?;
    }
    ensure!(filled == 1, "the TODO has no ready UPDATE");

    let count = project.up().context("the filled-in migration")?;
    ensure!(count == new.len(), "{count} of {} new migrations ran", new.len());
    let after = project.dump()?;
    let handles = project.rows("SELECT id, handle::text AS text FROM users ORDER BY id")?;
    ensure!(handles == nicks, "the rename has lost values: {handles:?}");
    let emails = project.rows("SELECT id, email AS text FROM users ORDER BY id")?;
    ensure!(emails[0].text == "ann@example.org", "{emails:?}");
    if let Some(diesel) = std::env::var_os("AUTOGEN_DIESEL") {
        support::diesel_writes(Path::new(&diesel), &project.server.url("sample"), project.path())?;
        ensure!(
            std::fs::read_to_string(project.path().join("src/schema.rs"))? == stored,
            "diesel prints another"
        );
    }
    let again = project.autogen(&["diff", "--exit-code"])?;
    ensure!(again.to_lowercase().contains("no changes"), "the second diff says:\n{again}");
    project.autogen(&["check"])?;

    project.down(count)?;
    same("after down (+ is, - should be)", &project.dump()?, &before)?;
    let back = project.rows("SELECT id, nick::text AS text FROM users ORDER BY id")?;
    ensure!(back == nicks, "the way back has lost values: {back:?}");
    project.up().context("the second time")?;
    same("after the second up (+ is, - should be)", &project.dump()?, &after)
}

/// The README's first command: no database at all, the migrations folder is the current state.
#[test]
fn the_migrations_folder_is_the_current_state_where_there_is_no_database() -> Result<()> {
    let folder = tempfile::tempdir()?;
    support::copy(&support::fixtures().join("sample"), folder.path())?;
    let before = support::files(folder.path())?;
    let output = run(autogen(folder.path()).args(["diff", "--models", "src/models.rs"]), 0)?;
    let printed = String::from_utf8(output.stdout)?;
    for part in
        ["RENAME COLUMN nick TO handle", "ADD COLUMN email text", "ADD VALUE 'review' BEFORE 'published'"]
    {
        ensure!(printed.contains(part), "the printed scripts lack {part:?}:\n{printed}");
    }
    ensure!(support::files(folder.path())? == before, "something was written");
    run(autogen(folder.path()).args(["check", "--models", "src/models.rs"]), 1)?;
    Ok(())
}
