//! `autogen diff`: the migration that leads from the current schema to the wanted one, printed or written.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use autogen_core::visible;
use time::OffsetDateTime;

use crate::args::{DiffArgs, Format};
use crate::output::files::{self, MigrationName};
use crate::output::{Terminal, human, json};
use crate::pipeline::{Outcome, Rows, compare};
use crate::project::{Project, shown};
use crate::tree::WorkingTree;

/// 0 done, with `--exit-code` 1 if there are differences.
pub(crate) fn run(args: &DiffArgs, terminal: &Terminal) -> Result<ExitCode> {
    // A name that cannot be used is told before any work is done.
    let name = args.name.as_deref().map(MigrationName::parse).transpose()?;
    if let Some(dir) = &args.out {
        files::check_free(dir)?;
    }
    let rows = if args.no_probe { Rows::Leave } else { Rows::Probe };
    let outcome = compare(&args.compare, rows, terminal)?;
    let written = write(args, name.as_ref(), &outcome)?;
    let is_file = args.name.is_some() || args.out.is_some();
    let text = match args.compare.format {
        Format::Json => json::document(&outcome)?,
        Format::Human if outcome.graph.is_empty() || is_file => human::summary(&outcome, terminal),
        Format::Human => human::diff(&outcome, terminal),
        Format::Sql if is_file => String::new(),
        Format::Sql => format!("{}\n{}", human::text(&outcome.up), human::text(&outcome.down)),
    };
    terminal.print(&text)?;
    for path in written {
        terminal.note(&format!("wrote {}", visible(&shown(&path).display().to_string())));
    }
    let differs = args.exit_code && !outcome.graph.is_empty();
    Ok(ExitCode::from(u8::from(differs)))
}

/// Writes what the options ask for, and returns the files.
fn write(args: &DiffArgs, name: Option<&MigrationName>, outcome: &Outcome) -> Result<Vec<PathBuf>> {
    if let Some(dir) = &args.out {
        return files::write_out(dir, &outcome.up, &outcome.down);
    }
    match name {
        Some(name) if !outcome.graph.is_empty() => {
            let project = match &args.compare.project {
                Some(dir) => Project::in_folder(&WorkingTree, dir)?,
                None => Project::of(&WorkingTree, std::path::Path::new("."))?,
            };
            let now = OffsetDateTime::now_utc();
            files::write_migrations(&project.migrations(), name, now, &outcome.up, &outcome.down)
        }
        _ => Ok(Vec::new()),
    }
}
