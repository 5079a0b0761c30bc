//! Everything that talks to a Postgres server: finding its binaries, running a throwaway one, connecting to
//! any of them, and bringing SQL into a database. Reading the catalog is `introspect`'s work and proving
//! migrations is `verify`'s; both are handed the connections that are made here.

mod account;
pub mod binaries;
mod cache;
pub mod connect;
pub(crate) mod conninfo;
pub(crate) mod database;
pub mod ephemeral;
mod error;
mod folder;
pub mod install;
pub mod load;
mod process;
pub mod progress;
pub mod replay;
pub(crate) mod roles;
pub(crate) mod script;
pub(crate) mod signals;
mod template;

pub use binaries::Binaries;
pub use connect::{connect, describe, is_source, pin_search_path, pin_session};
pub use ephemeral::{Ephemeral, Options};
pub use error::Error;
pub(crate) use error::{Place, server_message, wants_no_transaction};
pub(crate) use process::{on_interrupt, yield_to_signal};
pub use progress::Progress;
