//! The commands: each takes its options, has the work done and ends in an exit code.

pub(crate) mod annotate;
pub(crate) mod check;
pub(crate) mod diff;
pub(crate) mod graph;
pub(crate) mod init;
pub(crate) mod lint;
pub(crate) mod migrate;
pub(crate) mod postgres;
pub(crate) mod pull;
pub(crate) mod revise;
pub(crate) mod snapshot;
pub(crate) mod verify;
