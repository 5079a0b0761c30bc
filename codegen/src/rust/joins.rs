//! `joinable!` and `allow_tables_to_appear_in_same_query!`. Diesel can join two tables by itself only where one foreign
//! key of one column, and nothing else, leads from one to the primary key of the other.

use std::collections::{BTreeMap, BTreeSet};

use autogen_core::{Catalog, Kind, Name, Object, QualName};

use super::options::TableGrouping;
use super::source::Source;
use super::table::Table;

/// A foreign key that Diesel can join over. Tables are given by their place among the printed ones.
#[derive(Debug)]
pub(super) struct Join {
    child: usize,
    parent: usize,
    column: Name,
}

/// What can be joined, by child, then parent.
pub(super) fn joinable(catalog: &Catalog, tables: &[Table]) -> Vec<Join> {
    let places: BTreeMap<&QualName, usize> =
        tables.iter().enumerate().map(|(place, table)| (&table.id, place)).collect();
    let partitions = partitions(catalog);
    let mut pairs: BTreeMap<(usize, usize), Vec<(Name, Name)>> = BTreeMap::new();
    for (id, object) in catalog.of_kind(Kind::ForeignKey) {
        let (Object::ForeignKey(key), Some(&child)) = (object, places.get(&id.name)) else { continue };
        let mut parents = vec![&key.parent];
        while let Some(parent) = parents.pop() {
            if let Some(&parent) = places.get(parent) {
                let columns = key.columns.iter().cloned().zip(key.parent_columns.iter().cloned());
                pairs.entry((child, parent)).or_default().extend(columns);
            }
            if !key.inherited {
                // The server keeps a key to a partitioned table as keys to its partitions as well.
                parents.extend(partitions.get(parent).into_iter().flatten());
            }
        }
    }
    let is_single =
        |(child, parent): &(usize, usize)| child != parent && !pairs.contains_key(&(*parent, *child));
    pairs
        .iter()
        .filter(|(pair, _)| is_single(pair))
        .filter_map(|(&(child, parent), columns)| {
            match (columns.as_slice(), tables.get(parent)?.key.as_slice()) {
                ([(column, to)], [key]) if to == key => Some(Join { child, parent, column: column.clone() }),
                _ => None,
            }
        })
        .collect()
}

/// The partitions of every partitioned table.
fn partitions(catalog: &Catalog) -> BTreeMap<&QualName, Vec<&QualName>> {
    let mut partitions: BTreeMap<&QualName, Vec<&QualName>> = BTreeMap::new();
    for (id, object) in catalog.of_kind(Kind::Table) {
        if let Object::Table(table) = object
            && let Some(partition) = &table.partition_of
        {
            partitions.entry(&partition.parent).or_default().push(&id.name);
        }
    }
    partitions
}

/// The macros of all joins and groups.
pub(super) fn write(out: &mut Source, tables: &[Table], joins: &[Join], grouping: TableGrouping) {
    if !joins.is_empty() {
        out.blank();
    }
    for join in joins {
        let (Some(child), Some(parent)) = (tables.get(join.child), tables.get(join.parent)) else { continue };
        let Some(column) = child.column_ident(&join.column) else { continue };
        out.line(&format!("diesel::joinable!({} -> {} ({column}));", child.ident, parent.ident));
    }
    let groups = match grouping {
        TableGrouping::All => vec![(0..tables.len()).collect()],
        TableGrouping::ForeignKeys => connected(tables.len(), joins),
        TableGrouping::None => Vec::new(),
    };
    let mut is_first = true;
    for group in groups.iter().filter(|group| group.len() > 1) {
        if std::mem::take(&mut is_first) {
            out.blank();
        }
        let idents: Vec<String> =
            group.iter().filter_map(|place| Some(tables.get(*place)?.ident.clone())).collect();
        out.call("diesel::allow_tables_to_appear_in_same_query", &idents);
    }
}

/// The tables that joins connect, by their first.
fn connected(count: usize, joins: &[Join]) -> Vec<BTreeSet<usize>> {
    let mut neighbours: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for join in joins {
        neighbours.entry(join.child).or_default().push(join.parent);
        neighbours.entry(join.parent).or_default().push(join.child);
    }
    let mut seen = BTreeSet::new();
    let mut groups = Vec::new();
    for place in 0..count {
        let mut group = BTreeSet::new();
        let mut pending = vec![place];
        while let Some(place) = pending.pop() {
            if seen.insert(place) {
                group.insert(place);
                pending.extend(neighbours.get(&place).into_iter().flatten());
            }
        }
        if !group.is_empty() {
            groups.push(group);
        }
    }
    groups
}
