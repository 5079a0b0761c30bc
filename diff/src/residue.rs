//! The proof that the alterations found for an object lead to the wanted one. What a kind forgot to compare or to
//! alter shows here as an error instead of a silently wrong migration.

use autogen_core::{Catalog, Kind, Object, ObjectId, Pair};

use crate::Error;
use crate::compare::{Comparison, Context, compare};
use crate::family::with_ancestors;
use crate::plan::Plan;

pub(crate) fn check(pair: Pair<&Catalog>, plan: &Plan) -> Result<(), Error> {
    for (id, planned) in plan.actions.iter().filter(|(_, planned)| !planned.alterations.is_empty()) {
        let (Some(before), Some(after)) = (pair.before.get(id), pair.after.get(id)) else { continue };
        let mut result: Object = before.clone();
        let mut all = planned.handed_down.iter().chain(&planned.alterations);
        let applied = all.all(|alteration| result.apply(alteration));
        // Its type follows another object's change.
        if plan.typed.iter().any(|typed| typed.column == *id) {
            continue;
        }
        // By then it is what a parent that is made anew hands down.
        let goes = |above: &ObjectId| plan.actions.get(above).is_some_and(|planned| planned.drop);
        if id.kind == Kind::Check && with_ancestors(pair.before, id).iter().skip(1).any(goes) {
            continue;
        }
        let context = Context { id, catalogs: pair, labels: None, to_the_letter: plan.to_the_letter };
        if !applied || compare(Pair::new(&result, after), context) != Comparison::Equal {
            return Err(Error::Residue(id.clone()));
        }
    }
    Ok(())
}
