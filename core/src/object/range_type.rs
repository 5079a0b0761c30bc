//! Range types (`pg_range`), each with its multirange.

use serde::{Deserialize, Serialize};

use crate::object::{Never, ObjectKind};
use crate::{Catalog, DataType, ObjectId, QualName, Renames};

/// A range type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RangeType {
    /// The type of its bounds.
    pub subtype: DataType,
    /// The operator class of the bounds, if not the default.
    pub opclass: Option<QualName>,
    /// The collation of the bounds, if not the default.
    pub collation: Option<QualName>,
    /// The canonical function.
    pub canonical: Option<QualName>,
    /// The difference function.
    pub subtype_diff: Option<QualName>,
    /// The multirange type (14 and later), which may live in another schema.
    pub multirange: Option<QualName>,
}

impl ObjectKind for RangeType {
    type Alteration = Never;

    fn container(&self, _: &ObjectId) -> Option<ObjectId> {
        None
    }

    fn references(&self, id: &ObjectId, catalog: &Catalog) -> Vec<ObjectId> {
        let schemas = self.multirange.iter().chain([&id.name]).map(|name| ObjectId::schema(&name.schema));
        schemas.chain(self.subtype.object(catalog)).collect()
    }

    fn rename(&mut self, _: &ObjectId, renames: &Renames) {
        self.subtype.rename(renames);
    }

    fn apply(&mut self, alteration: &Never) {
        match *alteration {}
    }
}
