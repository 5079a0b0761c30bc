//! Materialized views, from `pg_class` with `pg_get_viewdef`.

use autogen_core::object::MaterializedView;
use autogen_core::{Kind, Name, ObjectId};

use super::query::query;
use super::reader::Reader;
use super::row::row;
use super::value::{definition, options};
use super::{Error, FromCatalog};

row! {
    struct MaterializedViewRow {
        oid: u32,
        definition: Option<String>,
        options: Option<Vec<String>>,
        access_method: Option<Name>,
        tablespace: Option<Name>,
        populated: bool,
    }
}

impl FromCatalog for MaterializedView {
    fn read(reader: &mut Reader<'_>) -> Result<(), Error> {
        let query = query!("materialized views", "materialized_view.sql");
        for row in reader.session.rows::<MaterializedViewRow>(query)? {
            let row = row?;
            let Some(relation) = reader.oids.own_relation(row.oid) else { continue };
            let view = MaterializedView {
                definition: definition(query.name, &relation.name.name, row.definition)?,
                columns: reader.attributes.typed(row.oid, &reader.types),
                options: options(row.options),
                access_method: row.access_method,
                tablespace: row.tablespace,
                populated: row.populated,
            };
            reader.catalog.insert(ObjectId::new(Kind::MaterializedView, relation.name.clone()), view);
        }
        Ok(())
    }
}
