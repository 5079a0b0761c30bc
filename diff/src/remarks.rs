//! Comments, owners and privileges that go with an object although it only changes in place, and are said once more.

use autogen_core::object::domain::DomainAlteration;
use autogen_core::{Alteration, Catalog, Kind, Object, ObjectId, Pair};

use crate::plan::{Plan, Planned};

/// What was said of an object that is another one afterwards, though it changes in place. An enum that is rebuilt is a new type: its comment, owner and privileges go with the old one.
pub(crate) fn restate(plan: &mut Plan, pair: Pair<&Catalog>) {
    let is_rebuilt = |on: &ObjectId| {
        plan.actions.get(on).is_some_and(|planned| planned.alterations.iter().any(Alteration::rebuilds))
    };
    // A check of a domain is dropped and added.
    let is_replaced = |check: &ObjectId| {
        let domain = ObjectId::new(Kind::Domain, check.name.clone());
        let adds = |alteration: &Alteration| matches!(alteration, Alteration::Domain(DomainAlteration::AddCheck(name, _)) if Some(name) == check.part.as_ref());
        let changes = plan.actions.get(&domain).is_some_and(|planned| planned.alterations.iter().any(adds));
        (changes && check.kind == Kind::Domain).then_some(domain)
    };
    let on = |object: &Object| match object {
        Object::Comment(comment) if comment.on.part.is_some() => is_replaced(&comment.on),
        Object::Comment(comment) => is_rebuilt(&comment.on).then(|| comment.on.clone()),
        Object::Owner(owner) => is_rebuilt(&owner.on).then(|| owner.on.clone()),
        Object::Privilege(privilege) => is_rebuilt(&privilege.on).then(|| privilege.on.clone()),
        _ => None,
    };
    let said: Vec<(ObjectId, ObjectId)> = [Kind::Comment, Kind::Owner, Kind::Privilege]
        .into_iter()
        .flat_map(|kind| pair.after.of_kind(kind))
        .filter(|(id, _)| pair.before.contains(id))
        .filter_map(|(id, object)| Some((id.clone(), on(object)?)))
        .collect();
    for (id, because) in said {
        let planned = Planned { create: true, because: Some(because), ..Planned::default() };
        plan.actions.insert(id, planned);
    }
}
