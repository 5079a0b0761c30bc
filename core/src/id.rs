//! What identifies an object: the shape of `pg_depend`'s class, object and sub-object, with names for oids.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Kind, Name, QualName};

/// The identity of a schema object.
///
/// `name` is the object itself, or the relation that it belongs to; `part` names the piece inside (a column, a
/// constraint, a trigger, a policy) or tells functions of one name apart by their argument types, see
/// [`Kind::has_signature`].
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ObjectId {
    /// The kind of object.
    pub kind: Kind,
    /// Its qualified name, or that of the relation it is a part of.
    pub name: QualName,
    /// The sub-object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<Name>,
}

impl ObjectId {
    /// An object with a name of its own.
    pub fn new(kind: Kind, name: QualName) -> Self {
        Self { kind, name, part: None }
    }

    /// A piece of a relation.
    pub fn part(kind: Kind, name: QualName, part: impl Into<Name>) -> Self {
        Self { kind, name, part: Some(part.into()) }
    }

    /// A table.
    pub fn table(name: &QualName) -> Self {
        Self::new(Kind::Table, name.clone())
    }

    /// A column of a table.
    pub fn column(table: &QualName, column: &Name) -> Self {
        Self::part(Kind::Column, table.clone(), column.clone())
    }

    /// A schema.
    pub fn schema(name: &Name) -> Self {
        Self::new(Kind::Schema, QualName::global(name.clone()))
    }

    /// The name that people use for the thing itself: the part if there is one.
    pub fn own_name(&self) -> &Name {
        self.part.as_ref().unwrap_or(&self.name.name)
    }
}

impl fmt::Debug for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// For people: `column users.email`, `index users_email_idx`.
impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.name)?;
        match (&self.part, self.kind) {
            (Some(part), kind) if kind.has_signature() => write!(f, "({part})"),
            (Some(part), _) => write!(f, ".{part}"),
            (None, _) => Ok(()),
        }
    }
}
