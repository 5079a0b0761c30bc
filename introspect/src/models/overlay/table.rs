//! Tables: which model meets which relation, and what an attribute says of the table as such.

use autogen_core::object::table::Persistence;
use autogen_core::object::{Comment, Table};
use autogen_core::{Diagnostic, Expression, Kind, Name, Object, ObjectId, QualName};

use super::super::grammar::{Managed, PartitionMethod};
use super::super::{ColumnModel, TableModel};
use super::Builder;

impl Builder<'_> {
    pub(super) fn table(&mut self, model: &TableModel) {
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
        let only_implied = model.implicit_name && !model.is_inserted();
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
        for column in &model.columns {
            if is_renamed_away(model, column) {
                self.warn_of_old_name(column);
            } else {
                self.column(&name, model, column, exists);
            }
        }
        self.table_properties(&id, model);
        self.primary_key(&name, model, exists);
        self.uniques(&name, model);
        self.checks(&name, model);
        self.indexes(&name, model);
        self.exclusions(&name, model);
        self.attribute_drops(&name, model);
        if is_full(model) {
            self.drop_unlisted_columns(&name, model);
        }
    }

    fn warn_of_old_name(&mut self, column: &ColumnModel) {
        if column.field.is_some() {
            let message = format!(
                "this still has the old name, {}, of a renamed column",
                autogen_core::visible(&column.name)
            );
            let help = "rename it here too; it is taken for the same column";
            self.report(Diagnostic::warning("old-name", message).at(column.span.clone()).help(help));
        }
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

    fn ensure_schema(&mut self, schema: &Name) {
        let id = ObjectId::schema(schema);
        if !self.out.catalog.contains(&id) {
            self.out.catalog.insert(id, autogen_core::object::Schema {});
        }
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
        let comment = attribute.comment.as_ref().map(|said| said.value.clone());
        self.comment(id, comment, is_full(model));
    }

    /// Sets the comment on an object; nothing said is a claim only under full management.
    pub(super) fn comment(&mut self, on: &ObjectId, text: Option<String>, claimed: bool) {
        let id = Comment::id(on);
        match text.filter(|text| !text.is_empty()) {
            Some(text) => self.out.catalog.insert(id, Comment { on: on.clone(), text }),
            None if claimed => {
                self.out.catalog.remove(&id);
            }
            None => {}
        }
    }
}

/// True for an old name that was left behind: a field says that its column was called so, and the old name itself is
/// only in `table!` or where rows are written. One that is loaded under the old name is a new column.
fn is_renamed_away(model: &TableModel, column: &ColumnModel) -> bool {
    let was = |other: &ColumnModel| other.attribute.was.as_ref().is_some_and(|was| was.value == column.name);
    let loaded = || {
        let fields = model.structs.iter().flat_map(|one| &one.fields);
        fields.into_iter().any(|field| field.column == column.name && field.load.is_some())
    };
    model.columns.iter().any(was) && !loaded()
}

/// True if the declaration is the whole truth of the table.
pub(super) fn is_full(model: &TableModel) -> bool {
    model.attribute.managed.as_ref().is_some_and(|said| said.value == Managed::Full)
}
