//! What a reviewer must know of a statement, as data. Hazards and markers ride on their statement until the script is
//! written, and are printed directly above it.

use std::fmt;

use serde::Serialize;

/// A danger of one statement.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Hazard {
    /// What sort of danger.
    pub kind: HazardKind,
    /// One sentence that names the object.
    pub message: String,
}

/// The sorts of danger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HazardKind {
    /// Rows or values are lost.
    DataLoss,
    /// Existing rows may make it fail.
    MayFail,
    /// The table is written anew under an exclusive lock.
    TableRewrite,
    /// All rows are read while the lock is held.
    FullScan,
    /// Readers or writers wait.
    BlocksUse,
    /// The down migration cannot restore everything.
    Irreversible,
}

impl fmt::Display for HazardKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            HazardKind::DataLoss => "data loss",
            HazardKind::MayFail => "may fail",
            HazardKind::TableRewrite => "table rewrite",
            HazardKind::FullScan => "full scan",
            HazardKind::BlocksUse => "blocks use",
            HazardKind::Irreversible => "cannot be undone",
        })
    }
}

impl Hazard {
    /// A hazard.
    pub fn new(kind: HazardKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }
}

/// Table-level lock modes (manual, "Explicit Locking").
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Lock {
    /// Blocks schema changes and VACUUM.
    ShareUpdateExclusive,
    /// Blocks writes.
    Share,
    /// Blocks writes and other such locks.
    ShareRowExclusive,
    /// Blocks everything, reading included.
    AccessExclusive,
}

/// Something only a person knows, asked for in the script as `TODO(autogen)`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Todo {
    /// What to decide, in a sentence with the figures found in the rows.
    pub message: String,
    /// A ready statement to complete, printed commented out.
    pub template: Option<String>,
}
