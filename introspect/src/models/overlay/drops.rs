//! Drops, each with the evidence that it was wanted (R7): its name was given to `--drop` or `drop(…)`, or the table is
//! under full management. The evidence of the git baseline is in `baseline`.

use std::rc::Rc;

use autogen_core::object::column::Origin;
use autogen_core::{Diagnostic, Kind, Name, Object, ObjectId, QualName};

use super::super::TableModel;
use super::Builder;
use super::dependants::Dependants;
use super::table::is_full;

impl Builder<'_> {
    /// What the attributes drop, and under full management what they do not have.
    pub(super) fn attribute_drops(&mut self) {
        let mut going = Vec::new();
        for (table, model) in self.tables.clone() {
            going.extend(self.listed_drops(&table, model));
            if is_full(model) {
                going.extend(self.unlisted_columns(&table, model));
            }
        }
        self.drop_all(going);
    }

    /// `drop("col")` on a struct; a column that is gone already is no error.
    fn listed_drops(&mut self, table: &QualName, model: &TableModel) -> Vec<ObjectId> {
        let mut going = Vec::new();
        for said in &model.attribute.drop {
            let id = ObjectId::column(table, &Name::new(&said.value));
            if self.out.catalog.contains(&id) && !self.bound.contains(&id) {
                self.declare(&id, &said.span);
                going.push(id);
            }
        }
        going
    }

    /// Under full management every column without a field goes.
    fn unlisted_columns(&self, table: &QualName, model: &TableModel) -> Vec<ObjectId> {
        let is_ignored = |id: &ObjectId| {
            model
                .columns
                .iter()
                .any(|column| column.attribute.ignore.is_some() && self.column_id(table, column) == *id)
        };
        self.out
            .catalog
            .parts(Kind::Column, table)
            .map(|(id, _)| id)
            .filter(|id| !self.bound.contains(id) && !self.is_handed_down(id) && !is_ignored(id))
            .cloned()
            .collect()
    }

    /// A parent's column can only go with the parent's.
    fn is_handed_down(&self, id: &ObjectId) -> bool {
        matches!(self.out.catalog.get(id), Some(Object::Column(column)) if column.origin != Origin::Local)
    }

    /// `--drop users.nick`, `--drop "function f(integer)"`.
    pub(super) fn named_drops(&mut self) {
        let mut going: Vec<ObjectId> = Vec::new();
        if self.options.drops.is_empty() {
            return;
        }
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
        self.drop_all(going);
    }

    /// The objects behind each object. Drops add none: they are the same for whatever goes in one overlay.
    pub(super) fn dependants(&self) -> Rc<Dependants> {
        Rc::clone(self.dependants.get_or_init(|| Rc::new(Dependants::of(&self.out.catalog))))
    }

    /// What stays and is built on an object, so that it cannot go.
    pub(super) fn kept_by(&self, id: &ObjectId, dependants: &Dependants) -> Vec<String> {
        dependants
            .keepers(id)
            .filter(|other| self.out.catalog.contains(other) && !self.options.redefined.contains(other))
            .map(ToString::to_string)
            .collect()
    }

    /// Takes objects out of the wanted state one after the other, unless something keeps them.
    fn drop_all(&mut self, ids: Vec<ObjectId>) {
        if ids.is_empty() {
            return;
        }
        let dependants = self.dependants();
        for id in ids {
            let users = self.kept_by(&id, &dependants);
            if users.is_empty() {
                self.drop_tree(id, &dependants);
                continue;
            }
            let message = format!("{id} cannot be dropped while {} uses it", users.join(", "));
            let help = "drop that too (--drop takes views), or change it in a migration of your own first";
            self.report(Diagnostic::error("still-used", message).help(help));
        }
    }

    /// Takes an object out of the wanted state, with what Postgres would take along and what is built on it.
    pub(super) fn drop_tree(&mut self, id: ObjectId, dependants: &Dependants) {
        let mut going = vec![id];
        while let Some(id) = going.pop() {
            if self.out.catalog.remove(&id) {
                going.extend(dependants.along(&id).cloned());
            }
        }
    }
}
