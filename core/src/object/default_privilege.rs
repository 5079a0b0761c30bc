//! Default privileges (`pg_default_acl`) of one role for one class of objects and one grantee. Compared on request only.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::object::ObjectKind;
use crate::{Catalog, Name, ObjectId, Renames};

/// What one role gets on objects that another will create.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DefaultPrivilege {
    /// The role that creates.
    pub role: Name,
    /// The schema, or empty for all.
    pub schema: Name,
    /// `TABLES`, `SEQUENCES`, `FUNCTIONS`, `TYPES` or `SCHEMAS`.
    pub class: String,
    /// The role that gets; empty for `PUBLIC`.
    pub grantee: Name,
    /// Each privilege, true with grant option.
    pub granted: BTreeMap<String, bool>,
    /// What the role has when nobody says anything.
    pub by_default: BTreeMap<String, bool>,
}

/// Changes in place.
#[derive(Clone, Debug, PartialEq)]
pub enum DefaultPrivilegeAlteration {
    /// `GRANT` and `REVOKE`: all that is granted then.
    Granted(BTreeMap<String, bool>),
}

impl ObjectKind for DefaultPrivilege {
    type Alteration = DefaultPrivilegeAlteration;

    fn container(&self, _: &ObjectId) -> Option<ObjectId> {
        (!self.schema.is_empty()).then(|| ObjectId::schema(&self.schema))
    }

    fn references(&self, _: &ObjectId, _: &Catalog) -> Vec<ObjectId> {
        Vec::new()
    }

    fn rename(&mut self, _: &ObjectId, _: &Renames) {}

    fn apply(&mut self, alteration: &DefaultPrivilegeAlteration) {
        match alteration {
            DefaultPrivilegeAlteration::Granted(granted) => self.granted.clone_from(granted),
        }
    }
}
