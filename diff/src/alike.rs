//! Indexes and constraints that go by another name on the other side and are the same in all else: they are renamed, without asking
//! anybody. To drop one and make it anew would take a lock and a look at every row for nothing.

use std::collections::{BTreeMap, BTreeSet};

use autogen_core::object::column::Origin;
use autogen_core::{Catalog, Kind, Object, ObjectId, Pair, QualName, Renames};

use crate::namespace::{Claim, claims};
use crate::part_names::{ByTable, is_part, same, table};

const KINDS: [Kind; 6] =
    [Kind::Index, Kind::PrimaryKey, Kind::Unique, Kind::Check, Kind::ForeignKey, Kind::Exclusion];

/// Such objects, the old id and the new. Left out are tables with parents or children, whose names go up and down; and names that
/// something has that is there now.
pub(crate) fn alike(pair: Pair<&Catalog>, renames: &Renames) -> Vec<(ObjectId, ObjectId)> {
    let back = renames.inverted();
    let gone = only_in(pair.before, pair.after, renames);
    let new = if gone.is_empty() { Vec::new() } else { only_in(pair.after, pair.before, &back) };
    if new.is_empty() {
        return Vec::new();
    }
    let before = pair.before.renamed(renames);
    let related = [&before, pair.after].map(related);
    let is_free = |(id, object): &(&ObjectId, &Object)| {
        !is_handed_down(object) && !related.iter().any(|related| related.contains(table(id, object)))
    };
    let mut leave = ByTable::new();
    for old in &gone {
        let id = renames.follow(old);
        let own = before.own_id(&id).zip(before.get(&id)).filter(is_free);
        if let Some((id, object)) = own {
            leave.entry(table(id, object)).or_default().push((old, object));
        }
    }
    let mut come = ByTable::new();
    for (id, object) in new.iter().filter_map(|id| Some((id, pair.after.get(id)?))).filter(is_free) {
        come.entry(table(id, object)).or_default().push((id, object));
    }
    let same = same(&leave, &come);
    if same.is_empty() {
        return Vec::new();
    }
    let taken: BTreeSet<Claim> = before.iter().flat_map(|(id, object)| claims(id, object)).collect();
    let is_free_name = |old: &ObjectId, new: &ObjectId| {
        let Some(object) = pair.after.get(new) else { return false };
        let own = claims(&renames.follow(old), object);
        claims(new, object).iter().all(|claim| own.contains(claim) || !taken.contains(claim))
    };
    // The way back is the same rename the other way round, and renames come first.
    let mut takers: BTreeMap<Claim, &ObjectId> = BTreeMap::new();
    for (id, object) in pair.after.iter() {
        takers.extend(claims(id, object).into_iter().map(|claim| (claim, id)));
    }
    let is_free_back = |old: &ObjectId, new: &ObjectId| {
        let was = renames.follow(old);
        let Some(object) = before.get(&was) else { return false };
        let is_other = |taker: &&ObjectId| *taker != new && *taker != &was;
        !claims(&was, object).iter().any(|claim| takers.get(claim).is_some_and(is_other))
    };
    let found = same.into_iter().filter(|(old, new)| is_free_name(old, new) && is_free_back(old, new));
    found.map(|(old, new)| (old.clone(), new.clone())).collect()
}

/// Those that another catalog has not got under the names that the renames give them.
fn only_in(catalog: &Catalog, other: &Catalog, renames: &Renames) -> Vec<ObjectId> {
    fn ids(catalog: &Catalog, kind: Kind) -> impl Iterator<Item = &ObjectId> {
        catalog.of_kind(kind).map(|(id, _)| id)
    }
    let mut all = Vec::new();
    for kind in KINDS {
        if !renames.is_empty() {
            all.extend(ids(catalog, kind).filter(|id| !other.contains(&renames.follow(id))).cloned());
            continue;
        }
        // Both are sorted, so nothing need be looked up.
        let mut others = ids(other, kind).peekable();
        for id in ids(catalog, kind) {
            while others.next_if(|other| *other < id).is_some() {}
            if others.peek() != Some(&id) {
                all.push(id.clone());
            }
        }
    }
    all
}

/// The tables that have parents, children or partitions.
fn related(catalog: &Catalog) -> BTreeSet<QualName> {
    let mut all = BTreeSet::new();
    for (id, object) in catalog.of_kind(Kind::Table) {
        let Object::Table(table) = object else { continue };
        let mut parents = table.parents().peekable();
        if parents.peek().is_some() || table.partition_key.is_some() {
            all.insert(id.name.clone());
        }
        all.extend(parents.cloned());
    }
    all
}

fn is_handed_down(object: &Object) -> bool {
    match object {
        Object::Check(check) => check.origin != Origin::Local,
        Object::ForeignKey(key) => key.inherited,
        _ => is_part(object),
    }
}
