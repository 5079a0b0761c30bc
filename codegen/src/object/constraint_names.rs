//! Names that a constraint can only have if they are said. The server chooses a name that no other constraint of the
//! schema has, on whatever table or domain (`ConstraintNameExists` in pg_constraint.c), so one that another has, before
//! the migration or after it, is not chosen as long as the other is there.

use std::collections::{BTreeMap, BTreeSet};

use autogen_core::object::column::Origin;
use autogen_core::object::not_null::NAMES_NOT_NULL;
use autogen_core::{Catalog, Kind, Name, Object, ObjectId, Pair, QualName};

use super::column::not_null;

/// The kinds of constraints that have a row in `pg_constraint`; that of a trigger is there if it is a constraint trigger.
const KINDS: [Kind; 6] =
    [Kind::PrimaryKey, Kind::Unique, Kind::Check, Kind::Exclusion, Kind::ForeignKey, Kind::Trigger];

/// The names that several constraints have, in one of the catalogs or in both.
pub(crate) fn shared(catalogs: Pair<&Catalog>) -> BTreeSet<QualName> {
    let mut first: BTreeMap<QualName, &ObjectId> = BTreeMap::new();
    let mut shared = BTreeSet::new();
    for (name, id) in [catalogs.before, catalogs.after].into_iter().flat_map(names) {
        match first.get(&name) {
            Some(other) if *other != id => {
                shared.insert(name);
            }
            Some(_) => {}
            None => {
                first.insert(name, id);
            }
        }
    }
    shared
}

fn names(catalog: &Catalog) -> impl Iterator<Item = (QualName, &ObjectId)> {
    let own = KINDS.into_iter().flat_map(|kind| catalog.of_kind(kind));
    let own = own
        .filter(|(_, object)| !is_copy(object))
        .map(|(id, _)| (id.name.sibling(id.own_name().clone()), id));
    let of_domains = catalog.of_kind(Kind::Domain).flat_map(|(id, object)| {
        let checks: Vec<Name> = match object {
            Object::Domain(domain) => {
                let not_null = Some(domain.not_null_name(&id.name)).filter(|_| domain.not_null);
                domain.checks.keys().cloned().chain(not_null).collect()
            }
            _ => Vec::new(),
        };
        checks.into_iter().map(move |check| (id.name.sibling(check), id))
    });
    own.chain(of_domains).chain(of_not_null(catalog))
}

/// From 18 on.
fn of_not_null(catalog: &Catalog) -> impl Iterator<Item = (QualName, &ObjectId)> {
    let has_names = catalog.server_version >= NAMES_NOT_NULL;
    let columns = catalog.of_kind(Kind::Column).filter(move |_| has_names);
    columns.filter_map(|(id, object)| match object {
        Object::Column(column) if column.not_null && !not_null::is_inherited(id, catalog) => {
            Some((id.name.sibling(column.not_null_name(id)), id))
        }
        _ => None,
    })
}

/// True for what a parent hands down, which comes with the parent's of the same name.
fn is_copy(object: &Object) -> bool {
    match object {
        Object::PrimaryKey(key) => key.inherited,
        Object::Unique(key) => key.inherited,
        Object::ForeignKey(key) => key.inherited,
        Object::Check(check) => check.origin == Origin::Inherited,
        _ => false,
    }
}
