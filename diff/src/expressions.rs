//! Where `DROP EXPRESSION` is refused: the server passes it on to children one by one, and each of those that has children
//! itself takes it for `ONLY` (`ATPrepDropExpression` in tablecmds.c).

use autogen_core::object::column::ColumnAlteration;
use autogen_core::{Alteration, Catalog, Kind, ObjectId, QualName};

use crate::family::parents;

/// True for a column that can only be dropped and made anew to be no longer generated.
pub(crate) fn is_refused(id: &ObjectId, alterations: &[Alteration], before: &Catalog) -> bool {
    let drops =
        |alteration: &Alteration| matches!(alteration, Alteration::Column(ColumnAlteration::Generated(None)));
    alterations.iter().any(drops) && (has_children(&id.name, 2, before) || is_child_of_such(&id.name, before))
}

/// True for a table with so many levels below it.
fn has_children(table: &QualName, levels: usize, before: &Catalog) -> bool {
    let mut tables = before.of_kind(Kind::Table).map(|(id, _)| &id.name);
    levels == 0
        || tables
            .any(|child| parents(before, child).contains(table) && has_children(child, levels - 1, before))
}

fn is_child_of_such(table: &QualName, before: &Catalog) -> bool {
    parents(before, table)
        .iter()
        .any(|parent| has_children(parent, 2, before) || is_child_of_such(parent, before))
}
