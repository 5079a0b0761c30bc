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

    /// `--drop users.nick`, `--drop posts`, `--drop audit.log.detail`.
    pub(super) fn named_drops(&mut self) {
        let mut going: Vec<ObjectId> = Vec::new();
        let wanted = self.said_by_structs();
        for text in self.options.drops.clone() {
            let found: Vec<ObjectId> =
                candidates(&text).into_iter().filter(|id| self.live.contains(id)).collect();
            match found.as_slice() {
                [] => {
                    let message =
                        format!("--drop {} names nothing in the database", autogen_core::visible(&text));
                    let help = "give a table, `table.column`, or `schema.table`, `schema.table.column`";
                    self.report(Diagnostic::error("unknown-drop", message).help(help));
                }
                [id, ..] if wanted.contains(id) => {
                    let message =
                        format!("--drop {} names what the models still have", autogen_core::visible(&text));
                    let mut diagnostic = Diagnostic::error("drop-of-modelled", message)
                        .help("remove it from the models first");
                    if let Some(span) = self.out.sources.get(id) {
                        diagnostic = diagnostic.at(span.clone());
                    }
                    self.report(diagnostic);
                }
                [id, ..] => going.push(id.clone()),
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

/// What a dotted name may mean, the likeliest first.
fn candidates(text: &str) -> Vec<ObjectId> {
    let parts: Vec<&str> = text.split('.').collect();
    let kinds = [
        Kind::Table,
        Kind::View,
        Kind::MaterializedView,
        Kind::EnumType,
        Kind::Index,
        Kind::Sequence,
        Kind::Domain,
    ];
    let objects = |schema: &str, name: &str| {
        let name = QualName::new(schema, name);
        kinds.into_iter().map(move |kind| ObjectId::new(kind, name.clone())).collect::<Vec<_>>()
    };
    let members = |schema: &str, table: &str, part: &str| {
        let table = QualName::new(schema, table);
        let kinds = [
            Kind::Column,
            Kind::Check,
            Kind::Unique,
            Kind::ForeignKey,
            Kind::PrimaryKey,
            Kind::Exclusion,
            Kind::Trigger,
            Kind::Policy,
        ];
        let part = Name::new(part);
        kinds
            .into_iter()
            .map(move |kind| ObjectId::part(kind, table.clone(), part.clone()))
            .collect::<Vec<_>>()
    };
    match parts.as_slice() {
        [name] => objects("public", name),
        [first, second] => {
            members("public", first, second).into_iter().chain(objects(first, second)).collect()
        }
        [schema, table, part] => members(schema, table, part),
        _ => Vec::new(),
    }
}
