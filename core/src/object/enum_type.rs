//! Enums (`pg_type` with `typtype = 'e'`, `pg_enum`).

use serde::{Deserialize, Serialize};

use crate::object::ObjectKind;
use crate::{Catalog, ObjectId, Renames};

/// An enum type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnumType {
    /// The labels in their sort order.
    pub labels: Vec<String>,
}

/// Changes in place.
#[derive(Clone, Debug, PartialEq)]
pub enum EnumTypeAlteration {
    /// `ADD VALUE label [BEFORE next]`; `None` puts it at the end.
    AddLabel {
        /// The new label.
        label: String,
        /// The label it stands before.
        before: Option<String>,
    },
    /// `RENAME VALUE`.
    RenameLabel {
        /// The old label.
        from: String,
        /// The new label.
        to: String,
    },
    /// Labels go or change order, which Postgres cannot do in place: the type is made anew and its columns converted.
    Rebuild(Vec<String>),
}

impl ObjectKind for EnumType {
    type Alteration = EnumTypeAlteration;

    fn container(&self, _: &ObjectId) -> Option<ObjectId> {
        None
    }

    fn references(&self, id: &ObjectId, _: &Catalog) -> Vec<ObjectId> {
        vec![ObjectId::schema(&id.name.schema)]
    }

    /// Label renames are alterations, not renames of objects.
    fn rename(&mut self, _: &ObjectId, _: &Renames) {}

    fn apply(&mut self, alteration: &EnumTypeAlteration) {
        match alteration {
            EnumTypeAlteration::AddLabel { label, before } => {
                let end = self.labels.len();
                let at = before
                    .as_ref()
                    .and_then(|next| self.labels.iter().position(|l| l == next))
                    .unwrap_or(end);
                self.labels.insert(at, label.clone());
            }
            EnumTypeAlteration::RenameLabel { from, to } => {
                for label in self.labels.iter_mut().filter(|label| *label == from) {
                    label.clone_from(to);
                }
            }
            EnumTypeAlteration::Rebuild(labels) => self.labels.clone_from(labels),
        }
    }
}
