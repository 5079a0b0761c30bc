//! The edges of the graph, each with its reason. No kind says anything about order here: it follows from what the
//! objects depend on, before and after, and from the names they take.

use std::collections::{BTreeMap, BTreeSet};

use autogen_core::{Action, Catalog, Edge, Kind, ObjectId, Pair, Reason};

use crate::namespace::{Claim, claims};
use crate::nodes::Nodes;
use crate::plan::Plan;

/// All edges, sorted, without loops.
pub(crate) fn edges(pair: Pair<&Catalog>, nodes: &Nodes, plan: &Plan) -> Vec<Edge> {
    let mut all = Edges::default();
    needs(pair.after, nodes, &mut all);
    still_used(pair, nodes, plan, &mut all);
    names(pair, nodes, &mut all);
    renames(nodes, &mut all);
    all.0.into_iter().collect()
}

#[derive(Default)]
struct Edges(BTreeSet<Edge>);

impl Edges {
    fn add(&mut self, before: usize, after: usize, reason: Reason) {
        if before != after {
            self.0.insert(Edge { before, after, reason });
        }
    }
}

/// What comes to be, or changes, waits for what it depends on.
fn needs(after: &Catalog, nodes: &Nodes, edges: &mut Edges) {
    let mut wait = |node: usize, id: &ObjectId, for_alters: bool| {
        for used in after.depends_on(id) {
            if let Some(create) = nodes.create.get(&used) {
                edges.add(*create, node, Reason::NeedsExisting);
            }
            if for_alters {
                for alter in nodes.alter.get(&used).into_iter().flatten() {
                    edges.add(*alter, node, Reason::NeedsExisting);
                }
            }
        }
    };
    for (id, node) in &nodes.create {
        wait(*node, id, true);
    }
    for (id, alters) in &nodes.alter {
        for node in alters.iter().filter(|node| nodes.list[**node].id == *id) {
            wait(*node, id, true);
        }
    }
    for (node, waits) in &nodes.late {
        for id in waits {
            let before = nodes.create.get(id).into_iter().chain(nodes.alter.get(id).into_iter().flatten());
            for before in before {
                edges.add(*before, *node, Reason::NeedsExisting);
            }
        }
    }
}

/// What goes, or changes under others, waits for those that use it.
fn still_used(pair: Pair<&Catalog>, nodes: &Nodes, plan: &Plan, edges: &mut Edges) {
    for (id, node) in &nodes.drop {
        for used in pair.before.depends_on(id) {
            if let Some(drop) = nodes.drop.get(&used) {
                edges.add(*node, *drop, Reason::StillUsed);
            }
            let away = nodes.away.iter().map(|(away, _)| away).filter(|away| nodes.list[**away].id == used);
            for alter in nodes.alter.get(&used).into_iter().flatten().chain(away) {
                edges.add(*node, *alter, Reason::StillUsed);
            }
        }
    }
    for (away, domain) in &nodes.away {
        if let Some(drop) = nodes.drop.get(domain) {
            edges.add(*away, *drop, Reason::StillUsed);
        }
    }
    let changing = plan.actions.iter().filter(|(_, planned)| !planned.alterations.is_empty());
    for (id, _) in changing {
        let wanted = pair.after.depends_on(id);
        let mut left: BTreeSet<ObjectId> = pair.before.depends_on(id);
        left.extend(pair.before.container(id));
        let container = pair.after.container(id);
        left.retain(|used| !wanted.contains(used) && container.as_ref() != Some(used));
        let own: Vec<usize> = nodes
            .list
            .iter()
            .enumerate()
            .filter(|(_, change)| is_alter_of(change, id))
            .map(|(at, _)| at)
            .collect();
        for used in &left {
            for node in &own {
                for later in
                    nodes.drop.get(used).into_iter().chain(nodes.alter.get(used).into_iter().flatten())
                {
                    edges.add(*node, *later, Reason::StillUsed);
                }
            }
        }
    }
}

fn is_alter_of(change: &autogen_core::Change, id: &ObjectId) -> bool {
    change.id == *id && matches!(change.action, Action::Alter(_))
}

/// What takes a name waits for what frees it.
fn names(pair: Pair<&Catalog>, nodes: &Nodes, edges: &mut Edges) {
    let mut freed: BTreeMap<Claim, usize> = BTreeMap::new();
    for (id, node) in &nodes.drop {
        if let Some(object) = pair.before.get(id) {
            freed.extend(claims(id, object).into_iter().map(|claim| (claim, *node)));
        }
    }
    for (id, node) in &nodes.create {
        let Some(object) = pair.after.get(id) else { continue };
        for claim in claims(id, object) {
            if let Some(drop) = freed.get(&claim) {
                edges.add(*drop, *node, Reason::NameFreed);
            }
        }
    }
}

/// Everything else speaks of the new names, so renames come first; a table's before its columns', and one that frees a
/// name before the one that takes it.
fn renames(nodes: &Nodes, edges: &mut Edges) {
    for rename in &nodes.rename {
        for other in (0..nodes.list.len()).filter(|other| !nodes.rename.contains(other)) {
            edges.add(*rename, other, Reason::SameObject);
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
