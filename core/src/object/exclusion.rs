//! Exclusion constraints (`pg_constraint` with `contype = 'x'`).

use serde::{Deserialize, Serialize};

use crate::object::index::{IndexKey, IndexTarget};
use crate::object::{Deferrability, Never, ObjectKind};
use crate::{Catalog, Expression, Name, ObjectId, Options, Renames};

/// An exclusion constraint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exclusion {
    /// The index access method, such as `gist`.
    pub method: Name,
    /// Each key with its operator as SQL: `&&`, or `OPERATOR(schema.op)` outside `pg_catalog`.
    pub elements: Vec<(IndexKey, Expression)>,
    /// `INCLUDE` columns.
    pub include: Vec<Name>,
    /// `WHERE`.
    pub predicate: Option<Expression>,
    /// When it is checked.
    pub deferrability: Deferrability,
    /// Storage parameters of its index.
    pub options: Options,
    /// The tablespace of its index.
    pub tablespace: Option<Name>,
}

impl ObjectKind for Exclusion {
    type Alteration = Never;

    fn container(&self, id: &ObjectId) -> Option<ObjectId> {
        Some(ObjectId::table(&id.name))
    }

    fn references(&self, id: &ObjectId, _: &Catalog) -> Vec<ObjectId> {
        let keys = self.elements.iter().filter_map(|(key, _)| match &key.target {
            IndexTarget::Column(column) => Some(column),
            IndexTarget::Expression(_) => None,
        });
        keys.chain(&self.include).map(|column| ObjectId::column(&id.name, column)).collect()
    }

    fn rename(&mut self, id: &ObjectId, renames: &Renames) {
        for (key, _) in &mut self.elements {
            key.rename(&id.name, renames);
        }
        renames.columns(&id.name, &mut self.include);
        if let Some(predicate) = &mut self.predicate {
            *predicate = renames.expression(Some(&id.name), predicate);
        }
    }

    fn apply(&mut self, alteration: &Never) {
        match *alteration {}
    }
}
