//! Triggers, from `pg_trigger` with `pg_get_triggerdef`.

use autogen_core::object::Trigger;
use autogen_core::{Kind, Name, ObjectId};

use super::oids::class;
use super::query::query;
use super::reader::{Reader, place};
use super::row::row;
use super::value::{definition, firing};
use super::{Error, FromCatalog};

row! {
    struct TriggerRow {
        oid: u32,
        relation: u32,
        name: Name,
        definition: Option<String>,
        enabled: u8,
    }
}

impl FromCatalog for Trigger {
    fn read(reader: &mut Reader<'_>) -> Result<(), Error> {
        for row in reader.session.rows::<TriggerRow>(query!("triggers", "trigger.sql"))? {
            let row = row?;
            let Some(relation) = reader.oids.own_relation(row.relation).filter(|r| r.model_kind().is_some())
            else {
                continue;
            };
            let definition = definition("triggers", &row.name, row.definition)?;
            let trigger = Trigger { definition, enabled: firing(row.enabled) };
            let id = ObjectId::part(Kind::Trigger, relation.name.clone(), row.name);
            place(&mut reader.catalog, &mut reader.oids, (class::TRIGGER, row.oid), id, trigger);
        }
        Ok(())
    }
}
