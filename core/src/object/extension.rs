//! Extensions (`pg_extension`). What they contain is left out of the catalog.

use serde::{Deserialize, Serialize};

use crate::object::ObjectKind;
use crate::{Catalog, Name, ObjectId, Renames};

/// An installed extension.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extension {
    /// The schema its objects live in.
    pub schema: Name,
    /// Its version; compared only where both sides come from the same server.
    pub version: Option<String>,
    /// False if `SET SCHEMA` cannot move it (`extrelocatable`).
    #[serde(default = "super::true_unless_said", skip_serializing_if = "Clone::clone")]
    pub relocatable: bool,
}

/// Changes in place.
#[derive(Clone, Debug, PartialEq)]
pub enum ExtensionAlteration {
    /// `SET SCHEMA`.
    Schema(Name),
    /// `UPDATE TO`.
    Version(Option<String>),
}

impl ObjectKind for Extension {
    type Alteration = ExtensionAlteration;

    fn container(&self, _: &ObjectId) -> Option<ObjectId> {
        None
    }

    fn references(&self, _: &ObjectId, _: &Catalog) -> Vec<ObjectId> {
        vec![ObjectId::schema(&self.schema)]
    }

    fn rename(&mut self, _: &ObjectId, _: &Renames) {}

    fn apply(&mut self, alteration: &ExtensionAlteration) {
        match alteration {
            ExtensionAlteration::Schema(schema) => self.schema = schema.clone(),
            ExtensionAlteration::Version(version) => self.version.clone_from(version),
        }
    }
}
