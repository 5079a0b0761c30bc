//! `SET NOT NULL` without a look at the rows under its lock: a check that says the same is added and validated first,
//! which the server takes for a proof (manual, "ALTER TABLE", SET NOT NULL), and goes again.

use autogen_core::object::choose_name;
use autogen_core::{HazardKind, Kind, Lock, Name, Object, ObjectId};

use super::proof::Proof;
use super::validate;
use crate::context::{Context, Sheet};
use crate::object::shared::alter_column;
use crate::object::{column, constraint};
use crate::script::Pace;
use crate::sql::Sql;

/// Whether the change is the column's NOT NULL, or the column itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Column {
    Old,
    New,
}

/// Writes the steps. Returns the place of the one that fails if a row has nothing.
pub(crate) fn steps(id: &ObjectId, column: Column, context: &Context<'_>, sheet: &mut Sheet) -> usize {
    let check = ObjectId::part(Kind::Check, id.name.clone(), check_name(id, context));
    let condition = Sql::empty().ident(id.own_name()).kw("IS NOT NULL");
    let no_inherit =
        matches!(context.after().get(id), Some(Object::Column(column)) if !column.hands_down_not_null());
    let proof = Proof { check: check.clone(), condition, no_inherit };

    let statement = proof.add(&format!("have {}", id.own_name()), sheet);
    statement.undo(constraint::drops(&check)).lock(Lock::AccessExclusive).pace(Pace::Brief).is_free();

    let validates = sheet.statements.len();
    let statement = validate::validate(&check, context, sheet);
    if context.has_rows(&id.name) {
        statement.hazard(HazardKind::FullScan, format!("all rows of {} are read", id.name));
    }

    let statement = sheet.push(column::not_null::set(id, context));
    statement.lock(Lock::AccessExclusive).follows().note("the check is the proof, so no row is looked at");
    // What a child has of its own under the name is not the new column's.
    let is_own = |child| context.before().contains(&ObjectId::column(child, id.own_name()));
    let alone = column == Column::New && context.plan.children(&id.name, context.at).any(is_own);
    let undo = statement.undo(match alone {
        true => column::not_null::drop_alone(id, context),
        false => alter_column(&id.name, id.own_name()).kw("DROP NOT NULL"),
    });
    undo.lock(Lock::AccessExclusive).pace(Pace::Brief);
    if column == Column::Old {
        // Of a child's column the way back may only speak as the parent's.
        undo.stands_in();
        statement.is_main();
    }
    proof.remove(&format!("NOT NULL of {}.{}", id.name, id.own_name()), sheet);
    validates
}

/// A name that nothing on the table has.
fn check_name(id: &ObjectId, context: &Context<'_>) -> Name {
    let parts = [id.name.name.as_str(), id.own_name().as_str()];
    let mut number = 0_u32;
    loop {
        let suffix =
            if number == 0 { "not_null_check".to_owned() } else { format!("not_null_check{number}") };
        let name = Name::new(choose_name(&parts, &suffix));
        if !column::not_null::is_held(&name, id, context) {
            return name;
        }
        number += 1;
    }
}
