//! Indexes, from `pg_index`, but for those behind constraints.

use std::collections::HashMap;

use autogen_core::object::Index;
use autogen_core::{Kind, Name, Object, ObjectId, QualName};

use super::index_text;
use super::key::RawKeys;
use super::oids::class;
use super::query::query;
use super::reader::Reader;
use super::row::row;
use super::value::options;
use super::{Error, FromCatalog};

row! {
    pub(super) struct IndexRow {
        oid: u32,
        schema: Name,
        name: Name,
        relation: u32,
        is_unique: bool,
        nulls_not_distinct: bool,
        valid: bool,
        parent: Option<u32>,
        method: Name,
        keys: Vec<i16>,
        key_count: i16,
        flags: Vec<i16>,
        opclasses: Vec<u32>,
        collations: Vec<u32>,
        expressions_tree: Option<String>,
        predicate_tree: Option<String>,
        options: Option<Vec<String>>,
        tablespace: Option<Name>,
    }
}

impl FromCatalog for Index {
    fn read(reader: &mut Reader<'_>) -> Result<(), Error> {
        let mut rows = reader.session.all::<IndexRow>(query!("indexes", "index.sql"))?;
        rows.sort_unstable_by_key(|row| row.oid);
        let texts = index_text::read(reader, &mut rows)?;
        let named = |oid: u32| {
            let row = rows.get(rows.binary_search_by_key(&oid, |row| row.oid).ok()?)?;
            Some(QualName { schema: row.schema.clone(), name: row.name.clone() })
        };
        let parents: HashMap<u32, QualName> =
            rows.iter().filter_map(|row| Some((row.oid, named(row.parent?)?))).collect();
        attach_keys(reader, named);
        for row in rows {
            let Some(relation) = reader.oids.own_relation(row.relation) else { continue };
            let table = relation.name.clone();
            let schema = reader.names.shared(row.schema);
            let id = ObjectId::new(Kind::Index, QualName { schema, name: row.name });
            let texts = texts.of(row.oid);
            let raw = RawKeys {
                index: row.oid,
                relation: row.relation,
                keys: row.keys,
                key_count: row.key_count,
                flags: row.flags,
                opclasses: row.opclasses,
                collations: row.collations,
                texts: texts.and_then(|texts| texts.keys.as_ref()),
            };
            let (keys, include) = raw.resolve(reader);
            let index = Index {
                table,
                unique: row.is_unique,
                nulls_not_distinct: row.nulls_not_distinct,
                method: reader.names.shared(row.method),
                keys,
                include,
                predicate: texts.and_then(|texts| texts.predicate.clone()),
                options: options(row.options),
                tablespace: row.tablespace,
                valid: row.valid,
                partition_of: parents.get(&row.oid).cloned(),
            };
            reader.catalog.insert(id.clone(), index);
            reader.oids.insert(class::RELATION, row.oid, id);
        }
        Ok(())
    }
}

/// Says of the keys that were read before which index theirs is attached to.
fn attach_keys(reader: &mut Reader<'_>, named: impl Fn(u32) -> Option<QualName>) {
    for (id, parent) in std::mem::take(&mut reader.attached_keys) {
        let parent = named(parent);
        match reader.catalog.get_mut(&id) {
            Some(Object::PrimaryKey(key)) => key.partition_of = parent,
            Some(Object::Unique(key)) => key.partition_of = parent,
            _ => {}
        }
    }
}
