//! The server refuses to update a table without replica identity while a publication publishes its updates. The script that
//! fills such a table says so, and says it of no other; the server is the referee.

use anyhow::{Result, ensure};
use diesel::connection::SimpleConnection;

use crate::support::{self, autogen, load, run};

/// Each table, and whether the server refuses to update it.
const TABLES: &[(&str, bool)] = &[
    ("keyless", true),
    ("nothing", true),
    ("part_of_published", true),
    ("in_schema", true),
    ("keyed", false),
    ("whole", false),
    ("indexed", false),
    ("inserts_only", false),
    ("unpublished", false),
    ("unlogged", false),
];
const BEFORE: &str = r#"
    CREATE TABLE keyless (name text NOT NULL);
    CREATE TABLE nothing (name text PRIMARY KEY);
    ALTER TABLE nothing REPLICA IDENTITY NOTHING;
    CREATE TABLE published (name text NOT NULL) PARTITION BY LIST (name);
    CREATE TABLE part_of_published PARTITION OF published DEFAULT;
    CREATE SCHEMA s;
    CREATE TABLE s.in_schema (name text NOT NULL);
    CREATE TABLE keyed (name text PRIMARY KEY);
    CREATE TABLE whole (name text NOT NULL);
    ALTER TABLE whole REPLICA IDENTITY FULL;
    CREATE TABLE indexed (name text NOT NULL UNIQUE);
    ALTER TABLE indexed REPLICA IDENTITY USING INDEX indexed_name_key;
    CREATE TABLE inserts_only (name text NOT NULL);
    CREATE TABLE unpublished (name text NOT NULL);
    CREATE UNLOGGED TABLE unlogged (name text NOT NULL);
    CREATE PUBLICATION "All ""of it" FOR TABLE keyless, nothing, published, keyed, whole, indexed;
    CREATE PUBLICATION new_ones FOR TABLE inserts_only WITH (publish = 'insert, truncate');
"#;

#[test]
fn who_cannot_be_updated_is_told() -> Result<()> {
    let server = support::start()?;
    // Whole schemas are published from 15 on; before that its own table is.
    let of_schema = if server.major() < 15 { "TABLE s.in_schema" } else { "TABLES IN SCHEMA s" };
    let before = format!("{BEFORE} CREATE PUBLICATION of_schema FOR {of_schema};");
    let add = |table: &str| {
        let schema = if table == "in_schema" { "s." } else { "" };
        let table = if table == "part_of_published" { "published" } else { table };
        format!("ALTER TABLE {schema}{table} ADD COLUMN token uuid DEFAULT gen_random_uuid() NOT NULL;")
    };
    server.create_database("now", None)?;
    load(&server, "now", &before)?;
    server.create_database("goal", None)?;
    let after: String = TABLES.iter().map(|(table, _)| add(table)).collect();
    load(&server, "goal", &format!("{before} {after}"))?;

    let project = tempfile::tempdir()?;
    let sides = ["--db".to_owned(), server.url("now"), "--target".to_owned(), server.url("goal")];
    let mut diff = autogen(project.path());
    let output = run(diff.args(["diff", "--online", "--no-input", "--format", "sql"]).args(&sides), 0)?;
    let script = String::from_utf8(output.stdout)?;
    let mut connection = server.connect("now")?;
    for (table, is_refused) in TABLES {
        let schema = if *table == "in_schema" { "s." } else { "" };
        let refused = connection.batch_execute(&format!("UPDATE {schema}{table} SET name = 'x'"));
        let is_so = refused.is_err_and(|error| error.to_string().contains("replica identity"));
        ensure!(is_so == *is_refused, "{table}: refused is {is_so}");
        let filled = if *table == "part_of_published" { "published" } else { table };
        let end = format!("UPDATE {schema}{filled} SET token = DEFAULT");
        let above: Vec<&str> = script
            .lines()
            .take_while(|line| !line.starts_with(&end))
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .collect();
        ensure!(above.len() < script.lines().count(), "{table} is not filled:\n{script}");
        let told = above
            .iter()
            .take_while(|line| line.starts_with("--"))
            .find(|line| line.contains("the server refuses"));
        ensure!(told.is_some() == *is_refused, "{table}: {told:?}");
        let publication =
            if *table == "in_schema" { "publication of_schema" } else { "publication All \"of it" };
        ensure!(
            told.is_none_or(|told| told.contains(publication) && told.contains(filled)),
            "{table}: {told:?}"
        );
    }
    Ok(())
}
