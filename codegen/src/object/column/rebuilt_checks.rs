//! Checks of children that a change of a parent's column leaves behind unproved. The server makes the parent's check anew with
//! the column, for the children too, and as `NOT VALID` if the parent's is, although a child that was made after it has it as a
//! valid one (`ATPostAlterTypeCleanup` in tablecmds.c). Those are proved again.

use autogen_core::{Kind, Object, ObjectId};

use crate::context::{Context, Sheet};
use crate::object::constraint;

/// To be called once the column has its new type.
pub(crate) fn restore(column: &ObjectId, context: &Context<'_>, sheet: &mut Sheet) {
    let before = context.before();
    for (check, object) in before.parts(Kind::Check, &column.name) {
        let is_unproved = matches!(object, Object::Check(check) if !check.validated && !check.no_inherit);
        if is_unproved
            && !context.plan.drops_before(check, context.at)
            && before.depends_on(check).contains(column)
        {
            below(check, context, sheet);
        }
    }
}

fn below(check: &ObjectId, context: &Context<'_>, sheet: &mut Sheet) {
    let is_proved = |object: Option<&Object>| matches!(object, Some(Object::Check(check)) if check.validated);
    for child in context.plan.children(&check.name, context.at) {
        let own = ObjectId { name: child.clone(), ..check.clone() };
        let stays = is_proved(context.before().get(&own)) && is_proved(context.after().get(&own));
        if stays && !context.plan.drops_before(&own, context.at) {
            constraint::validate(&own, sheet);
        }
        below(&own, context, sheet);
    }
}
