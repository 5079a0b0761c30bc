//! `autogen check`: do models and schema agree?

use std::process::ExitCode;

use anyhow::Result;

use crate::args::{CheckArgs, Format};
use crate::output::{Terminal, human, json};
use crate::pipeline::{Rows, compare};

/// 0 in sync, 1 not.
pub(crate) fn run(args: &CheckArgs, terminal: &Terminal) -> Result<ExitCode> {
    let mut outcome = compare(&args.compare, Rows::Leave, terminal)?;
    if args.compare.target.is_none() {
        outcome.notes.extend(outcome.stale_schema_files());
    }
    let text = match args.compare.format {
        Format::Human => human::check(&outcome, terminal),
        Format::Sql => human::text(&outcome.up),
        Format::Json => json::document(&outcome)?,
    };
    terminal.print(&text)?;
    Ok(ExitCode::from(u8::from(!outcome.is_in_sync())))
}
