//! Who is built on what, for a whole catalog at once: whoever asks about a thousand objects looks through the catalog one
//! time. What such a dependency means is for those to say who ask.

use rustc_hash::FxHashMap;

use crate::{Catalog, Object, ObjectId};

/// The users of each object, in the order of the catalog, as they were when this was made.
#[derive(Clone, Debug, Default)]
pub struct Dependants(FxHashMap<ObjectId, Vec<ObjectId>>);

impl Dependants {
    /// Adds a user; several times in a row is once. Users have to come in the order of the catalog.
    pub fn add(&mut self, used: ObjectId, user: &ObjectId) {
        let users = self.0.entry(used).or_default();
        if users.last() != Some(user) {
            users.push(user.clone());
        }
    }

    /// Those of an object.
    pub fn of(&self, used: &ObjectId) -> impl Iterator<Item = &ObjectId> {
        self.0.get(used).into_iter().flatten()
    }
}

impl Catalog {
    /// What must exist before an object of the catalog can, its container aside: like [`Catalog::depends_on`], but in no
    /// order, perhaps with repetitions and with what the catalog does not hold. That is all that [`Dependants`] needs, at a
    /// fraction of the price.
    pub fn mentioned(&self, id: &ObjectId, object: &Object) -> impl Iterator<Item = ObjectId> {
        let used = self.uses(id).cloned();
        object.references(id, self).into_iter().chain(used).filter(move |used| used != id)
    }
}
