//! What a new object is granted by itself, because default privileges are in force where it is made: put into both
//! catalogs, so that a grant is not repeated and a surplus one is revoked. Objects that are dropped and made anew are left
//! out: what is made right for them is the renderer's affair.

use std::borrow::Cow;

use autogen_core::object::sequence::{has_identity, identity_column, of_identity};
use autogen_core::object::{Privilege, Standing};
use autogen_core::{Catalog, Hints, Kind, Object, ObjectId, Pair};

/// The catalogs with such privileges; the same ones where there are no default privileges, or these decide.
pub(crate) fn stated<'a>(pair: Pair<&'a Catalog>, hints: &Hints) -> Pair<Cow<'a, Catalog>> {
    let standing = Standing::new(pair);
    let mut stated = pair.map(Cow::Borrowed);
    if standing.is_empty() || hints.as_granted {
        return stated;
    }
    // On the way back, what the way there put into the catalog without the object is not wanted.
    let on_nothing: Vec<ObjectId> =
        pair.after.of_kind(Kind::Privilege).filter_map(on_nothing(pair.after)).collect();
    for id in on_nothing {
        stated.after.to_mut().remove(&id);
    }
    for id in pair.after.iter().filter_map(|(id, object)| comes(id, object, pair)) {
        for grantee in standing.grantees(&id, pair.after) {
            let (key, wanted) = Standing::wanted(&id, &grantee, pair.after);
            let granted = standing.given(&id, &grantee, &wanted.by_default, pair.after);
            stated.before.to_mut().insert(key.clone(), Privilege { granted, ..wanted.clone() });
            stated.after.to_mut().insert(key, wanted);
        }
    }
    stated
}

/// What comes with an object of the wanted catalog: itself, or the sequence of an identity column.
fn comes(id: &ObjectId, object: &Object, pair: Pair<&Catalog>) -> Option<ObjectId> {
    if has_identity(object) {
        let is_there = pair.before.get(id).is_some_and(has_identity);
        return (!is_there).then(|| of_identity(id));
    }
    (!pair.before.contains(id)).then(|| id.clone())
}

fn on_nothing(catalog: &Catalog) -> impl Fn((&ObjectId, &Object)) -> Option<ObjectId> {
    move |(id, object)| match object {
        Object::Privilege(privilege) if Standing::concerns(privilege.on.kind) => {
            let whole = identity_column(&privilege.on).unwrap_or_else(|| privilege.on.clone());
            let is_there =
                catalog.get(&whole).is_some_and(|object| whole == privilege.on || has_identity(object));
            (!is_there).then(|| id.clone())
        }
        _ => None,
    }
}
