//! A map that is looked up by hash and gone through in the order of its keys. A catalog of ten thousand tables is asked
//! about its objects a million times, and what a tree would compare on the way down to each are names, which lie all over
//! the memory. Nothing here knows what a catalog is.

use std::fmt;
use std::hash::Hash;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

/// A run that grows beyond this is split, so that an entry amid hundreds of thousands moves few others.
const LONGEST_RUN: usize = 512;

/// The map. The same entries make equal maps, whatever the order in which they came.
#[derive(Clone)]
pub(crate) struct OrderedMap<K, V> {
    entries: IndexMap<K, V, FxBuildHasher>,
    /// The places of the entries in the order of their keys, in runs none of which is empty.
    runs: Vec<Vec<u32>>,
    /// The run that the last new key came into, and its place there: the next mostly belongs beside it.
    recent: (usize, usize),
}

impl<K: Hash + Ord, V> OrderedMap<K, V> {
    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        self.entries.get(key)
    }

    pub(crate) fn get_key_value(&self, key: &K) -> Option<(&K, &V)> {
        self.entries.get_key_value(key)
    }

    pub(crate) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        self.entries.get_mut(key)
    }

    pub(crate) fn contains_key(&self, key: &K) -> bool {
        self.entries.contains_key(key)
    }

    /// Makes room for so many more.
    pub(crate) fn reserve(&mut self, more: usize) {
        self.entries.reserve(more);
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Adds an entry, or gives a key another value.
    pub(crate) fn insert(&mut self, key: K, value: V) {
        let (at, old) = self.entries.insert_full(key, value);
        if old.is_some() {
            return;
        }
        let Some((key, _)) = self.entries.get_index(at) else { return };
        let (run, place) =
            if self.is_next(key) { (self.recent.0, self.recent.1 + 1) } else { self.find(key) };
        self.recent = (run, place);
        let Some(own) = self.runs.get_mut(run) else {
            self.runs.push(vec![number(at)]);
            return;
        };
        own.insert(place, number(at));
        if own.len() > LONGEST_RUN {
            let half = LONGEST_RUN / 2;
            let rest = own.split_off(half);
            self.runs.insert(run + 1, rest);
            if place >= half {
                self.recent = (run + 1, place - half);
            }
        }
    }

    /// Takes an entry out. True if it was there.
    pub(crate) fn remove(&mut self, key: &K) -> bool {
        if !self.entries.contains_key(key) {
            return false;
        }
        let (run, place) = self.find(key);
        let at = self.runs[run].remove(place);
        if self.runs[run].is_empty() {
            self.runs.remove(run);
            self.recent = (0, 0);
        }
        // The last entry takes the free place.
        if let Some((last, _)) = self.entries.last().filter(|_| at != number(self.entries.len() - 1)) {
            let (run, place) = self.find(last);
            self.runs[run][place] = at;
        }
        self.entries.swap_remove_index(at as usize).is_some()
    }

    /// All entries, in the order of the keys.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.runs.iter().flatten().filter_map(|at| self.entry(*at))
    }

    /// The entries from a key on, in order.
    pub(crate) fn from<'a>(&'a self, key: &K) -> impl Iterator<Item = (&'a K, &'a V)> + use<'a, K, V> {
        let (run, place) = self.find(key);
        let first = self.runs.get(run).and_then(|own| own.get(place..)).unwrap_or_default();
        let rest = self.runs.get(run + 1..).unwrap_or_default();
        first.iter().chain(rest.iter().flatten()).filter_map(|at| self.entry(*at))
    }

    fn entry(&self, at: u32) -> Option<(&K, &V)> {
        self.entries.get_index(at as usize)
    }

    fn is_before(&self, at: u32, key: &K) -> bool {
        self.entry(at).is_some_and(|(own, _)| own < key)
    }

    /// True for a key that belongs right behind the last new one, as those do that come in order.
    fn is_next(&self, key: &K) -> bool {
        let (run, place) = self.recent;
        let Some(own) = self.runs.get(run) else { return false };
        let after = own.get(place + 1).or_else(|| self.runs.get(run + 1)?.first());
        own.get(place).is_some_and(|last| self.is_before(*last, key))
            && after.is_none_or(|after| self.entry(*after).is_some_and(|(after, _)| key < after))
    }

    /// The run that a key is in or belongs into, and its place there.
    fn find(&self, key: &K) -> (usize, usize) {
        let begins_before = |run: &Vec<u32>| run.first().is_some_and(|first| self.is_before(*first, key));
        let is_recent = self.runs.get(self.recent.0).is_some_and(begins_before)
            && !self.runs.get(self.recent.0 + 1).is_some_and(begins_before);
        let later = if is_recent { self.recent.0 + 1 } else { self.runs.partition_point(begins_before) };
        // The key is in the last run that begins before it, or begins the one after that.
        let run = later.saturating_sub(1);
        let place = self.runs.get(run).map_or(0, |own| own.partition_point(|at| self.is_before(*at, key)));
        let ends = self.runs.get(run).is_some_and(|own| place == own.len());
        let begins_next = ends
            && self
                .runs
                .get(run + 1)
                .and_then(|next| next.first())
                .is_some_and(|first| self.entry(*first).is_some_and(|(own, _)| own == key));
        if begins_next { (run + 1, 0) } else { (run, place) }
    }
}

/// The place of an entry, in half the room: what oids number is never more.
fn number(at: usize) -> u32 {
    at as u32
}

impl<K, V> Default for OrderedMap<K, V> {
    fn default() -> Self {
        Self { entries: IndexMap::default(), runs: Vec::new(), recent: (0, 0) }
    }
}

impl<K: Hash + Ord, V: PartialEq> PartialEq for OrderedMap<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.entries == other.entries
    }
}

impl<K: Hash + Ord + fmt::Debug, V: fmt::Debug> fmt::Debug for OrderedMap<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// Numbers that look random, the same in each run.
    fn numbers(seed: u64) -> impl Iterator<Item = u64> {
        std::iter::successors(Some(seed), |last| {
            Some(last.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407))
        })
        .map(|number| number >> 33)
    }

    #[track_caller]
    fn same(ours: &OrderedMap<u64, u64>, theirs: &BTreeMap<u64, u64>, from: u64) {
        assert!(ours.iter().eq(theirs));
        assert!(ours.from(&from).eq(theirs.range(from..)));
        assert_eq!((ours.len(), ours.is_empty()), (theirs.len(), theirs.is_empty()));
        assert!(ours.runs.iter().all(|run| (1..=LONGEST_RUN).contains(&run.len())));
    }

    #[test]
    fn it_is_the_map_of_the_standard_library() {
        let (mut ours, mut theirs) = (OrderedMap::default(), BTreeMap::new());
        for (step, number) in numbers(7).take(40_000).enumerate() {
            // It grows, and is emptied in the end.
            let key = number % 6_000;
            if step < 20_000 && number % 3 > 0 || number % 16 == 0 {
                ours.insert(key, number);
                theirs.insert(key, number);
            } else {
                assert_eq!(ours.remove(&key), theirs.remove(&key).is_some());
            }
            if step % 997 == 0 {
                same(&ours, &theirs, number % 7_000);
            }
        }
        for key in 0..6_000 {
            assert_eq!(ours.get_key_value(&key), theirs.get_key_value(&key));
            assert_eq!(ours.remove(&key), theirs.remove(&key).is_some());
        }
        same(&ours, &theirs, 0);
    }

    #[test]
    fn entries_that_come_in_order_stay_in_order() {
        let (mut up, mut down) = (OrderedMap::default(), OrderedMap::default());
        (0..5_000).for_each(|key| up.insert(key, key));
        (0..5_000).rev().for_each(|key| down.insert(key, key));
        assert!(up == down && up.iter().eq(down.iter()));
        (0..5_000).filter(|key| key % 7 > 0).for_each(|key| assert!(up.remove(&key)));
        assert!(up.iter().map(|(key, _)| *key).eq((0..5_000).step_by(7)));
        assert!(up != down);
    }
}
