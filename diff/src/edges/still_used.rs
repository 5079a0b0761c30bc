//! What goes, or changes under others, waits for those that use it.

use std::collections::BTreeSet;

use autogen_core::object::ForeignKey;
use autogen_core::object::column::Origin;
use autogen_core::{Catalog, Kind, Object, ObjectId, Pair, Reason};

use super::Edges;
use super::departures::{departs, has_left, leaves, only_inherits};
use crate::family::{attached_to, moves, retypes, stays_below, with_ancestors};
use crate::nodes::{Nodes, comes_first};
use crate::part_names::is_part;
use crate::plan::Plan;

pub(super) fn still_used(pair: Pair<&Catalog>, nodes: &Nodes, plan: &Plan, edges: &mut Edges) {
    users_go(pair, nodes, edges);
    users_change(pair, nodes, plan, edges);
}

/// What goes does so before what it used.
fn users_go(pair: Pair<&Catalog>, nodes: &Nodes, edges: &mut Edges) {
    for (id, node) in &nodes.drop {
        let handed_down = match pair.before.get(id) {
            Some(Object::Column(column)) => column.origin != Origin::Local,
            Some(Object::Check(check)) => check.origin != Origin::Local,
            Some(Object::ForeignKey(key)) => key.inherited,
            Some(object) => is_part(object),
            None => false,
        };
        let is_attached = pair.before.get(id).is_some_and(|object| attached_to(object).is_some());
        if matches!(pair.before.get(id), Some(Object::ForeignKey(key)) if goes_with_parents(id, key, pair)) {
            continue;
        }
        for used in pair.before.depends_on(id) {
            let sources = with_ancestors(pair.before, &used);
            let away = nodes.detours.iter().map(|detour| &detour.away);
            let away = away.filter(|away| sources.contains(&nodes.list[**away].id));
            // A part goes with its whole.
            let wholes = pair.before.wholes(&used).filter_map(|whole| nodes.drop.get(&whole).copied());
            for drop in sources.iter().filter_map(|source| goes_at(source, nodes)).chain(wholes) {
                edges.add(*node, drop, Reason::StillUsed);
            }
            // A default of its own waits for the parent's, and bears all changes of the parent's column but of type.
            let matters = |source: &ObjectId, node: usize| {
                *source == used || id.kind != Kind::Default || retypes(&nodes.list[node])
            };
            let altered = sources.iter().flat_map(|source| {
                let all = nodes.alter.get(source).into_iter().flatten();
                all.filter(move |node| matters(source, **node))
            });
            // Attributes come and go under what is made of their type.
            let is_type = matches!(id.kind, Kind::Domain | Kind::CompositeType | Kind::RangeType);
            let altered = altered.filter(|node| !is_type || !comes_first(&nodes.list[**node]));
            // What a table shares with those that it inherits from are columns and checks.
            let is_shared = handed_down || matches!(id.kind, Kind::Column | Kind::Check);
            // An index goes first: the columns that it is back on come back with the parents.
            let altered = altered.filter(|alter| {
                let inherits = only_inherits(&nodes.list[**alter]);
                if inherits && id.kind == Kind::Index {
                    edges.add(*node, **alter, Reason::StillUsed);
                }
                is_shared || !inherits
            });
            let altered: Vec<&usize> = altered.collect();
            for alter in altered.into_iter().chain(away) {
                // What a table has with its parent's can only go when the table has left, which comes before its own too.
                let change = &nodes.list[*alter];
                let is_own = || pair.before.container(id).is_some_and(|whole| whole == change.id);
                let is_free = has_left(change, pair) && (handed_down || is_own());
                if is_free || is_attached && departs(change) {
                    edges.add(*alter, *node, Reason::StillUsed);
                } else {
                    edges.add(*node, *alter, Reason::StillUsed);
                }
            }
        }
    }
}

/// True for a partition's copy of a foreign key: it goes with its parent's, which uses the same, unless the partition leaves.
pub(super) fn goes_with_parents(id: &ObjectId, key: &ForeignKey, pair: Pair<&Catalog>) -> bool {
    key.inherited && !moves(&id.name, pair)
}

/// What is changed to use something no longer is so before that goes or changes.
fn users_change(pair: Pair<&Catalog>, nodes: &Nodes, plan: &Plan, edges: &mut Edges) {
    let changing = plan.actions.iter().filter(|(_, planned)| !planned.alterations.is_empty());
    for (id, _) in changing {
        // An inherited column has to be the table's own before it can differ. Who leaves the parent takes it along.
        let ancestors = with_ancestors(pair.before, id);
        let above = ancestors.iter().skip(1).filter(|up| stays_below(&id.name, &up.name, pair));
        for gone in above.filter_map(|up| nodes.drop.get(up)) {
            for own in nodes.alter.get(id).into_iter().flatten().filter(|_| id.kind == Kind::Column) {
                edges.add(*gone, *own, Reason::StillUsed);
            }
        }
        let wanted = pair.after.depends_on(id);
        let mut left: BTreeSet<ObjectId> = pair.before.depends_on(id);
        left.extend(pair.before.container(id));
        let container = pair.after.container(id);
        left.retain(|used| !wanted.contains(used) && container.as_ref() != Some(used));
        // Of several steps to other parents the first leaves those that it had.
        let mut has_parted = false;
        let own: Vec<usize> = nodes
            .list
            .iter()
            .enumerate()
            .filter(|(_, change)| {
                leaves(change, id) && !(only_inherits(change) && std::mem::replace(&mut has_parted, true))
            })
            .map(|(at, _)| at)
            .collect();
        for used in &left {
            // An inherited column goes with its parent's.
            let sources = with_ancestors(pair.before, used);
            let gone = sources.iter().filter_map(|source| goes_at(source, nodes));
            for later in gone.chain(nodes.alter.get(used).into_iter().flatten().copied()) {
                for node in &own {
                    edges.add(*node, later, Reason::StillUsed);
                }
            }
        }
    }
}

/// Where an object goes. An inherited column follows its parent's, so only its table has a drop.
fn goes_at(id: &ObjectId, nodes: &Nodes) -> Option<usize> {
    let table = Some(ObjectId::table(&id.name)).filter(|_| id.kind == Kind::Column);
    nodes.drop.get(id).or_else(|| nodes.drop.get(&table?)).copied()
}
