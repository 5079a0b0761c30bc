//! The constraint behind a column's `NOT NULL`: an object of the catalog from 18 on (`pg_constraint` with `contype = 'n'`).

use serde::{Deserialize, Serialize};

use crate::object::choose_name;
use crate::{Name, ObjectId};

/// The first version with such constraints of tables (manual, "Release 18").
pub const NAMES_NOT_NULL: u32 = 180_000;

/// What such a constraint has that the server does not give it by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotNull {
    /// Its name, if it is not the one that Postgres would choose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// `NO INHERIT`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub no_inherit: bool,
}

impl NotNull {
    /// The name that Postgres chooses for a column's. Collisions are not looked at.
    pub fn chosen_name(column: &ObjectId) -> Name {
        Name::new(choose_name(&[column.name.name.as_str(), column.own_name().as_str()], "not_null"))
    }

    /// Nothing, if it is what the server gives by itself.
    pub fn if_special(self) -> Option<Box<Self>> {
        (self != Self::default()).then(|| Box::new(self))
    }
}
