//! What the server writes in two ways, depending on what a table went through (see `autogen_core::array_cast`): models mean
//! either, so what is there is wanted as it is written there.

use autogen_core::{Catalog, Kind, Object, ObjectId};

/// Gives checks and indexes of the wanted schema the texts of those that are there, where they mean the same.
pub(crate) fn keep(wanted: &mut Catalog, current: &Catalog) {
    let mut kept: Vec<(ObjectId, Object)> = Vec::new();
    for (id, object) in [Kind::Check, Kind::Index].into_iter().flat_map(|kind| wanted.of_kind(kind)) {
        let Some(live) = current.get(id).filter(|live| *live != object) else { continue };
        let mut spelled = object.clone();
        for (text, own) in spelled.parsed_anew_mut().into_iter().zip(live.parsed_anew()) {
            if text.means(own) {
                text.clone_from(own);
            }
        }
        if spelled != *object {
            kept.push((id.clone(), spelled));
        }
    }
    for (id, object) in kept {
        wanted.insert(id, object);
    }
}
