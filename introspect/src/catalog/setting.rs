//! What is set on pieces that are no objects of the model, from `pg_attrdef`, `pg_attribute`, `pg_index`, `pg_trigger`,
//! `pg_class` and `pg_constraint`. The statements are put together by the query, quoted by the server.

use autogen_core::object::Setting;
use autogen_core::object::not_null::NAMES_NOT_NULL;
use autogen_core::{Expression, Kind, Object, ObjectId};

use super::oids::Relation;
use super::query::query;
use super::reader::Reader;
use super::row::row;
use super::sequence::IdentitySequence;
use super::session::collect;
use super::{Error, FromCatalog};

row! {
    struct SettingRow {
        class: u32,
        oid: u32,
        relation: u32,
        key: String,
        on_class: u32,
        on_oid: u32,
        on_column: i32,
        used_class: u32,
        used_oid: u32,
        set: String,
        reset: String,
        unproved: bool,
    }
}

impl FromCatalog for Setting {
    fn read(reader: &mut Reader<'_>) -> Result<(), Error> {
        for row in rows(reader)? {
            let Some(relation) = reader.oids.own_relation(row.relation) else { continue };
            let column = relation.column(i16::try_from(row.on_column).unwrap_or_default());
            let on = match column {
                Some(column) => Some(ObjectId::column(&relation.name, column)),
                None => reader.oids.get(row.on_class, row.on_oid).cloned(),
            };
            let Some(on) = on else { continue };
            if row.unproved
                && let Some(Object::Column(column)) = reader.catalog.get_mut(&on)
            {
                column.not_null = false;
            }
            // What a parent hands down.
            if row.set.is_empty() {
                continue;
            }
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

fn rows(reader: &mut Reader<'_>) -> Result<Vec<SettingRow>, Error> {
    let mut relations = reader.attributes.with_targets();
    relations.extend(unlike_their_tables(reader));
    let mut all =
        collect(reader.session.rows_of(query!("settings of columns", "setting/relation.sql"), relations)?)?;
    all.extend(reader.session.all(query!("defaults of views", "setting/view_default.sql"))?);
    all.extend(reader.session.all(query!("clustered tables", "setting/cluster.sql"))?);
    all.extend(reader.session.all(query!("triggers of partitions", "setting/trigger.sql"))?);
    if reader.session.version() >= NAMES_NOT_NULL {
        all.extend(reader.session.all(query!("unproved NOT NULL", "setting/not_null.sql"))?);
    }
    Ok(all)
}

/// The sequences of identity columns that are unlogged where their tables are not, or the other way round. Before 15 there
/// are no unlogged sequences.
fn unlike_their_tables(reader: &Reader<'_>) -> Vec<u32> {
    if reader.session.major() < 15 {
        return Vec::new();
    }
    let is_unlike = |table: u32, sequence: &IdentitySequence| {
        let id = reader.oids.own_relation(table).and_then(Relation::id);
        let table = id.and_then(|id| reader.catalog.get(&id));
        matches!(table, Some(Object::Table(table)) if table.persistence != sequence.persistence)
    };
    let unlike = reader.identities.iter().filter(|((table, _), sequence)| is_unlike(*table, sequence));
    unlike.map(|(_, sequence)| sequence.oid).collect()
}
