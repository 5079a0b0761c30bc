//! Exclusion constraints, from `pg_constraint` and `pg_index`.

use autogen_core::object::Exclusion;
use autogen_core::{Expression, Kind, Name, ObjectId};

use super::column::table;
use super::key::RawKeys;
use super::oids::class;
use super::query::query;
use super::reader::Reader;
use super::row::row;
use super::value::{deferrability, options};
use super::{Error, FromCatalog, index_text};

row! {
    struct ExclusionRow {
        oid: u32,
        name: Name,
        relation: u32,
        deferrable: bool,
        deferred: bool,
        index_oid: u32,
        operators: Vec<String>,
        method: Name,
        keys: Vec<i16>,
        key_count: i16,
        flags: Vec<i16>,
        opclasses: Vec<u32>,
        collations: Vec<u32>,
        has_text: bool,
        options: Option<Vec<String>>,
        tablespace: Option<Name>,
    }
}

impl FromCatalog for Exclusion {
    fn read(reader: &mut Reader<'_>) -> Result<(), Error> {
        let rows = reader.session.all::<ExclusionRow>(query!("exclusion constraints", "exclusion.sql"))?;
        let with_text = rows.iter().filter(|row| row.has_text).map(|row| row.index_oid).collect();
        let texts = index_text::ask(reader, with_text)?;
        for row in rows {
            let Some(relation) = table(&reader.oids, row.relation) else { continue };
            let id = ObjectId::part(Kind::Exclusion, relation.name.clone(), row.name);
            let text = texts.get(&row.index_oid);
            let raw = RawKeys {
                index: row.index_oid,
                relation: row.relation,
                keys: row.keys,
                key_count: row.key_count,
                flags: row.flags,
                opclasses: row.opclasses,
                collations: row.collations,
                texts: text.and_then(|text| text.keys.as_ref()),
            };
            let (keys, include) = raw.resolve(reader);
            let exclusion = Exclusion {
                method: row.method,
                elements: keys.into_iter().zip(row.operators.into_iter().map(Expression::new)).collect(),
                include,
                predicate: text.and_then(|text| text.predicate.clone()),
                deferrability: deferrability(row.deferrable, row.deferred),
                options: options(row.options),
                tablespace: row.tablespace,
            };
            reader.catalog.insert(id.clone(), exclusion);
            reader.oids.insert(class::RELATION, row.index_oid, id.clone());
            reader.oids.insert(class::CONSTRAINT, row.oid, id);
        }
        Ok(())
    }
}
