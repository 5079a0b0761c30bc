//! The options of `autogen lint`.

use std::path::PathBuf;

use clap::ValueEnum;

use crate::lint::help;

#[derive(Debug, clap::Args)]
#[command(after_long_help = help())]
pub(crate) struct LintArgs {
    /// Migration folders, or folders of them [default: those of the project that are new on this branch, else all]
    pub(crate) paths: Vec<PathBuf>,
    /// Look at all migrations of the project, not only those that the main branch does not have
    #[arg(long, conflicts_with = "paths")]
    pub(crate) all: bool,
    /// What is new is told by this branch or commit [default: origin/HEAD, main or master]
    #[arg(long, value_name = "REV")]
    pub(crate) base: Option<String>,
    /// The least that is shown, and that makes the exit code 1
    #[arg(long, value_enum, default_value_t, value_name = "LEVEL")]
    pub(crate) level: Level,
    /// The form of the result
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(crate) format: LintFormat,
    /// The project's folder; its diesel.toml tells the migrations directory [default: the current one]
    #[arg(long, value_name = "DIR", help_heading = "Places")]
    pub(crate) project: Option<PathBuf>,
    /// The configuration [default: autogen.toml in the project's folder, or above it in the same repository]
    #[arg(long, value_name = "FILE", help_heading = "Places")]
    pub(crate) config: Option<PathBuf>,
}

/// How bad a finding is at least.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Level {
    /// What is probably a mistake or a danger
    #[default]
    Warning,
    /// What cannot run, or not as it is written
    Error,
}

/// The forms of the findings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum LintFormat {
    /// With excerpts of the files
    #[default]
    Human,
    /// One document for programs; see cli/schema/lint.schema.json
    Json,
    /// Annotations of GitHub Actions, on the lines of the files
    Github,
}
