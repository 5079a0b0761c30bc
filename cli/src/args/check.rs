//! The options of `autogen check`.

use super::CompareArgs;

#[derive(Debug, clap::Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub(crate) compare: CompareArgs,
}
