//! Sequences by their names: one that was a serial's, or nobody's, may be an identity column's of the same name afterwards, or
//! the other way round. It is dropped and made anew then, and keeps its privileges as others do.

use std::collections::BTreeMap;

use autogen_core::object::sequence::{by_name, has_identity, identity_column, of_identity};
use autogen_core::{Catalog, Kind, ObjectId, Pair, QualName};

/// The sequences of a catalog, those behind identity columns too.
pub(super) struct Sequences(BTreeMap<QualName, ObjectId>);

impl Sequences {
    pub(super) fn of(catalog: &Catalog) -> Self {
        let free = catalog.of_kind(Kind::Sequence).map(|(id, _)| id.clone());
        let identities = catalog.of_kind(Kind::Column).filter(|(_, object)| has_identity(object));
        let all = free.chain(identities.map(|(id, _)| of_identity(id)));
        Self(all.map(|id| (by_name(&id, catalog).name, id)).collect())
    }

    /// The sequence that has the name of another catalog's.
    pub(super) fn called_like(&self, id: &ObjectId, catalog: &Catalog) -> Option<&ObjectId> {
        self.0.get(&by_name(id, catalog).name).filter(|_| id.kind == Kind::Sequence)
    }
}

/// The sequences of the first catalog that are of the other sort in the second.
pub(super) fn passing(pair: Pair<&Catalog>) -> impl Iterator<Item = ObjectId> {
    let Pair { before, after } = pair.map(Sequences::of);
    let sort = |id: &ObjectId| identity_column(id).is_some();
    before
        .0
        .into_iter()
        .filter(move |(name, id)| after.0.get(name).is_some_and(|other| sort(other) != sort(id)))
        .map(|(_, id)| id)
}
