//! Domains (`pg_type` with `typtype = 'd'`) with their checks (`pg_constraint.contypid`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::object::{ObjectKind, choose_name};
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
    /// The name of the constraint that says so (17 and later), if it is not the one that Postgres would choose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_null_name: Option<Name>,
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
    /// `RENAME CONSTRAINT`, of a domain that stays NOT NULL (17 and later).
    NotNullName(Option<Name>),
    /// `SET` or `DROP DEFAULT`.
    Default(Option<Expression>),
    /// `DROP CONSTRAINT`.
    DropCheck(Name),
    /// `ADD CONSTRAINT`.
    AddCheck(Name, DomainCheck),
    /// `VALIDATE CONSTRAINT`.
    Validate(Name),
}

/// The first version whose domains have such constraints (`pg_constraint` with `contype = 'n'`; manual, "Release 17").
pub const NAMES_NOT_NULL: u32 = 170_000;

impl Domain {
    /// The name that Postgres chooses for the constraint behind NOT NULL. Collisions are not looked at.
    pub fn chosen_not_null_name(domain: &QualName) -> Name {
        Name::new(choose_name(&[domain.name.as_str()], "not_null"))
    }

    /// The name of that constraint.
    pub fn not_null_name(&self, domain: &QualName) -> Name {
        self.not_null_name.clone().unwrap_or_else(|| Self::chosen_not_null_name(domain))
    }

    /// Keeps it where the domain gets another.
    pub(crate) fn keep_not_null_name(&mut self, was: &QualName, is: &QualName) {
        if self.not_null {
            self.not_null_name =
                Some(self.not_null_name(was)).filter(|name| *name != Self::chosen_not_null_name(is));
        }
    }
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
            DomainAlteration::NotNullName(new) => self.not_null_name.clone_from(new),
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
