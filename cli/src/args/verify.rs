//! The options of `autogen verify`.

use std::path::PathBuf;

use clap::ValueEnum;

use super::{CompareArgs, ServerArgs, With};

#[derive(Debug, clap::Args)]
pub(crate) struct VerifyArgs {
    /// The schema to start from, a SOURCE as for `autogen diff`; it is only read
    ///
    /// A running database, a dump and a snapshot are built anew in a throwaway Postgres; roles that do not exist there are
    /// made. Proved are the migrations that the database or the dump has not applied. Where nothing tells which these are
    /// it is the last one, and of a migrations directory too. Without --db it is the environment variable DATABASE_URL,
    /// and without that the project's own migrations directory.
    #[arg(long, value_name = "SOURCE", help_heading = "What is proved")]
    pub(crate) db: Option<String>,
    /// Prove this migration alone, by its version or its name; the others that its change was split into go with it
    #[arg(long, value_name = "VERSION", help_heading = "What is proved")]
    pub(crate) migration: Option<String>,
    /// Prove all migrations one after the other, from an empty database on
    #[arg(long, conflicts_with = "migration", help_heading = "What is proved")]
    pub(crate) all: bool,
    /// Prove the migration that `autogen diff` would write, after those that the database has not applied yet
    #[arg(long, conflicts_with_all = ["migration", "all"], help_heading = "What is proved")]
    pub(crate) diff: bool,
    /// The wanted schema, which must be reached: models as for `autogen diff`; without a migration to prove, --diff is meant
    #[arg(long, value_name = "PATH", num_args = 1.., help_heading = "What is proved")]
    pub(crate) models: Vec<PathBuf>,
    /// The wanted schema from a SOURCE instead of from models
    #[arg(long, value_name = "SOURCE", conflicts_with = "models", help_heading = "What is proved")]
    pub(crate) target: Option<String>,
    /// What has a new name, for --diff and for a script that copies values: users.nick=users.nickname, posts=articles
    #[arg(long, value_name = "OLD=NEW", help_heading = "What is proved")]
    pub(crate) rename: Vec<String>,
    /// With --diff: drop an object that the models no longer have, as for `autogen diff`
    #[arg(long, value_name = "NAME", conflicts_with = "target", help_heading = "What is proved")]
    pub(crate) drop: Vec<String>,
    /// With --diff: compare only the objects whose name or schema.name matches
    #[arg(long, value_name = "GLOB", help_heading = "What is proved")]
    pub(crate) include: Vec<String>,
    /// With --diff: leave out the objects whose name or schema.name matches
    #[arg(long, value_name = "GLOB", help_heading = "What is proved")]
    pub(crate) exclude: Vec<String>,
    /// Compare these kinds too; privileges are always compared with those of the start, and with what is wanted on request
    #[arg(long, value_name = "KIND", value_delimiter = ',', help_heading = "What is proved")]
    pub(crate) with: Vec<With>,
    /// How many rows each table gets
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) rows: u32,
    /// Prove scripts with a TODO(autogen) that nobody has taken away
    #[arg(long)]
    pub(crate) allow_todo: bool,
    /// The form of the result
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(crate) format: VerifyFormat,
    /// The project's folder; its diesel.toml tells the migrations directory [default: the current one]
    #[arg(long, value_name = "DIR", help_heading = "Places")]
    pub(crate) project: Option<PathBuf>,
    /// The configuration [default: autogen.toml in the project's folder, or above it in the same repository]
    #[arg(long, value_name = "FILE", help_heading = "Places")]
    pub(crate) config: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) servers: ServerArgs,
}

/// The forms of a proof.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum VerifyFormat {
    /// Tables for reading
    #[default]
    Human,
    /// One document for programs; see cli/schema/verify.schema.json
    Json,
    /// For the comment of a pull request
    Markdown,
}

impl VerifyArgs {
    /// The comparison with the wanted schema.
    pub(crate) fn comparison(&self) -> CompareArgs {
        CompareArgs {
            db: self.db.clone(),
            models: self.models.clone(),
            target: self.target.clone(),
            rename: self.rename.clone(),
            drop: self.drop.clone(),
            include: self.include.clone(),
            exclude: self.exclude.clone(),
            with: self.with.clone(),
            project: self.project.clone(),
            config: self.config.clone(),
            servers: self.servers.clone(),
            ..CompareArgs::default()
        }
    }
}
