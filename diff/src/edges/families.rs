//! The edges between tables that belong together: parents and children, partitioned tables and their partitions, and the
//! ends of a foreign key.

use std::collections::{BTreeMap, BTreeSet};

use autogen_core::object::table::{Persistence, TableAlteration, ancestors, staying};
use autogen_core::object::{Sequence, Table, comes_ahead};
use autogen_core::{Action, Alteration, Catalog, Kind, Object, ObjectId, Pair, QualName, Reason};

use super::Edges;
use super::departures::{attaches, detaches};
use crate::family::{attached_to, original, parents, retypes, with_ancestors};
use crate::nodes::{Nodes, is_attachment};

/// A foreign key can only refer to a partitioned index that is valid, which it is with the index of its last partition.
pub(super) fn referenced(after: &Catalog, nodes: &Nodes, edges: &mut Edges) {
    let mut partitions: BTreeMap<ObjectId, Vec<(&ObjectId, usize)>> = BTreeMap::new();
    for (id, node) in &nodes.create {
        let parent = after.get(id).and_then(|object| match object {
            Object::Index(index) => index.partition_of.as_ref(),
            _ => attached_to(object),
        });
        if let Some(parent) = parent {
            partitions.entry(ObjectId::new(Kind::Index, parent.clone())).or_default().push((id, *node));
        }
    }
    if partitions.is_empty() {
        return;
    }
    for (id, key) in nodes.create.iter().filter(|(id, _)| id.kind == Kind::ForeignKey) {
        let mut left: Vec<ObjectId> = after.depends_on(id).into_iter().collect();
        while let Some(index) = left.pop() {
            for (partition, node) in partitions.get(&index).into_iter().flatten() {
                edges.add(*node, *key, Reason::NeedsExisting);
                left.push((*partition).clone());
            }
        }
    }
}

/// A table leaves its parents before they change, because their changes would reach it, and joins new ones when both
/// have their columns.
pub(super) fn families(pair: Pair<&Catalog>, nodes: &Nodes, edges: &mut Edges) {
    let columns = |table: &QualName| -> Vec<usize> {
        let own = |id: &&ObjectId| matches!(id.kind, Kind::Column | Kind::Check) && id.name == *table;
        let created = nodes.create.iter().filter(|(id, _)| own(id)).map(|(_, node)| *node);
        let dropped = nodes.drop.iter().filter(|(id, _)| own(id)).map(|(_, node)| *node);
        let altered =
            nodes.alter.iter().filter(|(id, _)| own(id)).flat_map(|(_, nodes)| nodes.iter().copied());
        let altered = altered.filter(|node| nodes.settles(*node).is_empty());
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
        let (old, mut new) = (parents(pair.before, &change.id.name), parents(pair.after, &change.id.name));
        let detaches = detaches(change);
        if detaches && new == old {
            // It only takes other bounds or is free for a moment, and shares what its parent gets before that, but for
            // types that it is told itself; an enum made anew tells all that are free.
            let own = columns(&change.id.name);
            let is_told = |above: &usize| {
                let column = ObjectId { name: change.id.name.clone(), ..nodes.list[*above].id.clone() };
                let is_enum = nodes.list[*above].id.kind == Kind::EnumType;
                is_enum
                    || retypes(&nodes.list[*above])
                        && own
                            .iter()
                            .any(|node| nodes.list[*node].id == column && retypes(&nodes.list[*node]))
            };
            let (told, shared): (Vec<_>, Vec<_>) = old.iter().flat_map(columns).partition(is_told);
            for earlier in shared {
                edges.add(earlier, node, Reason::NeedsExisting);
            }
            let own = own.iter().copied().filter(|own| retypes(&nodes.list[*own]));
            for meanwhile in own.chain(told) {
                edges.add(node, meanwhile, Reason::StillUsed);
                for (joins, _) in nodes.late.iter().filter(|(joins, _)| nodes.list[*joins].id == change.id) {
                    edges.add(meanwhile, *joins, Reason::NeedsExisting);
                }
            }
            // An index that is made of those of the partitions waits for all that are to have one.
            let is_above = |id: &ObjectId| matches!(pair.after.get(id), Some(Object::Index(index)) if old.contains(&index.table));
            for (joins, _) in nodes.late.iter().filter(|(joins, _)| nodes.list[*joins].id == change.id) {
                for (_, made) in nodes.create.iter().filter(|(id, _)| id.kind == Kind::Index && is_above(id))
                {
                    edges.add(*joins, *made, Reason::NeedsExisting);
                }
            }
            continue;
        }
        if detaches {
            new.clear();
        }
        let old_order: &[QualName] = match pair.before.get(&change.id) {
            Some(Object::Table(table)) => &table.inherits,
            _ => &[],
        };
        let mut joins = alterations.iter().any(is_attachment);
        for alteration in alterations {
            if let Alteration::Table(TableAlteration::Inherits(wanted)) = alteration {
                joins |= staying(old_order, wanted).len() < wanted.len();
                new = wanted.iter().cloned().collect();
            }
        }
        if !joins {
            // An index or key that a partition had with its parent's can only go when it is the table's own.
            for (id, later) in nodes.drop.iter().filter(|_| detaches) {
                let of = match pair.before.get(id) {
                    Some(Object::Index(index)) => &index.table,
                    Some(Object::PrimaryKey(_) | Object::Unique(_) | Object::ForeignKey(_)) => &id.name,
                    _ => continue,
                };
                if *of == change.id.name {
                    edges.add(node, *later, Reason::StillUsed);
                }
            }
            let gone: BTreeSet<QualName> = old.difference(&new).cloned().collect();
            let gone = ancestors(pair.before, gone);
            for later in gone.iter().chain([&change.id.name]).flat_map(columns) {
                if shares_type(later, &change.id.name, pair, nodes) {
                    edges.add(later, node, Reason::NeedsExisting);
                } else {
                    edges.add(node, later, Reason::StillUsed);
                }
            }
            // Nor does it lose what it keeps of them with theirs, or get what they get. A foreign key that it does not keep may
            // have to go before: rows of others refer to its rows.
            let is_lost = |id: &ObjectId, later: usize| {
                let mut own = pair.before.parts(Kind::ForeignKey, &change.id.name);
                id.kind == Kind::ForeignKey
                    && nodes.drop.get(id) == Some(&later)
                    && own.all(|(own, _)| {
                        nodes.drop.contains_key(own) || !pair.before.wholes(own).any(|whole| whole == *id)
                    })
            };
            let theirs = nodes.all().filter(|(id, _)| is_handed_down(id, &gone, pair));
            for (_, later) in theirs.filter(|(id, later)| !is_lost(id, *later)) {
                edges.add(node, later, Reason::StillUsed);
            }
        } else {
            let settled = |part: &ObjectId| nodes.origins.iter().any(|(_, parts)| parts.contains(part));
            let waits = |earlier: &usize| {
                let id = &nodes.list[*earlier].id;
                !settled(id) && pair.after.depends_on(id).iter().any(settled)
            };
            let new = ancestors(pair.after, new);
            let earlier = new.iter().chain([&change.id.name]).flat_map(columns);
            for earlier in earlier.filter(|earlier| !waits(earlier)) {
                edges.add(earlier, node, Reason::NeedsExisting);
            }
        }
    }
}

/// True for a change of the type of a parent's column that is to reach the child's: the child leaves the parent for a moment
/// only, has the column from there alone, and no change of its own says so.
fn shares_type(change: usize, child: &QualName, pair: Pair<&Catalog>, nodes: &Nodes) -> bool {
    let above = &nodes.list[change].id;
    let is_only_one = |catalog: &Catalog| {
        let has_column =
            |table: &&QualName| catalog.contains(&ObjectId { name: (*table).clone(), ..above.clone() });
        let all = parents(catalog, child);
        all.contains(&above.name) && all.iter().filter(has_column).count() == 1
    };
    let own = ObjectId { name: child.clone(), ..above.clone() };
    above.kind == Kind::Column
        && retypes(&nodes.list[change])
        && is_only_one(pair.before)
        && is_only_one(pair.after)
        && !nodes.alter.get(&own).into_iter().flatten().any(|node| retypes(&nodes.list[*node]))
}

/// True for a default, key, foreign key or index of these tables, which partitions and children have with them.
fn is_handed_down(id: &ObjectId, tables: &BTreeSet<QualName>, pair: Pair<&Catalog>) -> bool {
    let table = match pair.before.get(id).or_else(|| pair.after.get(id)) {
        Some(Object::Index(index)) => &index.table,
        Some(Object::Default(_) | Object::PrimaryKey(_) | Object::Unique(_) | Object::ForeignKey(_)) => {
            &id.name
        }
        _ => return false,
    };
    tables.contains(table)
}

/// A partition that is made anew because its own partition key changes its type is away while its parents' columns do.
pub(super) fn renewed(pair: Pair<&Catalog>, nodes: &Nodes, edges: &mut Edges) {
    for (id, gone) in nodes.drop.iter().filter(|(id, _)| id.kind == Kind::Table) {
        let Some(made) = nodes.create.get(id) else { continue };
        let columns = pair.before.parts(Kind::Column, &id.name).map(|(column, _)| column);
        for above in columns.flat_map(|column| with_ancestors(pair.before, column).into_iter().skip(1)) {
            let all = nodes.alter.get(&above).into_iter().flatten();
            for change in all.filter(|change| retypes(&nodes.list[**change])) {
                edges.add(*gone, *change, Reason::StillUsed);
                edges.add(*change, *made, Reason::NeedsExisting);
            }
        }
    }
}

/// A foreign key that goes does so before a partition leaves the table that it refers to: the server lets none go while rows of
/// others refer to its rows.
pub(super) fn unreferenced(pair: Pair<&Catalog>, nodes: &Nodes, edges: &mut Edges) {
    let mut keys: BTreeMap<&QualName, Vec<(&ObjectId, usize)>> = BTreeMap::new();
    for (id, node) in &nodes.drop {
        // A partition's own goes with that of its table, or once it is free.
        if let Some(Object::ForeignKey(key)) = pair.before.get(id)
            && !key.inherited
        {
            keys.entry(&key.parent).or_default().push((id, *node));
        }
    }
    if keys.is_empty() {
        return;
    }
    for (node, change) in nodes.list.iter().enumerate().filter(|(_, change)| change.id.kind == Kind::Table) {
        if !detaches(change) && change.action != Action::Drop {
            continue;
        }
        let Some(Object::Table(Table { partition_of: Some(of), .. })) = pair.before.get(&change.id) else {
            continue;
        };
        let family = ancestors(pair.before, [of.parent.clone()]);
        for (id, earlier) in family.iter().filter_map(|table| keys.get(table)).flatten() {
            if id.name != change.id.name && !family.contains(&id.name) {
                edges.add(*earlier, node, Reason::StillUsed);
            }
        }
    }
}

/// No identity column can be added while a table has children, so those that go do it before.
pub(super) fn identities(pair: Pair<&Catalog>, nodes: &Nodes, edges: &mut Edges) {
    for (id, gone) in nodes.drop.iter().filter(|(id, _)| id.kind == Kind::Table) {
        for parent in parents(pair.before, &id.name) {
            let added = pair
                .after
                .parts(Kind::Column, &parent)
                .filter(|(_, object)| matches!(object, Object::Column(column) if column.identity.is_some()));
            for made in added.filter_map(|(column, _)| nodes.create.get(column)) {
                edges.add(*gone, *made, Reason::StillUsed);
            }
        }
    }
}

/// Where columns and checks come from is settled when the table has all of its parents, and they have all of theirs. A
/// table's children settle it first, because what befalls its columns befalls theirs.
pub(super) fn origins(pair: Pair<&Catalog>, nodes: &Nodes, edges: &mut Edges) {
    for (node, parts) in &nodes.origins {
        let table = &nodes.list[*node].id;
        for (joins, _) in nodes.late.iter().filter(|(other, _)| nodes.list[*other].id == *table) {
            edges.add(*joins, *node, Reason::NeedsExisting);
        }
        // When it joins its parents once more, it has what they have.
        let inherited =
            [Kind::Column, Kind::Check].into_iter().flat_map(|kind| pair.after.parts(kind, &table.name));
        for above in inherited.flat_map(|(id, _)| with_ancestors(pair.after, id).into_iter().skip(1)) {
            if let Some(earlier) = nodes.create.get(&above) {
                edges.add(*earlier, *node, Reason::NeedsExisting);
            }
        }
        for above in parts.iter().flat_map(|part| with_ancestors(pair.after, part).into_iter().skip(1)) {
            for change in nodes.alter.get(&above).into_iter().flatten() {
                if nodes.settles(*change).is_empty() {
                    edges.add(*change, *node, Reason::NeedsExisting);
                } else {
                    edges.add(*node, *change, Reason::StillUsed);
                }
            }
        }
    }
}

/// An index or key is attached to a partitioned one while its table is a partition, and set free while it is none. Copies of
/// triggers are there as long as it is one.
pub(super) fn attached(pair: Pair<&Catalog>, nodes: &Nodes, edges: &mut Edges) {
    let (mut left, mut joined) = (BTreeMap::new(), BTreeMap::new());
    for (node, change) in nodes.list.iter().enumerate().filter(|(_, change)| change.id.kind == Kind::Table) {
        if detaches(change) {
            left.insert(&change.id.name, node);
        } else if attaches(change) {
            joined.insert(&change.id.name, node);
        }
    }
    if left.is_empty() && joined.is_empty() {
        return;
    }
    for (id, node) in nodes.coming() {
        let table = match pair.after.get(id) {
            Some(Object::Index(index)) if index.partition_of.is_some() => &index.table,
            Some(object) if attached_to(object).is_some() => &id.name,
            Some(Object::Setting(_)) if original(id, pair.after).is_some() => &id.name,
            _ => continue,
        };
        if let Some(joins) = joined.get(table) {
            edges.add(*joins, node, Reason::NeedsExisting);
        }
    }
    // Keys that are taken for the parts of the parent's.
    for (id, node) in nodes.create.iter().filter(|(id, _)| comes_ahead(id, pair)) {
        joined.get(&id.name).into_iter().for_each(|joins| edges.add(*node, *joins, Reason::NeedsExisting));
    }
    // One of its own could be taken for the part of a partitioned one that is alike.
    let free = |catalog: &Catalog, id: &ObjectId| match catalog.get(id) {
        Some(Object::Index(index)) if index.partition_of.is_none() => joined.get(&index.table).copied(),
        _ => None,
    };
    for (id, gone) in &nodes.drop {
        free(pair.before, id).into_iter().for_each(|joins| edges.add(*gone, joins, Reason::StillUsed));
    }
    for (id, made) in &nodes.create {
        free(pair.after, id).into_iter().for_each(|joins| edges.add(joins, *made, Reason::NeedsExisting));
    }
    for (id, object) in
        [Kind::PrimaryKey, Kind::Unique].into_iter().flat_map(|kind| pair.before.of_kind(kind))
    {
        let Some(parent) = attached_to(object) else { continue };
        let parent = ObjectId::new(Kind::Index, parent.clone());
        for gone in [nodes.drop.get(id), nodes.drop.get(&parent)].into_iter().flatten() {
            left.get(&id.name).into_iter().for_each(|leaves| edges.add(*leaves, *gone, Reason::StillUsed));
            joined.get(&id.name).into_iter().for_each(|joins| edges.add(*gone, *joins, Reason::StillUsed));
        }
    }
}

/// A partition leaves before another joins, because their bounds may overlap, and before an index comes that it has no part of:
/// such an index is not valid, and remains so.
pub(super) fn bounds(pair: Pair<&Catalog>, nodes: &Nodes, edges: &mut Edges) {
    let parent = |catalog: &Catalog, id: &ObjectId| Some(catalog.container(id)?.name);
    let mut left: BTreeMap<QualName, Vec<usize>> = BTreeMap::new();
    let mut joined: Vec<(QualName, usize)> = Vec::new();
    let mut detached: BTreeMap<&ObjectId, usize> = BTreeMap::new();
    for (node, change) in nodes.list.iter().enumerate().filter(|(_, change)| change.id.kind == Kind::Table) {
        let detaches = Alteration::Table(TableAlteration::PartitionOf(None));
        let (leaves, joins) = match &change.action {
            Action::Drop => (true, false),
            Action::Create => (false, true),
            Action::Alter(all) => (all.contains(&detaches), all.iter().any(is_attachment)),
            Action::Rename { .. } => (false, false),
        };
        if leaves && let Some(parent) = parent(pair.before, &change.id) {
            left.entry(parent).or_default().push(node);
        }
        if leaves && !joins {
            detached.insert(&change.id, node);
        }
        if joins && let Some(parent) = parent(pair.after, &change.id) {
            joined.push((parent, node));
        }
    }
    for (id, node) in &nodes.create {
        let table = match pair.after.get(id) {
            Some(Object::Index(index)) => &index.table,
            Some(Object::PrimaryKey(_) | Object::Unique(_)) => &id.name,
            _ => continue,
        };
        let gone =
            left.get(table).into_iter().flatten().filter(|node| {
                parent(pair.after, &nodes.list[**node].id).is_none_or(|parent| parent != *table)
            });
        gone.for_each(|earlier| edges.add(*earlier, *node, Reason::NameFreed));
    }
    for (parent, node) in joined {
        let own = detached.get(&nodes.list[node].id);
        for earlier in left.get(&parent).into_iter().flatten().chain(own) {
            edges.add(*earlier, node, Reason::NameFreed);
        }
    }
}

/// No permanent table may refer to an unlogged one: the parent becomes permanent first, and unlogged last. Sequences of
/// their columns, which follow, are set right afterwards.
pub(super) fn persistences(pair: Pair<&Catalog>, nodes: &Nodes, edges: &mut Edges) {
    let changes = |table: &QualName, to: Persistence| {
        let becomes = Alteration::Table(TableAlteration::Persistence(to));
        nodes.alter.get(&ObjectId::table(table)).into_iter().flatten().copied().filter(
            move |node| matches!(&nodes.list[*node].action, Action::Alter(all) if all.contains(&becomes)),
        )
    };
    for (id, object) in pair.after.of_kind(Kind::ForeignKey) {
        let Object::ForeignKey(key) = object else { continue };
        for parent in changes(&key.parent, Persistence::Permanent) {
            for child in changes(&id.name, Persistence::Permanent) {
                edges.add(parent, child, Reason::NeedsExisting);
            }
        }
        for child in changes(&id.name, Persistence::Unlogged) {
            for parent in changes(&key.parent, Persistence::Unlogged) {
                edges.add(child, parent, Reason::StillUsed);
            }
        }
    }
    for (id, all) in nodes.alter.iter().filter(|(id, _)| id.kind == Kind::Sequence) {
        let Some(Object::Sequence(Sequence { owned_by: Some(owner), .. })) = pair.after.get(id) else {
            continue;
        };
        for to in [Persistence::Permanent, Persistence::Unlogged] {
            let tables = changes(&owner.name, to);
            tables
                .for_each(|table| all.iter().for_each(|node| edges.add(table, *node, Reason::NeedsExisting)));
        }
    }
}
