//! Renames that the evidence points at. They are only offered, to be confirmed by a person; why one is likely is told by
//! whoever knows the models, and which of them are worth a question is decided where the schemas are compared.

use std::collections::BTreeMap;

use crate::ObjectId;

/// Why two objects may be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grounds {
    /// What the code says of the new object suits the old one.
    Suits,
    /// Besides, the new one stands in the code where the old one stood at the baseline.
    Place,
}

/// Pairs of an object that there is and one that is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Likely {
    pairs: BTreeMap<(ObjectId, ObjectId), Grounds>,
}

impl Likely {
    /// Adds a pair, or better grounds for it.
    pub fn insert(&mut self, old: ObjectId, new: ObjectId, grounds: Grounds) {
        let known = self.pairs.entry((old, new)).or_insert(grounds);
        *known = grounds.max(*known);
    }

    /// Why one object may be the other, if so.
    pub fn grounds(&self, old: &ObjectId, new: &ObjectId) -> Option<Grounds> {
        self.pairs.get(&(old.clone(), new.clone())).copied()
    }

    /// All pairs, old and new.
    pub fn iter(&self) -> impl Iterator<Item = (&ObjectId, &ObjectId, Grounds)> {
        self.pairs.iter().map(|((old, new), grounds)| (old, new, *grounds))
    }

    /// The pairs of the way back.
    pub fn inverted(&self) -> Self {
        let swapped = self.pairs.iter().map(|((old, new), grounds)| ((new.clone(), old.clone()), *grounds));
        Self { pairs: swapped.collect() }
    }
}
