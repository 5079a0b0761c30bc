//! Primary keys: the attribute's are compared, those of structs and `table!` are for new tables (rule 6).

use std::collections::BTreeSet;

use autogen_core::object::{Column, PrimaryKey};
use autogen_core::{Diagnostic, Kind, Name, Object, ObjectId, QualName};

use super::super::grammar::KeyAttr;
use super::super::{KeyOrigin, TableModel};
use super::listed::deferrability;
use super::table::is_full;
use super::{Builder, FromModels};

impl FromModels for PrimaryKey {
    fn lay(builder: &mut Builder<'_>) {
        for (table, model) in builder.tables.clone() {
            let exists = builder.live.contains(&ObjectId::table(&table));
            let is_partition = matches!(builder.out.catalog.get(&ObjectId::table(&table)),
                Some(Object::Table(table)) if table.partition_of.is_some());
            let is_said = matches!(&model.primary_key, Some(key) if key.origin == KeyOrigin::Attribute);
            // A partition has its parent's key.
            if !is_partition || is_said {
                builder.primary_key(&table, model, exists);
            }
        }
    }
}

impl Builder<'_> {
    fn primary_key(&mut self, table: &QualName, model: &TableModel, table_exists: bool) {
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
        if names.is_empty() {
            // `primary_key()` wants none.
            if let Some((id, _)) = live {
                self.out.catalog.remove_tree(&id);
            }
            return;
        }
        let existing: Vec<String> =
            names.into_iter().filter(|name| said.is_some() || model.column_named(name).is_some()).collect();
        let Some(columns) =
            self.columns_named(table, model, &existing, &span).filter(|columns| !columns.is_empty())
        else {
            return;
        };
        for column in &columns {
            let id = ObjectId::column(table, column);
            if let Some(Object::Column(Column { not_null: false, .. })) = self.out.catalog.get(&id)
                && let Some(Object::Column(column)) = self.out.catalog.get_mut(&id)
            {
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
            partition_of: None,
            valid: true,
        };
        if let Some((id, Object::PrimaryKey(live))) = &live {
            if live.inherited {
                return;
            }
            let same = live.columns == wanted.columns
                && live.include == wanted.include
                && live.deferrability == wanted.deferrability;
            let name = key.name.as_deref().unwrap_or(id.own_name().as_str());
            if same {
                let now = ObjectId::part(Kind::PrimaryKey, table.clone(), Name::new(name));
                if now != *id {
                    self.rename_late(id, &now);
                }
                return self.declare(&now, &span);
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
}
