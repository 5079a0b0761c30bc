//! Column defaults (`pg_attrdef`), without generation expressions. `DEFAULT NULL` is kept, for the catalog has it, but
//! is no difference to having none.

use serde::{Deserialize, Serialize};

use crate::object::{Kind, ObjectKind};
use crate::{Catalog, Expression, ObjectId, Renames};

/// The default of a column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Default {
    /// What is inserted.
    pub expression: Expression,
}

/// Changes in place.
#[derive(Clone, Debug, PartialEq)]
pub enum DefaultAlteration {
    /// `SET DEFAULT`.
    Expression(Expression),
}

impl ObjectKind for Default {
    type Alteration = DefaultAlteration;

    fn container(&self, id: &ObjectId) -> Option<ObjectId> {
        Some(ObjectId { kind: Kind::Column, ..id.clone() })
    }

    fn references(&self, _: &ObjectId, _: &Catalog) -> Vec<ObjectId> {
        Vec::new()
    }

    fn rename(&mut self, _: &ObjectId, renames: &Renames) {
        self.expression = renames.expression(None, &self.expression);
    }

    fn apply(&mut self, alteration: &DefaultAlteration) {
        match alteration {
            DefaultAlteration::Expression(expression) => self.expression = expression.clone(),
        }
    }
}

impl Default {
    /// See [`is_null`].
    pub fn is_null(&self) -> bool {
        is_null(self.expression.as_str())
    }
}

/// True for `NULL` with or without a cast, which is no default. The server puts every operator in parentheses, so a text
/// that begins with the cast is nothing but the cast.
pub fn is_null(expression: &str) -> bool {
    expression == "NULL" || expression.starts_with("NULL::")
}
