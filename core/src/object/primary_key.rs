//! Primary keys (`pg_constraint` with `contype = 'p'`).

use serde::{Deserialize, Serialize};

use crate::object::{Deferrability, KeyAlteration, ObjectKind, choose_name, key};
use crate::{Catalog, Name, ObjectId, Options, QualName, Renames};

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
    /// The partitioned table's index that its own is attached to, where no constraint stands behind that.
    #[serde(default)]
    pub partition_of: Option<QualName>,
    /// False on a partitioned table of which a partition has no such key (`ALTER TABLE ONLY … ADD`; `pg_index.indisvalid`).
    #[serde(default = "super::true_unless_said", skip_serializing_if = "Clone::clone")]
    pub valid: bool,
}

impl ObjectKind for PrimaryKey {
    type Alteration = KeyAlteration;

    fn container(&self, id: &ObjectId) -> Option<ObjectId> {
        Some(ObjectId::table(&id.name))
    }

    fn references(&self, id: &ObjectId, _: &Catalog) -> Vec<ObjectId> {
        key::references(id, self.columns.iter().chain(&self.include), self.partition_of.as_ref())
    }

    fn rename(&mut self, id: &ObjectId, renames: &Renames) {
        key::rename(id, [&mut self.columns, &mut self.include], &mut self.partition_of, renames);
    }

    fn apply(&mut self, alteration: &KeyAlteration) {
        alteration.apply(&mut self.options, &mut self.tablespace, &mut self.partition_of);
    }
}

impl PrimaryKey {
    /// The name that the server gives one that was not named. Collisions are not looked at.
    pub fn chosen_name(table: &QualName) -> String {
        choose_name(&[table.name.as_str()], "pkey")
    }
}
