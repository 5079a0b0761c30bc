//! `autogen postgres`: the server binaries that throwaway servers run.

use std::process::ExitCode;

use anyhow::Result;
use autogen_core::visible;

use crate::args::{PostgresArgs, PostgresCommand};
use crate::output::Terminal;
use crate::postgres::install;

/// Installs, and says what and where.
pub(crate) fn run(args: &PostgresArgs, terminal: &Terminal) -> Result<ExitCode> {
    match args.command {
        PostgresCommand::Install { major } => {
            let progress = terminal.progress("fetching Postgres server binaries");
            let binaries = install::install(major)?;
            drop(progress);
            let dir = visible(&binaries.dir.display().to_string());
            terminal.print(&format!("Postgres {} is installed in {dir}\n", binaries.version))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
