//! Enums, from `pg_type` and `pg_enum`.

use autogen_core::object::EnumType;
use autogen_core::{Kind, Name, ObjectId, QualName};

use super::oids::class;
use super::query::query;
use super::reader::{Reader, place};
use super::row::row;
use super::{Error, FromCatalog};

row! {
    struct EnumRow {
        oid: u32,
        array_oid: u32,
        schema: Name,
        name: Name,
        labels: Vec<String>,
    }
}

impl FromCatalog for EnumType {
    fn read(reader: &mut Reader<'_>) -> Result<(), Error> {
        for row in reader.session.rows::<EnumRow>(query!("enum types", "enum_type.sql"))? {
            let row = row?;
            let id = ObjectId::new(Kind::EnumType, QualName { schema: row.schema, name: row.name });
            reader.oids.insert_types(&[row.array_oid], &id);
            let labels = EnumType { labels: row.labels };
            place(&mut reader.catalog, &mut reader.oids, (class::TYPE, row.oid), id, labels);
        }
        Ok(())
    }
}
