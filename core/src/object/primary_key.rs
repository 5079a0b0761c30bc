//! Primary keys (`pg_constraint` with `contype = 'p'`).


use serde::{Deserialize, Serialize};

use crate::object::{Deferrability, Never, ObjectKind};
use crate::{Catalog, Name, ObjectId, Renames, Options};

/// A primary key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrimaryKey {
    /// The key columns, in order.
    pub columns: Vec<Name>,
    /// `INCLUDE` columns.
    pub include: Vec<Name>,
    /// When it is checked.
    pub deferrability: Deferrability,
    /// Storage parameters of its index.
    pub options: Options,
    /// The tablespace of its index.
    pub tablespace: Option<Name>,
    /// `WITHOUT OVERLAPS` on the last column (18 and later).
    pub without_overlaps: bool,
    /// True where it came with the partitioned table's.
    pub inherited: bool,
}

impl ObjectKind for PrimaryKey {
    type Alteration = Never;

    fn container(&self, id: &ObjectId) -> Option<ObjectId> {
        Some(ObjectId::table(&id.name))
    }

    fn references(&self, id: &ObjectId, _: &Catalog) -> Vec<ObjectId> {
        self.columns.iter().chain(&self.include).map(|column| ObjectId::column(&id.name, column)).collect()
    }

    fn rename(&mut self, id: &ObjectId, renames: &Renames) {
        renames.columns(&id.name, &mut self.columns);
        renames.columns(&id.name, &mut self.include);
    }

    fn apply(&mut self, alteration: &Never) {
        match *alteration {}
    }
}
