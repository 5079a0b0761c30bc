//! The entity-relationship diagram of a catalog: tables with their columns, foreign keys as lines. Partitions are left out,
//! as their partitioned table stands for them; so are views, which have no keys.

use std::collections::{BTreeMap, BTreeSet};

use autogen_core::object::foreign_key::ForeignKey;
use autogen_core::{Catalog, Kind, Name, Object, ObjectId, QualName, visible};

use super::{Diagram, Edge, Ends, Node, Row, Sort};

/// The diagram.
pub(crate) fn entities(catalog: &Catalog) -> Diagram {
    let names: Vec<&QualName> = catalog
        .of_kind(Kind::Table)
        .filter(|(_, object)| matches!(object, Object::Table(table) if table.partition_of.is_none()))
        .map(|(id, _)| &id.name)
        .collect();
    let numbers: BTreeMap<&QualName, usize> =
        names.iter().enumerate().map(|(at, name)| (*name, at)).collect();
    let nodes = names.iter().map(|name| node(catalog, name)).collect();
    let mut edges: Vec<Edge> = names
        .iter()
        .flat_map(|name| foreign_keys(catalog, name))
        .filter_map(|(id, key)| {
            let (from, to) = (*numbers.get(&key.parent)?, *numbers.get(&id.name)?);
            Some(Edge {
                from,
                to,
                label: visible(id.own_name().as_str()),
                ends: ends(catalog, &id.name, key),
            })
        })
        .collect();
    edges.sort();
    Diagram { sort: Sort::Entities, nodes, edges }
}

fn node(catalog: &Catalog, table: &QualName) -> Node {
    let in_foreign_key: BTreeSet<&Name> =
        foreign_keys(catalog, table).flat_map(|(_, key)| &key.columns).collect();
    let keys = unique_keys(catalog, table);
    let mut rows: Vec<(i32, Row)> = catalog
        .parts(Kind::Column, table)
        .filter_map(|(id, object)| {
            let Object::Column(column) = object else { return None };
            let name = id.own_name();
            let mut marks = Vec::new();
            if keys.iter().any(|(kind, columns)| *kind == Kind::PrimaryKey && columns.contains(name)) {
                marks.push("PK");
            }
            if in_foreign_key.contains(name) {
                marks.push("FK");
            }
            if keys
                .iter()
                .any(|(kind, columns)| *kind != Kind::PrimaryKey && columns.as_slice() == [name.clone()])
            {
                marks.push("UK");
            }
            let row = Row {
                name: visible(name.as_str()),
                // As people read it.
                data_type: visible(column.data_type.full_text().trim_start_matches("public.")),
                not_null: column.not_null,
                keys: marks,
            };
            Some((column.position, row))
        })
        .collect();
    rows.sort_by_key(|(position, _)| *position);
    Node { title: visible(&table.to_string()), rows: rows.into_iter().map(|(_, row)| row).collect() }
}

fn foreign_keys<'a>(
    catalog: &'a Catalog,
    table: &'a QualName,
) -> impl Iterator<Item = (&'a ObjectId, &'a ForeignKey)> {
    catalog.parts(Kind::ForeignKey, table).filter_map(|(id, object)| match object {
        Object::ForeignKey(key) => Some((id, key)),
        _ => None,
    })
}

/// The columns of each primary key and unique constraint.
fn unique_keys(catalog: &Catalog, table: &QualName) -> Vec<(Kind, Vec<Name>)> {
    let columns = |kind| {
        catalog.parts(kind, table).filter_map(move |(_, object)| match object {
            Object::PrimaryKey(key) => Some((kind, key.columns.clone())),
            Object::Unique(key) => Some((kind, key.columns.clone())),
            _ => None,
        })
    };
    columns(Kind::PrimaryKey).chain(columns(Kind::Unique)).collect()
}

fn ends(catalog: &Catalog, table: &QualName, key: &ForeignKey) -> Ends {
    let is_null = |column: &Name| matches!(catalog.get(&ObjectId::column(table, column)), Some(Object::Column(column)) if !column.not_null);
    let own: BTreeSet<&Name> = key.columns.iter().collect();
    Ends::Rows {
        maybe_parent: key.columns.iter().any(is_null),
        one_child: unique_keys(catalog, table)
            .iter()
            .any(|(_, columns)| columns.iter().all(|column| own.contains(column))),
    }
}
