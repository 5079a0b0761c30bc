//! Privileges on one object for one role (`relacl`, `attacl`, `proacl` …). Compared on request only. What the owner has
//! by default, and PUBLIC by the kind's default, is compared like any other entry: a catalog states both explicitly.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::object::ObjectKind;
use crate::{Catalog, Name, ObjectId, Renames};

/// What one role may do with one object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Privilege {
    /// The object, or a column of it.
    pub on: ObjectId,
    /// The role; empty for `PUBLIC`.
    pub grantee: Name,
    /// Each privilege (`SELECT`), true with grant option.
    pub granted: BTreeMap<String, bool>,
    /// What the role has when nobody grants or revokes anything.
    pub by_default: BTreeMap<String, bool>,
}

/// Changes in place.
#[derive(Clone, Debug, PartialEq)]
pub enum PrivilegeAlteration {
    /// `GRANT` and `REVOKE`: all that is granted then.
    Granted(BTreeMap<String, bool>),
}

impl Privilege {
    /// The id under which a privilege is kept in a catalog.
    pub fn id(on: &ObjectId, grantee: &Name) -> ObjectId {
        let target = crate::object::comment::Comment::id(on);
        let part = target.part.as_ref().map_or("", Name::as_str);
        ObjectId::part(crate::Kind::Privilege, on.name.clone(), format!("{part} to {}", grantee.as_str()))
    }
}

impl ObjectKind for Privilege {
    type Alteration = PrivilegeAlteration;

    fn container(&self, _: &ObjectId) -> Option<ObjectId> {
        Some(self.on.clone())
    }

    fn references(&self, _: &ObjectId, _: &Catalog) -> Vec<ObjectId> {
        vec![self.on.clone()]
    }

    fn rename(&mut self, _: &ObjectId, renames: &Renames) {
        self.on = renames.follow(&self.on);
    }

    fn apply(&mut self, alteration: &PrivilegeAlteration) {
        match alteration {
            PrivilegeAlteration::Granted(granted) => self.granted.clone_from(granted),
        }
    }
}
