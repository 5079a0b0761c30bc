//! Rewrite rules (`pg_rewrite`), but for those that make views; defined by the server's own text.

use serde::{Deserialize, Serialize};

use crate::object::ObjectKind;
use crate::object::trigger::Firing;
use crate::{Catalog, Expression, ObjectId, Renames};

/// A rule of a table or view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// The complete `CREATE` statement (`pg_get_ruledef`), without the semicolon.
    pub definition: Expression,
    /// When it fires.
    pub enabled: Firing,
}

/// Changes in place.
#[derive(Clone, Debug, PartialEq)]
pub enum RuleAlteration {
    /// `CREATE OR REPLACE RULE`.
    Definition(Expression),
    /// `ENABLE`, `DISABLE` and their forms.
    Enabled(Firing),
}

impl ObjectKind for Rule {
    type Alteration = RuleAlteration;

    fn container(&self, id: &ObjectId) -> Option<ObjectId> {
        Some(ObjectId::table(&id.name))
    }

    fn references(&self, _: &ObjectId, _: &Catalog) -> Vec<ObjectId> {
        Vec::new()
    }

    fn rename(&mut self, id: &ObjectId, renames: &Renames) {
        self.definition = renames.expression(Some(&id.name), &self.definition);
    }

    fn apply(&mut self, alteration: &RuleAlteration) {
        match alteration {
            RuleAlteration::Definition(definition) => self.definition = definition.clone(),
            RuleAlteration::Enabled(enabled) => self.enabled = *enabled,
        }
    }
}
