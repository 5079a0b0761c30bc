//! What comes to be, or changes, waits for what it depends on.

use autogen_core::object::column::Origin;
use autogen_core::{Action, Catalog, Kind, Object, ObjectId, Pair, Reason};

use super::Edges;
use super::departures::{departs, detaches};
use crate::family::{moves, parents, stays_below, with_ancestors};
use crate::nodes::Nodes;
use crate::origins;

pub(super) fn needs(pair: Pair<&Catalog>, nodes: &Nodes, edges: &mut Edges) {
    for (id, node) in &nodes.create {
        uses(*node, id, pair, nodes, edges);
    }
    for (id, alters) in &nodes.alter {
        for node in alters.iter().filter(|node| nodes.list[**node].id == *id) {
            uses(*node, id, pair, nodes, edges);
        }
    }
    ancestors_first(pair, nodes, edges);
    unproven_checks(pair.after, nodes, edges);
    for (node, waits) in &nodes.late {
        for id in waits {
            for before in nodes.coming_of(id) {
                edges.add(before, *node, Reason::NeedsExisting);
            }
        }
    }
}

/// A node waits for all that its object uses afterwards.
fn uses(node: usize, id: &ObjectId, pair: Pair<&Catalog>, nodes: &Nodes, edges: &mut Edges) {
    let after = pair.after;
    let mut uses = after.depends_on(id);
    // Who leaves one parent or type for another need not wait for that.
    if departs(&nodes.list[node]) {
        let joined = parents(after, &id.name);
        uses.retain(|used| match used.kind {
            Kind::Table => !joined.contains(&used.name),
            kind => kind != Kind::CompositeType,
        });
    }
    for source in uses.iter().flat_map(|used| with_ancestors(after, used)) {
        // What comes by itself comes with its container, or with what it is a part of: with the later of them.
        let by_itself = || {
            let whole = after.wholes(&source).find_map(|whole| nodes.create.get(&whole));
            let container = after.container(&source).and_then(|container| nodes.create.get(&container));
            whole.into_iter().chain(container)
        };
        let own = nodes.create.get(&source);
        for create in own.into_iter().chain(own.is_none().then(by_itself).into_iter().flatten()) {
            edges.add(*create, node, Reason::NeedsExisting);
        }
        // What is settled with it is there before, and so is a partition that only takes other bounds.
        let is_later = |alter: usize| {
            nodes.settles(alter).contains(id) || detaches(&nodes.list[alter]) && !moves(&source.name, pair)
        };
        let alters = nodes.alter.get(&source).into_iter().flatten();
        for alter in alters.filter(|alter| !is_later(**alter)) {
            edges.add(*alter, node, Reason::NeedsExisting);
        }
    }
}

/// A parent's change runs over its children's, so theirs come later.
fn ancestors_first(pair: Pair<&Catalog>, nodes: &Nodes, edges: &mut Edges) {
    let Pair { before, after } = pair;
    let merges = |id: &ObjectId, node: usize| {
        let was_own =
            matches!(before.get(id), Some(Object::Column(column)) if column.origin == Origin::Local);
        was_own && nodes.list[node].id == *id && matches!(nodes.list[node].action, Action::Alter(_))
    };
    let theirs = nodes.coming().chain(nodes.drop.iter().map(|(id, node)| (id, *node)));
    let is_reached = |id: &ObjectId, node: usize| match id.kind {
        // An enum that is made anew converts the columns of all of them at once.
        Kind::Column => nodes.list[node].id.kind != Kind::EnumType,
        Kind::Default => true,
        Kind::Check => nodes.list[node].id == *id && matches!(nodes.list[node].action, Action::Alter(_)),
        _ => false,
    };
    for (id, node) in theirs.filter(|(id, node)| is_reached(id, *node)) {
        for ancestor in with_ancestors(after, id).iter().skip(1) {
            let gone = nodes.drop.get(ancestor).filter(|_| id.kind == Kind::Default);
            // A default that is taken off and set again goes before its parent's comes.
            let comes = nodes.create.get(ancestor);
            let goes = nodes.drop.get(id) == Some(&node);
            let is_set_again = gone.is_some() || id.kind == Kind::Default && nodes.create.contains_key(id);
            let comes = comes.filter(|_| !is_set_again || !goes);
            // A default that comes with its column does not reach a child that has the column already.
            let with_column = nodes.create.contains_key(&ObjectId { kind: Kind::Column, ..ancestor.clone() });
            let comes = comes.filter(|_| id.kind == Kind::Column || !goes || !with_column);
            // A column that makes way for its parent's goes first.
            let is_inherited = || id.kind == Kind::Column && origins::is_inherited(id, after);
            let comes = comes.filter(|_| !goes || !is_inherited() || before.contains(ancestor));
            // What was the table's own takes the parent's type before it becomes the parent's too; a table that joins does so
            // when both have their columns.
            let stays = || stays_below(&id.name, &ancestor.name, pair);
            if let Some(comes) = comes.filter(|_| merges(id, node) && stays()) {
                edges.add(node, *comes, Reason::NeedsExisting);
                continue;
            }
            let changes = nodes.alter.get(ancestor).into_iter().flatten();
            let changes = changes.filter(|at| nodes.settles(**at).is_empty());
            for earlier in comes.into_iter().chain(changes).chain(gone) {
                edges.add(*earlier, node, Reason::NeedsExisting);
            }
        }
    }
}

/// A table that is made after its parent's check has it as a valid one.
fn unproven_checks(after: &Catalog, nodes: &Nodes, edges: &mut Edges) {
    for (id, object) in after.of_kind(Kind::Check) {
        let Object::Check(check) = object else { continue };
        let table = nodes.create.get(&ObjectId::table(&id.name));
        if let Some(table) = table.filter(|_| !check.validated && check.origin != Origin::Local) {
            for parents in with_ancestors(after, id).iter().skip(1).filter_map(|up| nodes.create.get(up)) {
                edges.add(*table, *parents, Reason::NeedsExisting);
            }
        }
    }
}
