//! `autogen pull` says all of a schema: for the end states of the fixtures, the pulled files agree with the database that
//! they come from, and a new database made from them is the same to `pg_dump`.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use autogen::postgres::Ephemeral;

use crate::support::cases::{failures, roles, some_cases, tell};
use crate::support::pulled::round;
use crate::support::{self, apply, load, scripts};

/// End states that cannot make the round, each with the reason.
const KNOWN: &[(&str, &str)] = &[(
    "table_circle_with_function",
    "a default calls a function that reads its table: neither the table of the models nor the function of the file can be made first",
)];

#[test]
fn the_fixtures_make_the_round() -> Result<()> {
    let server = support::start()?;
    roles(&server)?;
    let cases = some_cases(&server)?;
    let mut failures = failures(&cases, |case| check(&server, &case.name, &case.folder));
    for (name, reason) in KNOWN.iter().filter(|(name, _)| cases.iter().any(|case| case.name == *name)) {
        ensure!(failures.remove(*name).is_some(), "{name} makes the round now, although: {reason}");
    }
    tell(&cases, &failures)
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
