//! What a child alone refuses of a column or check that a parent is going to hand down, or has set on it: it is told so when
//! it has it.

use std::collections::BTreeSet;

use autogen_core::object::Column;
use autogen_core::object::check::CheckAlteration;
use autogen_core::{Alteration, Catalog, Kind, Object, ObjectId, Pair};

use crate::family::kept_parents;
use crate::origins::is_inherited;
use crate::plan::{Plan, Planned};

/// The columns that come with those of parents and are told something then: that they refuse NULL where the parents' do not, and
/// what is set on them.
pub(crate) fn told(plan: &Plan, pair: Pair<&Catalog>) -> BTreeSet<ObjectId> {
    let is_made = |id: &ObjectId| plan.actions.get(id).is_some_and(|planned| planned.create);
    let made = plan.actions.keys().filter(|id| id.kind == Kind::Column && is_made(id));
    made.filter(|id| {
        let above = above(id, pair);
        !above.is_empty()
            && above.iter().all(is_made)
            && (refuses_more(id, &above, pair) || has_settings(id, &above, pair))
    })
    .cloned()
    .collect()
}

/// The columns that stay, or come, above one in tables that its own stays below.
fn above(id: &ObjectId, pair: Pair<&Catalog>) -> Vec<ObjectId> {
    let all = kept_parents(&id.name, pair).into_iter().map(|parent| ObjectId { name: parent, ..id.clone() });
    all.filter(|above| pair.after.contains(above)).collect()
}

fn refuses_more(id: &ObjectId, above: &[ObjectId], pair: Pair<&Catalog>) -> bool {
    let refuses = |id: &ObjectId| column(id, pair.after).is_some_and(|column| column.not_null);
    refuses(id) && !above.iter().any(refuses)
}

/// What comes with a parent's has its compression, and nothing else that can be set.
fn has_settings(id: &ObjectId, above: &[ObjectId], pair: Pair<&Catalog>) -> bool {
    let Some(own) = column(id, pair.after) else { return false };
    let is_other =
        |above| column(above, pair.after).is_some_and(|above| above.compression != own.compression);
    own.storage.is_some() || own.statistics.is_some() || !own.options.is_empty() || above.iter().any(is_other)
}

fn column<'a>(id: &ObjectId, catalog: &'a Catalog) -> Option<&'a Column> {
    match catalog.get(id) {
        Some(Object::Column(column)) => Some(column),
        _ => None,
    }
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
