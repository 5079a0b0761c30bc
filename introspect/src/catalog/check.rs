//! Checks of tables, from `pg_constraint`.

use autogen_core::object::Check;
use autogen_core::{Kind, Name, ObjectId};

use super::column::table;
use super::oids::class;
use super::query::query;
use super::reader::Reader;
use super::row::row;
use super::value::{deparsed, origin};
use super::{Error, FromCatalog};

row! {
    struct CheckRow {
        oid: u32,
        name: Name,
        relation: u32,
        expression: Option<String>,
        columns: Vec<i16>,
        no_inherit: bool,
        validated: bool,
        enforced: bool,
        is_local: bool,
        parents: i32,
    }
}

impl FromCatalog for Check {
    fn read(reader: &mut Reader<'_>) -> Result<(), Error> {
        for row in reader.session.rows::<CheckRow>(query!("checks", "check.sql"))? {
            let row = row?;
            let Some(relation) = table(&reader.oids, row.relation) else { continue };
            let mut columns = relation.columns(&row.columns);
            columns.sort();
            let check = Check {
                expression: deparsed("checks", &row.name, row.expression)?,
                columns,
                no_inherit: row.no_inherit,
                validated: row.validated,
                enforced: row.enforced,
                origin: origin(row.is_local, row.parents),
            };
            let id = ObjectId::part(Kind::Check, relation.name.clone(), row.name);
            reader.catalog.insert(id.clone(), check);
            reader.oids.insert(class::CONSTRAINT, row.oid, id);
        }
        Ok(())
    }
}
