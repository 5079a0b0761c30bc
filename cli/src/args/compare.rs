//! What is compared and how it is told: options that several commands share.

use std::path::PathBuf;

use clap::{ArgAction, ValueEnum};

use super::ServerArgs;

/// What is compared, shared by `diff` and `check`.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct CompareArgs {
    /// The current schema: a Postgres URL or libpq keyword string, a Diesel migrations directory, a .sql file, a .json
    /// file of `autogen snapshot`, or env:NAME, an environment of autogen.toml
    ///
    /// Directories and .sql files are loaded into a throwaway Postgres. Without --db it is the environment variable
    /// DATABASE_URL, and without that the project's own migrations directory.
    #[arg(long, value_name = "SOURCE", help_heading = "What is compared")]
    pub(crate) db: Option<String>,
    /// The wanted schema: Rust files, folders of them, a crate's root; .sql files for what Rust has no shape for [default:
    /// `models` of autogen.toml, else src/models.rs, src/models, objects.sql and src/objects.sql, as far as they are there;
    /// without Rust files among them, all crates of the project]
    ///
    /// The schema.rs that diesel.toml names is read as well, and the rest of the crate, with the crates that it depends on
    /// by path, for the types of fields. The .sql files are executed in a throwaway Postgres, in
    /// whatever order works. Of a folder of Rust files, the .sql files beside them count too; migrations, and files of
    /// nothing but queries, never do.
    #[arg(long, value_name = "PATH", num_args = 1.., action = ArgAction::Append, help_heading = "What is compared")]
    pub(crate) models: Vec<PathBuf>,
    /// The wanted schema from a SOURCE, as for --db, instead of from models
    #[arg(long, value_name = "SOURCE", conflicts_with = "models", help_heading = "What is compared")]
    pub(crate) target: Option<String>,
    /// Treat an object as renamed: users.nick=users.nickname, posts=articles, enum mood.happy=glad
    ///
    /// Old name first. A name may have its schema in front, and its kind where that is needed: index a_idx=b_idx.
    /// Names with dots, equals signs or quotes are written in double quotes.
    #[arg(long, value_name = "OLD=NEW", help_heading = "What is compared")]
    pub(crate) rename: Vec<String>,
    /// Drop an object that the models no longer have: posts, users.nick, audit.log.detail, view stats, function f(integer)
    ///
    /// A name may have its schema in front, and its kind where that is needed. Names with dots or quotes are written in
    /// double quotes. Of a function with several forms, the types of the arguments tell which one.
    #[arg(long, value_name = "NAME", conflicts_with = "target", help_heading = "What is compared")]
    pub(crate) drop: Vec<String>,
    /// Drop what the models had where HEAD left this branch or commit [default: origin/HEAD, main or master]
    ///
    /// The models of that merge base are read from git, without a checkout. A table or column that they were bound to
    /// and today's are not was wanted away. On the main branch itself it is the models of HEAD that count.
    #[arg(long, value_name = "REV", conflicts_with = "target", help_heading = "What is compared")]
    pub(crate) base: Option<String>,
    /// Drop everything that nobody models in the schemas that the models speak of: all that is listed as unmanaged
    ///
    /// Left alone are what extensions brought, Diesel's own table, and what something managed uses. Data goes with it.
    #[arg(long, conflicts_with = "target", help_heading = "What is compared")]
    pub(crate) prune: bool,
    /// Take the database as it is, even if it lacks migrations of the project
    ///
    /// Otherwise those that its table of migrations does not have are replayed on its schema in a throwaway Postgres, and
    /// the difference begins there. The database itself is only read.
    #[arg(long, conflicts_with = "target", help_heading = "What is compared")]
    pub(crate) no_pending: bool,
    /// Compare only the objects whose name or schema.name matches
    #[arg(long, value_name = "GLOB", help_heading = "What is compared")]
    pub(crate) include: Vec<String>,
    /// Leave out the objects whose name or schema.name matches
    #[arg(long, value_name = "GLOB", help_heading = "What is compared")]
    pub(crate) exclude: Vec<String>,
    /// Compare these kinds too, which are otherwise left alone
    #[arg(long, value_name = "KIND", value_delimiter = ',', help_heading = "What is compared")]
    pub(crate) with: Vec<With>,
    /// The form of the result
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(crate) format: Format,
    /// The project's folder; its diesel.toml tells migrations directory and schema file [default: the current one]
    #[arg(long, value_name = "DIR", help_heading = "Places")]
    pub(crate) project: Option<PathBuf>,
    /// The configuration [default: autogen.toml in the project's folder, or above it in the same repository]
    #[arg(long, value_name = "FILE", help_heading = "Places")]
    pub(crate) config: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) servers: ServerArgs,
}

/// The forms of a result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Scripts and a summary for reading
    #[default]
    Human,
    /// The up script and then the down script
    Sql,
    /// One document for programs; see cli/schema/autogen.schema.json
    Json,
    /// For a comment on a pull request, with the scripts folded away
    Markdown,
    /// One page for a browser that needs nothing else
    Html,
    /// Annotations of GitHub Actions, on the lines of the models
    Github,
}

/// Kinds that are compared on request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum With {
    /// GRANT and REVOKE, default privileges
    Privileges,
    /// OWNER TO: the roles that objects belong to
    Owners,
}
