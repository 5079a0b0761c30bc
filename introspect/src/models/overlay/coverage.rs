//! What the models turned out to say, beside the wanted schema: how much of it they are about.

use autogen_core::ObjectId;

use super::super::TypeSet;
use super::Builder;

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
}
