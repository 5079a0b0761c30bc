//! Primary keys, and unique constraints with them: from `pg_constraint` and `pg_index`.

use autogen_core::object::{PrimaryKey, Unique};
use autogen_core::{Kind, Name, ObjectId};

use super::column::table;
use super::oids::class;
use super::query::query;
use super::reader::Reader;
use super::row::row;
use super::value::{deferrability, options};
use super::{Error, FromCatalog};

row! {
    struct KeyRow {
        oid: u32,
        name: Name,
        relation: u32,
        kind: u8,
        deferrable: bool,
        deferred: bool,
        inherited: bool,
        index_oid: u32,
        keys: Vec<i16>,
        key_count: i16,
        nulls_not_distinct: bool,
        without_overlaps: bool,
        options: Option<Vec<String>>,
        tablespace: Option<Name>,
        parent: Option<u32>,
        valid: bool,
    }
}

impl FromCatalog for PrimaryKey {
    fn read(reader: &mut Reader<'_>) -> Result<(), Error> {
        for row in reader.session.rows::<KeyRow>(query!("keys", "primary_key.sql"))? {
            let row = row?;
            let Some(relation) = table(&reader.oids, row.relation) else { continue };
            let (key, rest) =
                row.keys.split_at_checked(usize::try_from(row.key_count).unwrap_or(0)).unwrap_or_default();
            let (columns, include) = (relation.columns(key), relation.columns(rest));
            let deferrability = deferrability(row.deferrable, row.deferred);
            let (options, tablespace) = (options(row.options), row.tablespace);
            let (without_overlaps, inherited, valid) = (row.without_overlaps, row.inherited, row.valid);
            let kind = if row.kind == b'p' { Kind::PrimaryKey } else { Kind::Unique };
            let id = ObjectId::part(kind, relation.name.clone(), row.name);
            if kind == Kind::PrimaryKey {
                let key = PrimaryKey {
                    columns,
                    include,
                    deferrability,
                    options,
                    tablespace,
                    without_overlaps,
                    inherited,
                    partition_of: None,
                    valid,
                };
                reader.catalog.insert(id.clone(), key);
            } else {
                let nulls_not_distinct = row.nulls_not_distinct;
                let key = Unique {
                    columns,
                    include,
                    nulls_not_distinct,
                    deferrability,
                    options,
                    tablespace,
                    without_overlaps,
                    inherited,
                    partition_of: None,
                    valid,
                };
                reader.catalog.insert(id.clone(), key);
            }
            if let Some(parent) = row.parent {
                reader.attached_keys.push((id.clone(), parent));
            }
            // What depends on the index behind a constraint depends on the constraint.
            reader.oids.insert(class::RELATION, row.index_oid, id.clone());
            reader.oids.insert(class::CONSTRAINT, row.oid, id);
        }
        Ok(())
    }
}
