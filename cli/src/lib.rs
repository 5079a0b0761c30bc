//! The command line of autogen as a library, so that tests can drive it in their own process. It owns everything that
//! touches a terminal, a file or a server; what a schema is, how two of them differ and which SQL leads from one to the
//! other is the stages' work.
//!
//! A project's tests hold its models to its migrations with [`assert_in_sync`], or [`Check`] for more options. That needs
//! no database, only the Postgres server binaries.

mod accepted;
mod annotate;
mod args;
mod baseline;
mod canon;
mod check;
mod commands;
mod config;
mod crates;
mod describe;
mod diagnostics;
mod drift;
mod drops;
mod filter;
mod git;
mod graph;
mod keeping;
mod lint;
mod migrate;
mod missing_roles;
mod model_files;
mod names;
mod outcome;
mod output;
mod past;
mod pending;
mod pipeline;
pub mod postgres;
mod probe;
mod project;
mod prune;
mod revise;
mod schema_rs;
mod scratch;
mod servers;
mod setup;
mod snapshot;
mod source;
mod spelling;
mod sql_models;
mod traffic;
mod tree;
mod verify;
mod wanted;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;

use args::{Args, Command};
use output::Terminal;

pub use args::With;
pub use check::{Check, CheckError, Report, assert_in_sync};

/// Runs a command line, the program's name first. Results go to stdout, everything else to stderr.
///
/// The exit code is 0 when done (for `check`: in sync), 1 for differences, 2 for an error.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args = match Args::try_parse_from(args) {
        Ok(args) => args,
        Err(error) => {
            // Help and version are no errors, and a closed stream is none of ours.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    let terminal = Terminal::new(&args.terminal, args.command.findings());
    let result = match &args.command {
        Command::Diff(args) => commands::diff::run(args, &terminal),
        Command::Check(args) => commands::check::run(args, &terminal),
        Command::Lint(args) => commands::lint::run(args, &terminal),
        Command::Verify(args) => commands::verify::run(args, &terminal),
        Command::Init(args) => commands::init::run(args, &terminal),
        Command::Migrate(args) => commands::migrate::run(args, &terminal),
        Command::Revise(args) => commands::revise::run(args, &terminal),
        Command::Snapshot(args) => commands::snapshot::run(args, &terminal),
        Command::Pull(args) => commands::pull::run(args, &terminal),
        Command::Graph(args) => commands::graph::run(args, &terminal),
        Command::Postgres(args) => commands::postgres::run(args, &terminal),
    };
    match result {
        Ok(code) => code,
        Err(error) => {
            postgres::yield_to_signal();
            terminal.error(&error);
            ExitCode::from(2)
        }
    }
}
