//! `autogen diff`: the migration that leads from the current schema to the wanted one, printed or written.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use time::OffsetDateTime;

use crate::args::{DiffArgs, Format};
use crate::config::VersionStyle;
use crate::outcome::Outcome;
use crate::output::migration::{self, MigrationName};
use crate::output::version::Versions;
use crate::output::{Terminal, github, html, human, json, markdown};
use crate::pipeline::{Depth, compare_with};
use crate::project::displayed;
use crate::schema_rs::{self, Staged};
use crate::traffic::{Manner, Traffic};

/// 0 done, with `--exit-code` 1 if there are differences.
pub(crate) fn run(args: &DiffArgs, terminal: &Terminal) -> Result<ExitCode> {
    // A name that cannot be used is told before any work is done.
    let name = args.name.as_deref().map(MigrationName::parse).transpose()?;
    if let Some(dir) = &args.out {
        migration::check_free(dir)?;
    }
    let rows = if args.no_probe { Depth::Scripts } else { Depth::Rows };
    let traffic = Traffic::said(args.online, args.offline_ok).unwrap_or(Traffic::WhereRowsAre);
    let manner = Manner { traffic, lock_timeout: args.lock_timeout.clone() };
    let mut outcome = compare_with(&args.compare, rows, manner, terminal)?;
    if args.compare.target.is_none() && args.schema_rs.is_none() {
        outcome.notes.extend(outcome.stale_schema_files());
    }
    // Whatever can go wrong with schema.rs does so before a migration is written.
    let schemas = schemas(args, &outcome, terminal)?;
    let mut written = write(args, name.as_ref(), &outcome)?;
    written.extend(schemas.persist()?);
    let is_file = args.name.is_some() || args.out.is_some();
    let text = match args.compare.format {
        Format::Json => json::document(&outcome)?,
        Format::Markdown => markdown::document(&outcome),
        Format::Html => html::document(&outcome),
        Format::Github => github::check(&outcome),
        Format::Human if outcome.graph.is_empty() || is_file => human::summary(&outcome, terminal),
        Format::Human => human::diff(&outcome, terminal),
        Format::Sql if is_file => String::new(),
        Format::Sql => format!("{}\n{}", human::text(&outcome.up), human::text(&outcome.down)),
    };
    terminal.print(&text)?;
    for path in written {
        terminal.note(&format!("wrote {}", displayed(&path)));
    }
    let differs = args.exit_code && !outcome.graph.is_empty();
    Ok(ExitCode::from(u8::from(differs)))
}

/// Writes what the options ask for, and returns the files.
fn write(args: &DiffArgs, name: Option<&MigrationName>, outcome: &Outcome) -> Result<Vec<PathBuf>> {
    if let Some(dir) = &args.out {
        return migration::write_out(dir, &outcome.up, &outcome.down);
    }
    match name {
        Some(name) if !outcome.graph.is_empty() => {
            let versions = match outcome.setup.config.version_style {
                VersionStyle::Timestamp => Versions::Time(OffsetDateTime::now_utc()),
                VersionStyle::Sequence => Versions::Sequence,
            };
            let dir = outcome.setup.project.migrations();
            migration::write_migrations(&dir, name, versions, &outcome.up, &outcome.down)
        }
        _ => Ok(Vec::new()),
    }
}

/// The schema.rs files that the options ask for, written aside.
fn schemas(args: &DiffArgs, outcome: &Outcome, terminal: &Terminal) -> Result<Staged> {
    let Some(path) = &args.schema_rs else { return Ok(Staged::default()) };
    let schemas = schema_rs::of_project(&outcome.setup.project, path.as_deref(), &outcome.schema_after())?;
    for table in schemas.iter().flat_map(|schema| &schema.without_key) {
        terminal.note(&format!(
            "warning: {table} has no primary key, so it is left out of schema.rs; diesel print-schema prints nothing \
             before it is named in except_tables of diesel.toml"
        ));
    }
    Staged::new(schemas.iter().map(|schema| (schema.path.as_path(), schema.text.as_str())))
}
