//! What the models turned out to say, beside the wanted schema: how much of it they are about, and where `table!` is no
//! longer what the structs and the database agree on.

use std::collections::BTreeMap;

use autogen_core::{Diagnostic, Object, ObjectId, visible};

use super::super::TypeSet;
use super::{Builder, types};

/// How much of the schema is bound to structs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Tables with at least one struct.
    pub tables: usize,
    /// Columns with at least one field.
    pub columns: usize,
    /// Those of them whose type cannot be told from any field: the live type stays, whatever it is.
    pub unresolved: Vec<ObjectId>,
}

impl Builder<'_> {
    pub(super) fn coverage(&mut self) {
        let bound: Vec<_> = self.columns.iter().filter(|laid| laid.column.field.is_some()).collect();
        let unresolved = bound
            .iter()
            .filter(|laid| laid.column.accept == TypeSet::Unknown && laid.column.attribute.sql_type.is_none())
            .map(|laid| laid.id.clone());
        self.out.coverage = Coverage {
            tables: self.tables.iter().filter(|(_, model)| !model.structs.is_empty()).count(),
            columns: bound.len(),
            unresolved: unresolved.collect(),
        };
    }

    /// Structs and database agree, and `table!` says something else: nothing is wrong with the schema.
    pub(super) fn stale_declarations(&mut self) {
        let mut stale: BTreeMap<usize, Vec<String>> = BTreeMap::new();
        for laid in &self.columns {
            let (Some(table), Some(declared)) = (laid.table.declared, &laid.column.declared) else {
                continue;
            };
            if laid.column.field.is_none() || laid.table.aside {
                continue;
            }
            let (Some(Object::Column(live)), Some(Object::Column(wanted))) =
                (self.live.get(&laid.id), self.out.catalog.get(&laid.id))
            else {
                continue;
            };
            let other_type = declared.sql_type.as_ref().is_some_and(|declared| {
                let declared = TypeSet::OneOf(super::super::bind_accepts(declared).into());
                wanted.data_type == live.data_type
                    && !types::live(&live.data_type, &self.live).iter().any(|live| declared.accepts(live))
            });
            let other_null = wanted.not_null == live.not_null && declared.nullable == live.not_null;
            if other_type || other_null {
                stale.entry(table).or_default().push(laid.id.own_name().as_str().to_owned());
            }
        }
        for (table, columns) in stale {
            let Some(declared) = self.models.schema_tables.get(table) else { continue };
            let names: Vec<String> = columns.iter().map(|name| visible(name)).collect();
            let message = format!(
                "table! {} is stale: the structs and the database agree on something else for {}",
                visible(&declared.sql_name),
                names.join(", ")
            );
            let note = Diagnostic::note("stale-schema", message).at(declared.span.clone());
            self.report(note.help("`diesel print-schema` writes it anew"));
        }
    }
}
