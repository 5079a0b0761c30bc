//! Column defaults, from `pg_attrdef`.

use autogen_core::object::Default;
use autogen_core::{Kind, ObjectId};

use super::column::table;
use super::oids::class;
use super::query::query;
use super::reader::Reader;
use super::row::row;
use super::session::collect;
use super::value::deparsed;
use super::{Error, FromCatalog};

row! {
    struct DefaultRow {
        oid: u32,
        relation: u32,
        number: i16,
        is_generated: bool,
        expression: Option<String>,
    }
}

impl FromCatalog for Default {
    fn read(reader: &mut Reader<'_>) -> Result<(), Error> {
        let (relations, numbers) = reader.attributes.generated();
        let query = query!("defaults", "default.sql");
        let mut all = collect(reader.session.rows_for::<DefaultRow>(query, relations, numbers)?)?;
        for rows in all.chunk_by_mut(|a, b| a.relation == b.relation) {
            let Some(oid) = rows.first().map(|row| row.relation) else { continue };
            // The default of a view's column is a setting.
            let Some(relation) = table(&reader.oids, oid) else { continue };
            let id = |row: &DefaultRow| Some(ObjectId::column(&relation.name, relation.column(row.number)?));
            let mut rows: Vec<(ObjectId, &mut DefaultRow)> =
                rows.iter_mut().filter_map(|row| Some((id(row)?, row))).collect();
            // What comes in the order of the catalog has its place beside the last.
            rows.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
            for (column, row) in rows {
                let id = if row.is_generated {
                    column
                } else {
                    let expression = deparsed("defaults", column.own_name(), row.expression.take())?;
                    let id = ObjectId { kind: Kind::Default, ..column };
                    reader.catalog.insert(id.clone(), Default { expression });
                    id
                };
                reader.oids.insert(class::DEFAULT, row.oid, id);
            }
        }
        Ok(())
    }
}
