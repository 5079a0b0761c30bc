//! The command line's grammar and its help, a file per command. What an option means beyond its syntax is decided where
//! it is used.

mod check;
mod compare;
mod diff;
mod graph;
mod init;
mod lint;
mod migrate;
mod postgres;
mod pull;
mod revise;
mod servers;
mod snapshot;
mod terminal;
mod verify;

use clap::{Parser, Subcommand};

pub(crate) use check::CheckArgs;
pub use compare::With;
pub(crate) use compare::{CompareArgs, Format};
pub(crate) use diff::DiffArgs;
pub(crate) use graph::{GraphArgs, GraphFormat};
pub(crate) use init::InitArgs;
pub(crate) use lint::{Level, LintArgs, LintFormat};
pub(crate) use migrate::{
    DownArgs, MarkArgs, MarkState, MigrateArgs, MigrateCommand, NewArgs, PlaceArgs, RedoArgs, RunArgs,
    StatusArgs, StatusFormat, Unfinished, UpArgs,
};
pub(crate) use postgres::{PostgresArgs, PostgresCommand};
pub(crate) use pull::PullArgs;
pub(crate) use revise::ReviseArgs;
pub(crate) use servers::ServerArgs;
pub(crate) use snapshot::SnapshotArgs;
pub(crate) use terminal::{Color, TerminalArgs};
pub(crate) use verify::{VerifyArgs, VerifyFormat};

use crate::output::Findings;

/// Migrations for Diesel and Postgres, written from the difference between Rust models and a database.
#[derive(Debug, Parser)]
#[command(name = "autogen", version, about, max_term_width = 100)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) terminal: TerminalArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show what would have to change, as an up and a down script; with --name, write it as a migration
    Diff(DiffArgs),
    /// Tell whether models and schema agree: exit 0 if they do, 1 if not, 2 if that could not be told
    Check(CheckArgs),
    /// Find hazards and left-overs in migrations: exit 0 if there are none, 1 if there are
    Lint(LintArgs),
    /// Prove migrations on a throwaway Postgres, with rows: up, down and up again; exit 1 if one is broken
    Verify(VerifyArgs),
    /// Adopt an existing project: write autogen.toml, with today's differences as accepted ones
    Init(InitArgs),
    /// Run migrations, revert them, list them: interchangeable with Diesel's own tools
    Migrate(MigrateArgs),
    /// Replace this branch's migrations by one fresh one, after what the main branch has; edits are kept
    Revise(ReviseArgs),
    /// Write a schema as JSON, to be compared later: a snapshot stands wherever a database does
    Snapshot(SnapshotArgs),
    /// Write Rust models, schema.rs and objects.sql from a database
    Pull(PullArgs),
    /// Draw the tables of a schema, or the changes of a difference: for Graphviz, Mermaid, or as SVG
    Graph(GraphArgs),
    /// Postgres server binaries for the throwaway servers in which migrations are replayed
    Postgres(PostgresArgs),
}

impl Command {
    /// What findings about files look like.
    pub(crate) fn findings(&self) -> Findings {
        let format = match self {
            Command::Diff(args) => args.compare.format,
            Command::Check(args) => args.compare.format,
            _ => Format::Human,
        };
        if format == Format::Github { Findings::Annotations } else { Findings::Excerpts }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grammar_is_sound() {
        use clap::CommandFactory;
        Args::command().debug_assert();
    }

    #[test]
    fn models_may_be_listed_or_repeated() {
        let args =
            ["autogen", "diff", "--models", "a.rs", "b.rs", "--db", "x", "--models", "c.rs", "--quiet"];
        let args = Args::try_parse_from(args).unwrap();
        let Command::Diff(diff) = args.command else { panic!("not diff") };
        assert_eq!(diff.compare.models.len(), 3);
        assert!(args.terminal.quiet);
    }
}
