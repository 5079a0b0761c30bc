//! The options of `autogen migrate`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

#[derive(Debug, Args)]
pub(crate) struct MigrateArgs {
    #[command(subcommand)]
    pub(crate) command: MigrateCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum MigrateCommand {
    /// Apply pending migrations, all unless told otherwise
    Up(UpArgs),
    /// Revert applied migrations, the last one unless told otherwise
    Down(DownArgs),
    /// Revert the last migration and apply it again
    Redo(RedoArgs),
    /// List the migrations, and which of them are applied
    Status(StatusArgs),
    /// Write an empty migration
    New(NewArgs),
    /// Note a migration as applied or pending, without running it
    Mark(MarkArgs),
}

/// Which database and which migrations.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct PlaceArgs {
    /// The database: a Postgres URL or libpq keyword string, or env:NAME, an environment of autogen.toml [default:
    /// DATABASE_URL]
    #[arg(long, value_name = "DATABASE")]
    pub(crate) db: Option<String>,

    /// The project's folder; its diesel.toml tells migrations directory and schema file [default: the current one]
    #[arg(long, value_name = "DIR", help_heading = "Places")]
    pub(crate) project: Option<PathBuf>,

    /// The configuration [default: autogen.toml in the project's folder, or above it in the same repository]
    #[arg(long, value_name = "FILE", help_heading = "Places")]
    pub(crate) config: Option<PathBuf>,
}

/// How migrations are run.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    pub(crate) place: PlaceArgs,

    /// Print the statements that would be run, and run none
    #[arg(long)]
    pub(crate) dry_run: bool,

    /// Give up on a statement that waits longer for a lock, such as 5s or 500ms [default: the server's setting]
    #[arg(long, value_name = "TIME")]
    pub(crate) lock_timeout: Option<String>,

    /// Give up on a statement that runs longer, such as 10min [default: the server's setting]
    #[arg(long, value_name = "TIME")]
    pub(crate) statement_timeout: Option<String>,

    /// Run scripts with a TODO(autogen) that nobody has taken away
    #[arg(long)]
    pub(crate) allow_todo: bool,

    /// For a migration that was cut off at a statement of which nothing tells whether it has taken effect: run the
    /// statement again, or go on behind it
    #[arg(long, value_name = "WHAT", value_enum)]
    pub(crate) unfinished: Option<Unfinished>,

    /// Leave schema.rs alone, which otherwise is written afterwards where diesel.toml names one
    #[arg(long)]
    pub(crate) no_schema_rs: bool,
}

/// What to do with a statement in doubt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Unfinished {
    /// It has not taken effect
    Retry,
    /// It has
    Skip,
}

#[derive(Debug, Args)]
pub(crate) struct UpArgs {
    /// Apply this migration and what is pending before it
    #[arg(long, value_name = "VERSION", conflicts_with_all = ["steps", "all"])]
    pub(crate) to: Option<String>,

    /// Apply so many
    #[arg(long, value_name = "N", conflicts_with = "all", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) steps: Option<u32>,

    /// Apply all that are pending, which is the default
    #[arg(long)]
    pub(crate) all: bool,

    #[command(flatten)]
    pub(crate) run: RunArgs,
}

#[derive(Debug, Args)]
pub(crate) struct DownArgs {
    /// Revert everything after this migration, which stays
    #[arg(long, value_name = "VERSION", conflicts_with_all = ["steps", "all"])]
    pub(crate) to: Option<String>,

    /// Revert so many, the last one first [default: 1]
    #[arg(long, value_name = "N", conflicts_with = "all", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) steps: Option<u32>,

    /// Revert all
    #[arg(long)]
    pub(crate) all: bool,

    #[command(flatten)]
    pub(crate) run: RunArgs,
}

#[derive(Debug, Args)]
pub(crate) struct RedoArgs {
    /// Revert and apply so many [default: 1]
    #[arg(long, value_name = "N", conflicts_with = "all", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) steps: Option<u32>,

    /// Revert and apply all
    #[arg(long)]
    pub(crate) all: bool,

    #[command(flatten)]
    pub(crate) run: RunArgs,
}

#[derive(Debug, Args)]
pub(crate) struct StatusArgs {
    #[command(flatten)]
    pub(crate) place: PlaceArgs,

    /// The form of the result
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(crate) format: StatusFormat,

    /// Exit with 1 if a migration is pending
    #[arg(long)]
    pub(crate) exit_code: bool,
}

/// The forms of a status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum StatusFormat {
    /// A table for reading
    #[default]
    Human,
    /// One document for programs; see cli/schema/status.schema.json
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct NewArgs {
    /// What the migration is called, behind its version
    pub(crate) name: String,

    /// Let it run outside of a transaction, for CREATE INDEX CONCURRENTLY and the like
    #[arg(long)]
    pub(crate) no_transaction: bool,

    /// The project's folder; its diesel.toml tells the migrations directory [default: the current one]
    #[arg(long, value_name = "DIR", help_heading = "Places")]
    pub(crate) project: Option<PathBuf>,

    /// The configuration [default: autogen.toml in the project's folder, or above it in the same repository]
    #[arg(long, value_name = "FILE", help_heading = "Places")]
    pub(crate) config: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct MarkArgs {
    /// The migration's version, or the name of its folder
    pub(crate) version: String,

    /// What to note
    #[arg(value_enum)]
    pub(crate) state: MarkState,

    /// Note all older migrations as applied too
    #[arg(long)]
    pub(crate) all_before: bool,

    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}

/// What a migration can be noted as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum MarkState {
    /// Its statements have been run
    Applied,
    /// They have not
    Pending,
}
