//! Extended statistics (`pg_statistic_ext`), defined by the server's own text.

use serde::{Deserialize, Serialize};

use crate::object::ObjectKind;
use crate::{Catalog, Expression, ObjectId, QualName, Renames};

/// An extended statistics object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statistics {
    /// The table it is about.
    pub table: QualName,
    /// The complete `CREATE` statement (`pg_get_statisticsobjdef`).
    pub definition: Expression,
    /// The statistics target, if set.
    pub target: Option<i32>,
}

/// Changes in place.
#[derive(Clone, Debug, PartialEq)]
pub enum StatisticsAlteration {
    /// `SET STATISTICS`.
    Target(Option<i32>),
}

impl ObjectKind for Statistics {
    type Alteration = StatisticsAlteration;

    fn container(&self, _: &ObjectId) -> Option<ObjectId> {
        Some(ObjectId::table(&self.table))
    }

    fn references(&self, id: &ObjectId, _: &Catalog) -> Vec<ObjectId> {
        vec![ObjectId::schema(&id.name.schema)]
    }

    fn rename(&mut self, _: &ObjectId, renames: &Renames) {
        self.definition = renames.expression(Some(&self.table), &self.definition);
        self.table = renames.relation(&self.table);
    }

    fn apply(&mut self, alteration: &StatisticsAlteration) {
        match alteration {
            StatisticsAlteration::Target(target) => self.target = *target,
        }
    }
}
