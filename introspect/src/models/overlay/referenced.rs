//! What foreign keys refer to: Postgres wants a key over just those columns. A model that takes the key away, or refers to
//! columns that never had one, is told here and not by the server in the middle of a migration.

use autogen_core::object::{ForeignKey, Index};
use autogen_core::{Diagnostic, Kind, Name, Object, ObjectId, QualName};

use super::Builder;
use super::listed::Listed;

impl Builder<'_> {
    pub(super) fn keys_behind_references(&mut self) {
        let catalog = &self.out.catalog;
        let keyless: Vec<(ObjectId, ForeignKey)> = catalog
            .of_kind(Kind::ForeignKey)
            .filter_map(|(id, object)| match object {
                Object::ForeignKey(key) if !key.inherited => Some((id, key)),
                _ => None,
            })
            .filter(|(_, key)| {
                let has = |column: &Name| catalog.contains(&ObjectId::column(&key.parent, column));
                key.parent_columns.iter().all(has) && !self.is_key(&key.parent, &key.parent_columns)
            })
            .map(|(id, key)| (id.clone(), key.clone()))
            .collect();
        for (id, key) in keyless {
            let columns = key.parent_columns.iter().map(Name::as_str).collect::<Vec<_>>().join(", ");
            let message = format!("{id} refers to {} ({columns}), which are no key of it", key.parent);
            let help = format!(
                "give {} unique({columns}) or the primary key over them, or let the foreign key refer to its key",
                key.parent
            );
            let mut error = Diagnostic::error("no-key", message).help(help);
            let parent = self.tables.iter().find(|(table, _)| *table == key.parent);
            let parent = parent.map(|(_, model)| match &model.attribute.primary_key {
                Some(said) => said.span.clone(),
                None => model.span.clone(),
            });
            if let Some(span) = self.out.sources.get(&id).cloned().or(parent) {
                error = error.at(span);
            }
            self.report(error);
        }
    }

    /// True if the columns, in any order, are what a primary key, unique constraint or unique index is over.
    fn is_key(&self, table: &QualName, columns: &[Name]) -> bool {
        let set = |columns: &[Name]| {
            let mut columns = columns.to_vec();
            columns.sort();
            columns
        };
        let wanted = set(columns);
        let constraint = |kind| {
            self.out.catalog.parts(kind, table).any(|(_, object)| match object {
                Object::PrimaryKey(key) => set(&key.columns) == wanted,
                Object::Unique(key) => set(&key.columns) == wanted,
                _ => false,
            })
        };
        constraint(Kind::PrimaryKey)
            || constraint(Kind::Unique)
            || Index::present(self, table).iter().any(|(_, index)| {
                index.unique
                    && index.predicate.is_none()
                    && index.plain_columns().is_some_and(|columns| set(&columns) == wanted)
            })
    }
}
