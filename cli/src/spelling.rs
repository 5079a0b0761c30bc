//! What the server writes in two ways, depending on what a schema went through, a dump for example (see
//! `autogen_core::array_cast`): models mean either, so what is there is wanted as it is written there.

use autogen_core::{Catalog, Object, ObjectId};

/// Gives the objects of the wanted schema the texts of those that are there, where they mean the same.
pub(crate) fn keep(wanted: &mut Catalog, current: &Catalog) {
    let may_differ =
        |object: &Object| object.expressions().iter().any(|expression| expression.has_two_spellings());
    let mut kept: Vec<(ObjectId, Object)> = Vec::new();
    for (id, object) in wanted.iter().filter(|(_, object)| may_differ(object)) {
        let Some(live) = current.get(id).filter(|live| *live != object) else { continue };
        let mut spelled = object.clone();
        for (text, own) in spelled.expressions_mut().into_iter().zip(live.expressions()) {
            if text.means(own) {
                text.clone_from(own);
            }
        }
        kept.push((id.clone(), spelled));
    }
    for (id, object) in kept {
        wanted.update(&id, object);
    }
}
