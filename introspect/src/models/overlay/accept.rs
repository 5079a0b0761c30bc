//! `accept("column")`: disagreements about a column that are to stay. Only the columns are told here; which of their
//! differences are left alone is for whoever compares.

use autogen_core::{Diagnostic, Name, ObjectId, QualName, visible};

use super::super::TableModel;
use super::super::grammar::Said;
use super::Builder;

impl Builder<'_> {
    pub(super) fn accepted_columns(&mut self) {
        for (table, model) in self.tables.clone() {
            self.accepted_of(&table, model);
        }
    }

    fn accepted_of(&mut self, table: &QualName, model: &TableModel) {
        for said in &model.attribute.accept {
            let id = match model.column_named(&said.value) {
                Some(column) => self.column_id(table, column),
                None => ObjectId::column(table, &Name::new(&said.value)),
            };
            if self.live.contains(&id) || self.out.catalog.contains(&id) {
                self.out.accepted.push(Said { value: id, span: said.span.clone() });
            } else {
                let message =
                    format!("`accept` names {}, which is no column of {table}", visible(&said.value));
                self.report(Diagnostic::warning("unknown-accept", message).at(said.span.clone()));
            }
        }
    }
}
