//! The options of `autogen revise`.

use std::path::PathBuf;

use clap::ArgAction;

use super::{ServerArgs, With};

#[derive(Debug, clap::Args)]
pub(crate) struct ReviseArgs {
    /// The fresh migration's name [default: that of the first one that it replaces]
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Print what would be written, kept and removed, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Take all tables to be in use, as for `autogen diff`; without it, they are if the old migrations were written so
    #[arg(long)]
    pub(crate) online: bool,
    /// Write plain statements in one migration, even if the old ones took tables to be in use
    #[arg(long, conflicts_with = "online")]
    pub(crate) offline_ok: bool,
    /// The wanted schema, as for `autogen diff`
    #[arg(long, value_name = "PATH", num_args = 1.., action = ArgAction::Append, help_heading = "What is compared")]
    pub(crate) models: Vec<PathBuf>,
    /// The branch or commit that this branch left [default: origin/HEAD, main or master]
    ///
    /// Migrations that it has, or that were there where HEAD left it, stay as they are. All others are this branch's own.
    #[arg(long, value_name = "REV", help_heading = "What is compared")]
    pub(crate) base: Option<String>,
    /// A database that may have this branch's migrations applied, to be told how to bring it along; it is only read
    /// [default: DATABASE_URL]
    #[arg(long, value_name = "DATABASE", help_heading = "What is compared")]
    pub(crate) db: Option<String>,
    /// Treat an object as renamed, as for `autogen diff`; renames of the old scripts are known
    #[arg(long, value_name = "OLD=NEW", help_heading = "What is compared")]
    pub(crate) rename: Vec<String>,
    /// Drop an object that the models no longer have, as for `autogen diff`
    #[arg(long, value_name = "NAME", help_heading = "What is compared")]
    pub(crate) drop: Vec<String>,
    /// Compare these kinds too, which are otherwise left alone
    #[arg(long, value_name = "KIND", value_delimiter = ',', help_heading = "What is compared")]
    pub(crate) with: Vec<With>,
    /// The project's folder; its diesel.toml tells migrations directory and schema file [default: the current one]
    #[arg(long, value_name = "DIR", help_heading = "Places")]
    pub(crate) project: Option<PathBuf>,
    /// The configuration [default: autogen.toml in the project's folder, or above it in the same repository]
    #[arg(long, value_name = "FILE", help_heading = "Places")]
    pub(crate) config: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) servers: ServerArgs,
}
