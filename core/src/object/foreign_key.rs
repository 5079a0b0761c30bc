//! Foreign keys (`pg_constraint` with `contype = 'f'`).

use serde::{Deserialize, Serialize};

use crate::object::{Deferrability, Kind, Object, ObjectKind};
use crate::{Catalog, Name, ObjectId, QualName, Renames};

/// A foreign key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForeignKey {
    /// The referencing columns.
    pub columns: Vec<Name>,
    /// The referenced table.
    pub parent: QualName,
    /// The referenced columns, as many.
    pub parent_columns: Vec<Name>,
    /// `ON UPDATE`.
    pub on_update: ReferentialAction,
    /// `ON DELETE`.
    pub on_delete: ReferentialAction,
    /// The columns of `ON DELETE SET NULL (…)` or `SET DEFAULT (…)` (15 and later); empty for all.
    pub set_columns: Vec<Name>,
    /// `MATCH FULL`.
    pub match_full: bool,
    /// When it is checked.
    pub deferrability: Deferrability,
    /// False for `NOT VALID`.
    pub validated: bool,
    /// False for `NOT ENFORCED` (18 and later).
    pub enforced: bool,
    /// True where it came with the partitioned table's.
    pub inherited: bool,
}

/// What happens to the referencing rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReferentialAction {
    /// An error, at the end of the statement or transaction.
    #[default]
    NoAction,
    /// An error at once.
    Restrict,
    /// They follow.
    Cascade,
    /// NULL.
    SetNull,
    /// Their defaults.
    SetDefault,
}

/// Changes in place.
#[derive(Clone, Debug, PartialEq)]
pub enum ForeignKeyAlteration {
    /// `ALTER CONSTRAINT … DEFERRABLE …`.
    Deferrability(Deferrability),
    /// `VALIDATE CONSTRAINT`.
    Validate,
}

impl ObjectKind for ForeignKey {
    type Alteration = ForeignKeyAlteration;

    fn container(&self, id: &ObjectId) -> Option<ObjectId> {
        Some(ObjectId::table(&id.name))
    }

    /// The columns of both sides, and the key or unique index of the parent that it needs.
    fn references(&self, id: &ObjectId, catalog: &Catalog) -> Vec<ObjectId> {
        let own = self.columns.iter().map(|column| ObjectId::column(&id.name, column));
        let parent = self.parent_columns.iter().map(|column| ObjectId::column(&self.parent, column));
        own.chain(parent)
            .chain(std::iter::once(ObjectId::table(&self.parent)))
            .chain(self.key(catalog))
            .collect()
    }

    fn rename(&mut self, id: &ObjectId, renames: &Renames) {
        renames.columns(&id.name, &mut self.columns);
        renames.columns(&id.name, &mut self.set_columns);
        renames.columns(&self.parent, &mut self.parent_columns);
        self.parent = renames.relation(&self.parent);
    }

    fn apply(&mut self, alteration: &ForeignKeyAlteration) {
        match alteration {
            ForeignKeyAlteration::Deferrability(deferrability) => self.deferrability = *deferrability,
            ForeignKeyAlteration::Validate => self.validated = true,
        }
    }
}

impl ForeignKey {
    /// True for a primary key, unique constraint or unique index of the parent that can serve this key.
    pub fn is_served_by(&self, id: &ObjectId, object: &Object) -> bool {
        let same = |columns: &[Name]| {
            columns.len() == self.parent_columns.len()
                && columns.iter().all(|c| self.parent_columns.contains(c))
        };
        match object {
            Object::PrimaryKey(key) => id.name == self.parent && same(&key.columns),
            Object::Unique(key) => id.name == self.parent && same(&key.columns),
            Object::Index(index) => {
                index.table == self.parent
                    && index.unique
                    && index.predicate.is_none()
                    && index.plain_columns().is_some_and(|columns| same(&columns))
            }
            _ => false,
        }
    }

    /// What serves this key. Where several would do, Postgres has chosen one, which `pg_depend` tells; without it, the first.
    fn key(&self, catalog: &Catalog) -> Option<ObjectId> {
        let kinds = [Kind::PrimaryKey, Kind::Unique].into_iter();
        let constraints = kinds.flat_map(|kind| catalog.parts(kind, &self.parent));
        // Only then, because these are looked for among those of all tables.
        let indexes = std::iter::once_with(|| catalog.of_kind(Kind::Index)).flatten();
        constraints
            .chain(indexes)
            .find(|(id, object)| self.is_served_by(id, object))
            .map(|(id, _)| id.clone())
    }
}
