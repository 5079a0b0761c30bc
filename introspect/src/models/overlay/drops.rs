//! Drops, each with the evidence that it was wanted (R7): its name was given to `--drop` or `drop(…)`, or the table is
//! under full management. The evidence of the git baseline is in `baseline`.

use autogen_core::object::column::Origin;
use autogen_core::{Diagnostic, Kind, Name, Object, ObjectId, QualName};

use super::super::TableModel;
use super::Builder;
use super::table::is_full;

impl Builder<'_> {
    /// What the attributes drop, and under full management what they do not have.
    pub(super) fn attribute_drops(&mut self) {
        for (table, model) in self.tables.clone() {
            self.listed_drops(&table, model);
            if is_full(model) {
                self.drop_unlisted_columns(&table, model);
            }
        }
    }

    /// `drop("col")` on a struct; a column that is gone already is no error.
    fn listed_drops(&mut self, table: &QualName, model: &TableModel) {
        for said in &model.attribute.drop {
            let id = ObjectId::column(table, &Name::new(&said.value));
            if self.out.catalog.contains(&id) && !self.bound.contains(&id) {
                self.declare(&id, &said.span);
                self.drop_tree(&id);
            }
        }
    }

    /// Under full management every column without a field goes.
    fn drop_unlisted_columns(&mut self, table: &QualName, model: &TableModel) {
        let unlisted: Vec<ObjectId> = self
            .out
            .catalog
            .parts(Kind::Column, table)
            .map(|(id, _)| id.clone())
            .filter(|id| !self.bound.contains(id))
            .filter(|id| !self.is_handed_down(id))
            .collect();
        for id in unlisted {
            let ignored = model
                .columns
                .iter()
                .any(|column| column.attribute.ignore.is_some() && self.column_id(table, column) == id);
            if !ignored {
                self.drop_tree(&id);
            }
        }
    }

    /// A parent's column can only go with the parent's.
    fn is_handed_down(&self, id: &ObjectId) -> bool {
        matches!(self.out.catalog.get(id), Some(Object::Column(column)) if column.origin != Origin::Local)
    }

    /// `--drop users.nick`, `--drop "function f(integer)"`.
    pub(super) fn named_drops(&mut self) {
        let mut going: Vec<ObjectId> = Vec::new();
        let wanted = self.said_by_structs();
        for drop in self.options.drops.clone() {
            let id = self.out.hints.renames.follow(&drop);
            if wanted.contains(&id) {
                let message = format!("--drop of {id} names what the models still have");
                let mut diagnostic =
                    Diagnostic::error("drop-of-modelled", message).help("remove it from the models first");
                if let Some(span) = self.out.sources.get(&id) {
                    diagnostic = diagnostic.at(span.clone());
                }
                self.report(diagnostic);
            } else {
                going.push(id);
            }
        }
        // Views first: they may be what keeps a column.
        going.sort_by_key(|id| !matches!(id.kind, Kind::View | Kind::MaterializedView));
        for id in going {
            self.drop_tree(&id);
        }
    }

    /// What stays and is built on an object, so that it cannot go.
    pub(super) fn kept_by(&self, id: &ObjectId) -> Vec<String> {
        let user = |other: &&ObjectId| {
            matches!(
                other.kind,
                Kind::View | Kind::MaterializedView | Kind::Rule | Kind::Policy | Kind::Defined(_)
            )
        };
        let stays =
            |other: &&ObjectId| self.out.catalog.container(other).is_none_or(|container| container != *id);
        self.out
            .catalog
            .ids()
            .filter(user)
            .filter(stays)
            .filter(|other| !self.options.redefined.contains(other))
            .filter(|other| self.out.catalog.depends_on(other).contains(id))
            .map(ToString::to_string)
            .collect()
    }

    /// Takes an object out of the wanted state, with what Postgres would take along and what is built on it.
    pub(super) fn drop_tree(&mut self, id: &ObjectId) {
        let users = self.kept_by(id);
        if !users.is_empty() {
            let message = format!("{id} cannot be dropped while {} uses it", users.join(", "));
            let help = "drop that too (--drop takes views), or change it in a migration of your own first";
            return self.report(Diagnostic::error("still-used", message).help(help));
        }
        let mut going = vec![id.clone()];
        while let Some(id) = going.pop() {
            if !self.out.catalog.contains(&id) {
                continue;
            }
            let with_it = |other: &&ObjectId| match other.kind {
                Kind::View
                | Kind::MaterializedView
                | Kind::Function
                | Kind::Rule
                | Kind::Policy
                | Kind::Defined(_)
                | Kind::Column
                | Kind::Table => self.out.catalog.container(other).as_ref() == Some(&id),
                _ => {
                    self.out.catalog.depends_on(other).contains(&id)
                        || self.out.catalog.container(other).as_ref() == Some(&id)
                }
            };
            let others: Vec<ObjectId> = self.out.catalog.ids().filter(with_it).cloned().collect();
            self.out.catalog.remove(&id);
            going.extend(others);
        }
    }
}
