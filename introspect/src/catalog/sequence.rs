//! Sequences, from `pg_sequence`. Those behind identity columns are kept for the columns.

use autogen_core::object::Sequence;
use autogen_core::object::sequence::SequenceOptions;
use autogen_core::object::table::Persistence;
use autogen_core::{Kind, ObjectId, QualName};

use super::query::query;
use super::reader::Reader;
use super::row::row;
use super::value::persistence;
use super::{Error, FromCatalog};

row! {
    struct SequenceRow {
        oid: u32,
        persistence: u8,
        type_oid: u32,
        start: i64,
        increment: i64,
        min: i64,
        max: i64,
        cache: i64,
        cycle: bool,
        ownership: Option<u8>,
        owner: Option<u32>,
        owner_column: Option<i32>,
    }
}

/// The sequence of an identity column.
pub(crate) struct IdentitySequence {
    /// Its oid in `pg_class`.
    pub(crate) oid: u32,
    /// Its name.
    pub(crate) name: QualName,
    /// Its options.
    pub(crate) options: SequenceOptions,
    /// Whether it is written to the log.
    pub(crate) persistence: Persistence,
}

impl FromCatalog for Sequence {
    fn read(reader: &mut Reader<'_>) -> Result<(), Error> {
        for row in reader.session.rows::<SequenceRow>(query!("sequences", "sequence.sql"))? {
            let row = row?;
            let Some(relation) = reader.oids.own_relation(row.oid) else { continue };
            let name = relation.name.clone();
            let options = SequenceOptions {
                data_type: match row.type_oid {
                    21 => "smallint",
                    23 => "integer",
                    _ => "bigint",
                }
                .to_owned(),
                start: row.start,
                increment: row.increment,
                min: row.min,
                max: row.max,
                cache: row.cache,
                cycle: row.cycle,
            };
            let persistence = persistence(row.persistence);
            let owner = row.owner.zip(row.owner_column);
            if let (Some(b'i'), Some(column)) = (row.ownership, owner) {
                reader
                    .identities
                    .insert(column, IdentitySequence { oid: row.oid, name, options, persistence });
                continue;
            }
            let owned_by = owner.and_then(|(relation, column)| {
                let relation = reader.oids.own_relation(relation)?;
                Some(ObjectId::column(&relation.name, relation.column(i16::try_from(column).ok()?)?))
            });
            let sequence = Sequence { options, owned_by, persistence };
            reader.catalog.insert(ObjectId::new(Kind::Sequence, name), sequence);
        }
        Ok(())
    }
}
