//! Functions, procedures and aggregates (`pg_proc`), defined by the server's own text. The id's part is the list of
//! argument types, which tells overloads apart.

use serde::{Deserialize, Serialize};

use crate::object::{Defined, ObjectKind};
use crate::{Catalog, Expression, ObjectId, QualName, Renames};

/// A routine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Function {
    /// Which sort of routine.
    pub routine: Routine,
    /// The complete `CREATE` statement without the semicolon (`pg_get_functiondef`; assembled for aggregates).
    pub definition: Expression,
    /// What `CREATE OR REPLACE` may not change: whether it is a window function, result type, names and modes of arguments, removed defaults.
    pub signature: String,
    /// The arguments as `pg_get_function_identity_arguments` prints them; part of `DROP` and `COMMENT`.
    pub identity_arguments: String,
    /// The base type that it reads or writes values of; the two come and go together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_type: Option<QualName>,
}

/// Sorts of routine (`prokind`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Routine {
    /// A function, window functions included.
    Function,
    /// A procedure.
    Procedure,
    /// An aggregate.
    Aggregate,
}

/// Changes in place.
#[derive(Clone, Debug, PartialEq)]
pub enum FunctionAlteration {
    /// `CREATE OR REPLACE`.
    Definition(Function),
}

impl ObjectKind for Function {
    type Alteration = FunctionAlteration;

    fn container(&self, _: &ObjectId) -> Option<ObjectId> {
        self.base_type.as_ref().map(Defined::shell)
    }

    fn references(&self, id: &ObjectId, _: &Catalog) -> Vec<ObjectId> {
        vec![ObjectId::schema(&id.name.schema)]
    }

    fn rename(&mut self, _: &ObjectId, renames: &Renames) {
        self.definition = renames.expression(None, &self.definition);
    }

    fn apply(&mut self, alteration: &FunctionAlteration) {
        match alteration {
            FunctionAlteration::Definition(function) => *self = function.clone(),
        }
    }
}
