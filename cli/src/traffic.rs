//! Which tables others use while a migration runs: those in which rows were seen, unless somebody knows better.

use autogen_codegen::{InUse, LockTimeout};
use autogen_core::{Answers, ChangeGraph, QualName};

/// Which tables others use while the migration runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Traffic {
    /// Those in which rows were seen, or that did not tell in time.
    WhereRowsAre,
    /// All that are there.
    Everywhere,
    /// None, or nobody minds.
    Nowhere,
}

/// How a migration is to get along with the others, as far as options say so.
#[derive(Clone, Debug)]
pub(crate) struct Manner {
    pub(crate) traffic: Traffic,
    /// Instead of the configured one.
    pub(crate) lock_timeout: Option<LockTimeout>,
}

impl Traffic {
    /// What the options `--online` and `--offline-ok` say.
    pub(crate) fn said(online: bool, offline_ok: bool) -> Option<Traffic> {
        match (online, offline_ok) {
            (true, _) => Some(Traffic::Everywhere),
            (_, true) => Some(Traffic::Nowhere),
            _ => None,
        }
    }

    /// The tables that others use, as far as the rows tell.
    pub(crate) fn in_use(self, answers: &Answers) -> InUse {
        match self {
            Traffic::Everywhere => InUse::Everything,
            Traffic::Nowhere => InUse::Nothing,
            Traffic::WhereRowsAre => match answers.tables_with_rows() {
                tables if tables.is_empty() => InUse::Nothing,
                tables => InUse::Tables(tables),
            },
        }
    }
}

/// The same tables by the names that they have afterwards.
pub(crate) fn renamed(in_use: &InUse, graph: &ChangeGraph) -> InUse {
    match in_use {
        InUse::Tables(tables) => {
            let follow = |table: &QualName| graph.hints.renames.relation(table);
            InUse::Tables(tables.iter().map(follow).collect())
        }
        InUse::Nothing | InUse::Everything => in_use.clone(),
    }
}
