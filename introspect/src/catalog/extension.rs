//! Extensions, from `pg_extension`.

use autogen_core::object::Extension;
use autogen_core::{Kind, Name, ObjectId, QualName};

use super::oids::class;
use super::query::query;
use super::reader::{Reader, place};
use super::row::row;
use super::{Error, FromCatalog};

row! {
    struct ExtensionRow {
        oid: u32,
        name: Name,
        schema: Name,
        version: String,
        relocatable: bool,
    }
}

impl FromCatalog for Extension {
    fn read(reader: &mut Reader<'_>) -> Result<(), Error> {
        for row in reader.session.rows::<ExtensionRow>(query!("extensions", "extension.sql"))? {
            let row = row?;
            let id = ObjectId::new(Kind::Extension, QualName::global(row.name));
            let extension =
                Extension { schema: row.schema, version: Some(row.version), relocatable: row.relocatable };
            place(&mut reader.catalog, &mut reader.oids, (class::EXTENSION, row.oid), id, extension);
        }
        Ok(())
    }
}
