//! Which key of its parent a foreign key gets to stand on, where several would do.

use std::collections::BTreeMap;

use autogen_core::object::ForeignKey;
use autogen_core::{Catalog, Kind, Object, ObjectId, Pair, QualName, Reason};

use super::Edges;
use super::still_used::goes_with_parents;
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
    let serving = |foreign: &ForeignKey| -> Vec<usize> {
        let keys = gone.get(&foreign.parent).into_iter().flatten();
        keys.filter(|(object, key, _)| foreign.is_served_by(key, object)).map(|(_, _, node)| *node).collect()
    };
    for (id, left) in nodes.drop.iter().filter(|(id, _)| id.kind == Kind::ForeignKey) {
        let Some(Object::ForeignKey(old)) = pair.before.get(id) else { continue };
        if goes_with_parents(id, old, pair) {
            continue;
        }
        for key in serving(old) {
            edges.add(*left, key, Reason::StillUsed);
        }
    }
    for (id, made) in nodes.create.iter().filter(|(id, _)| id.kind == Kind::ForeignKey) {
        let Some(Object::ForeignKey(new)) = pair.after.get(id) else { continue };
        for key in serving(new) {
            edges.add(key, *made, Reason::StillUsed);
        }
    }
}
