//! Running a project's migrations on its database, interchangeable with diesel_cli and with embedded migrations: the
//! same versions, the same table, the same order. Added are a lock, a report of what a failure has left, and a record
//! by which a migration that runs outside of a transaction goes on where it was cut off. Writing migrations is not
//! done here, nor is replaying them on a throwaway server.

mod alone;
mod bookkeeping;
mod directory;
mod failure;
mod history;
mod interrupt;
mod lock;
mod mark;
mod plan;
mod progress;
mod run;
pub(crate) mod script;
mod session;
mod status;
mod stepwise;
mod target;

pub(crate) use bookkeeping::{Bookkeeping, bookkeeping};
pub(crate) use directory::Directory;
pub(crate) use mark::{Mark, mark};
pub(crate) use plan::{Amount, Facts, Plan};
pub(crate) use progress::TABLE as PROGRESS_TABLE;
pub(crate) use run::{Ending, Run, preview};
pub(crate) use script::Role;
pub(crate) use session::{Session, Timeouts};
pub(crate) use status::Status;
pub(crate) use stepwise::Doubt;
