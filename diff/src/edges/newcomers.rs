//! What a table that comes under a parent finds there and takes over, although it is not to have it.

use std::collections::{BTreeMap, BTreeSet};

use autogen_core::object::column::ColumnAlteration;
use autogen_core::object::table::ancestors;
use autogen_core::{Action, Alteration, Catalog, Change, Kind, Object, ObjectId, Pair, QualName, Reason};

use super::Edges;
use super::departures::attaches;
use crate::family::{parents, retypes, stays_below, with_ancestors};
use crate::incomplete::{has_part, lacks_parts};
use crate::nodes::Nodes;
use crate::origins;

/// A new child comes after its parents' columns take NULLs, which their children do not learn of. A child of several parents
/// is away while a column of theirs changes its type: one that has two parents cannot change.
pub(super) fn children(pair: Pair<&Catalog>, nodes: &Nodes, edges: &mut Edges) {
    let columns = nodes.alter.iter().filter(|(id, _)| id.kind == Kind::Column);
    let mut altered: BTreeMap<&QualName, Vec<usize>> = BTreeMap::new();
    for (column, all) in columns {
        altered.entry(&column.name).or_default().extend(all);
    }
    if altered.is_empty() && nodes.origins.is_empty() {
        return;
    }
    // What changes above such a child. What a stand-in hands down instead of the parents may have to change there, too.
    let above = |parents: &BTreeSet<QualName>, is_new: bool| -> Vec<usize> {
        let has_several = parents.len() > 1;
        let is_felt = |alter: &usize| {
            let change = &nodes.list[*alter];
            has_several && retypes(change) || is_new && takes_nulls(change)
        };
        let altered = parents.iter().filter_map(|parent| altered.get(parent)).flatten().copied();
        let of_parent = |parts: &[ObjectId]| parts.iter().any(|part| parents.contains(&part.name));
        let stand_ins = nodes.origins.iter().filter(|(_, parts)| has_several && of_parent(parts));
        altered.filter(is_felt).chain(stand_ins.map(|(node, _)| *node)).collect()
    };
    let is_table = |(id, _): &(&ObjectId, &usize)| id.kind == Kind::Table;
    for (id, created) in nodes.create.iter().filter(is_table) {
        for change in above(&parents(pair.after, &id.name), true) {
            edges.add(change, *created, Reason::NeedsExisting);
        }
    }
    for (id, dropped) in nodes.drop.iter().filter(is_table) {
        for change in above(&parents(pair.before, &id.name), false) {
            edges.add(*dropped, change, Reason::StillUsed);
        }
    }
}

pub(super) fn takes_nulls(change: &Change) -> bool {
    let wanted = Alteration::Column(ColumnAlteration::NotNull(false));
    matches!(&change.action, Action::Alter(all) if all.contains(&wanted))
}

/// A column that a child has from one parent makes way for that of another parent with its name and another type. One of the
/// same type becomes that, with its values.
pub(super) fn columns(pair: Pair<&Catalog>, nodes: &Nodes, edges: &mut Edges) {
    let columns = |all: &BTreeMap<ObjectId, usize>| -> Vec<(ObjectId, usize)> {
        let columns = all.iter().filter(|(id, _)| id.kind == Kind::Column);
        columns.map(|(id, node)| (id.clone(), *node)).collect()
    };
    let (gone, made) = (columns(&nodes.drop), columns(&nodes.create));
    let data_type = |catalog: &Catalog, id: &ObjectId| match catalog.get(id) {
        Some(Object::Column(column)) => Some((column.data_type.clone(), column.collation.clone())),
        _ => None,
    };
    for (made, created) in &made {
        let rivals = gone.iter().filter(|(gone, _)| gone.part == made.part && gone.name != made.name);
        let rivals = rivals.filter(|(gone, _)| data_type(pair.before, gone) != data_type(pair.after, made));
        for (gone, dropped) in rivals {
            let stays = |table: &ObjectId, column: &ObjectId| stays_below(&table.name, &column.name, pair);
            let is_shared =
                pair.after.of_kind(Kind::Table).any(|(table, _)| stays(table, gone) && stays(table, made));
            if is_shared {
                edges.add(*dropped, *created, Reason::NameFreed);
            }
        }
    }
}

/// A child that goes does so before its parent gets a column of the same name as one of its own; one that comes does so when such
/// a column of its parent's has gone.
pub(super) fn own_columns(pair: Pair<&Catalog>, nodes: &Nodes, edges: &mut Edges) {
    type Places = BTreeMap<ObjectId, usize>;
    let namesakes = |catalog: &Catalog, children: &Places, columns: &Places| -> Vec<(usize, usize)> {
        let mut all = Vec::new();
        for (id, child) in children.iter().filter(|(id, _)| id.kind == Kind::Table) {
            for above in ancestors(catalog, [id.name.clone()]).iter().filter(|above| **above != id.name) {
                for (own, _) in catalog.parts(Kind::Column, &id.name) {
                    let column = columns.get(&ObjectId { name: above.clone(), ..own.clone() });
                    all.extend(column.map(|column| (*child, *column)));
                }
            }
        }
        all
    };
    for (dropped, created) in namesakes(pair.before, &nodes.drop, &nodes.create) {
        edges.add(dropped, created, Reason::NameFreed);
    }
    for (created, dropped) in namesakes(pair.after, &nodes.create, &nodes.drop) {
        edges.add(dropped, created, Reason::NameFreed);
    }
}

/// A check or column of a child's own comes when its parent's of the name has gone, and goes before a copy of a parent's comes. So
/// does a foreign key or trigger of a partition's.
pub(super) fn own_parts(pair: Pair<&Catalog>, nodes: &Nodes, edges: &mut Edges) {
    let parts = |all: &'_ BTreeMap<ObjectId, usize>| -> Vec<(ObjectId, usize)> {
        let parts = all.iter().filter(|(id, _)| match id.kind {
            Kind::Check | Kind::ForeignKey | Kind::Trigger => true,
            // One that is there before and after makes way for another, or was in the way of it.
            Kind::Column => pair.before.contains(id) && pair.after.contains(id),
            _ => false,
        });
        parts.map(|(id, node)| (id.clone(), *node)).collect()
    };
    let above = |id: &ObjectId, catalog: &Catalog, all: &BTreeMap<ObjectId, usize>| -> Vec<usize> {
        let ancestors = match id.kind {
            Kind::ForeignKey | Kind::Trigger => partitioned(id, catalog),
            _ => with_ancestors(catalog, id).split_off(1),
        };
        let stays = ancestors.into_iter().filter(|above| stays_below(&id.name, &above.name, pair));
        stays.filter_map(|above| all.get(&above).copied()).collect()
    };
    for (id, created) in parts(&nodes.create) {
        for dropped in above(&id, pair.before, &nodes.drop) {
            edges.add(dropped, created, Reason::NameFreed);
            // A parent's column goes without its children's, which go when they are their own.
            if let Some(own) = nodes.drop.get(&id).filter(|_| id.kind == Kind::Column) {
                edges.add(dropped, *own, Reason::StillUsed);
            }
        }
    }
    let counts = |id: &ObjectId| id.kind != Kind::Column || origins::is_inherited(id, pair.after);
    for (id, dropped) in parts(&nodes.drop).into_iter().filter(|(id, _)| counts(id)) {
        for created in above(&id, pair.after, &nodes.create) {
            edges.add(dropped, created, Reason::NameFreed);
        }
    }
}

/// What has the name of a partition's part in the partitioned tables above.
fn partitioned(part: &ObjectId, catalog: &Catalog) -> Vec<ObjectId> {
    let above = ancestors(catalog, [part.name.clone()]).into_iter();
    let above = above.filter(|table| *table != part.name && catalog.is_partitioned(table));
    above.map(|table| ObjectId { name: table, ..part.clone() }).collect()
}

/// A new child's copy of a check is valid, whatever its parent's is; that of one that was there is as its parent's.
pub(super) fn checks(after: &Catalog, nodes: &Nodes, edges: &mut Edges) {
    let is_valid = |id: &ObjectId| matches!(after.get(id), Some(Object::Check(check)) if check.validated);
    let lax = nodes.create.iter().filter(|(id, _)| id.kind == Kind::Check && !is_valid(id));
    let lax: Vec<(&ObjectId, usize)> = lax.map(|(id, node)| (id, *node)).collect();
    if lax.is_empty() {
        return;
    }
    for (id, created) in nodes.create.iter().filter(|(id, _)| id.kind == Kind::Table) {
        let parents = parents(after, &id.name);
        for (check, added) in lax.iter().filter(|(check, _)| parents.contains(&check.name)) {
            if is_valid(&ObjectId { name: id.name.clone(), ..(*check).clone() }) {
                edges.add(*added, *created, Reason::NeedsExisting);
            } else {
                edges.add(*created, *added, Reason::NeedsExisting);
            }
        }
    }
}

/// A partition that is to have no part of a partitioned index or key is there before that.
pub(super) fn partitions(after: &Catalog, nodes: &Nodes, edges: &mut Edges) {
    let attached = nodes.list.iter().enumerate().filter(|(_, change)| attaches(change));
    let created = nodes.create.iter().filter(|(id, _)| id.kind == Kind::Table).map(|(id, node)| (id, *node));
    let come: Vec<(&ObjectId, usize)> =
        attached.map(|(node, change)| (&change.id, node)).chain(created).collect();
    for (whole, made) in nodes.create.iter().filter(|(id, _)| after.get(id).is_some_and(lacks_parts)) {
        let Some(table) = after.container(whole).filter(|table| after.is_partitioned(&table.name)) else {
            continue;
        };
        for (partition, node) in &come {
            if after.container(partition).as_ref() == Some(&table) && !has_part(&partition.name, whole, after)
            {
                edges.add(*node, *made, Reason::NeedsExisting);
            }
        }
    }
}
