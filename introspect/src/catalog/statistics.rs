//! Extended statistics, from `pg_statistic_ext` with `pg_get_statisticsobjdef`.

use autogen_core::object::Statistics;
use autogen_core::{Kind, Name, ObjectId, QualName};

use super::oids::class;
use super::query::query;
use super::reader::Reader;
use super::row::row;
use super::value::definition;
use super::{Error, FromCatalog};

row! {
    struct StatisticsRow {
        oid: u32,
        schema: Name,
        name: Name,
        relation: u32,
        definition: Option<String>,
        target: Option<i32>,
    }
}

impl FromCatalog for Statistics {
    fn read(reader: &mut Reader<'_>) -> Result<(), Error> {
        for row in reader.session.rows::<StatisticsRow>(query!("statistics", "statistics.sql"))? {
            let row = row?;
            let Some(relation) = reader.oids.own_relation(row.relation) else { continue };
            let definition = definition("statistics", &row.name, row.definition)?;
            let statistics = Statistics { table: relation.name.clone(), definition, target: row.target };
            let id = ObjectId::new(Kind::Statistics, QualName { schema: row.schema, name: row.name });
            reader.catalog.insert(id.clone(), statistics);
            reader.oids.insert(class::STATISTICS, row.oid, id);
        }
        Ok(())
    }
}
