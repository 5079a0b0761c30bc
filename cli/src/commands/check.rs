//! `autogen check`: do models and schema agree?

use std::process::ExitCode;

use anyhow::Result;

use crate::args::{CheckArgs, CompareArgs, Format};
use crate::outcome::Outcome;
use crate::output::{Terminal, github, html, human, json, markdown};
use crate::pipeline::{Depth, compare};

/// 0 in sync, 1 not.
pub(crate) fn run(args: &CheckArgs, terminal: &Terminal) -> Result<ExitCode> {
    // The lines of a difference need no SQL.
    let depth = match args.compare.format {
        Format::Human | Format::Github => Depth::Differences,
        Format::Sql | Format::Json | Format::Markdown | Format::Html => Depth::Scripts,
    };
    let outcome = compared(&args.compare, depth, terminal)?;
    let text = match args.compare.format {
        Format::Human => human::check(&outcome, terminal),
        Format::Sql => human::text(&outcome.up),
        Format::Json => json::document(&outcome)?,
        Format::Markdown => markdown::document(&outcome),
        Format::Html => html::document(&outcome),
        Format::Github => github::check(&outcome),
    };
    terminal.print(&text)?;
    let code = ExitCode::from(u8::from(!outcome.is_in_sync()));
    // The process ends; to free a hundred thousand objects one by one takes longer than to print what came out.
    std::mem::forget(outcome);
    Ok(code)
}

/// Both sides, with a note about each schema.rs that shows neither.
pub(crate) fn compared(args: &CompareArgs, depth: Depth, terminal: &Terminal) -> Result<Outcome> {
    let mut outcome = compare(args, depth, terminal)?;
    if args.target.is_none() {
        outcome.notes.extend(outcome.stale_schema_files());
    }
    Ok(outcome)
}
