//! Domains with their checks, from `pg_type` and `pg_constraint`.

use autogen_core::object::Domain;
use autogen_core::object::domain::DomainCheck;
use autogen_core::{Expression, Kind, Name, ObjectId, QualName};

use super::oids::class;
use super::query::query;
use super::reader::{Reader, place};
use super::row::row;
use super::types::data_type;
use super::{Error, FromCatalog};

row! {
    struct DomainRow {
        oid: u32,
        array_oid: u32,
        schema: Name,
        name: Name,
        base_oid: u32,
        base_schema: Name,
        base_name: Name,
        base_text: String,
        base_is_array: bool,
        collation: u32,
        not_null: bool,
        not_null_name: Option<Name>,
        default_text: Option<String>,
        constraint_oids: Vec<u32>,
        check_names: Vec<String>,
        check_texts: Vec<String>,
        check_validated: Vec<bool>,
    }
}

impl FromCatalog for Domain {
    fn read(reader: &mut Reader<'_>) -> Result<(), Error> {
        for row in reader.session.rows::<DomainRow>(query!("domains", "domain.sql"))? {
            let row = row?;
            let id = ObjectId::new(Kind::Domain, QualName { schema: row.schema, name: row.name });
            reader.oids.insert_types(&[row.array_oid], &id);
            reader.types.insert_domain(row.oid, row.base_oid);
            for constraint in row.constraint_oids {
                reader.oids.insert(class::CONSTRAINT, constraint, id.clone());
            }
            let texts = row.check_texts.into_iter().zip(row.check_validated);
            let checks =
                texts.map(|(text, validated)| DomainCheck { expression: Expression::new(text), validated });
            let not_null_name =
                row.not_null_name.filter(|name| *name != Domain::chosen_not_null_name(&id.name));
            let domain = Domain {
                base: data_type(row.base_schema, row.base_name, row.base_text, row.base_is_array),
                collation: reader.types.collation(row.collation, 0),
                not_null: row.not_null,
                not_null_name,
                default: row
                    .default_text
                    .filter(|text| !autogen_core::object::default::is_null(text))
                    .map(Expression::new),
                checks: row.check_names.into_iter().map(Name::from).zip(checks).collect(),
            };
            place(&mut reader.catalog, &mut reader.oids, (class::TYPE, row.oid), id, domain);
        }
        Ok(())
    }
}
