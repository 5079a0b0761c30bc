//! Who owns an object (`relowner`, `typowner`, `proowner` …); an object of its own, so that no kind has to think of it.
//! Compared on request only. What has none here is owned by whoever makes it, and nobody says more; extensions, casts,
//! transforms and the like have no owner that could be altered.

use serde::{Deserialize, Serialize};

use crate::object::ObjectKind;
use crate::{Catalog, Kind, Name, ObjectId, Renames};

/// The owner of one object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// The object.
    pub on: ObjectId,
    /// The role.
    pub role: Name,
}

/// Changes in place.
#[derive(Clone, Debug, PartialEq)]
pub enum OwnerAlteration {
    /// `ALTER … OWNER TO`.
    Role(Name),
}

impl Owner {
    /// The id under which the owner of an object is kept in a catalog.
    pub fn id(on: &ObjectId) -> ObjectId {
        ObjectId { kind: Kind::Owner, ..crate::object::Comment::id(on) }
    }
}

impl ObjectKind for Owner {
    type Alteration = OwnerAlteration;

    fn container(&self, _: &ObjectId) -> Option<ObjectId> {
        Some(self.on.clone())
    }

    fn references(&self, _: &ObjectId, _: &Catalog) -> Vec<ObjectId> {
        vec![self.on.clone()]
    }

    fn rename(&mut self, _: &ObjectId, renames: &Renames) {
        self.on = renames.follow(&self.on);
    }

    fn apply(&mut self, alteration: &OwnerAlteration) {
        match alteration {
            OwnerAlteration::Role(role) => self.role.clone_from(role),
        }
    }
}
