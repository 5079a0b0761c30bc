//! Tables: which model meets which relation, and what an attribute says of the table as such.

use autogen_core::object::Table;
use autogen_core::object::table::Persistence;
use autogen_core::{Kind, Name, Object, ObjectId, QualName};

use super::super::TableModel;
use super::super::grammar::Managed;
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
        let mut name = self.table_name(model);
        let mut id = ObjectId::table(&name);
        if let Some(own) = self.live.own_id(&id) {
            (id, name) = (own.clone(), own.name.clone());
        }
        for kind in [Kind::View, Kind::MaterializedView] {
            let view = ObjectId::new(kind, name.clone());
            if self.live.contains(&view) {
                return self.satisfied_by_view(&view, model);
            }
        }
        let declared_view = model
            .declared
            .is_some_and(|at| self.models.schema_tables.get(at).is_some_and(|table| table.is_view));
        if declared_view || self.live.extension_owned.contains(&id) {
            return;
        }
        let exists = self.live.contains(&id);
        let only_implied = model.aside || (model.implicit_name && !model.is_inserted());
        if !exists && (only_implied || (model.structs.is_empty() && !self.is_schema_file(model))) {
            return;
        }
        if !exists && model.structs.is_empty() {
            if self.is_given_up(&id) {
                return;
            }
            self.out.declared.insert(id.clone());
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
        let Some(Object::Table(live)) = self.out.catalog.get(id) else { return };
        let mut table = live.clone();
        if attribute.unlogged.is_some() {
            table.persistence = Persistence::Unlogged;
        } else if is_full(model) {
            table.persistence = Persistence::Permanent;
        }
        let full = is_full(model);
        match &attribute.with {
            Some(with) => table.options = with.value.iter().cloned().collect(),
            None if full => table.options = autogen_core::Options::new(),
            None => {}
        }
        match &attribute.tablespace {
            Some(said) => table.tablespace = tablespace(&said.value),
            None if full => table.tablespace = None,
            None => {}
        }
        match &attribute.rls {
            Some(rls) => {
                table.row_security = true;
                table.force_row_security = rls.value.force;
            }
            None if full => (table.row_security, table.force_row_security) = (false, false),
            None => {}
        }
        (table.partition_key, table.partition_of) = self.partitioning(id, model);
        self.out.catalog.update(id, table);
    }
}

/// True if the declaration is the whole truth of the table.
pub(super) fn is_full(model: &TableModel) -> bool {
    model.attribute.managed.as_ref().is_some_and(|said| said.value == Managed::Full)
}

/// A tablespace, if it is not the one that goes without saying.
pub(super) fn tablespace(name: &str) -> Option<Name> {
    (name != "pg_default").then(|| Name::new(name))
}
