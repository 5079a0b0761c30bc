//! The command line's grammar and its help. What an option means beyond its syntax is decided where it is used.

use std::path::PathBuf;

use clap::{ArgAction, Parser, Subcommand, ValueEnum};

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
    /// Postgres server binaries for the throwaway servers in which migrations are replayed
    Postgres(PostgresArgs),
}

#[derive(Debug, clap::Args)]
pub(crate) struct DiffArgs {
    #[command(flatten)]
    pub(crate) compare: CompareArgs,
    /// Write the change as a migration of this name into the project's migrations directory
    ///
    /// The folder is called YYYY-MM-DD-HHMMSS_NAME, in UTC. A change that cannot be made in one transaction becomes
    /// several migrations. Without a difference nothing is written.
    #[arg(long, value_name = "NAME", conflicts_with = "out")]
    pub(crate) name: Option<String>,
    /// Write up.sql and down.sql into this folder; they must not exist yet
    ///
    /// A script of several parts becomes up.1.sql, up.2.sql …, and down.1.sql, down.2.sql …, numbered in the order in
    /// which they are to be run. Without a difference the files hold a comment only.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Exit with 1 if there are differences
    #[arg(long)]
    pub(crate) exit_code: bool,
    /// Do not look at the rows of the database before writing SQL
    #[arg(long)]
    pub(crate) no_probe: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub(crate) compare: CompareArgs,
}

/// What is compared, shared by `diff` and `check`.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct CompareArgs {
    /// The current schema: a Postgres URL or libpq keyword string, a Diesel migrations directory, or a .sql file
    ///
    /// Directories and .sql files are loaded into a throwaway Postgres. Without --db it is the environment variable
    /// DATABASE_URL, and without that the project's own migrations directory.
    #[arg(long, value_name = "SOURCE", help_heading = "What is compared")]
    pub(crate) db: Option<String>,
    /// The wanted schema: Rust files, folders of them, or a crate's root [default: src/models.rs or src/models]
    ///
    /// The schema.rs that diesel.toml names is read as well.
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
    /// Drop a table or column that the models no longer have: posts, users.nick, audit.log.detail
    #[arg(long, value_name = "NAME", conflicts_with = "target", help_heading = "What is compared")]
    pub(crate) drop: Vec<String>,
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
    #[command(flatten)]
    pub(crate) servers: ServerArgs,
}

/// Where throwaway databases come from.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct ServerArgs {
    /// The folder of the Postgres server binaries for throwaway servers [default: searched in the usual places]
    #[arg(long, value_name = "DIR", env = "AUTOGEN_PG_BIN", hide_env_values = true, help_heading = "Places")]
    pub(crate) pg_bin: Option<PathBuf>,
    /// Make throwaway databases on this server instead of starting one; its user must be allowed to create databases
    #[arg(long, value_name = "URL", conflicts_with = "pg_bin", help_heading = "Places")]
    pub(crate) scratch: Option<String>,
    /// Where no server binaries are found, fetch a copy into the tool's cache first, as `autogen postgres install` does
    #[arg(long, help_heading = "Places")]
    pub(crate) install_postgres: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct PostgresArgs {
    #[command(subcommand)]
    pub(crate) command: PostgresCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PostgresCommand {
    /// Fetch server binaries into the tool's cache, through npm
    Install {
        /// The major version, such as 17 [default: the newest]
        major: Option<u32>,
    },
}

/// What concerns the terminal; allowed after every command.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct TerminalArgs {
    /// When to use colours
    #[arg(long, value_enum, default_value_t, value_name = "WHEN", global = true, help_heading = "Terminal")]
    pub(crate) color: Color,
    /// Print results and errors only
    #[arg(long, short, global = true, conflicts_with = "verbose", help_heading = "Terminal")]
    pub(crate) quiet: bool,
    /// Print every note and every unmanaged object
    #[arg(long, short, global = true, help_heading = "Terminal")]
    pub(crate) verbose: bool,
    /// Never ask a question; without a terminal none is asked anyway
    #[arg(long, global = true, help_heading = "Terminal")]
    pub(crate) no_input: bool,
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
}

/// When to use colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// Kinds that are compared on request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum With {
    /// GRANT and REVOKE, default privileges
    Privileges,
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
