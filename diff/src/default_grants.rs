//! What a new object is granted by itself, because default privileges are in force where it is made: put into both
//! catalogs, so that a grant is not repeated and a surplus one is revoked. Objects that are dropped and made anew are left
//! out: what is made right for them is the renderer's affair.

use std::borrow::Cow;

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
    for (id, _) in pair.after.iter().filter(|(id, _)| !pair.before.contains(id)) {
        for grantee in standing.grantees(id, pair.after) {
            let (key, wanted) = Standing::wanted(id, &grantee, pair.after);
            let granted = standing.given(id, &grantee, &wanted.by_default, pair.after);
            stated.before.to_mut().insert(key.clone(), Privilege { granted, ..wanted.clone() });
            stated.after.to_mut().insert(key, wanted);
        }
    }
    stated
}

fn on_nothing(catalog: &Catalog) -> impl Fn((&ObjectId, &Object)) -> Option<ObjectId> {
    move |(id, object)| match object {
        Object::Privilege(privilege) if Standing::concerns(privilege.on.kind) => {
            (!catalog.contains(&privilege.on)).then(|| id.clone())
        }
        _ => None,
    }
}
