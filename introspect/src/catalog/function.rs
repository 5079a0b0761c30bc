//! Functions, procedures and aggregates, from `pg_proc`.

use std::collections::HashMap;

use autogen_core::object::Function;
use autogen_core::object::function::Routine;
use autogen_core::{Kind, Name, ObjectId, QualName};

use super::oids::class;
use super::query::query;
use super::reader::{Reader, place};
use super::row::row;
use super::value::definition;
use super::{Error, FromCatalog, aggregate};

row! {
    struct FunctionRow {
        oid: u32,
        schema: Name,
        name: Name,
        kind: u8,
        argument_types: String,
        identity_arguments: Option<String>,
        result: Option<String>,
        defaults: i16,
        definition: Option<String>,
        constructs: Option<u32>,
    }
}

row! {
    struct SupportRow {
        function: u32,
        schema: Name,
        name: Name,
    }
}

impl FromCatalog for Function {
    fn read(reader: &mut Reader<'_>) -> Result<(), Error> {
        let mut aggregates = aggregate::read(reader)?;
        let mut supported: HashMap<u32, QualName> = HashMap::new();
        for row in reader.session.rows::<SupportRow>(query!("functions of base types", "support.sql"))? {
            let row = row?;
            supported.insert(row.function, QualName { schema: row.schema, name: row.name });
        }
        for row in reader.session.rows::<FunctionRow>(query!("functions", "function.sql"))? {
            let row = row?;
            if let Some(range) = row.constructs {
                if let Some(id) = reader.oids.get(class::TYPE, range).cloned() {
                    reader.oids.insert(class::FUNCTION, row.oid, id);
                }
                continue;
            }
            let id = ObjectId::part(
                Kind::Function,
                QualName { schema: row.schema, name: row.name.clone() },
                row.argument_types,
            );
            if reader.oids.is_member(class::FUNCTION, row.oid) {
                reader.catalog.extension_owned.insert(id.clone());
                reader.oids.insert(class::FUNCTION, row.oid, id);
                continue;
            }
            let text = if row.kind == b'a' { aggregates.remove(&row.oid) } else { row.definition };
            let identity_arguments = row.identity_arguments.unwrap_or_default();
            let result = row.result.unwrap_or_default();
            let function = Function {
                routine: match row.kind {
                    b'p' => Routine::Procedure,
                    b'a' => Routine::Aggregate,
                    _ => Routine::Function,
                },
                definition: definition("functions", &row.name, text)?,
                signature: format!(
                    "{}({identity_arguments}) {} defaults, returns {result}",
                    if row.kind == b'w' { "window " } else { "" },
                    row.defaults
                ),
                identity_arguments,
                base_type: supported.remove(&row.oid),
            };
            place(&mut reader.catalog, &mut reader.oids, (class::FUNCTION, row.oid), id, function);
        }
        Ok(())
    }
}
