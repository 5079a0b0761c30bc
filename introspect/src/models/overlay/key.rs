//! Primary keys and unique constraints.

use std::collections::BTreeSet;

use autogen_core::object::{Deferrability, PrimaryKey, Unique, choose_name};
use autogen_core::{Diagnostic, Kind, Name, Object, ObjectId, QualName, Span};

use super::super::grammar::KeyAttr;
use super::super::{KeyOrigin, TableModel};
use super::Builder;
use super::table::is_full;

impl Builder<'_> {
    /// The SQL names of columns that an attribute gives by field or column name.
    pub(super) fn columns_named(
        &mut self,
        table: &QualName,
        model: &TableModel,
        names: &[String],
        span: &Span,
    ) -> Option<Vec<Name>> {
        let mut columns = Vec::new();
        for name in names {
            let column =
                model.column_named(name).map(|column| self.column_id(table, column).own_name().clone());
            let column = column.unwrap_or_else(|| Name::new(name));
            if !self.out.catalog.contains(&ObjectId::column(table, &column)) {
                let message = format!("table {table} has no column {column}");
                self.report(
                    Diagnostic::error("unknown-column", message)
                        .at(span.clone())
                        .help("give a field of the struct or a column of the table"),
                );
                return None;
            }
            columns.push(column);
        }
        Some(columns)
    }

    pub(super) fn primary_key(&mut self, table: &QualName, model: &TableModel, table_exists: bool) {
        let live = self
            .out
            .catalog
            .parts(Kind::PrimaryKey, table)
            .next()
            .map(|(id, object)| (id.clone(), object.clone()));
        let said = model.attribute.primary_key.clone();
        let flagged: Vec<String> = model
            .columns
            .iter()
            .filter(|column| column.attribute.primary_key.is_some())
            .map(|column| column.name.clone())
            .collect();
        let claimed = said.is_some() || !flagged.is_empty() || is_full(model);
        let (names, key, span) = match (&said, &model.primary_key) {
            (Some(said), _) => (said.value.columns.clone(), said.value.clone(), said.span.clone()),
            (None, _) if !flagged.is_empty() => (flagged, KeyAttr::default(), model.span.clone()),
            (None, Some(key)) if !table_exists || claimed => {
                (key.columns.clone(), KeyAttr::default(), model.span.clone())
            }
            (None, _) => return self.note_other_key(table, model, live.as_ref().map(|(_, object)| object)),
        };
        let existing: Vec<String> =
            names.into_iter().filter(|name| said.is_some() || model.column_named(name).is_some()).collect();
        let Some(columns) =
            self.columns_named(table, model, &existing, &span).filter(|columns| !columns.is_empty())
        else {
            return;
        };
        for column in &columns {
            if let Some(Object::Column(column)) = self.out.catalog.get_mut(&ObjectId::column(table, column)) {
                column.not_null = true;
            }
        }
        let Some(include) = self.columns_named(table, model, &key.include, &span) else { return };
        let wanted = PrimaryKey {
            columns,
            include,
            deferrability: deferrability(key.deferrable, key.initially_deferred),
            options: autogen_core::Options::new(),
            tablespace: None,
            without_overlaps: false,
            inherited: false,
        };
        if let Some((id, Object::PrimaryKey(live))) = &live {
            let same = live.columns == wanted.columns
                && live.include == wanted.include
                && live.deferrability == wanted.deferrability;
            if same && key.name.as_ref().is_none_or(|name| name == id.own_name().as_str()) {
                return self.declare(id, &span);
            }
            self.out.catalog.remove_tree(id);
        }
        let name = key.name.as_ref().map_or_else(
            || match &live {
                Some((id, _)) => id.own_name().clone(),
                None => self.free_relation_name(&table.schema, &[table.name.as_str()], "pkey"),
            },
            Name::new,
        );
        let id = ObjectId::part(Kind::PrimaryKey, table.clone(), name);
        self.declare(&id, &span);
        self.out.catalog.insert(id, wanted);
    }

    /// Diesel never checks a key against the table, so a contradiction is worth a note (rule 6).
    fn note_other_key(&mut self, table: &QualName, model: &TableModel, live: Option<&Object>) {
        let (Some(key), Some(Object::PrimaryKey(live))) = (&model.primary_key, live) else { return };
        if !matches!(key.origin, KeyOrigin::Struct) {
            return;
        }
        let said: BTreeSet<&str> = key.columns.iter().map(String::as_str).collect();
        let there: BTreeSet<&str> = live.columns.iter().map(Name::as_str).collect();
        if said != there {
            let message = format!(
                "the models give {table} another primary key than the database has; the database's stays"
            );
            self.report(Diagnostic::note("other-primary-key", message).at(model.span.clone()));
        }
    }

    pub(super) fn uniques(&mut self, table: &QualName, model: &TableModel) {
        let mut said: Vec<(Vec<String>, KeyAttr, Span)> = Vec::new();
        for unique in model.attribute.unique.iter().flatten() {
            said.push((unique.value.columns.clone(), unique.value.clone(), unique.span.clone()));
        }
        for column in &model.columns {
            if let Some(unique) = &column.attribute.unique {
                said.push((vec![column.name.clone()], unique.value.clone(), unique.span.clone()));
            }
        }
        if said.is_empty() && model.attribute.unique.is_none() && !is_full(model) {
            return;
        }
        let mut kept: BTreeSet<ObjectId> = BTreeSet::new();
        for (names, key, span) in said {
            let Some(columns) = self.columns_named(table, model, &names, &span) else { continue };
            let Some(include) = self.columns_named(table, model, &key.include, &span) else { continue };
            let wanted = Unique {
                columns,
                include,
                nulls_not_distinct: key.nulls_not_distinct,
                deferrability: deferrability(key.deferrable, key.initially_deferred),
                options: autogen_core::Options::new(),
                tablespace: None,
                without_overlaps: false,
                inherited: false,
            };
            let found = self.out.catalog.parts(Kind::Unique, table).find(|(id, object)| {
                let Object::Unique(live) = object else { return false };
                let alike = Unique {
                    options: live.options.clone(),
                    tablespace: live.tablespace.clone(),
                    inherited: live.inherited,
                    ..wanted.clone()
                };
                *live == alike
                    && key.name.as_ref().is_none_or(|name| name == id.own_name().as_str())
                    && !kept.contains(*id)
            });
            let id = match found {
                Some((id, _)) => id.clone(),
                None if self.unique_index(table, &wanted) => continue,
                None => {
                    let parts: Vec<&str> = std::iter::once(table.name.as_str())
                        .chain(wanted.columns.iter().map(Name::as_str))
                        .collect();
                    let joined = parts[1..].join("_");
                    let name = match &key.name {
                        Some(name) => Name::new(name),
                        None => {
                            let default = Name::new(choose_name(&[table.name.as_str(), &joined], "key"));
                            // A constraint that only changes keeps its name.
                            let same = ObjectId::part(Kind::Unique, table.clone(), default.clone());
                            if self.out.catalog.contains(&same) && !kept.contains(&same) {
                                default
                            } else {
                                self.free_relation_name(&table.schema, &[table.name.as_str(), &joined], "key")
                            }
                        }
                    };
                    let id = ObjectId::part(Kind::Unique, table.clone(), name);
                    self.out.catalog.insert(id.clone(), wanted);
                    id
                }
            };
            self.declare(&id, &span);
            kept.insert(id);
        }
        let unlisted: Vec<ObjectId> = self
            .out
            .catalog
            .parts(Kind::Unique, table)
            .map(|(id, _)| id.clone())
            .filter(|id| !kept.contains(id))
            .collect();
        for id in unlisted {
            self.out.catalog.remove_tree(&id);
        }
    }

    /// True if a unique index serves as the constraint.
    fn unique_index(&self, table: &QualName, wanted: &Unique) -> bool {
        self.out.catalog.of_kind(Kind::Index).any(|(_, object)| {
            matches!(object, Object::Index(index) if index.table == *table
                && index.unique
                && index.predicate.is_none()
                && index.nulls_not_distinct == wanted.nulls_not_distinct
                && index.plain_columns().as_ref() == Some(&wanted.columns))
        })
    }
}

/// The two flags as one word.
pub(super) fn deferrability(deferrable: bool, initially_deferred: bool) -> Deferrability {
    match (deferrable, initially_deferred) {
        (_, true) => Deferrability::InitiallyDeferred,
        (true, false) => Deferrability::InitiallyImmediate,
        (false, false) => Deferrability::NotDeferrable,
    }
}
