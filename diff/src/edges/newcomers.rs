//! What a table that comes under a parent finds there and takes over, although it is not to have it.

use autogen_core::object::column::ColumnAlteration;
use autogen_core::{Action, Alteration, Catalog, Kind, ObjectId, Pair, Reason};

use super::Edges;
use crate::family::parents;
use crate::incomplete::{has_part, lacks_parts};
use crate::nodes::{Nodes, is_attachment};

/// A new child comes after its parents' columns take NULLs, which their children do not learn of.
pub(super) fn children(pair: Pair<&Catalog>, nodes: &Nodes, edges: &mut Edges) {
    let takes_nulls = Alteration::Column(ColumnAlteration::NotNull(false));
    let is_that = |node: &&usize| matches!(&nodes.list[**node].action, Action::Alter(all) if all.contains(&takes_nulls));
    let freed: Vec<(&ObjectId, usize)> = nodes
        .alter
        .iter()
        .filter(|(id, _)| id.kind == Kind::Column)
        .flat_map(|(id, all)| all.iter().filter(is_that).map(move |node| (id, *node)))
        .collect();
    if freed.is_empty() {
        return;
    }
    for (id, created) in nodes.create.iter().filter(|(id, _)| id.kind == Kind::Table) {
        let parents = parents(pair.after, &id.name);
        for (_, alter) in freed.iter().filter(|(column, _)| parents.contains(&column.name)) {
            edges.add(*alter, *created, Reason::NeedsExisting);
        }
    }
}

/// A partition that is to have no part of a partitioned index or key is there before that.
pub(super) fn partitions(after: &Catalog, nodes: &Nodes, edges: &mut Edges) {
    let attached =
        nodes.list.iter().enumerate().filter(
            |(_, change)| matches!(&change.action, Action::Alter(all) if all.iter().any(is_attachment)),
        );
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
