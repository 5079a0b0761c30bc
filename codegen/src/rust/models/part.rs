//! The part of a schema that Rust models can say. What is left of the schema beside it is the business of `objects.sql`.

use autogen_core::object::column::{Generated, Origin};
use autogen_core::object::table::ReplicaIdentity;
use autogen_core::object::{Column, Table};
use autogen_core::{Catalog, Kind, Object, ObjectId, Options, QualName};

use super::attribute::{
    can_say_check, can_say_exclusion, can_say_foreign_key, can_say_index, can_say_primary_key,
    can_say_unique, serial_sequence,
};

/// A copy of the catalog with what the written models say, and with what every new database has; nothing else. From
/// here to the whole catalog leads what belongs into `objects.sql`.
pub fn part(catalog: &Catalog) -> Catalog {
    let mut out = Catalog::default();
    out.server_version = catalog.server_version;
    out.extension_owned.clone_from(&catalog.extension_owned);
    for (id, object) in catalog.iter() {
        if let Some(object) = said(catalog, id, object) {
            out.insert(id.clone(), object);
        }
    }
    let ids: Vec<ObjectId> = out.ids().cloned().collect();
    for id in ids {
        out.set_uses(id.clone(), catalog.uses(&id).cloned().collect());
    }
    out
}

/// True if a struct with the attribute can say all of the table's definition that cannot be added afterwards.
pub(super) fn is_modelled(catalog: &Catalog, name: &QualName) -> bool {
    let id = ObjectId::table(name);
    let Some(Object::Table(table)) = catalog.get(&id) else { return false };
    !catalog.extension_owned.contains(&id)
        && table.partition_of.is_none()
        && table.inherits.is_empty()
        && table.of_type.is_none()
        && table.access_method.is_none()
        && table.foreign.is_none()
        && catalog.parts(Kind::Column, name).next().is_some()
        && catalog.parts(Kind::Column, name).all(|(_, object)| match object {
            Object::Column(column) => can_say_column(column),
            _ => false,
        })
}

fn can_say_column(column: &Column) -> bool {
    column.origin == Origin::Local
        && !matches!(column.generated.as_deref(), Some(Generated { stored: false, .. }))
}

/// What the models say of an object; `None` if nothing.
fn said(catalog: &Catalog, id: &ObjectId, object: &Object) -> Option<Object> {
    let modelled = |name: &QualName| is_modelled(catalog, name);
    let whole = |is_said: bool| is_said.then(|| object.clone());
    match object {
        Object::Table(table) => modelled(&id.name)
            .then(|| Object::Table(Table { replica_identity: ReplicaIdentity::Default, ..table.clone() })),
        Object::Column(column) => {
            modelled(&id.name).then(|| Object::Column(Column { options: Options::new(), ..column.clone() }))
        }
        Object::Default(_) => whole(modelled(&id.name)),
        Object::PrimaryKey(key) => whole(modelled(&id.name) && can_say_primary_key(key)),
        Object::Unique(key) => whole(modelled(&id.name) && can_say_unique(key)),
        Object::Check(check) => whole(modelled(&id.name) && can_say_check(catalog, id, check)),
        Object::ForeignKey(key) => whole(modelled(&id.name) && can_say_foreign_key(key)),
        Object::Exclusion(exclusion) => whole(modelled(&id.name) && can_say_exclusion(exclusion)),
        Object::Index(index) => whole(modelled(&index.table) && can_say_index(index)),
        Object::EnumType(_) => whole(true),
        Object::Sequence(sequence) => {
            let owner = sequence.owned_by.as_ref()?;
            let Some(Object::Column(column)) = catalog.get(owner) else { return None };
            whole(modelled(&owner.name) && serial_sequence(catalog, owner, column).as_ref() == Some(id))
        }
        Object::Comment(comment) => whole(match comment.on.kind {
            Kind::Table | Kind::Column => modelled(&comment.on.name),
            _ => {
                is_everywhere(&comment.on) && comment.text == "standard public schema"
                    || is_plpgsql(&comment.on)
            }
        }),
        Object::Schema(_) | Object::Extension(_) => whole(is_everywhere(id) || is_plpgsql(id)),
        Object::CompositeType(_)
        | Object::RangeType(_)
        | Object::Domain(_)
        | Object::Collation(_)
        | Object::Function(_)
        | Object::View(_)
        | Object::MaterializedView(_)
        | Object::Trigger(_)
        | Object::Policy(_)
        | Object::Rule(_)
        | Object::Statistics(_)
        | Object::Owner(_)
        | Object::Privilege(_)
        | Object::DefaultPrivilege(_)
        | Object::Setting(_)
        | Object::Defined(_) => None,
    }
}

/// The schema that a new database has.
fn is_everywhere(id: &ObjectId) -> bool {
    id.kind == Kind::Schema && id.name.name.as_str() == "public"
}

/// The extension that a new database has.
fn is_plpgsql(id: &ObjectId) -> bool {
    id.kind == Kind::Extension && id.name.name.as_str() == "plpgsql"
}
