//! The edges between what is granted, and between owners: what a statement on a table does to its columns or sequences
//! comes before what is said of those.

use autogen_core::object::column::ColumnAlteration;
use autogen_core::object::sequence::has_identity;
use autogen_core::{Action, Alteration, Catalog, Change, Kind, Object, ObjectId, Pair, Reason};

use super::Edges;
use crate::nodes::Nodes;
use crate::owners::{after_leaving, of_table};

/// `REVOKE` on a table takes the same from its columns, so it comes before what is granted there.
pub(super) fn columns(pair: Pair<&Catalog>, nodes: &Nodes, edges: &mut Edges) {
    let granted =
        nodes.create.iter().filter(|(id, _)| id.kind == Kind::Privilege).map(|(id, node)| (id, *node));
    let altered = nodes.alter.iter().filter(|(id, _)| id.kind == Kind::Privilege);
    let altered = altered.flat_map(|(id, all)| all.iter().map(move |node| (id, *node)));
    for (id, node) in granted.chain(altered) {
        let Some(Object::Privilege(privilege)) = pair.after.get(id) else { continue };
        let Some(table) = of_table(privilege, pair.before) else { continue };
        let changes = nodes.alter.get(&table).into_iter().flatten().chain(nodes.drop.get(&table));
        for earlier in changes {
            edges.add(*earlier, node, Reason::StillUsed);
        }
    }
}

/// A sequence that is a column's has the owner of the table, so it leaves before either goes to somebody else.
pub(super) fn sequences(pair: Pair<&Catalog>, nodes: &Nodes, edges: &mut Edges) {
    for (node, _) in &nodes.late {
        let change = &nodes.list[*node];
        let Action::Alter(alterations) = &change.action else { continue };
        let owners: Vec<ObjectId> = alterations
            .iter()
            .flat_map(|alteration| after_leaving(&change.id, alteration, pair.before))
            .collect();
        for later in owners.iter().filter_map(|owner| nodes.alter.get(owner)).flatten() {
            edges.add(*node, *later, Reason::StillUsed);
        }
    }
}

/// Default privileges reach what is created under them, and a new object's own privileges are stated in full: so old
/// defaults go before anything comes, and new ones come last.
pub(super) fn default_privileges(after: &Catalog, nodes: &Nodes, edges: &mut Edges) {
    let is_default = |change: &Change| change.id.kind == Kind::DefaultPrivilege;
    let is_receiver = |id: &ObjectId| match id.kind {
        Kind::Table
        | Kind::View
        | Kind::MaterializedView
        | Kind::Sequence
        | Kind::Function
        | Kind::Schema => true,
        // With its sequence.
        Kind::Column => after.get(id).is_some_and(has_identity),
        _ => false,
    };
    let becomes_identity = |alteration: &Alteration| {
        matches!(alteration, Alteration::Column(ColumnAlteration::Identity(Some(_))))
    };
    let receivers = || {
        let made = nodes.create.iter().filter(|(id, _)| is_receiver(id)).map(|(id, node)| (id, *node));
        let altered = nodes.list.iter().enumerate().filter(
            |(_, change)| matches!(&change.action, Action::Alter(all) if all.iter().any(becomes_identity)),
        );
        made.chain(altered.map(|(node, change)| (&change.id, node)))
    };
    for (node, change) in nodes.list.iter().enumerate().filter(|(_, change)| is_default(change)) {
        for (id, receiver) in
            receivers().filter(|(id, _)| id.kind != Kind::Schema || change.action != Action::Create)
        {
            let own_schema = *id == ObjectId::schema(&change.id.name.schema);
            match change.action {
                Action::Create => edges.add(receiver, node, Reason::StillUsed),
                Action::Drop | Action::Alter(_) if !own_schema => {
                    edges.add(node, receiver, Reason::StillUsed)
                }
                Action::Drop | Action::Alter(_) | Action::Rename { .. } => {}
            }
        }
    }
}
