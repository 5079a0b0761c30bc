//! The options of `autogen graph`.

use std::path::PathBuf;

use clap::{ArgAction, ValueEnum};

use super::{CompareArgs, ServerArgs};

#[derive(Debug, clap::Args)]
pub(crate) struct GraphArgs {
    /// Tables, their columns and the foreign keys between them; this is the default
    #[arg(long)]
    pub(crate) er: bool,
    /// What `autogen diff` would change, in order, and why one change runs before another
    #[arg(long, conflicts_with = "er")]
    pub(crate) changes: bool,
    /// The current schema, as for `autogen diff` [default: DATABASE_URL, else the project's migrations directory]
    #[arg(long, value_name = "SOURCE")]
    pub(crate) db: Option<String>,
    /// The wanted schema, from Rust and .sql files: with --er, it is drawn instead of the current one
    #[arg(long, value_name = "PATH", num_args = 1.., action = ArgAction::Append)]
    pub(crate) models: Vec<PathBuf>,
    /// The wanted schema from a SOURCE, as for --db, instead of from models
    #[arg(long, value_name = "SOURCE", conflicts_with = "models")]
    pub(crate) target: Option<String>,
    /// Draw only the objects whose name or schema.name matches
    #[arg(long, value_name = "GLOB")]
    pub(crate) include: Vec<String>,
    /// Leave out the objects whose name or schema.name matches
    #[arg(long, value_name = "GLOB")]
    pub(crate) exclude: Vec<String>,
    /// The form of the picture
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(crate) format: GraphFormat,
    /// The project's folder [default: the current one]
    #[arg(long, value_name = "DIR", help_heading = "Places")]
    pub(crate) project: Option<PathBuf>,
    /// The configuration [default: autogen.toml in the project's folder, or above it in the same repository]
    #[arg(long, value_name = "FILE", help_heading = "Places")]
    pub(crate) config: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) servers: ServerArgs,
}

impl GraphArgs {
    /// What is compared.
    pub(crate) fn compare(&self) -> CompareArgs {
        CompareArgs {
            db: self.db.clone(),
            models: self.models.clone(),
            target: self.target.clone(),
            include: self.include.clone(),
            exclude: self.exclude.clone(),
            project: self.project.clone(),
            config: self.config.clone(),
            servers: self.servers.clone(),
            ..CompareArgs::default()
        }
    }
}

/// The forms of a picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum GraphFormat {
    /// For Graphviz
    #[default]
    Dot,
    /// For Markdown on GitHub or GitLab
    Mermaid,
    /// A picture for a browser
    Svg,
}
