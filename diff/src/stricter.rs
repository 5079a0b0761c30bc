//! What a child alone refuses of a column or check that a parent is going to hand down: it is told so when it has it.

use std::collections::BTreeSet;

use autogen_core::object::check::CheckAlteration;
use autogen_core::{Alteration, Catalog, Kind, Object, ObjectId, Pair};

use crate::family::kept_parents;
use crate::origins::is_inherited;
use crate::plan::{Plan, Planned};

/// True for a new column that a parent is going to hand down, and that refuses NULL where the parent does not.
pub(crate) fn is_stricter(id: &ObjectId, pair: Pair<&Catalog>) -> bool {
    !pair.before.contains(id) && refuses_more(id, pair)
}

/// The same of one that takes the place of the table's own.
pub(crate) fn refuses_more(id: &ObjectId, pair: Pair<&Catalog>) -> bool {
    let refuses =
        |id: &ObjectId| matches!(pair.after.get(id), Some(Object::Column(column)) if column.not_null);
    let above =
        kept_parents(&id.name, pair).into_iter().map(|parent| ObjectId { name: parent, ..id.clone() });
    let mut handed_down = above.filter(|above| pair.after.contains(above)).peekable();
    refuses(id)
        && handed_down.peek().is_some()
        && handed_down.all(|above| !pair.before.contains(&above) && !refuses(&above))
}

/// A child's check that is valid where that which a parent hands down is not, is validated when it is there, or there once
/// more.
pub(crate) fn validate_checks(plan: &mut Plan, pair: Pair<&Catalog>) {
    let made = plan.actions.iter().filter(|(id, planned)| id.kind == Kind::Check && planned.create);
    let made: BTreeSet<ObjectId> = made.map(|(id, _)| id.clone()).collect();
    let is_valid =
        |id: &ObjectId| matches!(pair.after.get(id), Some(Object::Check(check)) if check.validated);
    for (id, planned) in plan.actions.iter_mut().filter(|(id, _)| id.kind == Kind::Check) {
        let above =
            kept_parents(&id.name, pair).into_iter().map(|parent| ObjectId { name: parent, ..id.clone() });
        let mut handed_down = above.filter(|above| made.contains(above)).peekable();
        if made.contains(id)
            && is_inherited(id, pair.after)
            && is_valid(id)
            && handed_down.peek().is_some()
            && !handed_down.any(|id| is_valid(&id))
        {
            let alterations = vec![Alteration::Check(CheckAlteration::Validate)];
            *planned = Planned { alterations, ..Planned::default() };
        }
    }
}
