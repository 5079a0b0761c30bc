//! `autogen verify`: proves migrations on a throwaway Postgres, with rows.

use std::process::ExitCode;

use anyhow::Result;

use crate::args::{VerifyArgs, VerifyFormat};
use crate::output::Terminal;
use crate::verify::{self, report};

/// 0 proved, 1 a step is broken, 2 it could not be told.
pub(crate) fn run(args: &VerifyArgs, terminal: &Terminal) -> Result<ExitCode> {
    let report = verify::run(args, terminal)?;
    let text = match args.format {
        VerifyFormat::Human => report::human(&report, terminal),
        VerifyFormat::Json => report::json(&report)?,
        VerifyFormat::Markdown => report::markdown(&report),
    };
    terminal.print(&text)?;
    if let Some((diagnostic, texts)) = report::finding(&report) {
        terminal.diagnostics(&[diagnostic], &texts);
    }
    Ok(ExitCode::from(report.verdict().code()))
}
