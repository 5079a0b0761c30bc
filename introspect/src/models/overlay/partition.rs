//! Partitioned tables and their partitions. A key cannot change in place; a partition can be attached and detached.

use autogen_core::object::Index;
use autogen_core::object::column::Origin;
use autogen_core::object::table::PartitionOf;
use autogen_core::{Diagnostic, Expression, Kind, Object, ObjectId, QualName};

use super::super::TableModel;
use super::super::grammar::PartitionMethod;
use super::listed::Listed;
use super::table::is_full;
use super::{Builder, Role};

impl Builder<'_> {
    /// The key of `partition_by(…)` and the parent of `partition_of(…)`.
    pub(super) fn partitioning(
        &mut self,
        id: &ObjectId,
        model: &TableModel,
    ) -> (Option<Expression>, Option<Box<PartitionOf>>) {
        let (live_key, live_bound) = match self.live.get(id) {
            Some(Object::Table(live)) => (live.partition_key.clone(), live.partition_of.clone()),
            _ => (None, None),
        };
        let key = self.partition_key(id, model, live_key);
        let parent = self.partition_of(id, model, live_bound);
        self.unlogged_parent(id, model);
        (key, parent)
    }

    /// Before 18 the word had no effect on a partitioned table, which has no rows of its own; from 18 on it is refused.
    fn unlogged_parent(&mut self, id: &ObjectId, model: &TableModel) {
        let (Some(_), Some(said)) = (&model.attribute.partition_by, &model.attribute.unlogged) else {
            return;
        };
        if self.live.server_version >= 180_000 {
            let message =
                format!("{id} is partitioned, and PostgreSQL 18 has no unlogged partitioned tables");
            let help = "write unlogged on its partitions";
            self.report(Diagnostic::error("unlogged-parent", message).at(said.span.clone()).help(help));
        }
    }

    fn partition_key(
        &mut self,
        id: &ObjectId,
        model: &TableModel,
        live: Option<Expression>,
    ) -> Option<Expression> {
        let exists = self.live.contains(id);
        let Some(said) = &model.attribute.partition_by else {
            if live.is_some() && is_full(model) {
                self.no_partition_key(id, "partitioned", "the models do not say so", model.span.clone());
            }
            return live;
        };
        let method = match said.value.0 {
            PartitionMethod::Range => "RANGE",
            PartitionMethod::List => "LIST",
            PartitionMethod::Hash => "HASH",
        };
        let wanted = Expression::new(format!("{method} ({})", said.value.1));
        match live {
            Some(live) => {
                if !self.same(&id.name, &Role::PartitionKey, &live, wanted.as_str(), &said.span) {
                    let is = format!("partitioned by {}", autogen_core::visible(live.as_str()));
                    self.no_partition_key(id, &is, "the models say another key", said.span.clone());
                }
                Some(live)
            }
            None if exists => {
                self.no_partition_key(id, "not partitioned", "the models want that", said.span.clone());
                None
            }
            None => {
                self.ask(&id.name, &Role::PartitionKey, &wanted, Some(&said.span));
                Some(wanted)
            }
        }
    }

    fn no_partition_key(&mut self, id: &ObjectId, is: &str, say: &str, span: autogen_core::Span) {
        let message = format!("{id} is {is}, and {say}; Postgres cannot change that in place");
        let help = "make a new table, move the rows and exchange the names in a migration of your own";
        self.report(Diagnostic::error("partition-key", message).at(span).help(help));
    }

    fn partition_of(
        &mut self,
        id: &ObjectId,
        model: &TableModel,
        live: Option<Box<PartitionOf>>,
    ) -> Option<Box<PartitionOf>> {
        let Some(said) = &model.attribute.partition_of else {
            return live.filter(|_| !is_full(model));
        };
        let (parent, bound) = &said.value;
        let parent = match parent.split_once('.') {
            Some((schema, name)) => QualName::new(schema, name),
            None => self.relation(None, parent, &id.name.schema),
        };
        let bound = Expression::new(bound);
        if let Some(live) = live.filter(|live| live.parent == parent) {
            if self.same(&parent, &Role::Bound, &live.bound, bound.as_str(), &said.span) {
                return Some(live);
            }
        } else {
            self.ask(&parent, &Role::Bound, &bound, Some(&said.span));
        }
        Some(Box::new(PartitionOf { parent, bound }))
    }

    /// A new partition has the columns of its parent. After all columns, so that the parent's are known.
    pub(super) fn columns_from_parents(&mut self) {
        for (table, model) in self.tables.clone() {
            let id = ObjectId::table(&table);
            let (Some(said), Some(Object::Table(now))) =
                (&model.attribute.partition_of, self.out.catalog.get(&id))
            else {
                continue;
            };
            let Some(parent) = now.partition_of.as_ref().map(|partition| partition.parent.clone()) else {
                continue;
            };
            if !self.out.catalog.is_partitioned(&parent) {
                let message =
                    format!("{table} is to be a partition of {parent}, which is no partitioned table");
                let help = "give the parent partition_by(…), and check its name";
                self.report(Diagnostic::error("unknown-parent", message).at(said.span.clone()).help(help));
                continue;
            }
            if self.live.contains(&id) {
                continue;
            }
            let columns: Vec<_> = self
                .out
                .catalog
                .parts(Kind::Column, &parent)
                .filter_map(|(id, object)| match object {
                    Object::Column(column) => Some((ObjectId::column(&table, id.own_name()), column.clone())),
                    _ => None,
                })
                .collect();
            for (id, mut column) in columns {
                column.origin = Origin::Inherited;
                self.out.catalog.insert(id, column);
            }
        }
    }

    /// A new partition has the defaults of its parent where it says none of its own. After all defaults.
    pub(super) fn defaults_from_parents(&mut self) {
        for (table, _) in self.tables.clone() {
            let id = ObjectId::table(&table);
            let Some(Object::Table(now)) = self.out.catalog.get(&id) else { continue };
            let Some(parent) = now.partition_of.as_ref().map(|of| of.parent.clone()) else { continue };
            if self.live.contains(&id) {
                continue;
            }
            let of_parent = self.out.catalog.parts(Kind::Default, &parent);
            let defaults: Vec<_> = of_parent.map(|(id, object)| (id.clone(), object.clone())).collect();
            for (of, object) in defaults {
                let own = ObjectId::part(Kind::Default, table.clone(), of.own_name().clone());
                if let Object::Default(default) = object
                    && !self.out.catalog.contains(&own)
                {
                    self.out.catalog.insert(own, default);
                }
            }
        }
    }

    /// A table that is attached gets the indexes of its parent, under names of Postgres's choice.
    pub(super) fn indexes_from_parents(&mut self) {
        for (table, _) in self.tables.clone() {
            let id = ObjectId::table(&table);
            let parent = |object: Option<&Object>| match object {
                Some(Object::Table(table)) => table.partition_of.as_ref().map(|of| of.parent.clone()),
                _ => None,
            };
            let Some(wanted) = parent(self.out.catalog.get(&id)) else { continue };
            if !self.live.contains(&id) || parent(self.live.get(&id)).as_ref() == Some(&wanted) {
                continue;
            }
            for (of, index) in Index::present(self, &wanted) {
                let child = Index { table: table.clone(), partition_of: Some(of.name.clone()), ..index };
                let alike = Index::present(self, &table).into_iter().find(|(_, own)| {
                    Index { partition_of: child.partition_of.clone(), valid: child.valid, ..own.clone() }
                        == child
                });
                let id = match alike {
                    Some((id, _)) => id,
                    None => {
                        let id = Index::id(self, &table, &child, None);
                        self.indexes.entry(table.clone()).or_default().push(id.clone());
                        id
                    }
                };
                self.out.catalog.insert(id, child);
            }
        }
    }
}
