//! Privileges, from the access control lists of relations, columns, functions, types and schemas. Read on request.

use std::collections::BTreeMap;

use autogen_core::object::Privilege;
use autogen_core::object::sequence::identity_column;
use autogen_core::{Kind, Name, Object, ObjectId};

use super::comment::column;
use super::oids::class;
use super::query::query;
use super::reader::Reader;
use super::row::row;
use super::{Error, FromCatalog};

row! {
    struct PrivilegeRow {
        class: u32,
        oid: u32,
        sub: i32,
        grantee: Name,
        is_owner: bool,
        grantor: Option<Name>,
        privilege: String,
        grantable: bool,
        granted: bool,
    }
}

impl FromCatalog for Privilege {
    fn read(reader: &mut Reader<'_>) -> Result<(), Error> {
        if !reader.privileges {
            return Ok(());
        }
        for row in reader.session.rows::<PrivilegeRow>(query!("privileges", "privilege.sql"))? {
            let row = row?;
            let is_held = |on: &ObjectId| reader.catalog.contains(on) || identity_column(on).is_some();
            let Some(on) = reader.oids.resolve(row.class, row.oid, row.sub).filter(is_held) else {
                continue;
            };
            // The constructors of a range type stand for the type, and follow it.
            if row.class == class::FUNCTION && on.kind != Kind::Function {
                continue;
            }
            // The columns of views are no objects that it could depend on.
            let (on, whole) = match column(&reader.oids, row.oid, row.sub) {
                Some(column) if row.sub > 0 && on.kind != Kind::Column => (column, Some(on)),
                Some(_) | None => (on, None),
            };
            let PrivilegeRow { grantee, is_owner, grantor, .. } = row;
            let (granted, by_default) = (BTreeMap::new(), BTreeMap::new());
            let privilege = Privilege { on, grantee, is_owner, grantor, granted, by_default };
            let id = privilege.own_id();
            if let Some(whole) = whole {
                reader.catalog.add_use(id.clone(), whole);
            }
            if !reader.catalog.contains(&id) {
                reader.catalog.insert(id.clone(), privilege);
            }
            if let Some(Object::Privilege(privilege)) = reader.catalog.get_mut(&id) {
                let side = if row.granted { &mut privilege.granted } else { &mut privilege.by_default };
                side.insert(row.privilege, row.grantable);
            }
        }
        Ok(())
    }
}
