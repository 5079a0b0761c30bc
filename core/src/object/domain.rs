//! Domains (`pg_type` with `typtype = 'd'`) with their checks (`pg_constraint.contypid`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::object::ObjectKind;
use crate::{Catalog, DataType, Expression, Name, ObjectId, QualName, Renames};

/// A domain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Domain {
    /// The type it restricts.
    pub base: DataType,
    /// Its collation, if not the base type's.
    pub collation: Option<QualName>,
    /// `NOT NULL`.
    pub not_null: bool,
    /// `DEFAULT`.
    pub default: Option<Expression>,
    /// Its checks by name.
    pub checks: BTreeMap<Name, DomainCheck>,
}

/// A check of a domain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DomainCheck {
    /// The condition over `VALUE`.
    pub expression: Expression,
    /// False for `NOT VALID`.
    pub validated: bool,
}

/// Changes in place.
#[derive(Clone, Debug, PartialEq)]
pub enum DomainAlteration {
    /// `SET` or `DROP NOT NULL`.
    NotNull(bool),
    /// `SET` or `DROP DEFAULT`.
    Default(Option<Expression>),
    /// `DROP CONSTRAINT`.
    DropCheck(Name),
    /// `ADD CONSTRAINT`.
    AddCheck(Name, DomainCheck),
    /// `VALIDATE CONSTRAINT`.
    Validate(Name),
}

impl ObjectKind for Domain {
    type Alteration = DomainAlteration;

    fn container(&self, _: &ObjectId) -> Option<ObjectId> {
        None
    }

    fn references(&self, id: &ObjectId, catalog: &Catalog) -> Vec<ObjectId> {
        std::iter::once(ObjectId::schema(&id.name.schema)).chain(self.base.object(catalog)).collect()
    }

    fn rename(&mut self, _: &ObjectId, renames: &Renames) {
        self.base.rename(renames);
        if let Some(default) = &mut self.default {
            *default = renames.expression(None, default);
        }
    }

    fn apply(&mut self, alteration: &DomainAlteration) {
        match alteration {
            DomainAlteration::NotNull(not_null) => self.not_null = *not_null,
            DomainAlteration::Default(default) => self.default.clone_from(default),
            DomainAlteration::DropCheck(name) => {
                self.checks.remove(name);
            }
            DomainAlteration::AddCheck(name, check) => {
                self.checks.insert(name.clone(), check.clone());
            }
            DomainAlteration::Validate(name) => {
                if let Some(check) = self.checks.get_mut(name) {
                    check.validated = true;
                }
            }
        }
    }
}
