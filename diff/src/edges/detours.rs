//! When columns leave for another type, while what they are made of changes. What they hold is text then, which tells
//! nothing of whose value is where: so attributes and columns go, and come without a value, while the rows are still stored.

use autogen_core::{Catalog, Kind, ObjectId, Pair, Reason};

use super::Edges;
use crate::family::{ancestors, stays_below};
use crate::nodes::{Nodes, comes_first, is_touched};
use crate::plan::Plan;
use crate::stored_rows;

pub(super) fn detours(pair: Pair<&Catalog>, nodes: &Nodes, plan: &Plan, edges: &mut Edges) {
    for (away, left) in &nodes.away {
        let of_rows = matches!(left.kind, Kind::Column | Kind::Table);
        // A change of a parent's column reaches the rows, too.
        let tables = if of_rows { ancestors(pair.before, [left.name.clone()]) } else { Default::default() };
        let is_column = |id: &ObjectId| id.kind == Kind::Column && tables.contains(&id.name);
        let is_of = |id: &ObjectId| id == left || is_column(id);
        let is_own = |node: usize| nodes.list[node].id.kind == Kind::Column;
        let dropped = nodes.drop.iter().filter(|(id, _)| is_of(id)).map(|(_, node)| *node);
        let (gone, whole): (Vec<usize>, Vec<usize>) = dropped.partition(|node| is_own(*node));
        let altered = nodes.alter.iter().filter(|(id, _)| is_of(id)).flat_map(|(_, all)| all.iter().copied());
        let (first, altered): (Vec<usize>, Vec<usize>) =
            altered.partition(|node| comes_first(&nodes.list[*node]));
        // A column that has to come with a value is refused while the rows are stored; one of a new table comes with that.
        let stays = |id: &ObjectId| id.name == left.name || stays_below(&left.name, &id.name, pair);
        let is_old = |id: &ObjectId| !nodes.create.contains_key(&ObjectId::table(&id.name));
        let come = nodes.create.iter().filter(|(id, node)| is_own(**node) && is_column(id) && is_old(id));
        let (written, free): (Vec<_>, Vec<_>) =
            come.filter(|(id, _)| stays(id)).partition(|(id, _)| stored_rows::is_written(id, pair.after));
        let free = free.into_iter().filter(|(id, _)| !waits(id, pair, plan)).map(|(_, node)| *node);
        let written = written.into_iter().map(|(_, node)| *node);
        for earlier in gone.into_iter().chain(first).chain(free) {
            edges.add(earlier, *away, Reason::NeedsExisting);
        }
        // A column of the table may be on a detour itself.
        let detours =
            nodes.away.iter().map(|(other, _)| *other).filter(|other| is_of(&nodes.list[*other].id));
        for later in whole.into_iter().chain(altered).chain(detours).chain(written) {
            edges.add(*away, later, Reason::StillUsed);
        }
    }
}

/// True for a new column of a type that may have to wait until the rows are no longer stored.
fn waits(column: &ObjectId, pair: Pair<&Catalog>, plan: &Plan) -> bool {
    use autogen_core::Object::Column;
    matches!(pair.after.get(column), Some(Column(column)) if is_touched(&column.data_type, plan))
}
