//! What should come before what, where nothing is against it.

use std::collections::{BTreeMap, BTreeSet};

use autogen_core::object::DefinedKind;
use autogen_core::object::column::Origin;
use autogen_core::{Catalog, Edge, Kind, Object, ObjectId, QualName};

use crate::family::with_ancestors;
use crate::nodes::Nodes;

/// Pairs of nodes of which the one should come before the other, where nothing is against it. The first kind is granted first.
#[derive(Default)]
pub(crate) struct Wishes {
    /// What goes, before a detour.
    pub(crate) gone_first: BTreeSet<(usize, usize)>,
    /// What the way back has to do the other way round. If granted, it holds between the parts of a script, too.
    pub(crate) mirrors: BTreeSet<(usize, usize)>,
    /// What comes, before a detour.
    pub(crate) free_first: BTreeSet<(usize, usize)>,
}

/// A call might fit both the old and the new function of a name, also in an index that is built in a part of its own.
pub(super) fn overloads(nodes: &Nodes) -> BTreeSet<(usize, usize)> {
    let is_function = |(id, _): &(&ObjectId, &usize)| id.kind == Kind::Function;
    let mut made: BTreeMap<&QualName, Vec<usize>> = BTreeMap::new();
    for (id, create) in nodes.create.iter().filter(is_function) {
        made.entry(&id.name).or_default().push(*create);
    }
    let mut all = BTreeSet::new();
    for (id, drop) in nodes.drop.iter().filter(is_function) {
        let same = made.get(&id.name).into_iter().flatten().filter(|create| *create != drop);
        all.extend(same.map(|create| (*drop, *create)));
    }
    all
}

/// What a new child takes over from a parent's column is what the parent is to have, and a change of type there would set back
/// what is the child's own.
pub(super) fn settled_parents(nodes: &Nodes, after: &Catalog) -> BTreeSet<(usize, usize)> {
    let mut all = BTreeSet::new();
    for (above, child) in above_new(nodes, after) {
        let alters = nodes.alter.get(&above).into_iter().flatten();
        all.extend(alters.filter(|alter| nodes.settles(**alter).is_empty()).map(|alter| (*alter, child)));
    }
    all
}

/// The columns of parents that a new table has, too, each with the table's node.
fn above_new<'a>(nodes: &'a Nodes, after: &'a Catalog) -> impl Iterator<Item = (ObjectId, usize)> + 'a {
    let tables = nodes.create.iter().filter(|(id, _)| id.kind == Kind::Table);
    tables.flat_map(|(id, child)| {
        let inherited = after.parts(Kind::Column, &id.name).filter(|(_, object)| is_inherited(object));
        let above = inherited.flat_map(|(column, _)| with_ancestors(after, column).into_iter().skip(1));
        above.map(|above| (above, *child))
    })
}

/// The new columns of a table come in the order that it is to have them in, as nobody can move them later.
pub(super) fn columns_in_order(nodes: &Nodes, after: &Catalog) -> BTreeSet<(usize, usize)> {
    let mut new: BTreeMap<&QualName, Vec<(i32, usize)>> = BTreeMap::new();
    for (id, node) in nodes.create.iter().filter(|(_, node)| nodes.list[**node].id.kind == Kind::Column) {
        if let Some(Object::Column(column)) = after.get(id) {
            new.entry(&id.name).or_default().push((column.position, *node));
        }
    }
    let mut all = BTreeSet::new();
    for columns in new.values_mut() {
        columns.sort_unstable();
        all.extend(columns.windows(2).map(|pair| (pair[0].1, pair[1].1)));
    }
    all
}

/// A whole would like to wait for what its members need, so that they can be folded; not at the price of a cycle.
pub(super) fn soft_edges(nodes: &Nodes, edges: &[Edge], after: &Catalog) -> BTreeSet<(usize, usize)> {
    let outermost = |mut node: usize| {
        while let Some(whole) = nodes.whole.get(&node).and_then(|whole| nodes.create.get(whole)) {
            node = *whole;
        }
        node
    };
    let mut soft: BTreeSet<(usize, usize)> = BTreeSet::new();
    for edge in edges {
        let whole = outermost(edge.after);
        if whole != edge.after && outermost(edge.before) != whole {
            soft.insert((edge.before, whole));
        }
    }
    // What a new child has from its parents is there then.
    for (above, child) in above_new(nodes, after) {
        let comes = nodes.create.get(&above).map(|above| outermost(*above));
        soft.extend(comes.filter(|above| *above != child).map(|above| (above, child)));
    }
    // The text of a function may use tables and views without the catalog's knowledge.
    let creates = |wanted: &[Kind]| -> Vec<usize> {
        nodes.create.iter().filter(|(id, _)| wanted.contains(&id.kind)).map(|(_, node)| *node).collect()
    };
    let functions = creates(&[Kind::Function]);
    for relation in creates(&[Kind::Table, Kind::View, Kind::MaterializedView, Kind::CompositeType]) {
        soft.extend(functions.iter().map(|function| (relation, *function)));
    }
    // An event trigger fires on what the script itself does, so it comes last and goes first.
    let fires = |id: &ObjectId| id.kind == Kind::Defined(DefinedKind::EventTrigger);
    for (_, create) in nodes.create.iter().filter(|(id, _)| fires(id)) {
        soft.extend((0..nodes.list.len()).filter(|node| node != create).map(|node| (node, *create)));
    }
    for (_, drop) in nodes.drop.iter().filter(|(id, _)| fires(id)) {
        soft.extend((0..nodes.list.len()).filter(|node| node != drop).map(|node| (*drop, node)));
    }
    soft
}

fn is_inherited(object: &Object) -> bool {
    matches!(object, Object::Column(column) if column.origin != Origin::Local)
}
