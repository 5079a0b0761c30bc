//! Range types, from `pg_range` and `pg_type`.

use autogen_core::object::RangeType;
use autogen_core::{Kind, Name, ObjectId, QualName};

use super::oids::class;
use super::query::query;
use super::reader::{Reader, place};
use super::row::row;
use super::types::data_type;
use super::value::qualified;
use super::{Error, FromCatalog};

row! {
    struct RangeRow {
        oid: u32,
        array_oid: u32,
        multirange_oid: u32,
        multirange_array_oid: u32,
        schema: Name,
        name: Name,
        subtype_schema: Name,
        subtype_name: Name,
        subtype_text: String,
        subtype_is_array: bool,
        opclass_schema: Option<Name>,
        opclass_name: Option<Name>,
        collation: u32,
        canonical_schema: Option<Name>,
        canonical_name: Option<Name>,
        diff_schema: Option<Name>,
        diff_name: Option<Name>,
        multirange_schema: Option<Name>,
        multirange: Option<Name>,
    }
}

impl FromCatalog for RangeType {
    fn read(reader: &mut Reader<'_>) -> Result<(), Error> {
        for row in reader.session.rows::<RangeRow>(query!("range types", "range_type.sql"))? {
            let row = row?;
            let id = ObjectId::new(Kind::RangeType, QualName { schema: row.schema, name: row.name });
            reader.oids.insert_types(&[row.array_oid, row.multirange_oid, row.multirange_array_oid], &id);
            let range = RangeType {
                subtype: data_type(
                    row.subtype_schema,
                    row.subtype_name,
                    row.subtype_text,
                    row.subtype_is_array,
                ),
                opclass: qualified(row.opclass_schema, row.opclass_name),
                collation: reader.types.collation(row.collation, 0),
                canonical: qualified(row.canonical_schema, row.canonical_name),
                subtype_diff: qualified(row.diff_schema, row.diff_name),
                multirange: qualified(row.multirange_schema, row.multirange),
            };
            place(&mut reader.catalog, &mut reader.oids, (class::TYPE, row.oid), id, range);
        }
        Ok(())
    }
}
