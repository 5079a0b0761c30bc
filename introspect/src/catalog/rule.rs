//! Rewrite rules, from `pg_rewrite` with `pg_get_ruledef`.

use autogen_core::object::Rule;
use autogen_core::{Kind, Name, ObjectId};

use super::oids::class;
use super::query::query;
use super::reader::Reader;
use super::row::row;
use super::value::{definition, firing};
use super::{Error, FromCatalog};

row! {
    struct RuleRow {
        oid: u32,
        relation: u32,
        name: Name,
        definition: Option<String>,
        enabled: u8,
    }
}

impl FromCatalog for Rule {
    fn read(reader: &mut Reader<'_>) -> Result<(), Error> {
        for row in reader.session.rows::<RuleRow>(query!("rules", "rule.sql"))? {
            let row = row?;
            let Some(relation) = reader.oids.own_relation(row.relation) else { continue };
            let id = if row.name.as_str() == "_RETURN" {
                let Some(view) = relation.id() else { continue };
                view
            } else {
                let definition = definition("rules", &row.name, row.definition)?;
                let id = ObjectId::part(Kind::Rule, relation.name.clone(), row.name);
                reader.catalog.insert(id.clone(), Rule { definition, enabled: firing(row.enabled) });
                id
            };
            reader.oids.insert(class::RULE, row.oid, id);
        }
        Ok(())
    }
}
