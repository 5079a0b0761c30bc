//! What a new object is granted by itself, because default privileges are in force where it is made: put into both
//! catalogs, so that a grant is not repeated and a surplus one is revoked. Who makes the object is taken for its owner, the
//! role that has privileges on it by default. Objects that are dropped and made anew are left out.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use autogen_core::object::{DefaultPrivilege, Privilege};
use autogen_core::{Catalog, Kind, Name, Object, ObjectId, Pair};

type Grants = BTreeMap<String, bool>;

/// The catalogs with such privileges; the same ones where there are no default privileges.
pub(crate) fn stated<'a>(pair: Pair<&'a Catalog>) -> Pair<Cow<'a, Catalog>> {
    let in_force: Vec<&DefaultPrivilege> =
        pair.before.of_kind(Kind::DefaultPrivilege).filter_map(kept(pair)).collect();
    let mut stated = pair.map(Cow::Borrowed);
    if in_force.is_empty() {
        return stated;
    }
    // On the way back, what the way there put into the catalog without the object is not wanted.
    let on_nothing: Vec<ObjectId> =
        pair.after.of_kind(Kind::Privilege).filter_map(on_nothing(pair.after)).collect();
    for id in on_nothing {
        stated.after.to_mut().remove(&id);
    }
    let new = pair.after.iter().filter(|(id, _)| !pair.before.contains(id));
    for (id, class) in new.filter_map(|(id, _)| Some((id, class(id.kind)?))) {
        let Some(owner) = owner(pair.after, id) else { continue };
        let here = |default: &&&DefaultPrivilege| {
            let schema = &default.schema;
            default.role == *owner
                && default.class == class
                && (schema.is_empty() || *schema == id.name.schema)
        };
        let defaults: Vec<&DefaultPrivilege> = in_force.iter().filter(here).copied().collect();
        let grantees: BTreeSet<&Name> = defaults.iter().map(|default| &default.grantee).collect();
        for grantee in grantees {
            let key = if grantee == owner { Privilege::id_of_owner(id) } else { Privilege::id(id, grantee) };
            let wanted = match pair.after.get(&key) {
                Some(Object::Privilege(privilege)) => privilege.clone(),
                _ => Privilege {
                    on: id.clone(),
                    grantee: grantee.clone(),
                    is_owner: false,
                    grantor: None,
                    granted: Grants::new(),
                    by_default: Grants::new(),
                },
            };
            let own: Vec<&DefaultPrivilege> =
                defaults.iter().filter(|default| default.grantee == *grantee).copied().collect();
            let given = Privilege { granted: granted(&own, &wanted.by_default), ..wanted.clone() };
            stated.before.to_mut().insert(key.clone(), given);
            stated.after.to_mut().insert(key, wanted);
        }
    }
    stated
}

fn on_nothing(catalog: &Catalog) -> impl Fn((&ObjectId, &Object)) -> Option<ObjectId> {
    move |(id, object)| match object {
        Object::Privilege(privilege) if class(privilege.on.kind).is_some() => {
            (!catalog.contains(&privilege.on)).then(|| id.clone())
        }
        _ => None,
    }
}

/// Those that are there while objects are made: old ones go first and change first, new ones come last.
fn kept<'a>(pair: Pair<&'a Catalog>) -> impl Fn((&ObjectId, &Object)) -> Option<&'a DefaultPrivilege> {
    move |(id, _)| match pair.after.get(id) {
        Some(Object::DefaultPrivilege(default)) => Some(default),
        _ => None,
    }
}

/// Those for all schemas stand in the place of the server's own defaults, those of the schema are added.
fn granted(defaults: &[&DefaultPrivilege], by_default: &Grants) -> Grants {
    let everywhere = defaults.iter().find(|default| default.schema.is_empty());
    let mut all = everywhere.map_or(by_default, |default| &default.granted).clone();
    for default in defaults.iter().filter(|default| !default.schema.is_empty()) {
        for (privilege, option) in &default.granted {
            *all.entry(privilege.clone()).or_default() |= option;
        }
    }
    all
}

fn owner<'a>(catalog: &'a Catalog, id: &'a ObjectId) -> Option<&'a Name> {
    match catalog.get(&Privilege::id_of_owner(id)) {
        Some(Object::Privilege(privilege)) => Some(&privilege.grantee),
        _ => None,
    }
}

/// The classes of default privileges, with the kinds in them.
const CLASSES: [(&str, &[Kind]); 5] = [
    ("TABLES", &[Kind::Table, Kind::View, Kind::MaterializedView]),
    ("SEQUENCES", &[Kind::Sequence]),
    ("FUNCTIONS", &[Kind::Function]),
    ("TYPES", &[Kind::EnumType, Kind::CompositeType, Kind::RangeType, Kind::Domain]),
    ("SCHEMAS", &[Kind::Schema]),
];

fn class(kind: Kind) -> Option<&'static str> {
    CLASSES.iter().find(|(_, kinds)| kinds.contains(&kind)).map(|(class, _)| *class)
}
