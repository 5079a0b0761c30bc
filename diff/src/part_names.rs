//! Names of a partition's indexes, keys and foreign keys that are its part of the partitioned table's. Such a part cannot
//! be dropped while its whole stays, so one that has another name on the other side is renamed, without asking anybody.

use std::borrow::Cow;
use std::collections::BTreeMap;

use autogen_core::object::{Comment, is_copy};
use autogen_core::{Catalog, Hints, Kind, Object, ObjectId, Pair, QualName, Renames};

use crate::alike::alike;

/// What can be a part of a partitioned one, and what a foreign key can stand on.
pub(crate) const KINDS: [Kind; 3] = [Kind::Index, Kind::PrimaryKey, Kind::Unique];

/// The hints with such renames.
pub(crate) fn complete<'a>(pair: Pair<&Catalog>, hints: &'a Hints) -> Cow<'a, Hints> {
    let mut hints = Cow::Borrowed(hints);
    for (old, new) in alike(pair, &hints.renames) {
        hints.to_mut().renames.insert(old, new);
    }
    // A part of a part can be told only after that one's name is known.
    loop {
        let more = renamed_parts(pair, &hints.renames);
        if more.is_empty() {
            return hints;
        }
        for (old, new) in more {
            hints.to_mut().renames.insert(old, new);
        }
    }
}

/// The parts that go by one name before and another after, the old id and the new.
fn renamed_parts(pair: Pair<&Catalog>, renames: &Renames) -> Vec<(ObjectId, ObjectId)> {
    if parts(pair.before).next().is_none() || parts(pair.after).next().is_none() {
        return Vec::new();
    }
    let before = pair.before.renamed(renames);
    let stays = |id: &ObjectId| before.get(id).is_some_and(|object| pair.after.get(id) == Some(object));
    let mut leave = ByTable::new();
    for (old, _) in parts(pair.before) {
        let id = renames.follow(old);
        if let Some((id, object)) = before.own_id(&id).zip(before.get(&id)).filter(|(id, _)| !stays(id)) {
            leave.entry(table(id, object)).or_default().push((old, object));
        }
    }
    let mut come = ByTable::new();
    for (id, object) in parts(pair.after).filter(|(id, _)| !stays(id)) {
        come.entry(table(id, object)).or_default().push((id, object));
    }
    let same = same(&leave, &come).into_iter().map(|(old, new)| (old.clone(), new.clone()));
    // The name of a foreign key's copy is no difference, but a comment speaks of it.
    let has_comment = |id: &ObjectId, catalog: &Catalog| catalog.contains(&Comment::id(id));
    let counts = |old: &ObjectId, new: &ObjectId| {
        old.kind != Kind::ForeignKey || has_comment(old, pair.before) || has_comment(new, pair.after)
    };
    same.filter(|(old, new)| renames.follow(old) != *new && counts(old, new)).collect()
}

/// Objects by the table that they are of.
pub(crate) type ByTable<'a> = BTreeMap<&'a QualName, Vec<(&'a ObjectId, &'a Object)>>;

/// Those that are the same on both sides, by the ids that they have there. Among several that are the same in all but the name
/// nobody can tell which is which.
pub(crate) fn same<'a>(leave: &ByTable<'a>, come: &ByTable<'a>) -> Vec<(&'a ObjectId, &'a ObjectId)> {
    let mut all = Vec::new();
    for (table, olds) in leave {
        let Some(news) = come.get(table) else { continue };
        for (old, object) in olds {
            let same = |all: &[(&ObjectId, &Object)]| all.iter().filter(|(_, other)| other == object).count();
            if let (1, 1, Some((new, _))) =
                (same(olds), same(news), news.iter().find(|(_, other)| other == object))
            {
                all.push((*old, *new));
            }
        }
    }
    all
}

/// What is a partition's part of a partitioned table's index, key or foreign key.
fn parts(catalog: &Catalog) -> impl Iterator<Item = (&ObjectId, &Object)> {
    let with_indexes =
        KINDS.into_iter().flat_map(|kind| catalog.of_kind(kind)).filter(|(_, one)| is_part(one));
    with_indexes.chain(catalog.of_kind(Kind::ForeignKey).filter(|(_, key)| is_copy(key)))
}

/// The same of one with an index.
pub(crate) fn is_part(object: &Object) -> bool {
    match object {
        Object::Index(index) => index.partition_of.is_some(),
        Object::PrimaryKey(key) => key.inherited || key.partition_of.is_some(),
        Object::Unique(key) => key.inherited || key.partition_of.is_some(),
        _ => false,
    }
}

/// The table that an index or a constraint is of.
pub(crate) fn table<'a>(id: &'a ObjectId, object: &'a Object) -> &'a QualName {
    match object {
        Object::Index(index) => &index.table,
        _ => &id.name,
    }
}
