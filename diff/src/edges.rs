//! The edges of the graph, each with its reason. No kind says anything about order here: it follows from what the
//! objects depend on, before and after, and from the names they take.

use std::collections::{BTreeMap, BTreeSet};

use autogen_core::object::table::TableAlteration;
use autogen_core::{Action, Alteration, Catalog, Edge, Kind, Object, ObjectId, Pair, QualName, Reason};

use crate::namespace::{Claim, claims};
use crate::nodes::Nodes;
use crate::plan::Plan;

/// All edges, sorted, without loops.
pub(crate) fn edges(pair: Pair<&Catalog>, nodes: &Nodes, plan: &Plan) -> Vec<Edge> {
    let mut all = Edges::default();
    needs(pair.after, nodes, &mut all);
    still_used(pair, nodes, plan, &mut all);
    names(pair, nodes, &mut all);
    families(pair, nodes, &mut all);
    default_privileges(nodes, &mut all);
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

/// Default privileges reach what is created under them, and a new object's own privileges are stated in full: so old
/// defaults go before anything comes, and new ones come last.
fn default_privileges(nodes: &Nodes, edges: &mut Edges) {
    let is_default = |change: &autogen_core::Change| change.id.kind == Kind::DefaultPrivilege;
    let receivers = || {
        nodes.create.iter().filter(|(id, _)| {
            matches!(
                id.kind,
                Kind::Table
                    | Kind::View
                    | Kind::MaterializedView
                    | Kind::Sequence
                    | Kind::Function
                    | Kind::Schema
            )
        })
    };
    for (node, change) in nodes.list.iter().enumerate().filter(|(_, change)| is_default(change)) {
        for (id, receiver) in
            receivers().filter(|(id, _)| id.kind != Kind::Schema || change.action != Action::Create)
        {
            let own_schema = *id == ObjectId::schema(&change.id.name.schema);
            match change.action {
                Action::Create => edges.add(*receiver, node, Reason::StillUsed),
                Action::Drop | Action::Alter(_) if !own_schema => {
                    edges.add(node, *receiver, Reason::StillUsed)
                }
                Action::Drop | Action::Alter(_) | Action::Rename { .. } => {}
            }
        }
    }
}

/// A table leaves its parents before they change, because their changes would reach it, and joins new ones when both
/// have their columns.
fn families(pair: Pair<&Catalog>, nodes: &Nodes, edges: &mut Edges) {
    let parents = |catalog: &Catalog, id: &ObjectId| -> BTreeSet<QualName> {
        match catalog.get(id) {
            Some(Object::Table(table)) => table
                .partition_of
                .iter()
                .map(|partition| partition.parent.clone())
                .chain(table.inherits.iter().cloned())
                .collect(),
            _ => BTreeSet::new(),
        }
    };
    let columns = |table: &QualName| -> Vec<usize> {
        let own = |id: &&ObjectId| matches!(id.kind, Kind::Column | Kind::Check) && id.name == *table;
        let created = nodes.create.iter().filter(|(id, _)| own(id)).map(|(_, node)| *node);
        let dropped = nodes.drop.iter().filter(|(id, _)| own(id)).map(|(_, node)| *node);
        let altered =
            nodes.alter.iter().filter(|(id, _)| own(id)).flat_map(|(_, nodes)| nodes.iter().copied());
        created.chain(dropped).chain(altered).collect()
    };
    for (node, change) in nodes.list.iter().enumerate().filter(|(_, change)| change.id.kind == Kind::Table) {
        let Action::Alter(alterations) = &change.action else { continue };
        let moves = alterations.iter().any(|alteration| {
            matches!(
                alteration,
                Alteration::Table(TableAlteration::PartitionOf(_) | TableAlteration::Inherits(_))
            )
        });
        if !moves {
            continue;
        }
        let (old, new) = (parents(pair.before, &change.id), parents(pair.after, &change.id));
        if new.is_subset(&old) {
            for later in old.difference(&new).flat_map(columns) {
                edges.add(node, later, Reason::StillUsed);
            }
        } else {
            for earlier in new.iter().chain([&change.id.name]).flat_map(columns) {
                edges.add(earlier, node, Reason::NeedsExisting);
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
