//! Foreign keys: those that attributes list are the truth of the table; `belongs_to` and `joinable!` propose one for a
//! column that comes to be in this very diff, and neither drop nor demand any other (rule 7).

use std::collections::BTreeSet;

use autogen_core::object::foreign_key::ReferentialAction;
use autogen_core::object::{ForeignKey, choose_name};
use autogen_core::{Diagnostic, Kind, Name, Object, ObjectId, QualName, Span};

use super::super::TableModel;
use super::super::grammar::{Action, ForeignKeyAttr, Match};
use super::Builder;
use super::key::deferrability;
use super::table::is_full;

impl Builder<'_> {
    /// After all tables, so that parents are known.
    pub(super) fn foreign_keys(&mut self) {
        let models = self.models;
        for model in &models.tables {
            let table = self.table_name(model);
            if !self.bound.contains(&ObjectId::table(&table))
                || !self.out.catalog.contains(&ObjectId::table(&table))
            {
                continue;
            }
            self.listed(&table, model);
            self.proposed(&table, model);
        }
    }

    fn listed(&mut self, table: &QualName, model: &TableModel) {
        let mut said: Vec<(ForeignKeyAttr, Span)> = Vec::new();
        for key in model.attribute.foreign_key.iter().flatten() {
            said.push((key.value.clone(), key.span.clone()));
        }
        for column in &model.columns {
            for key in &column.attribute.references {
                said.push((
                    ForeignKeyAttr { columns: vec![column.name.clone()], ..key.value.clone() },
                    key.span.clone(),
                ));
            }
        }
        if said.is_empty() && model.attribute.foreign_key.is_none() && !is_full(model) {
            return;
        }
        let mut kept: BTreeSet<ObjectId> = BTreeSet::new();
        for (key, span) in said {
            let Some(wanted) = self.wanted(table, model, &key, &span) else { continue };
            let live: Vec<(ObjectId, ForeignKey)> = self
                .out
                .catalog
                .parts(Kind::ForeignKey, table)
                .filter_map(|(id, object)| match object {
                    Object::ForeignKey(key) => Some((id.clone(), key.clone())),
                    _ => None,
                })
                .filter(|(id, _)| {
                    !kept.contains(id) && key.name.as_ref().is_none_or(|name| name == id.own_name().as_str())
                })
                .collect();
            let same = |live: &ForeignKey| {
                let validated = live.validated || !wanted.validated;
                validated
                    && ForeignKey { validated: wanted.validated, inherited: wanted.inherited, ..live.clone() }
                        == wanted
            };
            let similar = |live: &ForeignKey| live.columns == wanted.columns && live.parent == wanted.parent;
            let found = live.iter().find(|(_, live)| same(live)).map(|(id, _)| id.clone());
            let id = match found {
                Some(id) => id,
                // A key that only changes its actions keeps its name.
                None => match live.iter().find(|(_, live)| similar(live)).map(|(id, _)| id.clone()) {
                    Some(id) => {
                        self.out.catalog.insert(id.clone(), wanted);
                        id
                    }
                    None => self.add_foreign_key(table, key.name.as_deref(), wanted),
                },
            };
            self.declare(&id, &span);
            kept.insert(id);
        }
        // A key that `belongs_to` or `joinable!` speak of is theirs.
        let related: Vec<Name> =
            self.related(table, model).into_iter().map(|relation| relation.column).collect();
        let is_related = |object: &Object| matches!(object, Object::ForeignKey(key) if key.columns.iter().all(|column| related.contains(column)));
        let unlisted: Vec<ObjectId> = self
            .out
            .catalog
            .parts(Kind::ForeignKey, table)
            .filter(|(id, object)| !kept.contains(*id) && (is_full(model) || !is_related(object)))
            .map(|(id, _)| id.clone())
            .collect();
        for id in unlisted {
            self.out.catalog.remove_tree(&id);
        }
    }

    fn wanted(
        &mut self,
        table: &QualName,
        model: &TableModel,
        key: &ForeignKeyAttr,
        span: &Span,
    ) -> Option<ForeignKey> {
        let columns = self.columns_named(table, model, &key.columns, span)?;
        let schema = key.parent.schema.as_deref();
        let parent = self.relation(schema, &key.parent.table, &table.schema);
        let Some(parent_columns) = self.parent_columns(&parent, &key.parent.columns) else {
            let message = format!("{table} refers to {parent}, which has no such table or no primary key");
            let help = "name the columns: references(parent, column = …), and check the table's name";
            self.report(Diagnostic::error("unknown-parent", message).at(span.clone()).help(help));
            return None;
        };
        let set_columns = self.columns_named(table, model, &key.on_delete_columns, span)?;
        Some(ForeignKey {
            columns,
            parent,
            parent_columns,
            on_update: action(key.on_update),
            on_delete: action(key.on_delete),
            set_columns,
            match_full: key.matching == Some(Match::Full),
            deferrability: deferrability(key.deferrable, key.initially_deferred),
            validated: !key.not_valid,
            enforced: true,
            inherited: false,
        })
    }

    /// What `belongs_to` and `joinable!` say of a table.
    fn related(&self, table: &QualName, model: &TableModel) -> Vec<Related> {
        let belongs =
            model.belongs_to.iter().filter_map(|one| Some((&one.column, one.table.clone()?, &one.span)));
        let joinables = self.models.joinables.iter().filter(|joinable| joinable.child == model.name);
        belongs
            .chain(joinables.map(|joinable| (&joinable.column, joinable.parent.clone(), &joinable.span)))
            .map(|(column, parent, span)| {
                let known =
                    model.column_named(column).map(|column| self.column_id(table, column).own_name().clone());
                Related { column: known.unwrap_or_else(|| Name::new(column)), parent, span: span.clone() }
            })
            .collect()
    }

    fn proposed(&mut self, table: &QualName, model: &TableModel) {
        for Related { column: name, parent, span } in self.related(table, model) {
            let id = ObjectId::column(table, &name);
            let is_new = !self.live.contains(&id) && self.out.catalog.contains(&id);
            let has_key = self.out.catalog.parts(Kind::ForeignKey, table).any(
                |(_, object)| matches!(object, Object::ForeignKey(key) if key.columns == [name.clone()]),
            );
            if !is_new || has_key {
                continue;
            }
            let parent = self.relation(None, &parent, &table.schema);
            let Some(parent_columns) = self.parent_columns(&parent, &[]).filter(|columns| columns.len() == 1)
            else {
                continue;
            };
            let wanted = ForeignKey {
                columns: vec![name],
                parent,
                parent_columns,
                on_update: ReferentialAction::NoAction,
                on_delete: ReferentialAction::NoAction,
                set_columns: Vec::new(),
                match_full: false,
                deferrability: autogen_core::object::Deferrability::NotDeferrable,
                validated: true,
                enforced: true,
                inherited: false,
            };
            let id = self.add_foreign_key(table, None, wanted);
            self.declare(&id, &span);
        }
    }

    fn relation(&self, schema: Option<&str>, name: &str, near: &Name) -> QualName {
        let near = QualName::new(near.clone(), name);
        if schema.is_none() && self.out.catalog.contains(&ObjectId::table(&near)) {
            return near;
        }
        self.qualified(schema, name)
    }

    fn parent_columns(&self, parent: &QualName, said: &[String]) -> Option<Vec<Name>> {
        if said.is_empty() {
            return self.out.catalog.parts(Kind::PrimaryKey, parent).next().and_then(
                |(_, object)| match object {
                    Object::PrimaryKey(key) => Some(key.columns.clone()),
                    _ => None,
                },
            );
        }
        let columns: Vec<Name> = said.iter().map(Name::new).collect();
        columns
            .iter()
            .all(|column| self.out.catalog.contains(&ObjectId::column(parent, column)))
            .then_some(columns)
    }

    fn add_foreign_key(&mut self, table: &QualName, name: Option<&str>, wanted: ForeignKey) -> ObjectId {
        let joined = wanted.columns.iter().map(Name::as_str).collect::<Vec<_>>().join("_");
        let mut chosen =
            name.map_or_else(|| Name::new(choose_name(&[table.name.as_str(), &joined], "fkey")), Name::new);
        let mut number = 0;
        while name.is_none()
            && self.out.catalog.contains(&ObjectId::part(Kind::ForeignKey, table.clone(), chosen.clone()))
        {
            number += 1;
            chosen = Name::new(choose_name(&[table.name.as_str(), &joined], &format!("fkey{number}")));
        }
        let id = ObjectId::part(Kind::ForeignKey, table.clone(), chosen);
        self.out.catalog.insert(id.clone(), wanted);
        id
    }
}

/// A column that code joins over.
struct Related {
    column: Name,
    /// As the code names the parent's table.
    parent: String,
    span: Span,
}

fn action(said: Option<Action>) -> ReferentialAction {
    match said {
        None | Some(Action::NoAction) => ReferentialAction::NoAction,
        Some(Action::Restrict) => ReferentialAction::Restrict,
        Some(Action::Cascade) => ReferentialAction::Cascade,
        Some(Action::SetNull) => ReferentialAction::SetNull,
        Some(Action::SetDefault) => ReferentialAction::SetDefault,
    }
}
