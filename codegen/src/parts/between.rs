//! What is made anew on the way there and on the way back, and stands in the way of several parts of the way back: taken away
//! in the first of them, it would be missing until the last. So each of these parts takes it away and makes it anew.

use std::collections::{BTreeMap, BTreeSet};

use autogen_core::{ChangeGraph, Pair};

use super::{Node, Nodes};

/// Adds the statements, and returns where they stand, with their parts.
pub(super) fn restored(
    downs: &mut Nodes,
    (ups, part_of): (&Nodes, &[usize]),
    (graph, back): (&ChangeGraph, &ChangeGraph),
    settled: &[usize],
) -> Vec<(usize, usize)> {
    let renames = &graph.hints.renames;
    // Between two parts of the way there it is only missing if it goes in one and comes in another.
    let is_there = |pair: &Pair<usize>| {
        let id = renames.follow(&back.changes[pair.before].id);
        let mut all = ups.renewed.iter().filter(|(drop, _)| renames.follow(&graph.changes[*drop].id) == id);
        let parts = |change: usize| ups.of_change[change].iter().map(|at| part_of[*at]);
        all.any(|(drop, create)| parts(*drop).chain(parts(*create)).collect::<BTreeSet<_>>().len() == 1)
    };
    let part = |downs: &Nodes, change: usize| downs.of_change[change].first().map(|at| settled[*at]);
    // The last part is the first to be taken back.
    let is_apart = |downs: &Nodes, pair: &Pair<usize>| part(downs, pair.before) > part(downs, pair.after);
    let pairs = downs.renewed.iter().map(|(drop, create)| Pair::new(*drop, *create));
    let mut pairs: Vec<Pair<usize>> = pairs.filter(|pair| is_apart(downs, pair) && is_there(pair)).collect();
    // What is built on another comes behind it.
    pairs.sort_by_key(|pair| pair.after);

    let mut copies = Copies { drops: BTreeMap::new(), creates: BTreeMap::new(), all: Vec::new() };
    for pair in pairs {
        let (Some(gone), Some(made)) = (part(downs, pair.before), part(downs, pair.after)) else { continue };
        let dropped = downs.of_change[pair.before].clone();
        let stands_in_the_way =
            |at: &usize| (made..=gone).contains(&settled[*at]) && downs.waits_for(*at, &dropped);
        let in_the_way: Vec<usize> = (0..settled.len()).filter(stands_in_the_way).collect();
        let mut parts: BTreeSet<usize> = in_the_way.iter().map(|at| settled[*at]).collect();
        parts.extend([gone, made]);
        for part in parts {
            let waiting: Vec<usize> = in_the_way.iter().copied().filter(|at| settled[*at] == part).collect();
            if part != gone {
                copies.drop(downs, pair.before, part, &waiting);
            }
            if part != made {
                copies.create(downs, pair.after, part, &waiting);
            }
        }
    }
    copies.all
}

/// Statements that are there once more, by the change and the part.
struct Copies {
    drops: BTreeMap<(usize, usize), Vec<usize>>,
    creates: BTreeMap<(usize, usize), Vec<usize>>,
    all: Vec<(usize, usize)>,
}

impl Copies {
    /// Before what is in its way there, and behind what is built on it.
    fn drop(&mut self, downs: &mut Nodes, change: usize, part: usize, waiting: &[usize]) {
        let own = downs.of_change[change].clone();
        let waits = |one: &[usize], other: &[usize]| one.iter().any(|at| downs.waits_for(*at, other));
        let (mut below, mut needs) = (Vec::new(), Vec::new());
        for ((other, _), copies) in self.drops.iter().filter(|((_, at), _)| *at == part) {
            let others = &downs.of_change[*other];
            if waits(others, &own) {
                below.extend(copies.iter().copied());
            } else if waits(&own, others) {
                needs.extend(copies.iter().copied());
            }
        }
        let copies = self.copy(downs, change, part, needs);
        for at in below.iter().chain(waiting) {
            downs.list[*at].needs.extend(&copies);
        }
        self.drops.insert((change, part), copies);
    }

    /// Behind what it was in the way of there, and what it is built on.
    fn create(&mut self, downs: &mut Nodes, change: usize, part: usize, waiting: &[usize]) {
        let own = downs.of_change[change].clone();
        let is_before = |at: &usize| own.iter().any(|own| downs.waits_for(*own, &[*at]));
        let mut needs: Vec<usize> = waiting.iter().copied().filter(is_before).collect();
        let built = self.creates.iter().filter(|((_, at), _)| *at == part);
        let built = built
            .filter(|((other, _), _)| own.iter().any(|own| downs.waits_for(*own, &downs.of_change[*other])));
        needs.extend(built.flat_map(|(_, copies)| copies.iter().copied()));
        let copies = self.copy(downs, change, part, needs);
        self.creates.insert((change, part), copies);
    }

    fn copy(&mut self, downs: &mut Nodes, change: usize, part: usize, mut needs: Vec<usize>) -> Vec<usize> {
        let mut copies = Vec::new();
        for at in downs.of_change[change].clone() {
            let copy = downs.list.len();
            let statement = downs.list[at].statement.clone();
            downs.list.push(Node { statement, change, needs: std::mem::replace(&mut needs, vec![copy]) });
            downs.placed.push(false);
            self.all.push((copy, part));
            copies.push(copy);
        }
        copies
    }
}
