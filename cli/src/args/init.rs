//! The options of `autogen init`.

use std::path::PathBuf;

use super::{CompareArgs, ServerArgs};

#[derive(Debug, clap::Args)]
pub(crate) struct InitArgs {
    /// The schema that the models are compared with, a SOURCE as for `autogen diff`
    ///
    /// Without --db it is the environment variable DATABASE_URL, and without that the project's own migrations directory.
    #[arg(long, value_name = "SOURCE", help_heading = "What is compared")]
    pub(crate) db: Option<String>,
    /// The models: Rust files, folders of them, or a crate's root [default: as for `autogen diff`]
    #[arg(long, value_name = "PATH", num_args = 1.., help_heading = "What is compared")]
    pub(crate) models: Vec<PathBuf>,
    /// The project's folder [default: the current one]
    #[arg(long, value_name = "DIR", help_heading = "Places")]
    pub(crate) project: Option<PathBuf>,
    /// The file to write; it must not exist yet [default: autogen.toml in the project's folder]
    #[arg(long, value_name = "FILE", help_heading = "Places")]
    pub(crate) config: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) servers: ServerArgs,
}

impl InitArgs {
    /// The comparison that shows today's differences.
    pub(crate) fn comparison(&self) -> CompareArgs {
        CompareArgs {
            db: self.db.clone(),
            models: self.models.clone(),
            project: self.project.clone(),
            servers: self.servers.clone(),
            ..CompareArgs::default()
        }
    }
}
