//! What is special about NOT NULL constraints, from `pg_constraint`, where they are from 18 on.

use std::collections::HashMap;

use autogen_core::object::not_null::{NAMES_NOT_NULL, NotNull};
use autogen_core::{Name, ObjectId};

use super::Error;
use super::query::query;
use super::reader::Reader;
use super::row::row;

row! {
    struct NotNullRow {
        relation: u32,
        number: i16,
        name: Name,
        no_inherit: bool,
    }
}

/// The constraints that are not as the server makes them by itself, by relation and number of the column.
pub(crate) fn read(reader: &mut Reader<'_>) -> Result<HashMap<(u32, i16), Box<NotNull>>, Error> {
    let mut all = HashMap::new();
    if reader.session.version() < NAMES_NOT_NULL {
        return Ok(all);
    }
    for row in reader.session.rows::<NotNullRow>(query!("NOT NULL constraints", "not_null.sql"))? {
        let row = row?;
        let Some(relation) = reader.oids.own_relation(row.relation) else { continue };
        let Some(column) = relation.column(row.number) else { continue };
        let chosen = NotNull::chosen_name(&ObjectId::column(&relation.name, column));
        let name = Some(row.name).filter(|name| *name != chosen);
        if let Some(special) = (NotNull { name, no_inherit: row.no_inherit }).if_special() {
            all.insert((row.relation, row.number), special);
        }
    }
    Ok(all)
}
