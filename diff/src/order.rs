//! Sorts the graph. Among the changes that may come next the smallest id comes, so the order is the same every time;
//! when a table or column comes, the members that can come with it are folded into its statement.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use autogen_core::object::DefinedKind;
use autogen_core::object::column::Origin;
use autogen_core::{
    Action, Catalog, Change, ChangeGraph, Edge, Kind, Name, Object, ObjectId, Pair, QualName, Reason,
};
use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use crate::calls;
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

/// The changes in order, with the edges between them, or the objects of a cycle.
pub(crate) fn order(
    nodes: &Nodes,
    mut edges: Vec<Edge>,
    wishes: Wishes,
    after: &Catalog,
) -> Result<(Vec<Change>, Vec<Edge>), Vec<ObjectId>> {
    let count = nodes.list.len();
    if let Some(cycle) = cycles(count, edges.iter().map(|edge| (edge.before, edge.after))).into_iter().next()
    {
        return Err(cycle.into_iter().map(|node| nodes.list[node].id.clone()).collect());
    }
    let mut granted = Granted::new(count, &edges);
    granted.add(wishes.gone_first);
    let lasting = [
        (wishes.mirrors, Reason::StillUsed),
        (overloads(nodes), Reason::StillUsed),
        (settled_parents(nodes, after), Reason::NeedsExisting),
    ];
    for (wishes, reason) in lasting {
        let lasting = granted.add(wishes).into_iter();
        edges.extend(lasting.map(|(before, after)| Edge { before, after, reason }));
    }
    granted.add(wishes.free_first);
    // What a function calls comes before it, and is there when its own users call it: an index, a check.
    granted.add(calls::wishes(nodes, after));
    granted.add(soft_edges(nodes, &edges, after));
    let soft = granted.wishes;
    let mut waits = vec![BTreeSet::new(); count];
    let mut hard_waits = vec![BTreeSet::new(); count];
    let mut followers = vec![BTreeSet::new(); count];
    for (before, after) in edges.iter().map(|edge| (edge.before, edge.after)) {
        hard_waits[after].insert(before);
    }
    for (before, after) in edges.iter().map(|edge| (edge.before, edge.after)).chain(soft) {
        waits[after].insert(before);
        followers[before].insert(after);
    }
    let members = members(nodes);
    let mut done = BTreeMap::new();
    let mut changes: Vec<Change> = Vec::new();
    let mut left: Vec<usize> = waits.iter().map(BTreeSet::len).collect();
    let mut ready: BinaryHeap<Reverse<(Key, usize)>> = (0..count)
        .filter(|node| left[*node] == 0)
        .map(|node| Reverse((key(&nodes.list[node]), node)))
        .collect();
    while let Some(Reverse((_, node))) = ready.pop() {
        if done.contains_key(&node) {
            continue;
        }
        let group = fold(node, &members, &hard_waits, &done);
        let mut change = nodes.list[node].clone();
        for member in &group[1..] {
            change.folded.push(nodes.list[*member].id.clone());
            change.folded.extend(nodes.list[*member].folded.iter().cloned());
        }
        for member in &group {
            done.insert(*member, changes.len());
        }
        changes.push(change);
        for follower in group.iter().flat_map(|member| followers[*member].iter()) {
            left[*follower] -= 1;
            if left[*follower] == 0 {
                ready.push(Reverse((key(&nodes.list[*follower]), *follower)));
            }
        }
    }
    let edges: BTreeSet<Edge> = edges
        .into_iter()
        .filter_map(|edge| {
            Some(Edge { before: *done.get(&edge.before)?, after: *done.get(&edge.after)?, ..edge })
        })
        .filter(|edge| edge.before != edge.after)
        .collect();
    Ok((changes, edges.into_iter().collect()))
}

/// Two graphs, one after the other.
pub(crate) fn concatenate(mut first: ChangeGraph, second: ChangeGraph) -> ChangeGraph {
    let offset = first.changes.len();
    first.changes.extend(second.changes);
    first.edges.extend(second.edges.into_iter().map(|edge| Edge {
        before: edge.before + offset,
        after: edge.after + offset,
        ..edge
    }));
    if offset > 0 && first.changes.len() > offset {
        first.edges.push(Edge { before: offset - 1, after: offset, reason: Reason::NameFreed });
    }
    first.skipped.extend(second.skipped);
    first.catalogs = Pair::new(Catalog::default(), Catalog::default());
    first
}

/// Related changes stand together: by relation, then what belongs to it.
type Key = (QualName, u8, Kind, Option<Name>, usize);

fn key(change: &Change) -> Key {
    let rank = match change.action {
        Action::Rename { .. } => 0,
        Action::Drop => 1,
        Action::Alter(_) => 2,
        Action::Create => 3,
    };
    (change.id.name.clone(), rank, change.id.kind, change.id.part.clone(), 0)
}

/// By whole (a node that creates it): the nodes that may be folded into it.
fn members(nodes: &Nodes) -> BTreeMap<usize, Vec<usize>> {
    let mut all: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (member, whole) in &nodes.whole {
        if let Some(node) = nodes.create.get(whole) {
            all.entry(*node).or_default().push(*member);
        }
    }
    all
}

/// The node with the members that can come with it: those that wait for nothing outside.
fn fold(
    node: usize,
    members: &BTreeMap<usize, Vec<usize>>,
    waits: &[BTreeSet<usize>],
    done: &BTreeMap<usize, usize>,
) -> Vec<usize> {
    let mut group = vec![node];
    loop {
        let candidates: Vec<usize> =
            group.iter().flat_map(|node| members.get(node).into_iter().flatten()).copied().collect();
        let before = group.len();
        for member in candidates {
            let free = waits[member].iter().all(|wait| group.contains(wait) || done.contains_key(wait));
            if free && !group.contains(&member) && !done.contains_key(&member) {
                group.push(member);
            }
        }
        if group.len() == before {
            return group;
        }
    }
}

/// A call might fit both the old and the new function of a name, also in an index that is built in a part of its own.
fn overloads(nodes: &Nodes) -> BTreeSet<(usize, usize)> {
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
fn settled_parents(nodes: &Nodes, after: &Catalog) -> BTreeSet<(usize, usize)> {
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

/// A whole would like to wait for what its members need, so that they can be folded; not at the price of a cycle.
fn soft_edges(nodes: &Nodes, edges: &[Edge], after: &Catalog) -> BTreeSet<(usize, usize)> {
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

/// The wishes that go with the edges and with each other.
struct Granted {
    count: usize,
    edges: Vec<(usize, usize)>,
    wishes: Vec<(usize, usize)>,
}

impl Granted {
    fn new(count: usize, edges: &[Edge]) -> Self {
        let edges = edges.iter().map(|edge| (edge.before, edge.after)).collect();
        Self { count, edges, wishes: Vec::new() }
    }

    /// Grants those that go with what is granted already, and gives them back.
    fn add(&mut self, mut wishes: BTreeSet<(usize, usize)>) -> BTreeSet<(usize, usize)> {
        loop {
            let all = self.edges.iter().chain(&self.wishes).chain(&wishes).copied();
            let cycles = cycles(self.count, all);
            if cycles.is_empty() {
                self.wishes.extend(&wishes);
                return wishes;
            }
            for cycle in cycles {
                let cycle: BTreeSet<usize> = cycle.into_iter().collect();
                wishes.retain(|(before, after)| !(cycle.contains(before) && cycle.contains(after)));
            }
        }
    }
}

fn cycles(count: usize, edges: impl Iterator<Item = (usize, usize)>) -> Vec<Vec<usize>> {
    let mut graph: DiGraph<(), ()> = DiGraph::new();
    for _ in 0..count {
        graph.add_node(());
    }
    for (before, after) in edges {
        graph.update_edge(NodeIndex::new(before), NodeIndex::new(after), ());
    }
    tarjan_scc(&graph)
        .into_iter()
        .filter(|component| component.len() > 1)
        .map(|component| component.into_iter().map(NodeIndex::index).collect())
        .collect()
}
