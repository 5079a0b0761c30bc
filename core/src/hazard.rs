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

/// Table-level lock modes, the weakest first (manual, "Explicit Locking").
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Lock {
    /// Of a query; only `AccessExclusive` conflicts with it.
    AccessShare,
    /// Of `SELECT … FOR UPDATE` and of the parents of a foreign key.
    RowShare,
    /// Of `INSERT`, `UPDATE` and `DELETE`.
    RowExclusive,
    /// Blocks schema changes and VACUUM.
    ShareUpdateExclusive,
    /// Blocks writes.
    Share,
    /// Blocks writes and other such locks.
    ShareRowExclusive,
    /// Blocks everything but reading.
    Exclusive,
    /// Blocks everything, reading included.
    AccessExclusive,
}

impl Lock {
    /// The manual's name: `SHARE UPDATE EXCLUSIVE`.
    pub fn as_str(self) -> &'static str {
        match self {
            Lock::AccessShare => "ACCESS SHARE",
            Lock::RowShare => "ROW SHARE",
            Lock::RowExclusive => "ROW EXCLUSIVE",
            Lock::ShareUpdateExclusive => "SHARE UPDATE EXCLUSIVE",
            Lock::Share => "SHARE",
            Lock::ShareRowExclusive => "SHARE ROW EXCLUSIVE",
            Lock::Exclusive => "EXCLUSIVE",
            Lock::AccessExclusive => "ACCESS EXCLUSIVE",
        }
    }

    /// The mode behind the name that `pg_locks` has for it: `ShareUpdateExclusiveLock`.
    pub fn from_catalog(mode: &str) -> Option<Lock> {
        Some(match mode {
            "AccessShareLock" => Lock::AccessShare,
            "RowShareLock" => Lock::RowShare,
            "RowExclusiveLock" => Lock::RowExclusive,
            "ShareUpdateExclusiveLock" => Lock::ShareUpdateExclusive,
            "ShareLock" => Lock::Share,
            "ShareRowExclusiveLock" => Lock::ShareRowExclusive,
            "ExclusiveLock" => Lock::Exclusive,
            "AccessExclusiveLock" => Lock::AccessExclusive,
            _ => return None,
        })
    }
}

impl fmt::Display for Lock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Something only a person knows, asked for in the script as `TODO(autogen)`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Todo {
    /// What to decide, in a sentence with the figures found in the rows.
    pub message: String,
    /// A ready statement to complete, printed commented out.
    pub template: Option<String>,
}
