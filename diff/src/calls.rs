//! What the bodies of functions call, which the catalog does not know unless they are SQL of the standard's kind. Their words tell,
//! well enough for an order that is only a wish.

use std::collections::{BTreeMap, BTreeSet};

use autogen_core::{Catalog, Kind, Object, ObjectId, words_in_strings};

use crate::nodes::Nodes;

/// From each new function to what calls it: functions whose bodies have its name in them, and what makes such a function run
/// that is there already, as a column of a domain does whose check it is.
pub(crate) fn wishes(nodes: &Nodes, after: &Catalog) -> BTreeSet<(usize, usize)> {
    let mut new: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (id, node) in nodes.create.iter().filter(|(id, _)| id.kind == Kind::Function) {
        new.entry(id.name.name.as_str()).or_default().push(*node);
    }
    let mut found = BTreeSet::new();
    if new.is_empty() {
        return found;
    }
    let mut standing: BTreeMap<&ObjectId, BTreeSet<usize>> = BTreeMap::new();
    for (id, object) in after.of_kind(Kind::Function) {
        let Object::Function(function) = object else { continue };
        let words = words_in_strings(function.definition.as_str());
        let called: BTreeSet<usize> =
            words.iter().filter_map(|word| new.get(word.as_str())).flatten().copied().collect();
        if called.is_empty() {
            continue;
        }
        let mut callers = nodes.coming_of(id).peekable();
        if callers.peek().is_none() {
            standing.insert(id, called);
            continue;
        }
        found.extend(callers.flat_map(|caller| called.iter().map(move |called| (*called, caller))));
    }
    for (id, node) in nodes.coming().filter(|_| !standing.is_empty()) {
        let used = closure(id, after);
        let callers = standing.iter().filter(|(caller, _)| used.contains(**caller));
        found.extend(callers.flat_map(|(_, called)| called).map(|called| (*called, node)));
    }
    // One may call itself.
    found.retain(|(called, caller)| called != caller);
    found
}

/// All that an object depends on, over any number of steps.
fn closure(id: &ObjectId, catalog: &Catalog) -> BTreeSet<ObjectId> {
    let mut all = BTreeSet::new();
    let mut left: Vec<ObjectId> = catalog.depends_on(id).into_iter().collect();
    while let Some(next) = left.pop() {
        if !all.contains(&next) {
            left.extend(catalog.depends_on(&next));
            all.insert(next);
        }
    }
    all
}
