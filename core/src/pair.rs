//! Two of the same thing, before and after: never two loose arguments.

use serde::{Deserialize, Serialize};

/// A thing before and after the change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Pair<T> {
    /// The current state.
    pub before: T,
    /// The wanted state.
    pub after: T,
}

impl<T> Pair<T> {
    /// Makes a pair.
    pub fn new(before: T, after: T) -> Self {
        Self { before, after }
    }

    /// The same change seen backwards; the down migration is the diff of this.
    pub fn swap(self) -> Self {
        Self { before: self.after, after: self.before }
    }

    /// Both sides by reference.
    pub fn as_ref(&self) -> Pair<&T> {
        Pair { before: &self.before, after: &self.after }
    }

    /// The same function on both sides.
    pub fn map<U>(self, mut f: impl FnMut(T) -> U) -> Pair<U> {
        Pair { before: f(self.before), after: f(self.after) }
    }

    /// Side by side with another pair.
    pub fn zip<U>(self, other: Pair<U>) -> Pair<(T, U)> {
        Pair { before: (self.before, other.before), after: (self.after, other.after) }
    }
}

impl<T: PartialEq> Pair<T> {
    /// True if the sides differ.
    pub fn differs(&self) -> bool {
        self.before != self.after
    }
}

impl<T> Pair<Option<T>> {
    /// The pair inside, when both sides are there.
    pub fn both(self) -> Option<Pair<T>> {
        Some(Pair { before: self.before?, after: self.after? })
    }
}
