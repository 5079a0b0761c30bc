//! The names of relations, before anything that refers to them. What they are is read by their own kinds.

use autogen_core::{Name, QualName};

use super::Error;
use super::oids::{Relation, class};
use super::query::query;
use super::reader::Reader;
use super::row::row;

row! {
    struct RelationRow {
        oid: u32,
        schema: Name,
        name: Name,
        kind: u8,
        row_type: u32,
        row_array: u32,
    }
}

/// Reads the names of relations and of their row types.
pub(crate) fn read(reader: &mut Reader<'_>) -> Result<(), Error> {
    for row in reader.session.rows::<RelationRow>(query!("relations", "relation.sql"))? {
        let row = row?;
        // A stand-alone composite type is a member as a type, not as a relation.
        let member = reader.oids.is_member(class::RELATION, row.oid)
            || reader.oids.is_member(class::TYPE, row.row_type);
        let name = QualName { schema: reader.names.shared(row.schema), name: row.name };
        let relation = Relation { name, kind: row.kind, member, columns: Vec::new() };
        if let Some(id) = relation.id() {
            if member {
                reader.catalog.extension_owned.insert(id.clone());
            }
            reader.oids.insert_types(&[row.row_type, row.row_array], &id);
            reader.oids.insert(class::RELATION, row.oid, id);
        }
        reader.oids.insert_relation(row.oid, relation);
    }
    Ok(())
}
