//! Tries pairs of schemas where tables have rows: `autogen diff` asks these, and what it says of them must be true. A script
//! with a marker fails as it is, and one that says nothing of rows that are in the way runs.

use anyhow::{Result, bail};
use autogen::postgres::Ephemeral;
use diesel::connection::SimpleConnection;
use diesel::sql_types::{Array, Bool, Text};
use diesel::{PgConnection, QueryableByName, RunQueryDsl, sql_query};

use crate::random::databases::Databases;
use crate::random::draw::Random;
use crate::random::schema::Schema;
use crate::support;

/// The script runs, and says nothing of rows.
pub(crate) const RUNS: &str = "runs";
/// It has a marker, and does not run.
pub(crate) const MARKED: &str = "has a marker and fails";
/// It says that it may fail, and does.
const FAILS: &str = "may fail and does";
/// It says that it may fail, and runs.
const MAY_FAIL: &str = "may fail and runs";

/// Of each table so many rows are tried; what the schema refuses is left out.
const ROWS: usize = 8;

/// A column that can be given a value.
#[derive(Debug, QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    table: String,
    #[diesel(sql_type = Text)]
    column: String,
    /// `pg_type.typcategory`.
    #[diesel(sql_type = Text)]
    category: String,
    #[diesel(sql_type = Array<Text>)]
    labels: Vec<String>,
    #[diesel(sql_type = Bool)]
    is_counted: bool,
}

const COLUMNS: &str = "
SELECT
    format('%I.%I', n.nspname, c.relname) AS table,
    quote_ident(a.attname) AS column,
    b.typcategory::text AS category,
    ARRAY(SELECT e.enumlabel::text FROM pg_enum e WHERE e.enumtypid = b.oid ORDER BY e.enumsortorder) AS labels,
    a.attidentity <> '' OR coalesce(pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval%', false) AS is_counted
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
JOIN pg_type t ON t.oid = a.atttypid
JOIN pg_type b ON b.oid = CASE t.typbasetype WHEN 0 THEN t.oid ELSE t.typbasetype END
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE c.relkind IN ('r', 'p') AND n.nspname LIKE 's%' AND NOT c.relispartition
ORDER BY c.oid, a.attnum";

/// What comes of it, unless what is said of the rows is not true.
pub(crate) fn ask(server: &Ephemeral, label: &str, pairs: &[[Schema; 2]]) -> Result<&'static str> {
    let databases = Databases::load(server, label, pairs)?;
    asked(server, &databases).map_err(|error| databases.failed(error))
}

fn asked(server: &Ephemeral, databases: &Databases<'_>) -> Result<&'static str> {
    let [now, goal] = &databases.names;
    let mut connection = server.connect(now)?;
    connection.batch_execute("SET client_min_messages = error")?;
    let rows = fill(&mut connection, &mut Random::new(1))?;
    let folder = tempfile::tempdir()?;
    let mut diff = support::autogen(folder.path());
    let manner = if rows.len().is_multiple_of(2) { "--online" } else { "--offline-ok" };
    diff.args(["diff", manner, "--with", "privileges", "--no-input", "--out", "out"]);
    diff.args(["--db", &server.url(now), "--target", &server.url(goal)]);
    support::run(&mut diff, 0)?;
    if !folder.path().join("out").is_dir() {
        return Ok(RUNS);
    }
    let scripts: Vec<String> = support::scripts(&folder.path().join("out"), "up")?.into_values().collect();
    let mut lines = scripts.iter().flat_map(|script| script.lines());
    let may_fail = lines.clone().any(|line| line.starts_with("-- HAZARD may fail: "));
    // What may be a new name is not about rows, and what nobody could ask is not known.
    let others = [" renamed", "make sure that every "];
    let is_marker = |line: &str| {
        line.starts_with("-- TODO(autogen): ") && !others.iter().any(|words| line.contains(words))
    };
    let is_marked = lines.any(is_marker);
    let result = scripts.iter().try_for_each(|script| support::apply(&mut connection, "up.sql", script));
    let context = || format!("--- rows\n{}\n--- up.sql\n{}", rows.join("\n"), scripts.join("\n"));
    match (result, is_marked, may_fail) {
        (Ok(()), false, false) => Ok(RUNS),
        (Ok(()), false, true) => Ok(MAY_FAIL),
        (Ok(()), true, _) => bail!(anyhow::anyhow!("a marker, and no row is in the way").context(context())),
        (Err(_), true, _) => Ok(MARKED),
        (Err(_), false, true) => Ok(FAILS),
        (Err(error), false, false) => Err(error.context("nothing was said").context(context())),
    }
}

/// Tries rows, and returns those that the schema takes.
fn fill(connection: &mut PgConnection, random: &mut Random) -> Result<Vec<String>> {
    let columns: Vec<Column> = sql_query(COLUMNS).load(connection)?;
    let mut taken = Vec::new();
    for _ in 0..ROWS {
        for table in columns.chunk_by(|one, other| one.table == other.table) {
            let Some(first) = table.first() else { continue };
            let given: Vec<&Column> = table.iter().filter(|column| !column.is_counted).collect();
            let names: Vec<&str> = given.iter().map(|column| column.column.as_str()).collect();
            let values: Vec<String> = given.iter().map(|column| value(column, random)).collect();
            let row = match names.is_empty() {
                true => format!("INSERT INTO {} DEFAULT VALUES;", first.table),
                false => {
                    format!(
                        "INSERT INTO {} ({}) VALUES ({});",
                        first.table,
                        names.join(", "),
                        values.join(", ")
                    )
                }
            };
            if connection.batch_execute(&row).is_ok() {
                taken.push(row);
            }
        }
    }
    Ok(taken)
}

fn value(column: &Column, random: &mut Random) -> String {
    if random.chance(12) {
        return "NULL".to_owned();
    }
    if random.chance(12) {
        return "DEFAULT".to_owned();
    }
    let all: &[&str] = match column.category.as_str() {
        "N" => &["-1", "0", "1", "2", "7", "30", "31", "1006", "70000"],
        "S" => &["", "a", "b", "A", "30", "it''s", "long label", "a text of more than twenty characters"],
        "B" => &["true", "false"],
        "D" => &["2024-01-01", "2020-02-29 12:00:01.5", "1999-12-31"],
        "A" => &["{}", "{1,2}", "{NULL}"],
        "I" => &["10.0.0.1", "10.0.0.0/8"],
        "R" => &["empty", "[1,3)", "[2,5)"],
        "U" => {
            &["5e2e1b7c-0000-4000-8000-000000000001", "5e2e1b7c-0000-4000-8000-000000000002", "{\"a\": 1}"]
        }
        _ => &[],
    };
    let chosen = random.one(&column.labels).map(|label| label.replace('\'', "''"));
    let chosen = chosen.or_else(|| random.one(all).map(|text| (*text).to_owned()));
    chosen.map_or_else(|| "DEFAULT".to_owned(), |text| format!("'{text}'"))
}
