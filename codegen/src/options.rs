//! What the caller of `render` decides.

use std::collections::BTreeSet;

use autogen_core::{Answers, ObjectId, QualName, SourceMap};

/// Which way the script leads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Direction {
    /// To the wanted schema: `up.sql`.
    #[default]
    Up,
    /// Back: `down.sql`.
    Down,
}

/// A dropped and a created object that look like a rename. It is only offered, in a comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenameCandidate {
    /// The object that goes, or that something else still uses.
    pub from: ObjectId,
    /// The object that comes.
    pub to: ObjectId,
}

/// A label that goes and one that comes in its place, likewise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelCandidate {
    /// The enum, by its new name.
    pub enum_type: ObjectId,
    /// The label that goes.
    pub from: String,
    /// The label that comes.
    pub to: String,
}

/// The tables that others read and write while the script runs. Of them no long lock is taken, where Postgres has a form
/// that does without.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum InUse {
    /// None: plain statements, in as few transactions as will do.
    #[default]
    Nothing,
    /// These, by the names that they have before the script runs.
    Tables(BTreeSet<QualName>),
    /// All that are there.
    Everything,
}

impl InUse {
    /// True if the table is among them.
    pub fn contains(&self, table: &QualName) -> bool {
        match self {
            InUse::Nothing => false,
            InUse::Tables(tables) => tables.contains(table),
            InUse::Everything => true,
        }
    }
}

/// How to write a script.
#[derive(Clone, Debug, Default)]
pub struct RenderOptions {
    /// What the rows said.
    pub answers: Answers,
    /// Where the models say what.
    pub sources: SourceMap,
    /// Renames to offer.
    pub candidates: Vec<RenameCandidate>,
    /// Renames of labels to offer.
    pub labels: Vec<LabelCandidate>,
    /// Up or down.
    pub direction: Direction,
    /// `server_version_num` of the server that will run it, such as 150018; 0 if it is not known.
    pub server_version: u32,
    /// Tables that others use meanwhile.
    pub in_use: InUse,
}
