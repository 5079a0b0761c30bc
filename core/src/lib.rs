//! What the stages of autogen share: the catalog model, pairs, identities, diagnostics, and the change graph with its
//! hazards. No I/O, no SQL text, no Rust syntax, no graph algorithm happens here.

pub mod array_cast;
mod body;
mod catalog;
mod change;
mod data_type;
mod dependants;
mod diagnostic;
mod expression;
mod hazard;
mod hints;
mod id;
mod likely;
mod name;
pub mod object;
mod options;
mod ordered;
mod pair;
mod probe;
mod snapshot;
mod source;

pub use body::{strings, words_in_strings};
pub use catalog::{Catalog, Unread};
pub use change::{Action, Change, ChangeGraph, Edge, Reason, SkippedObject};
pub use data_type::DataType;
pub use dependants::Dependants;
pub use diagnostic::{Diagnostic, Severity};
pub use expression::{Expression, Token, TokenKind, tokens};
pub use hazard::{Hazard, HazardKind, Lock, Todo};
pub use hints::{Hints, Renames};
pub use id::ObjectId;
pub use likely::{Grounds, Likely};
pub use name::{MAX_NAME_BYTES, Name, QualName, visible, write_visible};
pub use object::{Alteration, Kind, Object, ObjectKind};
pub use options::Options;
pub use pair::Pair;
pub use probe::{Answer, Answers, Question};
pub use snapshot::{Entry, Held, SNAPSHOT_VERSION, Snapshot, SnapshotError};
pub use source::{SourceMap, Span};
