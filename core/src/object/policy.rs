//! Row security policies (`pg_policy`).

use serde::{Deserialize, Serialize};

use crate::object::ObjectKind;
use crate::{Catalog, Expression, Name, ObjectId, Renames};

/// A policy of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// False for `AS RESTRICTIVE`.
    pub permissive: bool,
    /// `ALL`, `SELECT`, `INSERT`, `UPDATE` or `DELETE`.
    pub command: PolicyCommand,
    /// The roles, sorted; empty for `PUBLIC`.
    pub roles: Vec<Name>,
    /// `USING`.
    pub using: Option<Expression>,
    /// `WITH CHECK`.
    pub check: Option<Expression>,
}

/// What a policy is for (`polcmd`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PolicyCommand {
    /// Everything.
    All,
    /// Reading.
    Select,
    /// Inserting.
    Insert,
    /// Updating.
    Update,
    /// Deleting.
    Delete,
}

/// Changes in place: `ALTER POLICY` can change these, but not take an expression away.
#[derive(Clone, Debug, PartialEq)]
pub enum PolicyAlteration {
    /// `TO …`.
    Roles(Vec<Name>),
    /// `USING (…)`.
    Using(Expression),
    /// `WITH CHECK (…)`.
    Check(Expression),
}

impl ObjectKind for Policy {
    type Alteration = PolicyAlteration;

    fn container(&self, id: &ObjectId) -> Option<ObjectId> {
        Some(ObjectId::table(&id.name))
    }

    fn references(&self, _: &ObjectId, _: &Catalog) -> Vec<ObjectId> {
        Vec::new()
    }

    fn rename(&mut self, id: &ObjectId, renames: &Renames) {
        for expression in [&mut self.using, &mut self.check].into_iter().flatten() {
            *expression = renames.expression(Some(&id.name), expression);
        }
    }

    fn apply(&mut self, alteration: &PolicyAlteration) {
        match alteration {
            PolicyAlteration::Roles(roles) => self.roles.clone_from(roles),
            PolicyAlteration::Using(using) => self.using = Some(using.clone()),
            PolicyAlteration::Check(check) => self.check = Some(check.clone()),
        }
    }
}
