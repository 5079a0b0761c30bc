//! Privileges on one object for one role (`relacl`, `attacl`, `proacl` …). Compared on request only. What the owner has
//! by default, and PUBLIC by the kind's default, is compared like any other entry: a catalog states both explicitly. The
//! owner's is known as such, whatever the role is called, because it passes on with the object.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::object::ObjectKind;
use crate::object::sequence::identity_column;
use crate::{Catalog, Name, ObjectId, Renames};

/// What one role may do with one object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Privilege {
    /// The object, or a column of it.
    pub on: ObjectId,
    /// The role; empty for `PUBLIC`.
    pub grantee: Name,
    /// True if that role owns the object.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_owner: bool,
    /// The role that granted it, if that is not the owner: somebody who had the grant option.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grantor: Option<Name>,
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
    /// The id under which what the owner grants a role is kept in a catalog.
    pub fn id(on: &ObjectId, grantee: &Name) -> ObjectId {
        Self::with_part(on, &format!("to {}", grantee.as_str()))
    }

    /// The id under which what the owner himself may do is kept.
    pub fn id_of_owner(on: &ObjectId) -> ObjectId {
        Self::with_part(on, "of its owner")
    }

    /// The id of a privilege as it is.
    pub fn own_id(&self) -> ObjectId {
        match &self.grantor {
            _ if self.is_owner => Self::id_of_owner(&self.on),
            None => Self::id(&self.on, &self.grantee),
            Some(grantor) => {
                let (grantee, grantor) = (self.grantee.as_str(), grantor.as_str());
                Self::with_part(&self.on, &format!("to {grantee} by {grantor}"))
            }
        }
    }

    fn with_part(on: &ObjectId, whom: &str) -> ObjectId {
        let target = crate::object::comment::Comment::id(on);
        let part = target.part.as_ref().map_or("", Name::as_str);
        ObjectId::part(crate::Kind::Privilege, on.name.clone(), format!("{part} {whom}"))
    }

    /// The whole that a privilege is on, where it is on a column, or on the sequence of one.
    pub fn whole(&self, catalog: &Catalog) -> ObjectId {
        let is_of_column = self.on.kind == crate::Kind::Column || identity_column(&self.on).is_some();
        if is_of_column { crate::object::relation_id(catalog, &self.on.name) } else { self.on.clone() }
    }
}

impl ObjectKind for Privilege {
    type Alteration = PrivilegeAlteration;

    fn container(&self, _: &ObjectId) -> Option<ObjectId> {
        Some(self.on.clone())
    }

    /// What was granted before the object went to another owner is the old one's, and what a role may not grant itself
    /// it cannot pass on.
    fn references(&self, _: &ObjectId, catalog: &Catalog) -> Vec<ObjectId> {
        let whole = self.whole(catalog);
        let mut all = vec![self.on.clone(), crate::object::Owner::id(&whole)];
        if let Some(grantor) = &self.grantor {
            all.extend([Self::id(&self.on, grantor), Self::id(&whole, grantor)]);
        }
        all
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
