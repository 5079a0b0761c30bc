//! Checks and indexes that the server writes anew when a column of theirs gets another type, however small the change is (see
//! `autogen_core::array_cast`). Where a schema is to be met to the letter, they are made anew in the text that they are to have;
//! else nobody waits for that: both texts mean the same.

use autogen_core::Object;

use crate::family::is_retyping;
use crate::plan::Planned;

/// True for what is to have another text than a change of a column would leave it with.
pub(crate) fn must_yield(column: Option<&Planned>, wanted: Option<&Object>) -> bool {
    column.is_some_and(|planned| planned.alterations.iter().any(is_retyping))
        && wanted
            .filter(|wanted| matches!(wanted, Object::Check(_) | Object::Index(_)))
            .is_some_and(|wanted| wanted.expressions().iter().any(|expression| !expression.is_stable()))
}
