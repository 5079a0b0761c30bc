//! Triggers (`pg_trigger`), defined by the server's own text.

use serde::{Deserialize, Serialize};

use crate::object::ObjectKind;
use crate::{Catalog, Expression, ObjectId, Renames};

/// A trigger of a table or view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trigger {
    /// The complete `CREATE` statement (`pg_get_triggerdef`).
    pub definition: Expression,
    /// When it fires.
    pub enabled: Firing,
}

/// In which replication role a trigger or rule fires (`tgenabled`, `ev_enabled`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Firing {
    /// In the origin and local roles.
    #[default]
    Origin,
    /// Never.
    Disabled,
    /// As a replica.
    Replica,
    /// Always.
    Always,
}

/// Changes in place.
#[derive(Clone, Debug, PartialEq)]
pub enum TriggerAlteration {
    /// `ENABLE`, `DISABLE` and their forms.
    Enabled(Firing),
}

impl ObjectKind for Trigger {
    type Alteration = TriggerAlteration;

    fn container(&self, id: &ObjectId) -> Option<ObjectId> {
        Some(ObjectId::table(&id.name))
    }

    fn references(&self, _: &ObjectId, _: &Catalog) -> Vec<ObjectId> {
        Vec::new()
    }

    fn rename(&mut self, id: &ObjectId, renames: &Renames) {
        self.definition = renames.expression(Some(&id.name), &self.definition);
    }

    fn apply(&mut self, alteration: &TriggerAlteration) {
        match alteration {
            TriggerAlteration::Enabled(enabled) => self.enabled = *enabled,
        }
    }
}
