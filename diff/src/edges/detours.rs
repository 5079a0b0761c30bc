//! When columns leave for another type, while what they are made of changes. What they hold is text then, which tells
//! nothing of whose value is where: so attributes and columns go, and come without a value, while the rows are still stored,
//! as far as nothing is against it.

use std::collections::BTreeSet;

use autogen_core::object::table::ancestors;
use autogen_core::object::types_within;
use autogen_core::{Catalog, Kind, Object, ObjectId, Pair, QualName, Reason};

use super::{Edges, types};
use crate::family::stays_below;
use crate::nodes::{Detour, Nodes, comes_first};
use crate::order::Wishes;
use crate::plan::Plan;
use crate::stored_rows;

/// What a column on a detour is made of.
struct Within {
    types: BTreeSet<ObjectId>,
    /// The tables whose rows are within. A change of a parent's column reaches the rows, too.
    tables: BTreeSet<QualName>,
}

impl Within {
    fn of(column: &ObjectId, left: &ObjectId, before: &Catalog) -> Self {
        let mut types = BTreeSet::from([left.clone()]);
        if let Some(Object::Column(column)) = before.get(column) {
            let all = types_within(&column.data_type, before).into_iter();
            // An enum is made anew, or gets its labels, with its own columns.
            types.extend(all.filter(|id| id.kind != Kind::EnumType));
        }
        let rows = types.iter().filter(|id| matches!(id.kind, Kind::Column | Kind::Table));
        let tables = ancestors(before, rows.map(|id| id.name.clone()));
        Self { types, tables }
    }

    fn is_column(&self, id: &ObjectId) -> bool {
        id.kind == Kind::Column && self.tables.contains(&id.name)
    }

    fn is_of(&self, id: &ObjectId) -> bool {
        self.types.contains(id) || self.is_column(id)
    }

    /// The new columns, each with its node. One of a new table comes with that.
    fn new_columns<'n>(&self, nodes: &'n Nodes) -> impl Iterator<Item = (&'n ObjectId, usize)> {
        let is_own = |node: usize| nodes.list[node].id.kind == Kind::Column;
        let is_old = |id: &ObjectId| !nodes.create.contains_key(&ObjectId::table(&id.name));
        let made = nodes.create.iter().map(|(id, node)| (id, *node));
        made.filter(move |(id, node)| self.is_column(id) && is_old(id) && is_own(*node))
    }
}

/// A column leaves before it is back, before what it is made of goes or changes, and before a column comes that is refused while
/// rows are stored.
pub(super) fn detours(pair: Pair<&Catalog>, nodes: &Nodes, edges: &mut Edges) {
    for Detour { away, back, left } in &nodes.detours {
        edges.add(*away, *back, Reason::StillUsed);
        let within = Within::of(&nodes.list[*away].id, left, pair.before);
        let is_whole = |node: &usize| nodes.list[*node].id.kind != Kind::Column;
        let gone = nodes.drop.iter().filter(|(id, _)| within.is_of(id)).map(|(_, node)| *node);
        let altered =
            nodes.alter.iter().filter(|(id, _)| within.is_of(id)).flat_map(|(_, all)| all.iter().copied());
        let altered = altered.filter(|node| !comes_first(&nodes.list[*node]));
        let written = within.new_columns(nodes).filter(|(id, _)| stored_rows::is_written(id, pair.after));
        // A column of the table may be on a detour itself.
        let detours = nodes.detours.iter().map(|other| other.away);
        let detours = detours.filter(|other| within.is_of(&nodes.list[*other].id));
        let later = gone.filter(is_whole).chain(altered).chain(written.map(|(_, node)| node)).chain(detours);
        for later in later {
            edges.add(*away, later, Reason::StillUsed);
        }
    }
}

/// What should come before a column leaves: first of all what goes.
pub(crate) fn wishes(pair: Pair<&Catalog>, nodes: &Nodes, plan: &Plan) -> Wishes {
    let mut all = Wishes { mirrors: types::wishes(pair, nodes), ..Wishes::default() };
    for Detour { away, left, .. } in &nodes.detours {
        let within = Within::of(&nodes.list[*away].id, left, pair.before);
        let is_own = |node: &usize| nodes.list[*node].id.kind == Kind::Column;
        let gone = nodes.drop.iter().filter(|(id, _)| within.is_of(id)).map(|(_, node)| *node);
        all.gone_first.extend(gone.filter(is_own).map(|node| (node, *away)));
        let altered =
            nodes.alter.iter().filter(|(id, _)| within.is_of(id)).flat_map(|(_, all)| all.iter().copied());
        let first = altered.filter(|node| comes_first(&nodes.list[*node]));
        all.gone_first.extend(first.map(|node| (node, *away)));
        let stays = |id: &ObjectId| {
            let stays = |table: &ObjectId| table.name == id.name || stays_below(&table.name, &id.name, pair);
            within.types.iter().any(stays)
        };
        let is_free = |id: &ObjectId| {
            stays(id) && !stored_rows::is_written(id, pair.after) && !waits(id, pair.after, plan)
        };
        let free = within.new_columns(nodes).filter(|(id, _)| is_free(id));
        all.free_first.extend(free.map(|(_, node)| (node, *away)));
    }
    for wishes in [&mut all.gone_first, &mut all.free_first] {
        wishes.retain(|(one, other)| one != other);
    }
    all
}

/// True for a new column whose default has to wait for something else, and would not come with the column.
fn waits(column: &ObjectId, after: &Catalog, plan: &Plan) -> bool {
    let default = ObjectId { kind: Kind::Default, ..column.clone() };
    let is_part =
        |used: &ObjectId| used.name == column.name && matches!(used.kind, Kind::Table | Kind::Column);
    after.depends_on(&default).iter().any(|used| !is_part(used) && plan.actions.contains_key(used))
}
