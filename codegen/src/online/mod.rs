//! Forms of changes that let others read and write the tables meanwhile, each in a file of its own. They take more steps
//! than the plain ones, which the kinds write, and more than one transaction; what may share one is decided in `parts`.
//!
//! They are taken for tables that are in use. What Postgres has no such form for is written plainly, with its hazards.

mod bound;
pub(crate) mod bound_rows;
pub(crate) mod index;
pub(crate) mod key;
pub(crate) mod not_null;
pub(crate) mod partition;
mod proof;
pub(crate) mod swap;
pub(crate) mod validate;

pub(crate) use swap::Swap;
