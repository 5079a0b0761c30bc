//! What concerns the terminal, for every command.

use clap::ValueEnum;

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
