//! `autogen lint`: hazards and left-overs in migration files.

use std::process::ExitCode;

use anyhow::Result;
use autogen_core::Severity;

use crate::args::{Level, LintArgs, LintFormat};
use crate::lint;
use crate::output::{Terminal, github, human, json};

/// 0 nothing found, 1 something.
pub(crate) fn run(args: &LintArgs, terminal: &Terminal) -> Result<ExitCode> {
    let linted = lint::lint(args, terminal)?;
    let level = match args.level {
        Level::Warning => Severity::Warning,
        Level::Error => Severity::Error,
    };
    let findings = lint::at_least(&linted.findings, level);
    let text = match args.format {
        LintFormat::Human => {
            let migrations = human::counted(linted.migrations, "migration", "migrations");
            let count = human::counted(findings.len(), "finding", "findings");
            format!("{}{count} in {migrations}.\n", terminal.excerpts(&findings, &linted.texts))
        }
        LintFormat::Json => json::findings(&findings)?,
        LintFormat::Github => findings.iter().map(github::finding).collect(),
    };
    terminal.print(&text)?;
    Ok(ExitCode::from(u8::from(!findings.is_empty())))
}
