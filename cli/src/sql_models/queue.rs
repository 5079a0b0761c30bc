//! Runs the tables of the wanted schema and the statements of `.sql` models in an order that works. Either may need the
//! other: a default calls a function of the files, a view of the files reads a table. So all are tried in turn until
//! nothing more succeeds. What the files' statements changed is told from the catalog before and after them.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use autogen_core::{Catalog, ObjectId};

use super::statement::Statement;
use crate::scratch::{Base, Refusal, Scratch};

/// What came of it.
#[derive(Debug, Default)]
pub(crate) struct Built {
    /// The scratch database in the end.
    pub(crate) catalog: Catalog,
    /// What the statements made or changed.
    pub(crate) claimed: BTreeSet<ObjectId>,
    /// Of these, what was not there before.
    pub(crate) created: BTreeSet<ObjectId>,
    /// What they dropped.
    pub(crate) removed: BTreeSet<ObjectId>,
    /// Statements that only worked after others: what a function's body uses is in no catalog.
    pub(crate) follows: BTreeMap<usize, Vec<usize>>,
    /// Statements that did not work, by their place in the list, and why.
    pub(crate) refused: Vec<(usize, Refusal)>,
    /// Why parts of the base could not be built.
    pub(crate) missing: Vec<String>,
}

/// Runs everything.
pub(crate) fn run(scratch: &mut Scratch, base: &Base, said: &[Statement]) -> Result<Built> {
    let mut queue = Queue {
        scratch,
        base: base.steps.iter().map(String::as_str).collect(),
        spare: Vec::new(),
        said: (0..said.len()).collect(),
        done: Vec::new(),
        failed: BTreeMap::new(),
        built: Built::default(),
    };
    let mut spare: Option<Vec<&str>> = Some(base.spare.iter().map(String::as_str).collect());
    loop {
        let mut moved = queue.run_base()?;
        moved |= queue.run_spare()?;
        moved |= queue.run_said(said)?;
        if queue.said.is_empty() {
            break;
        }
        if !moved {
            let Some(spare) = spare.take() else { break };
            queue.spare = spare;
            queue.run_spare()?;
        }
    }
    // The rest of the base shows what it uses.
    queue.run_base()?;
    let mut built = queue.built;
    built.catalog = scratch.read()?;
    Ok(built)
}

struct Queue<'a> {
    scratch: &'a mut Scratch,
    /// What is still to be built.
    base: Vec<&'a str>,
    /// Code of the database that nobody models, once it is needed.
    spare: Vec<&'a str>,
    /// The statements that are still to be run.
    said: Vec<usize>,
    /// Those that worked, in the order in which they did.
    done: Vec<usize>,
    /// How many had worked when a statement failed last, and why it did.
    failed: BTreeMap<usize, (usize, String)>,
    built: Built,
}

impl Queue<'_> {
    fn run_base(&mut self) -> Result<bool> {
        let count = self.base.len();
        self.built.missing.clear();
        let base = std::mem::take(&mut self.base);
        self.base = self.scratch.settle(base, &mut self.built.missing)?;
        Ok(self.base.len() < count)
    }

    fn run_spare(&mut self) -> Result<bool> {
        let count = self.spare.len();
        let spare = std::mem::take(&mut self.spare);
        self.spare = self.scratch.settle(spare, &mut Vec::new())?;
        Ok(self.spare.len() < count)
    }

    /// Runs the statements until no more of them work, and notes what they changed.
    fn run_said(&mut self, said: &[Statement]) -> Result<bool> {
        let before = self.scratch.read()?;
        let all = self.said.len();
        loop {
            let count = self.said.len();
            self.built.refused.clear();
            let mut left = Vec::new();
            for at in std::mem::take(&mut self.said) {
                match self.scratch.run(&said[at].settings, &said[at].sql)? {
                    Ok(()) => self.worked(at, said),
                    Err(refusal) => {
                        left.push(at);
                        self.failed.insert(at, (self.done.len(), refusal.message.clone()));
                        self.built.refused.push((at, refusal));
                    }
                }
            }
            self.said = left;
            if self.said.is_empty() || self.said.len() == count {
                break;
            }
        }
        let moved = self.said.len() < all;
        if moved {
            let after = self.scratch.read()?;
            self.note(&before, &after);
        }
        Ok(moved)
    }

    /// A statement that failed before owes its success to one of those since; if its complaint names one, to that.
    fn worked(&mut self, at: usize, said: &[Statement]) {
        if let Some((done, complaint)) = self.failed.remove(&at) {
            let since = &self.done[done..];
            let is_named = |other: &&usize| said[**other].subjects.iter().any(|one| one.is_in(&complaint));
            let named: Vec<usize> = since.iter().filter(is_named).copied().collect();
            self.built.follows.insert(at, if named.is_empty() { since.to_vec() } else { named });
        }
        self.done.push(at);
    }

    fn note(&mut self, before: &Catalog, after: &Catalog) {
        for (id, object) in after.iter() {
            if before.get(id) == Some(object) {
                continue;
            }
            self.built.removed.remove(id);
            self.built.claimed.insert(id.clone());
            if !before.contains(id) {
                self.built.created.insert(id.clone());
            }
        }
        for id in before.ids().filter(|id| !after.contains(id)) {
            self.built.claimed.remove(id);
            self.built.removed.insert(id.clone());
        }
    }
}
