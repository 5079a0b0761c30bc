//! Writes the SQL of a change graph.
//!
//! First [`questions`] says which rows to look at, and [`question_sql`] how; then [`render`] writes the script, which the
//! answers shape. Each object kind has a file in `object`. The order of the changes is the differ's; nothing is
//! re-ordered here, but for enum labels that have to be committed before they are used. No database is asked and no
//! file is written.

mod after;
pub mod canonical;
mod cast;
mod context;
mod keywords;
mod object;
mod options;
mod question;
mod render;
pub mod rust;
mod script;
mod settled;
mod split;
pub mod sql;
#[cfg(test)]
mod testing;

pub use after::catalog_after;
pub use options::{Direction, LabelCandidate, RenameCandidate, RenderOptions};
pub use question::{question_sql, question_sql_on, questions};
pub use render::render;
pub use script::{Part, Script, Statement, Verb};
