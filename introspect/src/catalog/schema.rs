//! Schemas, from `pg_namespace`.

use autogen_core::object::Schema;
use autogen_core::{Name, ObjectId};

use super::oids::class;
use super::query::query;
use super::reader::{Reader, place};
use super::row::row;
use super::{Error, FromCatalog};

row! {
    struct SchemaRow {
        oid: u32,
        name: Name,
    }
}

impl FromCatalog for Schema {
    fn read(reader: &mut Reader<'_>) -> Result<(), Error> {
        for row in reader.session.rows::<SchemaRow>(query!("schemas", "schema.sql"))? {
            let row = row?;
            let id = ObjectId::schema(&row.name);
            place(&mut reader.catalog, &mut reader.oids, (class::SCHEMA, row.oid), id, Schema {});
        }
        Ok(())
    }
}
