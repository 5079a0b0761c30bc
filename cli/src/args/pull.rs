//! The options of `autogen pull`.

use std::path::PathBuf;

use super::ServerArgs;

#[derive(Debug, clap::Args)]
pub(crate) struct PullArgs {
    /// The schema: a Postgres URL or libpq keyword string, a Diesel migrations directory, a .sql file, a snapshot, or
    /// env:NAME, an environment of autogen.toml
    ///
    /// Without --db it is the environment variable DATABASE_URL, and without that the project's own migrations.
    #[arg(long, value_name = "SOURCE", help_heading = "What is read")]
    pub(crate) db: Option<String>,
    /// Read only the objects whose name or schema.name matches
    #[arg(long, value_name = "GLOB", help_heading = "What is read")]
    pub(crate) include: Vec<String>,
    /// Leave out the objects whose name or schema.name matches
    #[arg(long, value_name = "GLOB", help_heading = "What is read")]
    pub(crate) exclude: Vec<String>,
    /// The folder for models.rs, schema.rs and objects.sql [default: the project's src]
    ///
    /// They must not exist yet. objects.sql is only written where the database has something that Rust has no shape for.
    #[arg(long, value_name = "DIR", help_heading = "What is written")]
    pub(crate) out: Option<PathBuf>,
    /// Print the files one after the other instead of writing them
    #[arg(long, conflicts_with = "out", help_heading = "What is written")]
    pub(crate) stdout: bool,
    /// Put what the database has into the attributes of the structs that are there, instead of writing files
    ///
    /// Only #[autogen(…)] lines are added, and #[derive(autogen_derive::Autogen)] where the attribute needs it; no other
    /// byte changes. What an attribute speaks of already stays as it is.
    #[arg(long, conflicts_with_all = ["out", "stdout"], help_heading = "What is written")]
    pub(crate) annotate: bool,
    /// The files or folders whose structs --annotate edits [default: as for `autogen diff`]
    #[arg(long, value_name = "PATH", num_args = 1.., action = clap::ArgAction::Append, requires = "annotate", help_heading = "What is written")]
    pub(crate) models: Vec<PathBuf>,
    /// Print what --annotate would change, as a patch
    #[arg(long, requires = "annotate", help_heading = "What is written")]
    pub(crate) dry_run: bool,
    /// Spell the attribute #[cfg_attr(any(), autogen(…))], which needs no dependency on autogen-derive
    #[arg(long, help_heading = "What is written")]
    pub(crate) cfg_attr: bool,
    /// The project's folder [default: the current one]
    #[arg(long, value_name = "DIR", help_heading = "Places")]
    pub(crate) project: Option<PathBuf>,
    /// The configuration [default: autogen.toml in the project's folder, or above it in the same repository]
    #[arg(long, value_name = "FILE", help_heading = "Places")]
    pub(crate) config: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) servers: ServerArgs,
}
