//! Where throwaway databases come from, for every command that needs one.

use std::path::PathBuf;

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
