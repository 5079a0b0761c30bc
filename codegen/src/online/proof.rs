//! A check that stands in for what the server could otherwise only see by going through all rows under a lock: it is added
//! for new rows, validated while others work, and goes again when it has been the proof.

use autogen_core::{Lock, ObjectId};

use crate::context::Sheet;
use crate::object::constraint;
use crate::script::{Pace, Statement};
use crate::sql::Sql;

/// The check.
pub(super) struct Proof {
    pub(super) check: ObjectId,
    pub(super) condition: Sql,
    /// `NO INHERIT`.
    pub(super) no_inherit: bool,
}

impl Proof {
    /// Adds it, for rows that come from now on: they must do what `rows` says.
    pub(super) fn add<'a>(&self, rows: &str, sheet: &'a mut Sheet) -> &'a mut Statement {
        let statement = sheet.push(self.unchecked()).lock(Lock::AccessExclusive).follows();
        statement.note(&format!("new rows must {rows} from now on; the check goes again below"))
    }

    /// Takes it away; `what` is what it stood in for.
    pub(super) fn remove(&self, what: &str, sheet: &mut Sheet) {
        let statement = sheet.push(constraint::drops(&self.check)).lock(Lock::AccessExclusive).follows();
        let undo = statement.undo(self.unchecked()).lock(Lock::AccessExclusive).pace(Pace::Brief);
        undo.note(&format!("Back to where a check stood in for {what}"));
    }

    fn unchecked(&self) -> Sql {
        let check = Sql::new("CHECK").parens([self.condition.clone()]).kw_if(self.no_inherit, "NO INHERIT");
        constraint::adds(&self.check, check.kw("NOT VALID"))
    }
}
