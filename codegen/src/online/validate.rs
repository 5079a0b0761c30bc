//! Constraints that are added without a look at the rows, and validated in another transaction under a lock that lets
//! others read and write.

use autogen_core::{Lock, ObjectId};

use crate::context::{Context, Sheet};
use crate::object::constraint;
use crate::script::{Pace, Statement};
use crate::sql::Sql;

/// Adds a constraint in two steps, and returns the one that looks at the rows.
pub(crate) fn add<'a>(
    id: &ObjectId,
    definition: Sql,
    lock: Lock,
    context: &Context<'_>,
    sheet: &'a mut Sheet,
) -> &'a mut Statement {
    let statement = constraint::add(id, definition.kw("NOT VALID"), sheet).lock(lock);
    statement.note("new rows are checked from now on");
    if context.change.replaces {
        // The way back may leave the constraint alone, and then it has to be as valid as it was.
        let undo = statement.undo(constraint::validates(id)).lock(Lock::ShareUpdateExclusive);
        undo.pace(Pace::Brief).stands_in().note("The rows are checked, unless they have been");
    }
    validate(id, context, sheet)
}

/// Looks at the rows that are there.
pub(crate) fn validate<'a>(id: &ObjectId, context: &Context<'_>, sheet: &'a mut Sheet) -> &'a mut Statement {
    let statement = constraint::validate(id, sheet);
    if context.in_use(&id.name) {
        let note = format!("the rows of {} are checked while others work", id.name);
        statement.pace(Pace::Long).follows().note(&note);
    }
    statement
}
