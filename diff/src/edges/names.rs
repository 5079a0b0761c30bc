//! What takes a name waits for what frees it, and everything else speaks of the new names.

use std::collections::{BTreeMap, BTreeSet};

use autogen_core::{Action, Catalog, Kind, ObjectId, Pair, Reason};

use super::Edges;
use crate::namespace::{Claim, claims};
use crate::nodes::Nodes;

/// What takes a name waits for what frees it.
pub(super) fn names(pair: Pair<&Catalog>, nodes: &Nodes, edges: &mut Edges) {
    let of = |catalog: &Catalog, id: &ObjectId| -> BTreeSet<Claim> {
        catalog.get(id).map(|object| claims(id, object).into_iter().collect()).unwrap_or_default()
    };
    let mut freed: BTreeMap<Claim, Vec<usize>> = BTreeMap::new();
    let mut taken: Vec<(Claim, usize)> = Vec::new();
    for (id, node) in &nodes.drop {
        of(pair.before, id).into_iter().for_each(|claim| freed.entry(claim).or_default().push(*node));
    }
    for (id, node) in &nodes.create {
        taken.extend(of(pair.after, id).into_iter().map(|claim| (claim, *node)));
    }
    // Keys of partitions come and go with their parents'.
    for (id, node) in carried(pair.before, &nodes.drop) {
        of(pair.before, id).into_iter().for_each(|claim| freed.entry(claim).or_default().push(node));
    }
    for (id, node) in carried(pair.after, &nodes.create) {
        taken.extend(of(pair.after, id).into_iter().map(|claim| (claim, node)));
    }
    for (id, alters) in &nodes.alter {
        let (old, new) = (of(pair.before, id), of(pair.after, id));
        for node in alters.iter().filter(|node| nodes.list[**node].id == *id) {
            old.difference(&new).for_each(|claim| freed.entry(claim.clone()).or_default().push(*node));
            taken.extend(new.difference(&old).map(|claim| (claim.clone(), *node)));
        }
    }
    for (claim, node) in taken {
        for free in freed.get(&claim).into_iter().flatten() {
            edges.add(*free, node, Reason::NameFreed);
        }
    }
}

/// The keys of partitions whose whole has a node, with that.
fn carried<'a>(
    catalog: &'a Catalog,
    nodes: &BTreeMap<ObjectId, usize>,
) -> impl Iterator<Item = (&'a ObjectId, usize)> {
    let all = [Kind::PrimaryKey, Kind::Unique].into_iter().flat_map(|kind| catalog.of_kind(kind));
    all.filter_map(|(id, _)| Some((id, catalog.wholes(id).find_map(|whole| nodes.get(&whole).copied())?)))
}

/// Everything else speaks of the new names, so renames come first; a table's before its columns', and one that frees a
/// name before the one that takes it.
pub(super) fn renames(nodes: &Nodes, edges: &mut Edges) {
    for rename in &nodes.rename {
        for other in (0..nodes.list.len()).filter(|other| !nodes.rename.contains(other)) {
            let change = &nodes.list[other];
            // A schema to move into is the one thing that has to be there before.
            if change.id.kind == Kind::Schema && change.action == Action::Create {
                edges.add(other, *rename, Reason::NeedsExisting);
            } else {
                edges.add(*rename, other, Reason::SameObject);
            }
        }
        let Action::Rename { from } = &nodes.list[*rename].action else { continue };
        for other in &nodes.rename {
            let change = &nodes.list[*other];
            if nodes.aside.contains(&(*other, *rename)) {
                edges.add(*other, *rename, Reason::NameFreed);
                continue;
            }
            if change.id == *from {
                edges.add(*rename, *other, Reason::NameFreed);
            }
            let table_first = from.kind == Kind::Table
                && change.id.kind != Kind::Table
                && change.id.name == nodes.list[*rename].id.name;
            if table_first {
                edges.add(*rename, *other, Reason::NeedsExisting);
            }
        }
    }
}
