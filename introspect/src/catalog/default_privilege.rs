//! Default privileges, from `pg_default_acl`. Read on request.

use std::collections::BTreeMap;

use autogen_core::object::DefaultPrivilege;
use autogen_core::{Kind, Name, Object, ObjectId, QualName};

use super::query::query;
use super::reader::{Reader, report_unread};
use super::row::row;
use super::{Error, FromCatalog};

row! {
    struct DefaultPrivilegeRow {
        role: Name,
        schema: Name,
        class: u8,
        grantee: Name,
        privilege: String,
        grantable: bool,
        granted: bool,
    }
}

impl FromCatalog for DefaultPrivilege {
    fn read(reader: &mut Reader<'_>) -> Result<(), Error> {
        if !reader.privileges {
            return Ok(());
        }
        for row in reader
            .session
            .rows::<DefaultPrivilegeRow>(query!("default privileges", "default_privilege.sql"))?
        {
            let row = row?;
            let name = QualName { schema: row.schema.clone(), name: row.role.clone() };
            let class = match row.class {
                b'r' => "TABLES",
                b'S' => "SEQUENCES",
                b'f' => "FUNCTIONS",
                b'T' => "TYPES",
                b'n' => "SCHEMAS",
                _ => {
                    report_unread(
                        &mut reader.catalog,
                        "default privilege",
                        name,
                        "autogen does not model this class of objects",
                    );
                    continue;
                }
            };
            let id =
                ObjectId::part(Kind::DefaultPrivilege, name, format!("{class} to {}", row.grantee.as_str()));
            if !reader.catalog.contains(&id) {
                let privilege = DefaultPrivilege {
                    role: row.role,
                    schema: row.schema,
                    class: class.to_owned(),
                    grantee: row.grantee,
                    granted: BTreeMap::new(),
                    by_default: BTreeMap::new(),
                };
                reader.catalog.insert(id.clone(), privilege);
            }
            if let Some(Object::DefaultPrivilege(privilege)) = reader.catalog.get_mut(&id) {
                let side = if row.granted { &mut privilege.granted } else { &mut privilege.by_default };
                side.insert(row.privilege, row.grantable);
            }
        }
        Ok(())
    }
}
