//! Writes the SQL of a change graph.
//!
//! First [`questions`] says which rows to look at, and [`question_sql`] how; then [`render`] writes the script, which the
//! answers shape. Each object kind has a file in `object`. The order of the changes is the differ's; nothing is
//! re-ordered here, but for what has to be committed before or after (`parts`). No database is asked and no
//! file is written.

mod after;
pub mod canonical;
mod cast;
mod context;
mod keywords;
mod narrow;
mod object;
mod online;
mod options;
mod parts;
mod question;
mod render;
pub mod rust;
mod script;
pub mod sql;
#[cfg(test)]
mod testing;
mod total;

pub use after::catalog_after;
pub use options::{
    Direction, InUse, LabelCandidate, LockTimeout, LockTimeoutError, RenameCandidate, RenderOptions,
};
pub use parts::LOCK_TIMEOUT_NOTE;
pub use question::{question_sql, question_sql_on, questions};
pub use render::{render, render_both};
pub use script::{Part, Script, Statement, Verb};
