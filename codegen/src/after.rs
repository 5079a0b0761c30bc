//! The schema as the database has it once the script has run: the wanted one, with the columns where the script puts
//! them. A wanted schema says what columns there are; where they stand follows from the tables that are there already,
//! whose new columns come last. No SQL is looked at: the changes say what is made and in which order.

use std::collections::{BTreeMap, BTreeSet};

use autogen_core::object::column::in_order;
use autogen_core::{Action, Catalog, ChangeGraph, Kind, Name, Object, ObjectId, QualName};

/// The wanted catalog with columns numbered from 1 as they will stand.
pub fn catalog_after(graph: &ChangeGraph) -> Catalog {
    let after = &graph.catalogs.after;
    let mut order = Order { after, heirs: heirs(after), columns: kept(graph) };
    for change in graph.changes.iter().filter(|change| change.action == Action::Create) {
        match change.id.kind {
            Kind::Table => order.create(&change.id.name),
            Kind::Column => order.add(&change.id.name, change.id.own_name()),
            _ => {}
        }
    }
    let mut catalog = after.clone();
    for (table, names) in order.columns {
        for (position, name) in (1..).zip(names) {
            if let Some(Object::Column(column)) = catalog.get_mut(&ObjectId::column(&table, &name)) {
                column.position = position;
            }
        }
    }
    catalog
}

/// The columns of each table in their order, while changes are made.
struct Order<'a> {
    after: &'a Catalog,
    heirs: BTreeMap<QualName, Vec<QualName>>,
    columns: BTreeMap<QualName, Vec<Name>>,
}

impl Order<'_> {
    /// A new table: what its parents hand down comes first.
    fn create(&mut self, table: &QualName) {
        let mut names: Vec<Name> = Vec::new();
        let handed_down =
            parents(self.after, table).into_iter().filter_map(|parent| self.columns.get(&parent));
        let own = in_order(self.after, table).into_iter().map(|(name, _)| name.clone());
        for name in handed_down.flatten().cloned().chain(own) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        self.columns.insert(table.clone(), names);
    }

    /// A new column comes last, in the table and in those that inherit from it.
    fn add(&mut self, table: &QualName, column: &Name) {
        let Some(names) = self.columns.get_mut(table) else { return };
        if names.contains(column) {
            return;
        }
        names.push(column.clone());
        for heir in self.heirs.get(table).cloned().unwrap_or_default() {
            self.add(&heir, column);
        }
    }
}

/// The columns that are there before and stay, by their new names.
fn kept(graph: &ChangeGraph) -> BTreeMap<QualName, Vec<Name>> {
    let before = &graph.catalogs.before;
    let last_rename =
        graph.changes.iter().rposition(|change| matches!(change.action, Action::Rename { .. })).unwrap_or(0);
    let mut gone = BTreeSet::new();
    let heirs = heirs(before);
    for (at, change) in graph.changes.iter().enumerate().filter(|(_, change)| change.action == Action::Drop) {
        // Changes before the renames speak of old names.
        let id = if at < last_rename { change.id.clone() } else { graph.old_id(&change.id) };
        drop_with_heirs(before, &heirs, id, &mut gone);
    }
    let renames = &graph.hints.renames;
    let mut kept = BTreeMap::new();
    for (id, _) in before.of_kind(Kind::Table).filter(|(id, _)| !gone.contains(*id)) {
        let columns =
            in_order(before, &id.name).into_iter().map(|(name, _)| ObjectId::column(&id.name, name));
        let names = columns.filter(|column| !gone.contains(column));
        let names = names.map(|column| renames.follow(&column).own_name().clone()).collect();
        kept.insert(renames.follow(id).name, names);
    }
    kept
}

/// A column goes from the tables, too, that have it from this one only.
fn drop_with_heirs(
    before: &Catalog,
    heirs: &BTreeMap<QualName, Vec<QualName>>,
    id: ObjectId,
    gone: &mut BTreeSet<ObjectId>,
) {
    if id.kind == Kind::Column {
        for heir in heirs.get(&id.name).into_iter().flatten() {
            let handed_down = ObjectId::column(heir, id.own_name());
            let only = matches!(
                before.get(&handed_down),
                Some(Object::Column(column)) if column.origin == autogen_core::object::column::Origin::Inherited
            );
            if only && !gone.contains(&handed_down) {
                drop_with_heirs(before, heirs, handed_down, gone);
            }
        }
    }
    gone.insert(id);
}

/// The tables that inherit from each table, partitions included.
fn heirs(catalog: &Catalog) -> BTreeMap<QualName, Vec<QualName>> {
    let mut heirs: BTreeMap<QualName, Vec<QualName>> = BTreeMap::new();
    for (id, _) in catalog.of_kind(Kind::Table) {
        for parent in parents(catalog, &id.name) {
            heirs.entry(parent).or_default().push(id.name.clone());
        }
    }
    heirs
}

fn parents(catalog: &Catalog, table: &QualName) -> Vec<QualName> {
    match catalog.get(&ObjectId::table(table)) {
        Some(Object::Table(table)) => {
            let partitioned = table.partition_of.iter().map(|partition| partition.parent.clone());
            partitioned.chain(table.inherits.iter().cloned()).collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use autogen_core::object::Table;
    use autogen_core::object::table::PartitionOf;
    use autogen_core::{Change, Expression, Hints};

    use super::*;
    use crate::testing::{column_id, integer, nullable, public};

    fn catalog(tables: &[(&str, Option<&str>, &[&str])]) -> Catalog {
        let mut catalog = Catalog::default();
        for (name, parent, columns) in tables {
            let bound = Expression::new("DEFAULT");
            let partition_of = parent.map(|parent| Box::new(PartitionOf { parent: public(parent), bound }));
            catalog.insert(ObjectId::table(&public(name)), Table { partition_of, ..Table::default() });
            for (position, column) in (1..).zip(*columns) {
                catalog.insert(column_id(name, column), nullable(position, integer()));
            }
        }
        catalog
    }

    fn change(id: ObjectId, action: Action) -> Change {
        Change { id, action, replaces: false, folded: Vec::new(), because: None }
    }

    #[track_caller]
    fn check(graph: &ChangeGraph, table: &str, expect: &[&str]) {
        let (after, table) = (catalog_after(graph), public(table));
        let found: Vec<&str> = in_order(&after, &table).into_iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(found, expect);
    }

    #[test]
    fn new_columns_come_last_and_renamed_ones_stay() {
        let mut graph = ChangeGraph::default();
        graph.catalogs.before = catalog(&[("t", None, &["a", "b", "c"])]);
        graph.catalogs.after = catalog(&[("t", None, &["new", "a", "d", "b"])]);
        graph.hints = Hints::default();
        graph.hints.renames.insert(column_id("t", "c"), column_id("t", "d"));
        graph.changes = vec![
            change(column_id("t", "d"), Action::Rename { from: column_id("t", "c") }),
            change(column_id("t", "a"), Action::Drop),
            change(column_id("t", "new"), Action::Create),
            change(column_id("t", "a"), Action::Create),
        ];
        check(&graph, "t", &["b", "d", "new", "a"]);
    }

    #[test]
    fn partitions_follow() {
        let mut graph = ChangeGraph::default();
        graph.catalogs.before = catalog(&[("t", None, &["a"]), ("p", Some("t"), &["a"])]);
        let wanted: [(&str, Option<&str>, &[&str]); 3] =
            [("t", None, &["b", "a"]), ("p", Some("t"), &["b", "a"]), ("q", Some("t"), &["b", "a"])];
        graph.catalogs.after = catalog(&wanted);
        graph.changes = vec![
            change(column_id("t", "b"), Action::Create),
            change(ObjectId::table(&public("q")), Action::Create),
        ];
        check(&graph, "p", &["a", "b"]);
        check(&graph, "q", &["a", "b"]);
    }
}
