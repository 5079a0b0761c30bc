//! Which key of its parent a foreign key gets to stand on, where several would do.

use std::collections::BTreeMap;

use autogen_core::{Catalog, Kind, Object, ObjectId, Pair, QualName, Reason};

use super::Edges;
use crate::family::moves;
use crate::nodes::Nodes;
use crate::part_names::{KINDS, table};

/// A foreign key stands on any key of its parent that will do: a new one when those that go are gone, and one that goes might
/// have come to stand on another than the catalog told, as after a way back.
pub(super) fn keys(pair: Pair<&Catalog>, nodes: &Nodes, edges: &mut Edges) {
    let mut gone: BTreeMap<&QualName, Vec<(&Object, &ObjectId, usize)>> = BTreeMap::new();
    for (id, node) in nodes.drop.iter().filter(|(id, _)| KINDS.contains(&id.kind)) {
        let Some(object) = pair.before.get(id) else { continue };
        gone.entry(table(id, object)).or_default().push((object, id, *node));
    }
    for (id, left) in nodes.drop.iter().filter(|(id, _)| id.kind == Kind::ForeignKey) {
        let Some(Object::ForeignKey(old)) = pair.before.get(id) else { continue };
        // A partition's copy goes with its parent's, unless the partition leaves.
        if old.inherited && !moves(&id.name, pair) {
            continue;
        }
        for (object, key, node) in gone.get(&old.parent).into_iter().flatten() {
            if old.is_served_by(key, object) {
                edges.add(*left, *node, Reason::StillUsed);
            }
        }
    }
    for (id, made) in nodes.create.iter().filter(|(id, _)| id.kind == Kind::ForeignKey) {
        let Some(Object::ForeignKey(new)) = pair.after.get(id) else { continue };
        for (object, key, node) in gone.get(&new.parent).into_iter().flatten() {
            if new.is_served_by(key, object) {
                edges.add(*node, *made, Reason::StillUsed);
            }
        }
    }
}
