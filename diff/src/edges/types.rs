//! The edges between tables and those who have their rows or give them their columns: materialized views that store rows,
//! and composite types that tables are made of.

use std::collections::{BTreeMap, BTreeSet};

use autogen_core::object::table::{TableAlteration, ancestors};
use autogen_core::{Action, Alteration, Catalog, Change, Kind, Object, ObjectId, Pair, QualName, Reason};

use super::Edges;
use super::departures::{attaches, detaches};
use crate::family::retypes;
use crate::nodes::Nodes;
use crate::plan::Plan;
use crate::{domains, stored_rows};

/// What stores whole rows, a column or a materialized view, goes, or is of another type, before their table gets a column, or one
/// above it.
pub(super) fn stored_rows(pair: Pair<&Catalog>, nodes: &Nodes, edges: &mut Edges) {
    let is_back = |node: usize| nodes.detours.iter().any(|detour| detour.back == node);
    let retyped = nodes.alter.iter().filter(|(id, _)| id.kind == Kind::Column);
    let retyped = retyped.filter_map(|(id, all)| {
        let own = all.iter().find(|node| nodes.list[**node].id == *id && retypes(&nodes.list[**node]))?;
        let stored = |catalog: &Catalog| catalog.get(id).map(|object| stored_rows::tables(object, catalog));
        let left = pair.map(stored).both().is_some_and(|tables| tables.differs());
        (left && !is_back(*own)).then(|| (id.clone(), *own))
    });
    for leaves in [&nodes.drop, &retyped.collect()] {
        for (gone, made) in beside_columns(leaves, pair.before, &nodes.create, pair) {
            edges.add(gone, made, Reason::StillUsed);
        }
    }
}

/// The mirror of that, so that the way back takes apart what the way there has put together: a column that stores whole
/// rows comes after one of their table has gone. Not a materialized view, which would be filled while nobody can use the table.
pub(crate) fn wishes(pair: Pair<&Catalog>, nodes: &Nodes) -> BTreeSet<(usize, usize)> {
    let is_own = |node: usize| nodes.list[node].id.kind == Kind::Column;
    let own = nodes.drop.iter().filter(|(_, node)| is_own(**node)).map(|(id, node)| (id.clone(), *node));
    let stores = nodes.create.iter().filter(|(id, _)| id.kind == Kind::Column);
    let stores = stores.map(|(id, node)| (id.clone(), *node)).collect();
    let both = beside_columns(&stores, pair.after, &own.collect(), pair).into_iter();
    both.map(|(made, gone)| (gone, made)).filter(|(gone, made)| gone != made).collect()
}

/// What has values of a domain inside others goes before the server looks at all of the domain's values, and comes after.
pub(super) fn domains(pair: Pair<&Catalog>, nodes: &Nodes, edges: &mut Edges) {
    for (domain, all) in nodes.alter.iter().filter(|(id, _)| id.kind == Kind::Domain) {
        let looks =
            |node: &&usize| matches!(&nodes.list[**node].action, Action::Alter(all) if domains::looks(all));
        for node in all.iter().filter(looks) {
            let holders = |catalog: &Catalog, own: &BTreeMap<ObjectId, usize>| -> Vec<usize> {
                let holds = |id: &ObjectId| {
                    catalog.get(id).is_some_and(|object| domains::is_holder(object, domain, catalog))
                };
                own.iter().filter(|(id, _)| holds(id)).map(|(_, node)| *node).collect()
            };
            for gone in holders(pair.before, &nodes.drop) {
                edges.add(gone, *node, Reason::StillUsed);
            }
            for made in holders(pair.after, &nodes.create) {
                edges.add(*node, made, Reason::NeedsExisting);
            }
        }
    }
}

/// Pairs of nodes: of what stores the rows of a table, and of a column of that or of one above it.
fn beside_columns(
    stores: &BTreeMap<ObjectId, usize>,
    catalog: &Catalog,
    columns: &BTreeMap<ObjectId, usize>,
    pair: Pair<&Catalog>,
) -> Vec<(usize, usize)> {
    let mut of_table: BTreeMap<&QualName, Vec<usize>> = BTreeMap::new();
    for (id, node) in columns.iter().filter(|(id, _)| id.kind == Kind::Column) {
        of_table.entry(&id.name).or_default().push(*node);
    }
    let mut found = Vec::new();
    for (id, node) in stores.iter().filter(|_| !of_table.is_empty()) {
        let tables = catalog.get(id).map(|object| stored_rows::tables(object, catalog));
        for table in ancestors(pair.before, tables.into_iter().flatten()) {
            found.extend(of_table.get(&table).into_iter().flatten().map(|column| (*node, *column)));
        }
    }
    found
}

/// A table that is to be of another type, or of one that changes, leaves it first; between that and the return its columns
/// change as others do.
pub(super) fn of_types(pair: Pair<&Catalog>, nodes: &Nodes, edges: &mut Edges) {
    for (node, change) in nodes.list.iter().enumerate() {
        let Some(of_type) = of_type(change) else { continue };
        let is_own = |id: &ObjectId| id.kind == Kind::Column && id.name == change.id.name;
        let ends = nodes.create.iter().chain(&nodes.drop).filter(|(id, _)| is_own(id)).map(|(_, at)| *at);
        let altered =
            nodes.alter.iter().filter(|(id, _)| is_own(id)).flat_map(|(_, all)| all.iter().copied());
        let left = match pair.before.get(&change.id) {
            Some(Object::Table(table)) => table.of_type.clone(),
            _ => None,
        };
        let left = left.map(|name| ObjectId::new(Kind::CompositeType, name));
        let types = of_type.iter().chain(&left).filter_map(|id| nodes.alter.get(id)).flatten().copied();
        for other in ends.chain(altered).chain(types) {
            match of_type {
                Some(_) => edges.add(other, node, Reason::NeedsExisting),
                None => edges.add(node, other, Reason::StillUsed),
            }
        }
    }
}

/// The type that a change makes a table one of, or `None` in it where the table leaves its type.
pub(super) fn of_type(change: &Change) -> Option<Option<ObjectId>> {
    let Action::Alter(alterations) = &change.action else { return None };
    alterations.iter().find_map(|alteration| match alteration {
        Alteration::Table(TableAlteration::OfType(of_type)) => {
            Some(of_type.as_ref().map(|name| ObjectId::new(Kind::CompositeType, name.clone())))
        }
        _ => None,
    })
}

/// A partition that goes to another place has its columns of an enum converted by themselves, while it is none.
pub(super) fn rebuilt_enums(plan: &Plan, nodes: &Nodes, edges: &mut Edges) {
    for (column, enum_type) in &plan.converted {
        let of = |id: &ObjectId| nodes.alter.get(id).into_iter().flatten().copied();
        let table = ObjectId::table(&column.name);
        let alters = |which: fn(&Change) -> bool| of(&table).filter(move |node| which(&nodes.list[*node]));
        for rebuild in of(enum_type) {
            alters(detaches).for_each(|leaves| edges.add(leaves, rebuild, Reason::StillUsed));
            alters(attaches).for_each(|joins| edges.add(rebuild, joins, Reason::NeedsExisting));
        }
    }
}
