//! Foreign keys, from `pg_constraint`. One that refers to a partitioned table has further rows there, one for each
//! partition; those are the server's own and left out.

use std::collections::HashMap;

use autogen_core::object::ForeignKey;
use autogen_core::object::foreign_key::ReferentialAction;
use autogen_core::{Kind, Name, ObjectId};

use super::column::table;
use super::oids::class;
use super::query::query;
use super::reader::{Reader, report_unread};
use super::row::row;
use super::value::deferrability;
use super::{Error, FromCatalog};

row! {
    struct ForeignKeyRow {
        oid: u32,
        name: Name,
        relation: u32,
        columns: Vec<i16>,
        parent: u32,
        parent_columns: Vec<i16>,
        on_update: u8,
        on_delete: u8,
        set_columns: Vec<i16>,
        match_type: u8,
        deferrable: bool,
        deferred: bool,
        validated: bool,
        enforced: bool,
        period: bool,
        parent_constraint: u32,
        inherited: bool,
    }
}

impl FromCatalog for ForeignKey {
    fn read(reader: &mut Reader<'_>) -> Result<(), Error> {
        let rows = reader.session.all::<ForeignKeyRow>(query!("foreign keys", "foreign_key.sql"))?;
        let referred: HashMap<u32, (u32, u32)> =
            rows.iter().map(|row| (row.oid, (row.parent, row.parent_constraint))).collect();
        for row in rows {
            if top(&referred, row.oid) != Some(row.parent) {
                continue;
            }
            let (Some(relation), Some(parent)) =
                (table(&reader.oids, row.relation), reader.oids.relation(row.parent))
            else {
                continue;
            };
            if row.period {
                let name = relation.name.sibling(row.name);
                report_unread(&mut reader.catalog, "foreign key", name, "autogen does not model PERIOD");
                continue;
            }
            let foreign_key = ForeignKey {
                columns: relation.columns(&row.columns),
                parent: parent.name.clone(),
                parent_columns: parent.columns(&row.parent_columns),
                on_update: action(row.on_update),
                on_delete: action(row.on_delete),
                set_columns: relation.columns(&row.set_columns),
                match_full: row.match_type == b'f',
                deferrability: deferrability(row.deferrable, row.deferred),
                validated: row.validated,
                enforced: row.enforced,
                inherited: row.inherited,
            };
            let id = ObjectId::part(Kind::ForeignKey, relation.name.clone(), row.name);
            reader.catalog.insert(id.clone(), foreign_key);
            reader.oids.insert(class::CONSTRAINT, row.oid, id);
        }
        Ok(())
    }
}

/// The table that the topmost of a constraint's parents refers to.
fn top(referred: &HashMap<u32, (u32, u32)>, mut oid: u32) -> Option<u32> {
    loop {
        let (parent, constraint) = *referred.get(&oid)?;
        if constraint == 0 {
            return Some(parent);
        }
        oid = constraint;
    }
}

fn action(letter: u8) -> ReferentialAction {
    match letter {
        b'r' => ReferentialAction::Restrict,
        b'c' => ReferentialAction::Cascade,
        b'n' => ReferentialAction::SetNull,
        b'd' => ReferentialAction::SetDefault,
        _ => ReferentialAction::NoAction,
    }
}
