//! Tables: which model meets which relation, and what an attribute says of the table as such.

use autogen_core::object::Table;
use autogen_core::object::table::Persistence;
use autogen_core::{Diagnostic, Expression, Kind, Name, Object, ObjectId, QualName};

use super::super::TableModel;
use super::super::grammar::{Managed, PartitionMethod};
use super::{Builder, FromModels};

impl FromModels for Table {
    fn lay(builder: &mut Builder<'_>) {
        let models = builder.models;
        for model in &models.tables {
            builder.table(model);
        }
    }
}

impl<'a> Builder<'a> {
    fn table(&mut self, model: &'a TableModel) {
        if model.attribute.ignore.is_some() || model.attribute.view.is_some() {
            return;
        }
        let name = self.table_name(model);
        let id = ObjectId::table(&name);
        let is_view = [Kind::View, Kind::MaterializedView]
            .into_iter()
            .any(|kind| self.live.contains(&ObjectId::new(kind, name.clone())));
        let declared_view = model
            .declared
            .is_some_and(|at| self.models.schema_tables.get(at).is_some_and(|table| table.is_view));
        let is_extensions = self.live.extension_owned.contains(&id);
        if is_view || declared_view || is_extensions {
            return;
        }
        let exists = self.live.contains(&id);
        let only_implied = model.aside || (model.implicit_name && !model.is_inserted());
        if !exists && (only_implied || (model.structs.is_empty() && !self.is_schema_file(model))) {
            return;
        }
        self.declare(&id, &model.span);
        self.bound.insert(id.clone());
        if !exists {
            if model.columns.is_empty() {
                return;
            }
            self.out.catalog.insert(id.clone(), Table::default());
        }
        // A table that is renamed into a schema wants that too.
        self.ensure_schema(&name.schema);
        self.table_properties(&id, model);
        self.tables.push((name, model));
    }

    /// A `table!` without a struct is a wish only among its like: code also declares the temporary tables that it
    /// makes for itself, and does so away from the schema.
    fn is_schema_file(&self, model: &TableModel) -> bool {
        self.models.tables.iter().any(|other| {
            let declared = other.declared.and_then(|at| self.models.schema_tables.get(at));
            declared.is_some_and(|table| table.span.file == model.span.file)
                && (!other.structs.is_empty()
                    || self.live.contains(&ObjectId::table(&self.table_name(other))))
        })
    }

    /// The relation that a model is about.
    pub(super) fn table_name(&self, model: &TableModel) -> QualName {
        let schema =
            model.attribute.schema.as_ref().map(|said| said.value.as_str()).or(model.schema.as_deref());
        self.qualified(schema, &model.name)
    }

    fn table_properties(&mut self, id: &ObjectId, model: &TableModel) {
        let attribute = &model.attribute;
        let Some(Object::Table(table)) = self.out.catalog.get_mut(id) else { return };
        if attribute.unlogged.is_some() {
            table.persistence = Persistence::Unlogged;
        } else if is_full(model) {
            table.persistence = Persistence::Permanent;
        }
        if let Some(with) = &attribute.with {
            table.options = with.value.iter().cloned().collect();
        }
        if let Some(tablespace) = &attribute.tablespace {
            table.tablespace = Some(Name::new(&tablespace.value));
        }
        if let Some(rls) = &attribute.rls {
            table.row_security = true;
            table.force_row_security = rls.value.force;
        }
        if let Some(partition) = &attribute.partition_by {
            let method = match partition.value.0 {
                PartitionMethod::Range => "RANGE",
                PartitionMethod::List => "LIST",
                PartitionMethod::Hash => "HASH",
            };
            let key = Expression::new(format!("{method} ({})", partition.value.1));
            if self.live.contains(id) {
                let known = matches!(self.live.get(id), Some(Object::Table(live)) if live.partition_key.as_ref() == Some(&key));
                if !known {
                    self.out.diagnostics.push(
                        Diagnostic::note(
                            "partition-key",
                            format!("the partition key of {id} is not compared; it cannot change in place"),
                        )
                        .at(partition.span.clone()),
                    );
                }
            } else {
                table.partition_key = Some(key);
            }
        }
    }
}

/// True if the declaration is the whole truth of the table.
pub(super) fn is_full(model: &TableModel) -> bool {
    model.attribute.managed.as_ref().is_some_and(|said| said.value == Managed::Full)
}
