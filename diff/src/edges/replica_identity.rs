//! The columns of the index by which a subscriber finds rows (`REPLICA IDENTITY USING INDEX`): none of them may take NULLs.

use autogen_core::object::table::{ReplicaIdentity, TableAlteration};
use autogen_core::{Action, Alteration, Catalog, Kind, Object, ObjectId, Pair, QualName, Reason};

use super::Edges;
use super::newcomers::takes_nulls;
use crate::family::with_ancestors;
use crate::nodes::Nodes;

/// They are what they are to be before the index is chosen, and take NULLs when another is.
pub(super) fn replica_identities(pair: Pair<&Catalog>, nodes: &Nodes, edges: &mut Edges) {
    let is_choice = |alteration: &Alteration| {
        matches!(alteration, Alteration::Table(TableAlteration::ReplicaIdentity(_)))
    };
    for (node, change) in nodes.list.iter().enumerate() {
        if !matches!(&change.action, Action::Alter(all) if all.iter().any(is_choice)) {
            continue;
        }
        let columns = pair.map(|catalog| columns(&change.id.name, catalog));
        for earlier in columns.after.iter().flat_map(|column| nodes.coming_of(column)) {
            edges.add(earlier, node, Reason::NeedsExisting);
        }
        for later in columns.before.iter().filter_map(|column| nodes.alter.get(column)).flatten() {
            if takes_nulls(&nodes.list[*later]) {
                edges.add(node, *later, Reason::StillUsed);
            }
        }
    }
}

/// The columns of the index that a table has chosen, and their parents'.
fn columns(table: &QualName, catalog: &Catalog) -> Vec<ObjectId> {
    let Some(Object::Table(of)) = catalog.get(&ObjectId::table(table)) else { return Vec::new() };
    let ReplicaIdentity::Index(name) = &of.replica_identity else { return Vec::new() };
    let index = ObjectId::new(Kind::Index, table.sibling(name.clone()));
    let keys = [Kind::PrimaryKey, Kind::Unique].map(|kind| ObjectId::part(kind, table.clone(), name.clone()));
    let used = [index].into_iter().chain(keys).flat_map(|id| catalog.depends_on(&id));
    let own = used.filter(|id| id.kind == Kind::Column && id.name == *table);
    own.flat_map(|column| with_ancestors(catalog, &column)).collect()
}
