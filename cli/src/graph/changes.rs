//! The change graph of a difference: its changes in the order in which they run, and between them the reasons for it.

use std::collections::BTreeMap;

use autogen_codegen::Verb;
use autogen_core::{ChangeGraph, Reason, visible};

use super::{Diagram, Edge, Ends, Node, Sort};
use crate::describe::object_name;

/// The diagram.
pub(crate) fn changes(graph: &ChangeGraph) -> Diagram {
    let nodes = graph.changes.iter().enumerate().map(|(at, change)| {
        let (verb, kind) = (Verb::of(change).as_str(), change.id.kind);
        let name = visible(&object_name(&change.id));
        Node { title: format!("{}. {verb} {kind} {name}", at + 1), rows: Vec::new() }
    });
    let mut reasons: BTreeMap<(usize, usize), Vec<&str>> = BTreeMap::new();
    for edge in &graph.edges {
        reasons.entry((edge.before, edge.after)).or_default().push(word(edge.reason));
    }
    let edges = reasons.into_iter().map(|((from, to), mut words)| {
        words.dedup();
        Edge { from, to, label: words.join(", "), ends: Ends::Order }
    });
    Diagram { sort: Sort::Changes, nodes: nodes.collect(), edges: edges.collect() }
}

/// What the earlier change is to the later one.
fn word(reason: Reason) -> &'static str {
    match reason {
        Reason::NeedsExisting => "is needed by",
        Reason::StillUsed => "still uses",
        Reason::NameFreed => "frees the name for",
        Reason::SameObject => "then",
    }
}
