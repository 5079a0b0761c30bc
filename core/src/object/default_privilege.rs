//! Default privileges (`pg_default_acl`) of one role for one class of objects and one grantee. Compared on request only.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::object::{DefinedKind, ObjectKind, Privilege};
use crate::{Catalog, Kind, Name, Object, ObjectId, Pair, Renames};

/// What one role gets on objects that another will create.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DefaultPrivilege {
    /// The role that creates.
    pub role: Name,
    /// The schema, or empty for all.
    pub schema: Name,
    /// `TABLES`, `SEQUENCES`, `FUNCTIONS`, `TYPES` or `SCHEMAS`.
    pub class: String,
    /// The role that gets; empty for `PUBLIC`.
    pub grantee: Name,
    /// Each privilege, true with grant option.
    pub granted: BTreeMap<String, bool>,
    /// What the role has when nobody says anything.
    pub by_default: BTreeMap<String, bool>,
}

/// Changes in place.
#[derive(Clone, Debug, PartialEq)]
pub enum DefaultPrivilegeAlteration {
    /// `GRANT` and `REVOKE`: all that is granted then.
    Granted(BTreeMap<String, bool>),
}

impl ObjectKind for DefaultPrivilege {
    type Alteration = DefaultPrivilegeAlteration;

    fn container(&self, _: &ObjectId) -> Option<ObjectId> {
        (!self.schema.is_empty()).then(|| ObjectId::schema(&self.schema))
    }

    fn references(&self, _: &ObjectId, _: &Catalog) -> Vec<ObjectId> {
        Vec::new()
    }

    fn rename(&mut self, _: &ObjectId, _: &Renames) {}

    fn apply(&mut self, alteration: &DefaultPrivilegeAlteration) {
        match alteration {
            DefaultPrivilegeAlteration::Granted(granted) => self.granted.clone_from(granted),
        }
    }
}

/// The classes of default privileges, with the kinds in them (manual, "ALTER DEFAULT PRIVILEGES").
const CLASSES: [(&str, &[Kind]); 5] = [
    ("TABLES", &[Kind::Table, Kind::View, Kind::MaterializedView]),
    ("SEQUENCES", &[Kind::Sequence]),
    ("FUNCTIONS", &[Kind::Function]),
    (
        "TYPES",
        &[
            Kind::EnumType,
            Kind::CompositeType,
            Kind::RangeType,
            Kind::Domain,
            Kind::Defined(DefinedKind::BaseType),
        ],
    ),
    ("SCHEMAS", &[Kind::Schema]),
];

/// The class that a kind is in.
fn class(kind: Kind) -> Option<&'static str> {
    CLASSES.iter().find(|(_, kinds)| kinds.contains(&kind)).map(|(class, _)| *class)
}

/// The default privileges that are there all the while one schema becomes another: old ones go first and change first, new
/// ones come last.
#[derive(Debug)]
pub struct Standing<'a>(Vec<&'a DefaultPrivilege>);

impl<'a> Standing<'a> {
    /// Those of two catalogs.
    pub fn new(pair: Pair<&'a Catalog>) -> Self {
        let kept = |(id, _): (&'a ObjectId, &'a Object)| match pair.after.get(id) {
            Some(Object::DefaultPrivilege(default)) => Some(default),
            _ => None,
        };
        Self(pair.before.of_kind(Kind::DefaultPrivilege).filter_map(kept).collect())
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// True for a kind whose objects they can be about.
    pub fn concerns(kind: Kind) -> bool {
        class(kind).is_some()
    }

    /// The roles that an object is granted something, or denied it, when it is made. Who makes it is taken for its owner in
    /// the catalog, the role that has privileges on it by default.
    pub fn grantees(&self, on: &ObjectId, catalog: &Catalog) -> BTreeSet<Name> {
        self.of(on, catalog).map(|default| default.grantee.clone()).collect()
    }

    /// What such a role is to have on the object, under its id; nothing where the catalog says nothing.
    pub fn wanted(on: &ObjectId, grantee: &Name, catalog: &Catalog) -> (ObjectId, Privilege) {
        let is_owner = owner(catalog, on) == Some(grantee);
        let id = if is_owner { Privilege::id_of_owner(on) } else { Privilege::id(on, grantee) };
        let privilege = match catalog.get(&id) {
            Some(Object::Privilege(privilege)) => privilege.clone(),
            _ => Privilege {
                on: on.clone(),
                grantee: grantee.clone(),
                is_owner: false,
                grantor: None,
                granted: BTreeMap::new(),
                by_default: BTreeMap::new(),
            },
        };
        (id, privilege)
    }

    /// What such a role has once the object is made, where it has something else by the server's own defaults. Those for all
    /// schemas stand in the place of the latter, those of the schema are added.
    pub fn given(
        &self,
        on: &ObjectId,
        grantee: &Name,
        by_default: &BTreeMap<String, bool>,
        catalog: &Catalog,
    ) -> BTreeMap<String, bool> {
        let own: Vec<_> = self.of(on, catalog).filter(|default| default.grantee == *grantee).collect();
        let everywhere = own.iter().find(|default| default.schema.is_empty());
        let mut all = everywhere.map_or(by_default, |default| &default.granted).clone();
        for default in own.iter().filter(|default| !default.schema.is_empty()) {
            for (privilege, option) in &default.granted {
                *all.entry(privilege.clone()).or_default() |= option;
            }
        }
        all
    }

    fn of(&self, on: &ObjectId, catalog: &Catalog) -> impl Iterator<Item = &'a DefaultPrivilege> {
        let (class, owner, schema) = (class(on.kind), owner(catalog, on), &on.name.schema);
        self.0.iter().copied().filter(move |default| {
            Some(&default.role) == owner
                && Some(default.class.as_str()) == class
                && (default.schema.is_empty() || default.schema == *schema)
        })
    }
}

fn owner<'a>(catalog: &'a Catalog, id: &ObjectId) -> Option<&'a Name> {
    match catalog.get(&Privilege::id_of_owner(id)) {
        Some(Object::Privilege(privilege)) => Some(&privilege.grantee),
        _ => None,
    }
}
