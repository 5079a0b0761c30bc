//! Checks of tables (`pg_constraint` with `contype = 'c'`).

use serde::{Deserialize, Serialize};

use crate::object::ObjectKind;
use crate::object::column::Origin;
use crate::{Catalog, Expression, Name, ObjectId, Renames};

/// A check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// The condition.
    pub expression: Expression,
    /// The columns it reads.
    pub columns: Vec<Name>,
    /// `NO INHERIT`.
    pub no_inherit: bool,
    /// False for `NOT VALID`.
    pub validated: bool,
    /// False for `NOT ENFORCED` (18 and later).
    pub enforced: bool,
    /// Whether the table itself defines it.
    pub origin: Origin,
}

/// Changes in place.
#[derive(Clone, Debug, PartialEq)]
pub enum CheckAlteration {
    /// `VALIDATE CONSTRAINT`.
    Validate,
    /// Follows from `INHERIT` and `NO INHERIT`; no statement of its own.
    Origin(Origin),
}

impl ObjectKind for Check {
    type Alteration = CheckAlteration;

    fn container(&self, id: &ObjectId) -> Option<ObjectId> {
        Some(ObjectId::table(&id.name))
    }

    fn references(&self, id: &ObjectId, _: &Catalog) -> Vec<ObjectId> {
        self.columns.iter().map(|column| ObjectId::column(&id.name, column)).collect()
    }

    fn rename(&mut self, id: &ObjectId, renames: &Renames) {
        renames.columns(&id.name, &mut self.columns);
        self.columns.sort();
        self.expression = renames.expression(Some(&id.name), &self.expression);
    }

    fn apply(&mut self, alteration: &CheckAlteration) {
        match alteration {
            CheckAlteration::Validate => self.validated = true,
            CheckAlteration::Origin(origin) => self.origin = *origin,
        }
    }
}
