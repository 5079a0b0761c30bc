//! What is proved, and from where: decided before a throwaway server runs, from the options, the migrations on disk and what the
//! start has applied.

use std::path::Path;

use anyhow::{Result, bail};
use autogen_core::visible;

use super::parts;
use super::step::Step;
use crate::args::{CompareArgs, VerifyArgs, With};
use crate::migrate::{self, Directory};
use crate::output::Terminal;
use crate::pipeline::{self, Depth};
use crate::postgres::replay::Migration;
use crate::postgres::{self, load};
use crate::setup::Setup;
use crate::source::Source;

/// What is to be done.
pub(super) struct Plan {
    /// What the start is called.
    pub(super) label: String,
    pub(super) source: Source,
    /// The migrations that make the start, where it is made of migrations.
    pub(super) applied: Vec<Migration>,
    /// Migrations to run on the start before anything is proved, because it is behind.
    pub(super) pending: Vec<Migration>,
    pub(super) steps: Vec<Step>,
    pub(super) wanted: Wanted,
    /// What the schemas before and after are compared with beside what always is.
    pub(super) with: Vec<With>,
    pub(super) notes: Vec<String>,
}

/// What the last step must lead to.
pub(super) enum Wanted {
    Comparison(Box<CompareArgs>),
    /// Whatever all migrations make from nothing; a difference is worth a note.
    History(Vec<Migration>),
    /// It is the migrations that decide.
    Nothing,
}

/// Decides.
pub(super) fn plan(args: &VerifyArgs, terminal: &Terminal) -> Result<Plan> {
    let setup = Setup::new(args.project.as_deref(), args.config.as_deref(), terminal)?;
    let mut with = setup.applied(&args.comparison()).with;
    // A way back restores them, whoever compares models with them.
    with.push(With::Privileges);
    Ok(Plan { with, ..chosen(args, setup, terminal)? })
}

fn chosen(args: &VerifyArgs, mut setup: Setup, terminal: &Terminal) -> Result<Plan> {
    if args.all {
        let given = args.db.as_deref().map(|text| setup.source(text, "--db", terminal)).transpose()?;
        match given {
            None => {}
            Some(Source::Migrations(dir)) => setup.project.set_migrations(dir),
            Some(_) => {
                bail!(
                    "--all begins with an empty database; leave --db out, or give it a migrations directory"
                )
            }
        }
        let directory = Directory::of(&setup.project)?;
        let source = Source::Migrations(setup.project.migrations());
        let plan = Plan::of(source, Vec::new(), &directory.migrations, "an empty database")?;
        return Ok(Plan { wanted: wanted(args, Vec::new()), ..plan });
    }
    let source = setup.current(args.db.as_deref(), terminal)?;
    let explicit = args.migration.is_some();
    let wants_difference = args.diff || (!explicit && is_compared(args) && applied(&source)?.is_none());
    if wants_difference {
        return difference(args, source, terminal);
    }
    if let Source::Migrations(dir) = &source {
        setup.project.set_migrations(dir.clone());
    }
    let directory = Directory::of(&setup.project)?;
    let mut plan = match &args.migration {
        Some(text) => one(text, source, &directory)?,
        None => pending(source, &directory)?,
    };
    if plan.steps.is_empty() && is_compared(args) {
        return difference(args, plan.source, terminal);
    }
    let is_history = explicit || matches!(plan.source, Source::Migrations(_));
    let all = if is_history { Vec::new() } else { directory.migrations };
    plan.wanted = wanted(args, all);
    Ok(plan)
}

fn is_compared(args: &VerifyArgs) -> bool {
    args.target.is_some() || !args.models.is_empty()
}

fn wanted(args: &VerifyArgs, all: Vec<Migration>) -> Wanted {
    if is_compared(args) {
        Wanted::Comparison(Box::new(args.comparison()))
    } else if all.is_empty() {
        Wanted::Nothing
    } else {
        Wanted::History(all)
    }
}

impl Plan {
    fn of(source: Source, applied: Vec<Migration>, steps: &[Migration], label: &str) -> Result<Plan> {
        Ok(Plan {
            label: label.to_owned(),
            source,
            applied,
            pending: Vec::new(),
            steps: parts::changes(steps)?.into_iter().map(Step::of_parts).collect::<Result<_>>()?,
            wanted: Wanted::Nothing,
            with: Vec::new(),
            notes: Vec::new(),
        })
    }

    /// The change that a migration belongs to, from the migrations before it.
    fn before(dir: &Path, directory: &Directory, version: &str) -> Result<Plan> {
        let (applied, steps) = parts::change_of(&directory.migrations, version)?;
        let label = match applied.last() {
            Some(last) => format!("the migrations up to {}", visible(&last.name)),
            None => "an empty database".to_owned(),
        };
        Plan::of(Source::Migrations(dir.to_path_buf()), applied.to_vec(), steps, &label)
    }
}

/// The difference that is not written yet. As for `diff` it begins where the pending migrations of a database lead; they are
/// proved by themselves.
fn difference(args: &VerifyArgs, source: Source, terminal: &Terminal) -> Result<Plan> {
    let comparison = args.comparison();
    let outcome = pipeline::compare(&comparison, Depth::Rows, terminal)?;
    let applied = match &source {
        Source::Migrations(dir) => postgres::replay::migrations(dir)?,
        _ => Vec::new(),
    };
    let mut notes = Vec::new();
    let mut steps = Vec::new();
    if outcome.graph.is_empty() {
        notes.push(format!("{} and {} agree", outcome.labels.before, outcome.labels.after));
    } else {
        steps.push(Step::of_difference(&outcome)?);
    }
    if !outcome.pending.is_empty() {
        let names: Vec<String> = outcome.pending.iter().map(|one| visible(&one.name)).collect();
        notes.push(format!(
            "{} has not applied {}; that runs first, and is proved by `autogen verify` without --diff",
            source.label(),
            names.join(", ")
        ));
    }
    Ok(Plan {
        label: source.label(),
        source,
        applied,
        pending: outcome.pending,
        steps,
        wanted: Wanted::Comparison(Box::new(comparison)),
        with: Vec::new(),
        notes,
    })
}

/// A migration that somebody names: from the start if that has not applied it, else from the migrations before it.
fn one(text: &str, source: Source, directory: &Directory) -> Result<Plan> {
    let version = directory.version(text, &[])?;
    if let Source::Migrations(dir) = &source {
        return Plan::before(dir, directory, &version);
    }
    let known = applied(&source)?;
    if known.as_ref().is_some_and(|known| known.contains(&version)) {
        let mut plan = Plan::before(directory.path(), directory, &version)?;
        plan.notes.push(format!(
            "{} has applied it already, so it is proved from the migrations before it",
            source.label()
        ));
        return Ok(plan);
    }
    let (_, change) = parts::change_of(&directory.migrations, &version)?;
    let is_applied = |one: &Migration| known.as_ref().is_some_and(|known| known.contains(&one.version));
    let steps: Vec<Migration> = change.iter().filter(|one| !is_applied(one)).cloned().collect();
    let label = source.label();
    Plan::of(source, Vec::new(), &steps, &label)
}

/// What the start lacks.
fn pending(source: Source, directory: &Directory) -> Result<Plan> {
    let Some(last) = directory.migrations.last() else {
        bail!(
            "there is no migration to prove; `autogen verify --diff` proves the one that `autogen diff` would write"
        );
    };
    let label = source.label();
    if let Source::Migrations(dir) = &source {
        return Plan::before(dir, directory, &last.version);
    }
    let Some(known) = applied(&source)? else {
        let (_, change) = parts::change_of(&directory.migrations, &last.version)?;
        let mut plan = Plan::of(source, Vec::new(), change, &label)?;
        plan.notes.push(format!(
            "{label} does not say which migrations it has applied, so the last one is taken for the new one"
        ));
        return Ok(plan);
    };
    let is_pending = |migration: &&Migration| !known.contains(&migration.version);
    let steps: Vec<Migration> = directory.migrations.iter().filter(is_pending).cloned().collect();
    let mut plan = Plan::of(source, Vec::new(), &steps, &label)?;
    if steps.is_empty() {
        plan.notes.push(format!(
            "{label} has applied all migrations; --migration, --all or --diff choose what is proved"
        ));
    }
    Ok(plan)
}

/// The versions that a start has applied, if it says so. A dump says so if the rows of Diesel's table are in it.
fn applied(source: &Source) -> Result<Option<Vec<String>>> {
    match source {
        Source::Live(url) => {
            let known = migrate::bookkeeping(&mut postgres::connect(url)?)?;
            Ok(Some(known.map(|known| known.applied).unwrap_or_default()))
        }
        Source::SqlFile(file) => Ok(in_dump(&load::read(file)?)),
        Source::Snapshot(_) | Source::Migrations(_) | Source::Part(..) => Ok(None),
    }
}

/// From the data of `COPY`, or the INSERT statements that pg_dump writes instead.
fn in_dump(text: &str) -> Option<Vec<String>> {
    let mut found = None;
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if !line.contains("__diesel_schema_migrations") {
            continue;
        }
        if line.starts_with("COPY ") {
            let rows = lines.by_ref().take_while(|line| *line != "\\.");
            let versions = rows.filter_map(|row| row.split('\t').next()).map(str::to_owned);
            found.get_or_insert_with(Vec::new).extend(versions);
        } else if line.starts_with("INSERT INTO ") {
            let version = line.split("VALUES ('").nth(1).and_then(|rest| rest.split('\'').next());
            found.get_or_insert_with(Vec::new).extend(version.map(str::to_owned));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::in_dump;

    #[test]
    fn a_dump_tells_what_is_applied() {
        let copy = "COPY public.__diesel_schema_migrations (version, run_on) FROM stdin;\n1\t2024-01-01\n2\tx\n\\.\n3\n";
        assert_eq!(in_dump(copy), Some(vec!["1".to_owned(), "2".to_owned()]));
        let insert = "INSERT INTO public.__diesel_schema_migrations VALUES ('7', '2024-01-01 00:00:00');\n";
        assert_eq!(in_dump(insert), Some(vec!["7".to_owned()]));
        assert_eq!(in_dump("CREATE TABLE public.__diesel_schema_migrations (\n"), None);
    }
}
