//! Unique constraints (`pg_constraint` with `contype = 'u'`). Unique indexes without a constraint are indexes.

use serde::{Deserialize, Serialize};

use crate::object::{Deferrability, KeyAlteration, ObjectKind, choose_name, key};
use crate::{Catalog, Name, ObjectId, Options, QualName, Renames};

/// A unique constraint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unique {
    /// The key columns, in order.
    pub columns: Vec<Name>,
    /// `INCLUDE` columns.
    pub include: Vec<Name>,
    /// `NULLS NOT DISTINCT` (15 and later).
    pub nulls_not_distinct: bool,
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

impl ObjectKind for Unique {
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

impl Unique {
    /// The name that the server gives one that was not named. Collisions are not looked at.
    pub fn chosen_name(&self, table: &QualName) -> String {
        let columns = self.columns.iter().chain(&self.include).map(Name::as_str);
        choose_name(&std::iter::once(table.name.as_str()).chain(columns).collect::<Vec<_>>(), "key")
    }

    /// True for the constraint that a partition has because its table's parent has the other.
    pub(crate) fn is_part_of(&self, other: &Self) -> bool {
        self.columns == other.columns
            && self.include == other.include
            && self.nulls_not_distinct == other.nulls_not_distinct
            && self.deferrability == other.deferrability
    }
}
