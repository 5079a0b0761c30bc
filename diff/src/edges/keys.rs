//! Which key of its parent a foreign key gets to stand on, where several would do.

use std::collections::BTreeMap;

use autogen_core::{Catalog, Kind, Object, ObjectId, Pair, QualName, Reason};

use super::Edges;
use crate::nodes::Nodes;

/// A new foreign key stands on any key of its parent that will do, so those that go are gone by then.
pub(super) fn keys(pair: Pair<&Catalog>, nodes: &Nodes, edges: &mut Edges) {
    let is_key = |id: &ObjectId| matches!(id.kind, Kind::PrimaryKey | Kind::Unique | Kind::Index);
    let mut gone: BTreeMap<&QualName, Vec<(&ObjectId, usize)>> = BTreeMap::new();
    for (id, node) in nodes.drop.iter().filter(|(id, _)| is_key(id)) {
        let table = match pair.before.get(id) {
            Some(Object::Index(index)) => &index.table,
            _ => &id.name,
        };
        gone.entry(table).or_default().push((id, *node));
    }
    for (id, made) in nodes.create.iter().filter(|(id, _)| id.kind == Kind::ForeignKey) {
        let Some(Object::ForeignKey(new)) = pair.after.get(id) else { continue };
        for (key, node) in gone.get(&new.parent).into_iter().flatten() {
            if pair.before.get(key).is_some_and(|object| new.is_served_by(key, object)) {
                edges.add(*node, *made, Reason::StillUsed);
            }
        }
    }
}
