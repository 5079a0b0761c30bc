//! Snapshots: what is written and read again is the same catalog, whatever is in it; a snapshot stands wherever a
//! database does; what is none is refused with its place.

use anyhow::{Context, Result, ensure};
use autogen::postgres::Ephemeral;
use autogen_core::{Held, Snapshot};
use autogen_introspect::catalog::{self, Owners, ReadOptions};
use serde_json::Value;

use crate::support::cases::{all_cases, of_version, roles};
use crate::support::json_schema::conforms;
use crate::support::{self, autogen, load, run};

/// Everything that a catalog may hold: one database after every fixture's change.
#[test]
fn every_fixture_comes_back_as_it_was() -> Result<()> {
    let server = support::start()?;
    roles(&server)?;
    let schema: Value = serde_json::from_str(include_str!("../../schema/snapshot.schema.json"))?;
    let mut seen = 0;
    for case in of_version(&server, all_cases()?)? {
        let files = ["after.sql", "before.sql"].map(|file| case.folder.join(file));
        let file = files.into_iter().find(|file| file.is_file());
        let Some(file) = file else { continue };
        round_trip(&server, &std::fs::read_to_string(&file)?, &schema)
            .with_context(|| format!("of {}", file.display()))?;
        seen += 1;
    }
    ensure!(seen > 100, "only {seen} fixtures were found");
    Ok(())
}

fn round_trip(server: &Ephemeral, sql: &str, schema: &Value) -> Result<()> {
    server.create_database("trip", None)?;
    load(server, "trip", sql)?;
    let mut connection = server.connect("trip")?;
    let catalog = catalog::read(
        &mut connection,
        &ReadOptions { privileges: true, owners: Owners::All, ..ReadOptions::default() },
    )?;
    drop(connection);
    let text = serde_json::to_string(&Snapshot::new(&catalog, Held { privileges: true, owners: true }))?;
    conforms(&serde_json::from_str(&text)?, schema, schema, "$");
    let back = serde_json::from_str::<Snapshot>(&text)?.into_catalog()?;
    ensure!(back == catalog, "the catalog has changed on the way through {text}");
    server.drop_database("trip")?;
    Ok(())
}

const LIVE: &str = "CREATE TYPE mood AS ENUM ('sad', 'it''s \"ok\"'); \
    CREATE FUNCTION three() RETURNS int LANGUAGE sql AS 'SELECT 3'; \
    CREATE TABLE t (id bigserial PRIMARY KEY, mood mood DEFAULT 'sad', n int DEFAULT three() CHECK (n IN (1, 2, 3))); \
    CREATE INDEX t_n ON t ((n + 1)) WHERE mood = 'sad'; \
    CREATE VIEW v AS SELECT id FROM t; \
    COMMENT ON TABLE t IS E'two\\nlines'; GRANT SELECT ON t TO PUBLIC";

const MODELS: &str = "#[derive(Queryable, Selectable, Identifiable)]\n#[diesel(table_name = t)]\n\
    #[autogen(check(\"n in (1,2,3)\"), index(\"n+1\", name = \"t_n\", where = \"mood = 'sad'\"))]\npub struct T {\n\
    pub id: i64,\n#[autogen(sql_type = \"mood\")]\npub mood: Option<Mood>,\n#[autogen(default = \"three( )\")]\npub n: Option<i32>,\n}\n";

#[test]
fn a_snapshot_stands_wherever_a_database_does() -> Result<()> {
    let server = support::start()?;
    server.create_database("live", None)?;
    load(&server, "live", LIVE)?;
    let (folder, url) = (tempfile::tempdir()?, server.url("live"));
    std::fs::write(folder.path().join("models.rs"), MODELS)?;
    std::fs::write(folder.path().join("objects.sql"), "CREATE VIEW v AS SELECT t.id FROM public.t;")?;
    let go = |args: &[&str], code| -> Result<String> {
        let output = run(autogen(folder.path()).args(args), code)?;
        Ok(String::from_utf8(output.stdout)?)
    };
    let file = "with \"quotes\".json";
    go(&["snapshot", "--db", &url, "--with", "privileges", "--out", file], 0)?;
    let printed = go(&["snapshot", "--db", &url, "--with", "privileges"], 0)?;
    let written = std::fs::read_to_string(folder.path().join(file))?;
    ensure!(printed == written, "{printed}");
    ensure!(written.lines().filter(|line| line.contains("\"kind\":\"table\"")).count() >= 1, "{written}");
    ensure!(!written.contains("host") && !written.contains("dbname"), "{written}");
    // The same from either side, with privileges and without, and of itself.
    go(&["snapshot", "--db", &url, "--with", "privileges,owners", "--out", "whole.json"], 0)?;
    for with in [&["--with", "owners"][..], &["--with", "owners,privileges"]] {
        go(&[&["diff", "--exit-code", "--db", "whole.json", "--target", &url], with].concat(), 0)?;
    }
    go(&["diff", "--exit-code", "--db", &url, "--target", "whole.json"], 0)?;
    go(&["diff", "--db", file, "--target", &url, "--with", "owners"], 2)?;
    for with in [&[][..], &["--with", "privileges"]] {
        go(&[&["diff", "--exit-code", "--db", file, "--target", &url], with].concat(), 0)?;
        go(&[&["diff", "--exit-code", "--db", &url, "--target", file], with].concat(), 0)?;
    }
    ensure!(go(&["snapshot", "--db", file, "--with", "privileges"], 0)? == written);
    // Models are asked about on a throwaway server, which needs the types and functions of the snapshot.
    go(&["check", "--db", file, "--models", "models.rs", "objects.sql"], 0)?;
    load(&server, "live", "ALTER TABLE t ADD COLUMN later text")?;
    let script = go(&["diff", "--exit-code", "--db", file, "--target", &url, "--format", "sql"], 1)?;
    ensure!(script.contains("ADD COLUMN later text"), "{script}");
    // A snapshot is brought up to date, anything else stays.
    go(&["snapshot", "--db", &url, "--out", file], 0)?;
    ensure!(std::fs::read_to_string(folder.path().join(file))?.contains("later"));
    go(&["snapshot", "--db", &url, "--out", "models.rs"], 2)?;
    ensure!(std::fs::read_to_string(folder.path().join("models.rs"))? == MODELS);
    Ok(())
}

#[test]
fn what_is_no_snapshot_is_refused() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let fails = |text: &[u8], part: &str| -> Result<()> {
        std::fs::write(folder.path().join("x.json"), text)?;
        std::fs::write(folder.path().join("y.json"), text)?;
        let mut command = autogen(folder.path());
        let output = run(command.args(["diff", "--db", "x.json", "--target", "y.json"]), 2)?;
        let stderr = String::from_utf8(output.stderr)?;
        ensure!(stderr.contains("x.json") && stderr.contains(part), "{part} in {stderr}");
        ensure!(!stderr.contains('\u{1b}') && output.stdout.is_empty(), "{stderr}");
        Ok(())
    };
    fails(b"{\n\"autogen_snapshot\": 1,\n\"objects\": [", "line 3 column")?;
    fails(b"{\"autogen_snapshot\": 9}", "version 9")?;
    fails(b"{\"version\": 1}", "no snapshot")?;
    fails(b"{\"autogen_snapshot\": \"\\u001b[2J\"}", "version")?;
    fails(b"\xff\xfe", "not UTF-8")?;
    fails(b"", "line 1")
}
