//! Views, from `pg_class` with `pg_get_viewdef`.

use autogen_core::object::View;
use autogen_core::{Kind, ObjectId};

use super::query::query;
use super::reader::Reader;
use super::row::row;
use super::value::{definition, options};
use super::{Error, FromCatalog};

row! {
    struct ViewRow {
        oid: u32,
        definition: Option<String>,
        options: Option<Vec<String>>,
    }
}

impl FromCatalog for View {
    fn read(reader: &mut Reader<'_>) -> Result<(), Error> {
        for row in reader.session.rows::<ViewRow>(query!("views", "view.sql"))? {
            let row = row?;
            let Some(relation) = reader.oids.own_relation(row.oid) else { continue };
            let view = View {
                definition: definition("views", &relation.name.name, row.definition)?,
                columns: reader.attributes.typed(row.oid, &reader.types),
                options: options(row.options),
            };
            reader.catalog.insert(ObjectId::new(Kind::View, relation.name.clone()), view);
        }
        Ok(())
    }
}
