//! Where `DROP EXPRESSION` is refused: the server passes it on to children one by one, and each of those that has children
//! itself takes it for `ONLY` (`ATPrepDropExpression` in tablecmds.c).

use autogen_core::object::column::ColumnAlteration;
use autogen_core::{Alteration, Catalog, Kind, ObjectId, Pair, QualName};

use crate::family::{parents, stays_below};

/// True for a column that can only be dropped and made anew to be no longer generated: of a table with two levels below it,
/// or below such a one.
pub(crate) fn is_refused(id: &ObjectId, alterations: &[Alteration], before: &Catalog) -> bool {
    let drops =
        |alteration: &Alteration| matches!(alteration, Alteration::Column(ColumnAlteration::Generated(None)));
    let unchanged = Pair::new(before, before);
    let is_among = |top: &QualName| *top == id.name || stays_below(&id.name, top, unchanged);
    let grandparents =
        |low: &QualName| parents(before, low).into_iter().flat_map(|one| parents(before, &one));
    alterations.iter().any(drops)
        && before.of_kind(Kind::Table).any(|(low, _)| grandparents(&low.name).any(|top| is_among(&top)))
}
