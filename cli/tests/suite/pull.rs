//! `autogen pull` says all of a schema: for the end state of every fixture, the pulled files agree with the database that
//! they come from, and a new database made from them is the same to `pg_dump`.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result, ensure};
use autogen::postgres::Ephemeral;

use crate::support::pulled::round;
use crate::support::{self, apply, load, scripts};

/// End states that cannot make the round, each with the reason.
const KNOWN: &[(&str, &str)] = &[(
    "table_circle_with_function",
    "a default calls a function that reads its table: neither the table of the models nor the function of the file can be made first",
)];

#[test]
fn every_fixture_makes_the_round() -> Result<()> {
    let filter = std::env::var("AUTOGEN_FIXTURE").unwrap_or_default();
    let mut cases = Vec::new();
    for entry in std::fs::read_dir(support::fixtures())? {
        let folder = entry?.path();
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if folder.join("before.sql").is_file() && name.contains(&filter) {
            cases.push((name, folder));
        }
    }
    cases.sort();
    ensure!(!cases.is_empty(), "AUTOGEN_FIXTURE={filter} matches no case");
    let server = support::start()?;
    load(&server, "postgres", &std::fs::read_to_string(support::fixtures().join("roles.sql"))?)?;
    let failures = Mutex::new(BTreeMap::new());
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some((name, folder)) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(error) = check(&server, name, folder) {
                        let mut failures = failures.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                        failures.insert(name.as_str(), format!("{error:#}"));
                    }
                }
            });
        }
    });
    let mut failures = failures.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    for (name, reason) in KNOWN.iter().filter(|(name, _)| name.contains(&filter)) {
        ensure!(failures.remove(name).is_some(), "{name} makes the round now, although: {reason}");
    }
    for (name, failure) in &failures {
        eprintln!("\n=== {name}\n{failure}");
    }
    let names: Vec<_> = failures.keys().copied().collect();
    ensure!(failures.is_empty(), "{} of {} cases fail: {}", names.len(), cases.len(), names.join(", "));
    Ok(())
}

/// What attributes say may call what only SQL can say, in every place that takes an expression.
#[test]
fn functions_come_before_what_calls_them() -> Result<()> {
    let server = support::start()?;
    server.create_database("old", None)?;
    load(
        &server,
        "old",
        "CREATE FUNCTION canon(t text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT lower(t)';
        CREATE FUNCTION later(t timestamptz) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT -1::bigint';
        CREATE FUNCTION token() RETURNS text LANGUAGE sql AS 'SELECT ''x''';
        CREATE TABLE a (id int PRIMARY KEY, name text NOT NULL CHECK (canon(name) <> name), at timestamptz,
            token text DEFAULT token(), short text GENERATED ALWAYS AS (canon(name)) STORED);
        CREATE UNIQUE INDEX a_name ON a (canon(name));
        CREATE INDEX a_late ON a (later(at) DESC, id) WHERE canon(name) <> '';",
    )?;
    round(&server, "old", "new")?;
    Ok(())
}

fn check(server: &Ephemeral, name: &str, folder: &Path) -> Result<()> {
    let (old, new) = (format!("{name}-old"), format!("{name}-new"));
    server.create_database(&old, None)?;
    let text = |file: &str| {
        std::fs::read_to_string(folder.join(file)).with_context(|| format!("cannot read {file}"))
    };
    if folder.join("after.sql").is_file() {
        load(server, &old, &text("after.sql")?)?;
    } else {
        load(server, &old, &text("before.sql")?)?;
        if !folder.join("fill.txt").is_file() {
            let mut connection = server.connect(&old)?;
            for ((_, file), sql) in scripts(folder, "up")? {
                apply(&mut connection, &file, &sql)?;
            }
        }
    }
    round(server, &old, &new)?;
    server.drop_database(&old)?;
    server.drop_database(&new).map_err(Into::into)
}
