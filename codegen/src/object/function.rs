//! Functions, procedures and aggregates, in the server's own words. Their names are always qualified, as in those words:
//! one of `pg_catalog` with the same arguments would be found first.

use autogen_core::object::Function;
use autogen_core::object::function::{FunctionAlteration, Routine};
use autogen_core::{Expression, ObjectId, Pair, QualName};

use super::Render;
use super::shared::rename_with;
use crate::context::{Context, Sheet};
use crate::sql::Sql;

impl Render for Function {
    fn create(&self, _: &ObjectId, _: &Context<'_>, sheet: &mut Sheet) {
        sheet.push(Sql::empty().definition(&self.definition));
    }

    fn drop(&self, id: &ObjectId, _: &Context<'_>, sheet: &mut Sheet) {
        let words = match self.routine {
            Routine::Function => "DROP FUNCTION",
            Routine::Procedure => "DROP PROCEDURE",
            Routine::Aggregate => "DROP AGGREGATE",
        };
        sheet.push(with_arguments(Sql::new(words), &id.name, self));
    }

    /// The definition is a `CREATE OR REPLACE`; for aggregates, which have none before 12, the differ replaces.
    fn alter(
        _: Pair<&Self>,
        _: &ObjectId,
        alterations: &[&FunctionAlteration],
        _: &Context<'_>,
        sheet: &mut Sheet,
    ) {
        for FunctionAlteration::Definition(function) in alterations {
            sheet.push(Sql::empty().definition(&function.definition));
        }
    }

    fn rename(&self, from: &ObjectId, to: &ObjectId, _: &Context<'_>, sheet: &mut Sheet) {
        let words = match self.routine {
            Routine::Function => "ALTER FUNCTION",
            Routine::Procedure => "ALTER PROCEDURE",
            Routine::Aggregate => "ALTER AGGREGATE",
        };
        rename_with(|name| with_arguments(Sql::new(words), name, self), from, to, sheet);
    }
}

/// A routine's name with the argument types that tell it from others of the name.
pub(crate) fn with_arguments(sql: Sql, name: &QualName, function: &Function) -> Sql {
    let sql = sql.qualified(name).punct("(");
    let arguments = function.identity_arguments.trim();
    match (arguments.is_empty(), function.routine) {
        (true, Routine::Aggregate) => sql.punct("*)"),
        (true, Routine::Function | Routine::Procedure) => sql.punct(")"),
        (false, _) => sql.expr(&Expression::new(arguments)).punct(")"),
    }
}
