//! Schemas (`pg_namespace`). Owner and privileges are kinds of their own.

use serde::{Deserialize, Serialize};

use crate::object::{Never, ObjectKind};
use crate::{Catalog, ObjectId, Renames};

/// A schema; it has nothing but its name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schema {}

impl ObjectKind for Schema {
    type Alteration = Never;

    fn container(&self, _: &ObjectId) -> Option<ObjectId> {
        None
    }

    fn references(&self, _: &ObjectId, _: &Catalog) -> Vec<ObjectId> {
        Vec::new()
    }

    fn rename(&mut self, _: &ObjectId, _: &Renames) {}

    fn apply(&mut self, alteration: &Never) {
        match *alteration {}
    }
}
