//! What expressions and definitions use, from `pg_depend`. What an object says of itself (its table, its key columns,
//! its type) is in the model already and left out, which keeps this small.

use autogen_core::object::DefinedKind;
use autogen_core::object::sequence::identity_column;
use autogen_core::{Catalog, Kind, Object, ObjectId};

use super::Error;
use super::query::query;
use super::reader::Reader;
use super::row::row;

row! {
    struct DependRow {
        class: u32,
        oid: u32,
        sub: i32,
        used_class: u32,
        used_oid: u32,
        used_sub: i32,
    }
}

/// Reads all dependencies between objects of the model.
pub(crate) fn read(reader: &mut Reader<'_>) -> Result<(), Error> {
    for row in reader.session.rows::<DependRow>(query!("dependencies", "depend.sql"))? {
        let row = row?;
        let Some(user) = reader.oids.resolve(row.class, row.oid, row.sub) else { continue };
        if let Some(extension) = reader.oids.extension_of(row.used_class, row.used_oid) {
            // What an extension brought is no object of ours; whoever uses it needs the extension.
            if reader.catalog.contains(&user) {
                reader.catalog.add_use(user, extension.clone());
            }
            continue;
        }
        let Some(used) = reader.oids.resolve(row.used_class, row.used_oid, row.used_sub) else { continue };
        // The sequence of an identity comes and goes with the column, or without it.
        if let Some(column) = identity_column(&used)
            && column != user
        {
            reader.catalog.add_use(user.clone(), column);
        }
        if user != used && !is_structural(&reader.catalog, &user, &used) {
            reader.catalog.add_use(user, used);
        }
    }
    Ok(())
}

fn is_structural(catalog: &Catalog, user: &ObjectId, used: &ObjectId) -> bool {
    match catalog.get(user) {
        // Of an extension.
        None => true,
        // Its shell is what it needs.
        Some(Object::Function(function)) => {
            used.kind == Kind::Defined(DefinedKind::BaseType)
                && function.base_type.as_ref() == Some(&used.name)
        }
        Some(Object::Default(_)) => used.kind == Kind::Column,
        // OWNED BY is not what makes a sequence; a partition's or child's parents are in the table.
        Some(Object::Sequence(_)) => true,
        Some(Object::Table(_)) => used.kind == Kind::Table,
        Some(Object::ForeignKey(_)) => matches!(used.kind, Kind::Column | Kind::Table),
        Some(Object::Check(_)) => used.kind == Kind::Column && used.name == user.name,
        Some(Object::Index(index)) => match used.kind {
            Kind::Column => index.predicate.is_none() && index.plain_columns().is_some(),
            Kind::Table | Kind::MaterializedView => used.name == index.table,
            _ => false,
        },
        Some(Object::Trigger(_) | Object::Policy(_) | Object::Rule(_)) => {
            matches!(used.kind, Kind::Table | Kind::View | Kind::MaterializedView) && used.name == user.name
        }
        Some(_) => false,
    }
}
