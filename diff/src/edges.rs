//! The edges of the graph, each with its reason. No kind says anything about order here: it follows from what the
//! objects depend on, before and after, and from the names they take.

mod departures;
pub(crate) mod detours;
mod families;
mod grants;
mod keys;
mod names;
mod needs;
mod newcomers;
mod replica_identity;
mod still_used;
mod types;

use std::collections::BTreeSet;

use autogen_core::{Catalog, Edge, Pair, Reason};

use crate::nodes::Nodes;
use crate::plan::Plan;

/// All edges, sorted, without loops.
pub(crate) fn edges(pair: Pair<&Catalog>, nodes: &Nodes, plan: &Plan) -> Vec<Edge> {
    let mut all = Edges::default();
    needs::needs(pair, nodes, &mut all);
    still_used::still_used(pair, nodes, plan, &mut all);
    detours::detours(pair, nodes, &mut all);
    names::names(pair, nodes, &mut all);
    names::renames(nodes, &mut all);
    families::families(pair, nodes, &mut all);
    families::renewed(pair, nodes, &mut all);
    families::identities(pair, nodes, &mut all);
    families::unreferenced(pair, nodes, &mut all);
    families::origins(pair, nodes, &mut all);
    families::bounds(pair, nodes, &mut all);
    families::attached(pair, nodes, &mut all);
    families::referenced(pair.after, nodes, &mut all);
    families::persistences(pair, nodes, &mut all);
    newcomers::children(pair, nodes, &mut all);
    newcomers::columns(pair, nodes, &mut all);
    newcomers::own_parts(pair, nodes, &mut all);
    newcomers::own_columns(pair, nodes, &mut all);
    newcomers::checks(pair.after, nodes, &mut all);
    newcomers::partitions(pair.after, nodes, &mut all);
    keys::keys(pair, nodes, &mut all);
    replica_identity::replica_identities(pair, nodes, &mut all);
    types::stored_rows(pair, nodes, &mut all);
    types::domains(pair, nodes, &mut all);
    types::of_types(pair, nodes, &mut all);
    types::rebuilt_enums(plan, nodes, &mut all);
    grants::default_privileges(pair.after, nodes, &mut all);
    grants::columns(pair, nodes, &mut all);
    grants::sequences(pair, nodes, &mut all);
    all.0.into_iter().collect()
}

#[derive(Default)]
struct Edges(BTreeSet<Edge>);

impl Edges {
    fn add(&mut self, before: usize, after: usize, reason: Reason) {
        if before != after {
            self.0.insert(Edge { before, after, reason });
        }
    }
}
