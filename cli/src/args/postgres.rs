//! The options of `autogen postgres`.

use clap::Subcommand;

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
