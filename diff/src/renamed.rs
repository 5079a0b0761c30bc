//! Brings the old catalog to the new names, so that a renamed object is compared with itself.

use std::collections::BTreeSet;

use autogen_core::object::{Comment, Privilege};
use autogen_core::{Catalog, Object, ObjectId, Pair, Renames};

/// The catalog as it is after the renames. Nothing else changes.
pub(crate) fn catalog(before: &Catalog, renames: &Renames) -> Catalog {
    if renames.is_empty() {
        return before.clone();
    }
    let mut after = Catalog::default();
    after.server_version = before.server_version;
    after.extension_owned.clone_from(&before.extension_owned);
    after.unread.clone_from(&before.unread);
    for (id, object) in before.iter() {
        let mut object = object.clone();
        object.rename(id, renames);
        after.insert(new_id(id, &object, renames), object);
        let used: BTreeSet<ObjectId> = before.uses(id).map(|used| renames.follow(used)).collect();
        if !used.is_empty() {
            after.set_uses(renames.follow(id), used);
        }
    }
    after
}

/// A comment's and a privilege's id follow from what they are on.
fn new_id(id: &ObjectId, object: &Object, renames: &Renames) -> ObjectId {
    match object {
        Object::Comment(comment) => Comment::id(&comment.on),
        Object::Privilege(privilege) => Privilege::id(&privilege.on, &privilege.grantee),
        _ => renames.follow(id),
    }
}

/// Where a rename needs a name that another object still has, that object goes first, with all that depends on it.
///
/// Returns the catalog after that (twice, once to compare with the start and once to go on from), or `None` if no name
/// is taken.
pub(crate) fn make_way(pair: Pair<&Catalog>, renames: &Renames) -> (Option<Catalog>, Catalog) {
    let before = pair.before;
    let taken: Vec<&ObjectId> = renames
        .iter()
        .map(|(_, new)| new)
        .filter(|new| before.contains(new) && renames.follow(new) == **new)
        .collect();
    if taken.is_empty() {
        return (None, Catalog::default());
    }
    let mut cleared = before.clone();
    for id in taken {
        let mut going = vec![id.clone()];
        while let Some(id) = going.pop() {
            if cleared.contains(&id) {
                going.extend(cleared.ids().filter(|other| cleared.depends_on(other).contains(&id)).cloned());
                cleared.remove(&id);
            }
        }
    }
    (Some(cleared.clone()), cleared)
}
