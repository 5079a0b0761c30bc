//! What an owner means for the difference: who is not said keeps what is there, and what goes with a table to another
//! owner is not told so itself.

use autogen_core::object::sequence::SequenceAlteration;
use autogen_core::object::{Owner, Privilege};
use autogen_core::{Alteration, Catalog, Kind, Object, ObjectId, Pair, Renames};

use crate::plan::{Plan, Planned};

/// The wanted catalog in which every object that is there has an owner, if it had one: nobody takes that away.
pub(crate) fn kept(pair: Pair<&Catalog>, renames: &Renames) -> Option<Catalog> {
    let mut wanted: Option<Catalog> = None;
    for (id, object) in pair.before.of_kind(Kind::Owner) {
        let Object::Owner(owner) = object else { continue };
        let on = renames.follow(&owner.on);
        let key = if on == owner.on { id.clone() } else { Owner::id(&on) };
        if !pair.after.contains(&key) && pair.after.contains(&on) {
            let wanted = wanted.get_or_insert_with(|| pair.after.clone());
            wanted.insert(key, Owner { on, role: owner.role.clone() });
        }
    }
    wanted
}

/// Where owners are not compared, an object of the wanted catalog belongs to whoever it belongs to now: what the owner may
/// do is said of that role, and nothing is said of what it is granted beside, nor of the role that owns it elsewhere.
pub fn align(current: &Catalog, wanted: &mut Catalog) {
    let of_owner = |catalog: &Catalog| -> Vec<Privilege> {
        let all = catalog.of_kind(Kind::Privilege).filter_map(|(_, object)| match object {
            Object::Privilege(privilege) if privilege.is_owner => Some(privilege.clone()),
            _ => None,
        });
        all.collect()
    };
    for theirs in of_owner(wanted) {
        let id = theirs.own_id();
        let Some(Object::Privilege(ours)) = current.get(&id) else { continue };
        if ours.grantee == theirs.grantee || wanted.contains(&Owner::id(&theirs.whole(wanted))) {
            continue;
        }
        wanted.remove(&Privilege::id(&theirs.on, &ours.grantee));
        let beside = Privilege::id(&theirs.on, &theirs.grantee);
        if let Some(privilege) = current.get_shared(&beside) {
            wanted.insert_shared(beside, privilege.clone());
        }
        wanted.insert(id, Privilege { grantee: ours.grantee.clone(), ..theirs });
    }
}

/// True for what the server does by itself: a sequence that stays a column's goes to the owner of the table.
pub(crate) fn follows(id: &ObjectId, plan: &Plan, pair: Pair<&Catalog>) -> bool {
    let Some(Object::Owner(owner)) = pair.after.get(id) else { return false };
    let owned_by = |catalog: &Catalog| match catalog.get(&owner.on) {
        Some(Object::Sequence(sequence)) => sequence.owned_by.clone(),
        _ => None,
    };
    let columns = pair.map(owned_by);
    let is_made = |id: &ObjectId| plan.actions.get(id).is_some_and(|planned| planned.drop || planned.create);
    let Some(column) = &columns.after else { return false };
    !columns.differs() && ![&owner.on, column, &ObjectId::table(&column.name)].into_iter().any(is_made)
}

/// The objects whose owners have to be the wanted ones before a sequence can become a column's.
pub(crate) fn of_sequence(id: &ObjectId, column: &ObjectId) -> [ObjectId; 2] {
    [Owner::id(id), Owner::id(&ObjectId::table(&column.name))]
}

/// The objects whose owners can only change when a sequence has left a column.
pub(crate) fn after_leaving(id: &ObjectId, alteration: &Alteration, before: &Catalog) -> Vec<ObjectId> {
    match (alteration, before.get(id)) {
        (Alteration::Sequence(SequenceAlteration::OwnedBy(None)), Some(Object::Sequence(sequence))) => {
            sequence.owned_by.iter().flat_map(|column| of_sequence(id, column)).collect()
        }
        _ => Vec::new(),
    }
}

/// `REVOKE` on a table reaches its columns: what a role is to keep there is granted to it once more.
pub(crate) fn restate_on_columns(plan: &mut Plan, pair: Pair<&Catalog>) {
    let again: Vec<(ObjectId, ObjectId)> = pair
        .after
        .of_kind(Kind::Privilege)
        .filter(|(id, _)| pair.before.contains(id))
        .filter_map(|(id, object)| match object {
            Object::Privilege(privilege) if privilege.on.kind == Kind::Column => {
                let table = of_table(privilege, pair.before)?;
                loses(&table, plan, pair, privilege).then(|| (id.clone(), table))
            }
            _ => None,
        })
        .collect();
    for (id, table) in again {
        let planned = plan.actions.entry(id).or_default();
        let because = if planned.alterations.is_empty() { Some(table) } else { None };
        *planned = Planned { drop: true, create: true, because, ..Planned::default() };
    }
}

/// What the same role may do with the whole table.
pub(crate) fn of_table(privilege: &Privilege, catalog: &Catalog) -> Option<ObjectId> {
    (privilege.on.kind == Kind::Column)
        .then(|| Privilege { on: privilege.whole(catalog), ..privilege.clone() }.own_id())
}

/// True if something is taken away on the table that is wanted on the column.
fn loses(table: &ObjectId, plan: &Plan, pair: Pair<&Catalog>, column: &Privilege) -> bool {
    let changes =
        plan.actions.get(table).is_some_and(|planned| planned.drop || !planned.alterations.is_empty());
    let Some(Object::Privilege(old)) = pair.before.get(table).filter(|_| changes) else { return false };
    let kept = match pair.after.get(table) {
        Some(Object::Privilege(new)) => new.granted.clone(),
        _ => old.by_default.clone(),
    };
    old.granted.iter().any(|(privilege, option)| {
        let is_less = kept.get(privilege).is_none_or(|kept| *option && !kept);
        is_less && column.granted.contains_key(privilege)
    })
}
