//! Column defaults, from `pg_attrdef`.

use autogen_core::object::Default;
use autogen_core::{Kind, ObjectId};

use super::oids::class;
use super::query::query;
use super::reader::Reader;
use super::row::row;
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
        for row in
            reader.session.rows_for::<DefaultRow>(query!("defaults", "default.sql"), relations, numbers)?
        {
            let row = row?;
            let Some(relation) = reader.oids.own_relation(row.relation) else { continue };
            let column =
                if relation.model_kind() == Some(Kind::Table) { relation.column(row.number) } else { None };
            // The default of a view's column is a setting.
            let Some(column) = column else { continue };
            let id = ObjectId::column(&relation.name, column);
            if row.is_generated {
                reader.oids.insert(class::DEFAULT, row.oid, id);
                continue;
            }
            let expression = deparsed("defaults", column, row.expression)?;
            let id = ObjectId { kind: Kind::Default, ..id };
            reader.catalog.insert(id.clone(), Default { expression });
            reader.oids.insert(class::DEFAULT, row.oid, id);
        }
        Ok(())
    }
}
