//! Stand-alone composite types. Their names come with the relations, their attributes with the columns.

use autogen_core::object::CompositeType;
use autogen_core::object::composite_type::Attribute;
use autogen_core::{Kind, ObjectId};

use super::reader::Reader;
use super::{Error, FromCatalog};

impl FromCatalog for CompositeType {
    fn read(reader: &mut Reader<'_>) -> Result<(), Error> {
        for (oid, relation) in reader.oids.own_relations().filter(|(_, relation)| relation.kind == b'c') {
            let attributes = reader.attributes.of(oid).iter().filter_map(|row| {
                let column = reader.types.column(row.type_oid, row.modifier)?;
                let collation = reader.types.collation(row.collation, column.collation);
                Some(Attribute { name: row.name.clone(), data_type: column.data_type.clone(), collation })
            });
            let id = ObjectId::new(Kind::CompositeType, relation.name.clone());
            reader.catalog.insert(id, CompositeType { attributes: attributes.collect() });
        }
        Ok(())
    }
}
