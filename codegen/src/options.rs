//! What the caller of `render` decides.

use std::collections::BTreeSet;
use std::str::FromStr;

use autogen_core::{Answers, ObjectId, QualName, SourceMap, visible};

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

/// How long a statement may wait for a lock before it gives up: a number and a unit of Postgres, as `5s` or `500ms`
/// (manual, "Parameter Names and Values"). `0` is for ever.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockTimeout(String);

impl Default for LockTimeout {
    /// Five seconds.
    fn default() -> Self {
        Self("5s".to_owned())
    }
}

/// Text that is no time in the words of Postgres.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{:?} is no time; write a whole number and one of the units ms, s, min, h, such as 5s or 500ms, or 0 for no limit", visible(.0))]
pub struct LockTimeoutError(String);

impl FromStr for LockTimeout {
    type Err = LockTimeoutError;

    fn from_str(text: &str) -> Result<Self, LockTimeoutError> {
        let wrong = || LockTimeoutError(text.to_owned());
        let text = text.trim();
        if text == "0" {
            return Ok(Self(text.to_owned()));
        }
        let end = text.find(|letter: char| !letter.is_ascii_digit()).ok_or_else(wrong)?;
        let (number, unit) = text.split_at(end);
        let unit = unit.trim_start();
        let milliseconds: u64 = match unit {
            "ms" => 1,
            "s" => 1_000,
            "min" => 60_000,
            "h" => 3_600_000,
            _ => return Err(wrong()),
        };
        let number: u64 = number.parse().map_err(|_| wrong())?;
        // The server keeps it in an integer of 32 bits.
        let fits = number.checked_mul(milliseconds).is_some_and(|all| (1..=2_147_483_647).contains(&all));
        if fits { Ok(Self(format!("{number}{unit}"))) } else { Err(wrong()) }
    }
}

impl LockTimeout {
    /// The setting's value; none where waiting has no end.
    pub(crate) fn value(&self) -> Option<&str> {
        Some(self.0.as_str()).filter(|value| *value != "0")
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
    /// How long statements that others would wait behind may wait themselves.
    pub lock_timeout: LockTimeout,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: Result<Option<&str>, ()>) {
        let parsed = text.parse::<LockTimeout>();
        assert_eq!(parsed.as_ref().map(LockTimeout::value).map_err(|_| ()), expect, "{text}");
    }

    #[test]
    fn times_are_those_of_postgres() {
        check("5s", Ok(Some("5s")));
        check(" 500 ms ", Ok(Some("500ms")));
        check("2min", Ok(Some("2min")));
        check("0", Ok(None));
        for wrong in
            ["", "5", "s", "-1s", "5 sec", "1.5s", "0s", "999999999h", "99999999999999999999s", "1s'; --"]
        {
            check(wrong, Err(()));
        }
    }
}
