//! Tables, from `pg_class`. An option of a foreign one that is called like a secret is not read.

use autogen_core::object::Table;
use autogen_core::object::table::{Foreign, PartitionOf, ReplicaIdentity};
use autogen_core::{Name, ObjectId};

use super::oids::class;
use super::query::query;
use super::reader::Reader;
use super::row::row;
use super::value::{deparsed, options, persistence, prefixed_options};
use super::{Error, FromCatalog};

row! {
    struct TableRow {
        oid: u32,
        persistence: u8,
        partition_key: Option<String>,
        is_partition: bool,
        partition_bound: Option<String>,
        parents: Option<Vec<u32>>,
        of_type: u32,
        options: Option<Vec<String>>,
        toast_options: Option<Vec<String>>,
        replica_identity: u8,
        replica_index: Option<Name>,
        row_security: bool,
        force_row_security: bool,
        access_method: Option<Name>,
        tablespace: Option<Name>,
        server: Option<Name>,
        server_options: Option<Vec<String>>,
    }
}

impl FromCatalog for Table {
    fn read(reader: &mut Reader<'_>) -> Result<(), Error> {
        for row in reader.session.rows::<TableRow>(query!("tables", "table.sql"))? {
            let row = row?;
            let Some(relation) = reader.oids.own_relation(row.oid) else { continue };
            let parents = row.parents.iter().flatten().filter_map(|oid| reader.oids.relation(*oid));
            let mut inherits: Vec<_> = parents.map(|parent| parent.name.clone()).collect();
            let mut partition_of = None;
            if row.is_partition
                && let Some(parent) = inherits.pop()
            {
                let bound = deparsed("tables", &relation.name.name, row.partition_bound)?;
                partition_of = Some(Box::new(PartitionOf { parent, bound }));
            }
            let mut parameters = options(row.options);
            parameters.extend(prefixed_options("toast.", row.toast_options));
            let table = Table {
                persistence: persistence(row.persistence),
                partition_key: row.partition_key.map(autogen_core::Expression::new),
                partition_of,
                inherits,
                of_type: reader.oids.get(class::TYPE, row.of_type).map(|id| id.name.clone()),
                options: parameters,
                replica_identity: match (row.replica_identity, row.replica_index) {
                    (b'f', _) => ReplicaIdentity::Full,
                    (b'i', Some(index)) => ReplicaIdentity::Index(index),
                    // An index that was dropped leaves none.
                    (b'n' | b'i', _) => ReplicaIdentity::Nothing,
                    _ => ReplicaIdentity::Default,
                },
                row_security: row.row_security,
                force_row_security: row.force_row_security,
                access_method: row.access_method,
                tablespace: row.tablespace,
                foreign: row.server.map(|server| Foreign { server, options: options(row.server_options) }),
            };
            reader.catalog.insert(ObjectId::table(&relation.name), table);
        }
        Ok(())
    }
}
