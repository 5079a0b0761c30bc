//! The options of `autogen snapshot`.

use std::path::PathBuf;

use super::{ServerArgs, With};

#[derive(Debug, clap::Args)]
pub(crate) struct SnapshotArgs {
    /// The schema: a Postgres URL or libpq keyword string, a Diesel migrations directory, a .sql file, a snapshot, or
    /// env:NAME, an environment of autogen.toml
    ///
    /// Without --db it is the environment variable DATABASE_URL, and without that the project's own migrations.
    #[arg(long, value_name = "SOURCE")]
    pub(crate) db: Option<String>,
    /// Write into this file instead of printing; a snapshot that is there is replaced, any other file is not
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Hold these kinds too, which are otherwise left out
    #[arg(long, value_name = "KIND", value_delimiter = ',')]
    pub(crate) with: Vec<With>,
    /// The project's folder, for its migrations directory [default: the current one]
    #[arg(long, value_name = "DIR", help_heading = "Places")]
    pub(crate) project: Option<PathBuf>,
    /// The configuration [default: autogen.toml in the project's folder, or above it in the same repository]
    #[arg(long, value_name = "FILE", help_heading = "Places")]
    pub(crate) config: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) servers: ServerArgs,
}
