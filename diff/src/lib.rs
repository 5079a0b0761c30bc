//! Compares two catalogs into an ordered [`ChangeGraph`].
//!
//! The steps, a file each: the old catalog is brought to the new names (`renamed` makes way, `owners` and `default_grants` say
//! what stays and what comes with new objects, `alike` and `part_names` what goes by another name), `compare` asks every kind what differs,
//! `plan` adds the dependants that must give way, `nodes` and `edges` make the graph, `order` sorts it and folds members
//! into the statement of their whole, `residue` proves that the alterations lead where they should. No SQL is written
//! here and no database is asked.

mod alike;
mod base_types;
mod by_itself;
mod calls;
mod candidates;
mod compare;
mod default_grants;
mod domains;
mod edges;
mod error;
mod expressions;
mod family;
mod incomplete;
mod label_candidates;
mod namespace;
mod nodes;
mod not_null;
mod object;
mod order;
mod origins;
mod owners;
mod part_names;
mod persistence;
mod plan;
mod remarks;
mod renamed;
mod reset;
mod residue;
mod respelled;
mod serial;
mod stored_rows;
mod stricter;
mod taken;
mod typed;
mod yields;

pub use candidates::{Candidate, candidates};
pub use error::Error;
pub use label_candidates::{LabelCandidate, label_candidates};
pub use owners::align;

use autogen_core::{Catalog, ChangeGraph, Hints, ObjectId, Pair};

/// The changes that lead from `before` to `after`, in the order in which they must run.
///
/// The same input gives the same output. For the way back, give the swapped pair and the inverted hints.
///
/// # Errors
/// When the order is impossible (a dependency cycle that cannot be broken), renames collide, or a kind's alterations
/// would not lead to the wanted object.
pub fn diff(pair: Pair<&Catalog>, hints: &Hints) -> Result<ChangeGraph, Error> {
    let kept = owners::kept(pair, &hints.renames);
    let pair = Pair::new(pair.before, kept.as_ref().unwrap_or(pair.after));
    let stated = default_grants::stated(pair, hints);
    let pair = Pair::new(&*stated.before, &*stated.after);
    let hints = &*part_names::complete(pair, hints);
    let (first, rest) = renamed::make_way(pair, &hints.renames);
    let mut graph = match &first {
        None => ordered(pair, hints)?,
        Some(cleared) => {
            let clearing = ordered(Pair::new(pair.before, cleared), &Hints::default())?;
            order::concatenate(clearing, ordered(Pair::new(&rest, pair.after), hints)?)
        }
    };
    graph.catalogs = pair.map(Catalog::clone);
    graph.hints = hints.clone();
    Ok(graph)
}

fn ordered(pair: Pair<&Catalog>, hints: &Hints) -> Result<ChangeGraph, Error> {
    let before = pair.before.renamed(&hints.renames);
    let pair = Pair::new(&before, pair.after);
    let mut forced = plan::overloaded(pair);
    loop {
        let plan = plan::plan(pair, hints, &forced);
        residue::check(pair, &plan)?;
        let mut nodes = nodes::Nodes::new(pair, &plan, &hints.renames);
        let cycle = loop {
            let wishes = edges::detours::wishes(pair, &nodes, &plan);
            match order::order(&nodes, edges::edges(pair, &nodes, &plan), wishes, pair.after) {
                Ok((changes, edges)) => {
                    return Ok(ChangeGraph {
                        changes,
                        edges,
                        skipped: plan.skipped,
                        ..ChangeGraph::default()
                    });
                }
                // Two tables that refer to each other can only go after one of the keys went by itself, and so on.
                Err(cycle) if nodes.set_free_parts(&cycle) => {}
                Err(cycle) => break cycle,
            }
        };
        // What is redefined in place holds on to the old until it takes the new; dropped first, it does neither.
        let more: Vec<ObjectId> = cycle.iter().filter(|id| plan.is_redefined(id)).cloned().collect();
        if more.is_empty() {
            return Err(Error::Cycle(cycle));
        }
        forced.extend(more);
    }
}
