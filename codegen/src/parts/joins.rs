//! A table that becomes a partition gets what its parent has by then. So what its parent gets and loses stays before or
//! after that, also where the table takes several parts to join.

use std::collections::BTreeSet;

use autogen_core::object::table::TableAlteration;
use autogen_core::{Action, Alteration, Change, ChangeGraph, Kind, Object, ObjectId, QualName};

use crate::object::shared::above;

/// Pairs of changes that stay in the order of the graph.
pub(super) fn ordered(graph: &ChangeGraph) -> Vec<(usize, usize)> {
    let mut all = Vec::new();
    for (at, change) in graph.changes.iter().enumerate() {
        let Some(parent) = joins(change) else { continue };
        let parents: BTreeSet<QualName> =
            above(parent, &graph.catalogs.after).chain([parent.clone()]).collect();
        for (other, _) in
            graph.changes.iter().enumerate().filter(|(_, other)| is_of(&other.id, &parents, graph))
        {
            match other.cmp(&at) {
                std::cmp::Ordering::Less => all.push((other, at)),
                std::cmp::Ordering::Equal => {}
                std::cmp::Ordering::Greater => all.push((at, other)),
            }
        }
    }
    all
}

/// The table that a change makes something a partition of.
fn joins(change: &Change) -> Option<&QualName> {
    let Action::Alter(alterations) = &change.action else { return None };
    alterations.iter().find_map(|alteration| match alteration {
        Alteration::Table(TableAlteration::PartitionOf(Some(of))) => Some(&of.parent),
        _ => None,
    })
}

/// True for an index or a key of one of the tables.
fn is_of(id: &ObjectId, tables: &BTreeSet<QualName>, graph: &ChangeGraph) -> bool {
    match id.kind {
        Kind::PrimaryKey | Kind::Unique => tables.contains(&id.name),
        Kind::Index => [&graph.catalogs.before, &graph.catalogs.after].into_iter().any(
            |catalog| matches!(catalog.get(id), Some(Object::Index(index)) if tables.contains(&index.table)),
        ),
        _ => false,
    }
}
