//! Row security policies, from `pg_policy`.

use autogen_core::object::Policy;
use autogen_core::object::policy::PolicyCommand;
use autogen_core::{Expression, Kind, Name, ObjectId};

use super::column::table;
use super::oids::class;
use super::query::query;
use super::reader::Reader;
use super::row::row;
use super::{Error, FromCatalog};

row! {
    struct PolicyRow {
        oid: u32,
        relation: u32,
        name: Name,
        permissive: bool,
        command: u8,
        roles: Vec<String>,
        using_text: Option<String>,
        check_text: Option<String>,
    }
}

impl FromCatalog for Policy {
    fn read(reader: &mut Reader<'_>) -> Result<(), Error> {
        for row in reader.session.rows::<PolicyRow>(query!("policies", "policy.sql"))? {
            let row = row?;
            let Some(relation) = table(&reader.oids, row.relation) else { continue };
            let mut roles: Vec<Name> = row.roles.into_iter().map(Name::from).collect();
            roles.sort();
            let policy = Policy {
                permissive: row.permissive,
                command: match row.command {
                    b'r' => PolicyCommand::Select,
                    b'a' => PolicyCommand::Insert,
                    b'w' => PolicyCommand::Update,
                    b'd' => PolicyCommand::Delete,
                    _ => PolicyCommand::All,
                },
                roles,
                using: row.using_text.map(Expression::new),
                check: row.check_text.map(Expression::new),
            };
            let id = ObjectId::part(Kind::Policy, relation.name.clone(), row.name);
            reader.catalog.insert(id.clone(), policy);
            reader.oids.insert(class::POLICY, row.oid, id);
        }
        Ok(())
    }
}
