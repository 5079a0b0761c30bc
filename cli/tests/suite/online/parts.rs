//! The cases of `fixtures/` as changes of tables in use: a migration that takes several folders can be stopped after each
//! of them, and taken back or gone on with from there. `pg_dump` is the referee.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use autogen::postgres::Ephemeral;
use diesel::PgConnection;
use serde_json::Value;

use crate::support::cases::{Case, Scene, check_each, fill, roles, some_cases};
use crate::support::{self, apply, autogen, dump, run, same};

/// The rules of `autogen lint` about locks that others wait for while rows are gone through, and about what cannot run as it
/// is written. Those about types and NOT NULL speak up where no row is looked at too, as no file tells, and an index that
/// others depend on goes in a moment.
const LOCKS: &[&str] = &[
    "adding-foreign-key-constraint",
    "constraint-missing-not-valid",
    "disallowed-unique-constraint",
    "no-transaction",
    "require-concurrent-index-creation",
];

/// What a folder holds, filled in.
pub(super) struct Part {
    pub(super) name: String,
    pub(super) up: String,
    down: String,
}

#[test]
fn each_part_takes_back_what_it_has_done() -> Result<()> {
    let server = support::start()?;
    let cases = some_cases(&server)?;
    roles(&server)?;
    check_each(&cases, |case| {
        let scene = write(case, &server, &[])?;
        let parts = parts(case, &scene.project.path().join("migrations"))?;
        if parts.len() > 1 {
            go(&server, &scene.database, &parts)?;
        }
        scene.end(&server)
    })
}

/// Rows that nobody has counted: what may take long is announced, and the rest is no finding.
#[test]
fn lint_agrees_that_nobody_waits() -> Result<()> {
    let server = support::start()?;
    let cases = some_cases(&server)?;
    roles(&server)?;
    check_each(&cases, |case| {
        let scene = write(case, &server, &["--no-probe"])?;
        // The rows of a foreign table are elsewhere, which no file tells either.
        if scene.project.path().join("migrations").is_dir() && case.name != "table_foreign" {
            lint(scene.project.path())?;
        }
        scene.end(&server)
    })
}

/// Has the migration of a case written for tables in use.
pub(super) fn write(case: &Case, server: &Ephemeral, options: &[&str]) -> Result<Scene> {
    let scene = case.build(server)?;
    let mut diff = autogen(scene.project.path());
    diff.args(["diff", "--online", "--name", "step"]).args(&scene.sides);
    let own: Vec<String> = case.options()?.into_iter().flatten().collect();
    let more = options.iter().filter(|option| !own.iter().any(|other| other == *option));
    run(diff.args(more).args(&own), 0)?;
    Ok(scene)
}

/// Demands that another judge finds nobody kept waiting for long.
fn lint(project: &Path) -> Result<()> {
    let output = autogen(project).args(["lint", "--all", "--format", "json"]).output()?;
    let document: Value = serde_json::from_slice(&output.stdout)
        .with_context(|| String::from_utf8_lossy(&output.stderr).into_owned())?;
    let found = document["diagnostics"].as_array().context("no findings")?;
    let about_locks =
        found.iter().filter(|one| one["code"].as_str().is_some_and(|code| LOCKS.contains(&code)));
    let told: Vec<String> = about_locks.map(|one| format!("{} {}", one["code"], one["source"])).collect();
    ensure!(told.is_empty(), "autogen lint finds:\n{}", told.join("\n"));
    Ok(())
}

pub(super) fn parts(case: &Case, migrations: &Path) -> Result<Vec<Part>> {
    let rules = case.rules()?;
    let names = if migrations.is_dir() { support::migrations::all_of(migrations) } else { Vec::new() };
    let read = |name: &str, file: &str| -> Result<String> {
        Ok(fill(&std::fs::read_to_string(migrations.join(name).join(file))?, &rules))
    };
    let part = |name: &String| -> Result<Part> {
        Ok(Part { name: name.clone(), up: read(name, "up.sql")?, down: read(name, "down.sql")? })
    };
    names.iter().filter(|name| migrations.join(name).is_dir()).map(part).collect()
}

fn go(server: &Ephemeral, database: &str, parts: &[Part]) -> Result<()> {
    let mut connection = server.connect(database)?;
    let mut states = vec![dump(server, database)?];
    for (at, part) in parts.iter().enumerate() {
        up(&mut connection, part)?;
        let reached = dump(server, database)?;
        // Folders that only have a way back belong to the next one.
        let first = parts[..at].iter().rposition(|earlier| !earlier.is_empty()).map_or(0, |last| last + 1);
        for own in parts[first..=at].iter().rev() {
            down(&mut connection, own)?;
        }
        // What has been found to be valid stays so, and is shown with its table.
        if !part.up.contains("VALIDATE CONSTRAINT") {
            let what = format!("after {} and back (+ is, - should be)", part.name);
            same(&what, &usable(&dump(server, database)?, part), &usable(&states[first], part))?;
        }
        for earlier in parts[..first].iter().rev() {
            down(&mut connection, earlier)?;
        }
        let what = format!("after the first {} parts and back (+ is, - should be)", at + 1);
        same(&what, &dump(server, database)?, &states[0])?;
        for again in &parts[..=at] {
            up(&mut connection, again).context("once more")?;
        }
        same("the second time (+ is, - should be)", &dump(server, database)?, &reached)?;
        states.push(reached);
    }
    ensure!(states.last() != states.first(), "nothing has changed");
    Ok(())
}

impl Part {
    /// True where only the way back has something to do.
    fn is_empty(&self) -> bool {
        self.up.lines().all(|line| line.is_empty() || line.starts_with("--") || line == "SELECT 1;")
    }
}

/// The state of a schema between two parts, as far as it has to be brought back: the indexes that the part hands over to
/// constraints and partitioned indexes go with these, what is said of indexes and constraints goes with them, what is known
/// to be valid stays so, and the check that a partition is left with, if it is, is not missed.
fn usable(dump: &[String], part: &Part) -> Vec<String> {
    let words: Vec<&str> = part.up.split([' ', ';', '\n']).collect();
    let taken: Vec<&str> = words
        .windows(4)
        .filter_map(|window| match *window {
            ["USING", "INDEX", index, ..] | ["ATTACH", "PARTITION", index, ..] => Some(index),
            _ => None,
        })
        .collect();
    let is_taken = |statement: &&String| {
        let name = statement.split_once("INDEX ").and_then(|(_, rest)| rest.split(' ').next());
        let said = ["COMMENT ON CONSTRAINT", "COMMENT ON INDEX", "ALTER INDEX"];
        let set = ["CLUSTER ON", "REPLICA IDENTITY USING INDEX"];
        (statement.starts_with("CREATE ") && name.is_some_and(|name| taken.contains(&name)))
            || said.iter().any(|start| statement.starts_with(start))
            || set.iter().any(|words| statement.contains(words))
    };
    let mut all = Vec::new();
    for statement in dump.iter().filter(|statement| !is_taken(statement)) {
        match statement.strip_prefix("CREATE TABLE ") {
            // What is not valid stands beside the table, the rest in it.
            Some(table) => {
                let (checks, rest): (Vec<&str>, Vec<&str>) =
                    statement.lines().partition(|line| line.starts_with("    CONSTRAINT "));
                let name = table.split(" (").next().unwrap_or_default();
                let name = name.split(" OF ").next().unwrap_or_default();
                all.extend(checks.iter().map(|check| format!("ALTER TABLE {name}\n    ADD{}", &check[3..])));
                all.push(rest.join("\n").replace(" (\n)", ""));
            }
            None => all.push(statement.trim_end_matches(" NOT VALID").to_owned()),
        }
    }
    let left = part.up.lines().filter_map(|line| line.split_once(" DROP CONSTRAINT IF EXISTS "));
    for check in left.filter_map(|(_, check)| check.strip_suffix(';')) {
        all.retain(|statement| !statement.contains(&format!("ADD CONSTRAINT {check} CHECK")));
    }
    all.sort();
    all
}

fn up(connection: &mut PgConnection, part: &Part) -> Result<()> {
    apply(connection, &format!("up.sql of {}", part.name), &part.up)
}

fn down(connection: &mut PgConnection, part: &Part) -> Result<()> {
    apply(connection, &format!("down.sql of {}", part.name), &part.down)
}
