//! Makes way for renames whose new name another object still has.

use autogen_core::{Catalog, ObjectId, Pair, Renames};

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
                let goes_with = |other: &&ObjectId| {
                    cleared.depends_on(other).contains(&id) || cleared.whole(other).as_ref() == Some(&id)
                };
                going.extend(cleared.ids().filter(goes_with).cloned());
                going.extend(cleared.whole(&id));
                cleared.remove(&id);
            }
        }
    }
    (Some(cleared.clone()), cleared)
}
