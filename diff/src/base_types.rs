//! Base types, which no function of theirs can leave: where one is made anew, so is the type.

use autogen_core::object::{Defined, DefinedKind};
use autogen_core::{Catalog, Kind, ObjectId, Pair};

use crate::plan::Plan;

/// Makes those anew with everything that is theirs.
pub(crate) fn renew(plan: &mut Plan, pair: Pair<&Catalog>) {
    let is_renewed = |id: &ObjectId| {
        let function = plan.actions.get(id).filter(|_| id.kind == Kind::Function);
        function.is_some_and(|planned| planned.drop && planned.create)
    };
    let kept = pair.before.of_kind(Kind::Defined(DefinedKind::BaseType));
    let kept = kept.map(|(id, _)| id).filter(|id| pair.after.contains(id));
    let bereft =
        kept.filter_map(|id| Some((id, pair.before.uses(id).find(|used| is_renewed(used))?.clone())));
    let bereft: Vec<(ObjectId, ObjectId)> =
        bereft.map(|(id, function)| (Defined::shell(&id.name), function)).collect();
    for (shell, function) in bereft {
        plan.actions.entry(shell).or_default().give_way(function);
    }
}
