//! The options of `autogen diff`.

use std::path::PathBuf;

use autogen_codegen::LockTimeout;

use super::CompareArgs;

#[derive(Debug, clap::Args)]
pub(crate) struct DiffArgs {
    #[command(flatten)]
    pub(crate) compare: CompareArgs,
    /// Write the change as a migration of this name into the project's migrations directory
    ///
    /// The folder is called YYYY-MM-DD-HHMMSS_NAME, in UTC, or 0003_NAME if autogen.toml says so. A change that cannot be made in one transaction becomes
    /// several migrations. Without a difference nothing is written.
    #[arg(long, value_name = "NAME", conflicts_with = "out")]
    pub(crate) name: Option<String>,
    /// Write up.sql and down.sql into this folder; they must not exist yet
    ///
    /// A script of several parts becomes up.1.sql, up.2.sql …, and down.1.sql, down.2.sql …, numbered in the order in
    /// which they are to be run. Without a difference the files hold a comment only.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Write schema.rs as it will be once the up script has run, where diesel.toml says or at PATH
    ///
    /// The text is what `diesel print-schema` would print then, with the options of diesel.toml. Without a path all
    /// schema files that diesel.toml names are written, or src/schema.rs. A file is replaced only if it changes.
    #[arg(long, value_name = "PATH", num_args = 0..=1)]
    pub(crate) schema_rs: Option<Option<PathBuf>>,
    /// Exit with 1 if there are differences
    #[arg(long)]
    pub(crate) exit_code: bool,
    /// Write plain statements in one migration, whoever waits for them
    ///
    /// Without it, tables that have rows are taken to be in use, and nobody is kept from reading or writing them for long:
    /// indexes are built concurrently, constraints are validated in a transaction of their own, and so on.
    #[arg(long, conflicts_with = "online")]
    pub(crate) offline_ok: bool,
    /// Take all tables to be in use, also where no rows are known: for a migrations folder, a file, or with --no-probe
    #[arg(long)]
    pub(crate) online: bool,
    /// How long a statement may wait for a lock that others would wait behind, such as 500ms or 5s; 0 for no limit
    /// [default: `lock_timeout` of autogen.toml, else 5s]
    ///
    /// Each transaction of the scripts that takes such a lock on a table in use begins with SET LOCAL lock_timeout.
    #[arg(long, value_name = "TIME")]
    pub(crate) lock_timeout: Option<LockTimeout>,
    /// Do not look at the rows of the database before writing SQL
    #[arg(long)]
    pub(crate) no_probe: bool,
}
