//! Sorts the graph. Among the changes that may come next the smallest id comes, so the order is the same every time;
//! when a table or column comes, the members that can come with it are folded into its statement.

mod wishes;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use autogen_core::{
    Action, Catalog, Change, ChangeGraph, Edge, Kind, Name, ObjectId, Pair, QualName, Reason,
};
use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use crate::calls;
use crate::nodes::Nodes;

pub(crate) use wishes::Wishes;

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
        (wishes::overloads(nodes), Reason::StillUsed),
        (wishes::settled_parents(nodes, after), Reason::NeedsExisting),
    ];
    for (wishes, reason) in lasting {
        let lasting = granted.add(wishes).into_iter();
        edges.extend(lasting.map(|(before, after)| Edge { before, after, reason }));
    }
    granted.add(wishes.free_first);
    // What a function calls comes before it, and is there when its own users call it: an index, a check.
    granted.add(calls::wishes(nodes, after));
    granted.add(wishes::soft_edges(nodes, &edges, after));
    granted.add(wishes::columns_in_order(nodes, after));
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
        // What is granted has no cycle.
        while !wishes.is_empty() {
            let all = self.edges.iter().chain(&self.wishes).chain(&wishes).copied();
            let cycles = cycles(self.count, all);
            if cycles.is_empty() {
                self.wishes.extend(&wishes);
                break;
            }
            for cycle in cycles {
                let cycle: BTreeSet<usize> = cycle.into_iter().collect();
                wishes.retain(|(before, after)| !(cycle.contains(before) && cycle.contains(after)));
            }
        }
        wishes
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
