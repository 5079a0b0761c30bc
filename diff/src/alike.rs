//! Indexes and constraints that go by another name on the other side and are the same in all else: they are renamed, without asking
//! anybody. To drop one and make it anew would take a lock and a look at every row for nothing.

use std::collections::{BTreeMap, BTreeSet};

use autogen_core::object::column::Origin;
use autogen_core::{Catalog, Kind, Object, ObjectId, Pair, QualName, Renames};

use crate::namespace::{Claim, claims};
use crate::part_names::is_part;

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
    let is_free = |object: &Object, id: &ObjectId| {
        let table = table(id, object);
        !is_handed_down(object) && !related.iter().any(|related| related.contains(table))
    };
    let objects = |ids: &[ObjectId], catalog: &Catalog, renames: &Renames| -> Vec<(ObjectId, Object)> {
        let all = ids.iter().map(|id| renames.follow(id));
        let all = all.filter_map(|id| Some((id.clone(), catalog.get(&id)?.clone())));
        all.filter(|(id, object)| is_free(object, id)).collect()
    };
    let (gone, new) = (objects(&gone, &before, renames), objects(&new, pair.after, &Renames::default()));
    let mut taken: Option<BTreeSet<Claim>> = None;
    let mut found = Vec::new();
    let (gone, new) = (by_table(&gone), by_table(&new));
    for (place, olds) in &gone {
        for (old, object) in olds {
            // Among several that are the same in all else nobody can tell which is which.
            let same = |all: &[&(ObjectId, Object)]| all.iter().filter(|(_, other)| other == object).count();
            let news = new.get(place).map_or(&[][..], Vec::as_slice);
            let (1, 1, Some((wanted, _))) =
                (same(olds), same(news), news.iter().find(|(_, other)| other == object))
            else {
                continue;
            };
            let taken = taken
                .get_or_insert_with(|| before.iter().flat_map(|(id, object)| claims(id, object)).collect());
            let own = claims(old, object);
            let is_kept = |claim: &Claim| own.contains(claim) || !taken.contains(claim);
            if claims(wanted, object).iter().all(is_kept) {
                found.push((back.follow(old), wanted.clone()));
            }
        }
    }
    found
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

type ByTable<'a> = BTreeMap<(Kind, &'a QualName), Vec<&'a (ObjectId, Object)>>;

fn by_table(objects: &[(ObjectId, Object)]) -> ByTable<'_> {
    let mut all = ByTable::new();
    for entry in objects {
        all.entry((entry.0.kind, table(&entry.0, &entry.1))).or_default().push(entry);
    }
    all
}

fn table<'a>(id: &'a ObjectId, object: &'a Object) -> &'a QualName {
    match object {
        Object::Index(index) => &index.table,
        _ => &id.name,
    }
}
