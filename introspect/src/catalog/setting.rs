//! What is set on pieces that are no objects of the model, from `pg_attrdef`, `pg_attribute`, `pg_index` and
//! `pg_trigger`. The statements are put together by the query, quoted by the server.

use autogen_core::object::Setting;
use autogen_core::{Expression, Kind, ObjectId};

use super::query::query;
use super::reader::Reader;
use super::row::row;
use super::{Error, FromCatalog};

row! {
    struct SettingRow {
        class: u32,
        oid: u32,
        relation: u32,
        key: String,
        on_class: u32,
        on_oid: u32,
        used_class: u32,
        used_oid: u32,
        set: String,
        reset: String,
    }
}

impl FromCatalog for Setting {
    fn read(reader: &mut Reader<'_>) -> Result<(), Error> {
        let query = query!("settings", "setting.sql");
        for row in reader.session.rows_of::<SettingRow>(query, reader.attributes.with_targets())? {
            let row = row?;
            let Some(relation) = reader.oids.own_relation(row.relation) else { continue };
            let Some(on) = reader.oids.get(row.on_class, row.on_oid).cloned() else { continue };
            let id = ObjectId::part(Kind::Setting, relation.name.clone(), row.key);
            let used = reader.oids.get(row.used_class, row.used_oid);
            used.into_iter().for_each(|used| reader.catalog.add_use(id.clone(), used.clone()));
            let (set, reset) = (Expression::new(row.set), Expression::new(row.reset));
            reader.catalog.insert(id.clone(), Setting { on, set, reset });
            if row.oid != 0 {
                reader.oids.insert(row.class, row.oid, id);
            }
        }
        Ok(())
    }
}
