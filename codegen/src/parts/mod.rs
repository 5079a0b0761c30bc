//! What is committed together. A script is as few parts as will do; each is one transaction, or one statement that may not
//! run in one. Three things make more of one: labels of enums that are used at once, statements that must be sent alone,
//! and work on many rows, which must not be done while a lock is held that others wait for.
//!
//! The order within the parts is the differ's, and what has to wait for another part takes only those along that wait for
//! it by an edge of the graph.

mod back;
mod between;
mod bodies;
mod joins;
mod labels;
mod renames;

use std::collections::{BTreeMap, BTreeSet};

use autogen_core::object::sequence::SequenceAlteration;
use autogen_core::{Action, Alteration, ChangeGraph, Kind, ObjectId};

use crate::online::Swap;
use crate::options::LockTimeout;
use crate::script::{Pace, Part, Script, Statement};
use crate::sql::Sql;

/// The comment above the statement that sets the lock timeout of a part.
pub const LOCK_TIMEOUT_NOTE: &str = "Rather fail than hold up others while waiting for a lock";

pub(crate) use back::both_ways;

/// The written statements of a graph's changes.
pub(crate) struct Written<'a> {
    pub(crate) graph: &'a ChangeGraph,
    /// By change, in the order of the graph.
    pub(crate) by_change: Vec<Vec<Statement>>,
    /// Drops that wait until what replaces the object is built.
    pub(crate) swaps: Vec<Swap>,
    pub(crate) lock_timeout: LockTimeout,
}

/// The script of one direction by itself.
pub(crate) fn one_way(written: Written<'_>) -> Script {
    let lock_timeout = written.lock_timeout.clone();
    let mut nodes = Nodes::new(written);
    let groups = nodes.schedule_all();
    Script { parts: finished(nodes.into_groups(groups), &lock_timeout) }
}

/// A statement and what must run before it.
struct Node {
    statement: Option<Statement>,
    change: usize,
    needs: Vec<usize>,
}

/// All statements of one direction, by their place in the order of the graph.
struct Nodes {
    list: Vec<Node>,
    /// The places of each change's statements.
    of_change: Vec<Vec<usize>>,
    swaps: Vec<Swap>,
    /// By change, whether it is the first of a pair of those that are `renewed`.
    goes_for_now: Vec<bool>,
    /// See [`renewed`].
    renewed: Vec<(usize, usize)>,
    /// The changes whose statements must be committed before the others.
    labels: BTreeSet<usize>,
    placed: Vec<bool>,
}

impl Nodes {
    fn new(written: Written<'_>) -> Self {
        let Written { graph, by_change, swaps, .. } = written;
        let labels = labels::used(graph, &by_change);
        let mut edges = vec![Vec::new(); by_change.len()];
        for edge in &graph.edges {
            let is_swapped = swaps.iter().any(|swap| swap.drop == edge.before && swap.create == edge.after);
            if !is_swapped && !renames::lets_pass(&graph.changes[edge.before], &by_change[edge.after]) {
                edges[edge.after].push(edge.before);
            }
        }
        for (earlier, later) in joins::ordered(graph) {
            edges[later].push(earlier);
        }
        let mut list = Vec::new();
        let mut of_change = Vec::with_capacity(by_change.len());
        let mut last_due = Vec::with_capacity(by_change.len());
        for (change, statements) in by_change.into_iter().enumerate() {
            let begin = list.len();
            last_due.push(statements.iter().rposition(|one| !one.follows).map(|at| begin + at));
            for statement in statements {
                let needs = if list.len() > begin { vec![list.len() - 1] } else { Vec::new() };
                list.push(Node { statement: Some(statement), change, needs });
            }
            of_change.push((begin..list.len()).collect::<Vec<_>>());
        }
        // The statements to wait for, by change: all of them, and those without which it is not there.
        let mut whole: Vec<Vec<usize>> = Vec::with_capacity(of_change.len());
        let mut due: Vec<Vec<usize>> = Vec::with_capacity(of_change.len());
        for (change, own) in of_change.iter().enumerate() {
            let before = |ends: &[Vec<usize>]| -> Vec<usize> {
                edges[change]
                    .iter()
                    .flat_map(|before| ends.get(*before).into_iter().flatten().copied())
                    .collect()
            };
            let (wholes, dues) = (before(&whole), before(&due));
            match (own.first(), own.last()) {
                (Some(first), Some(last)) => {
                    // What was only taken away for the time comes back as soon as it can; a primary key can when NOT NULL is
                    // said of its columns. A default is set before the rows are filled.
                    let node = &graph.changes[change];
                    let is_back =
                        node.replaces && node.action == Action::Create && node.id.kind != Kind::PrimaryKey;
                    let is_early = is_back || owns(&node.action) || node.id.kind == Kind::Default;
                    list[*first].needs.extend(if is_early { dues.clone() } else { wholes });
                    whole.push(vec![*last]);
                    // Whether a column is NOT NULL matters to none of these.
                    due.push(last_due[change].map_or(dues, |last| vec![last]));
                }
                _ => {
                    whole.push(wholes);
                    due.push(dues);
                }
            }
        }
        for swap in &swaps {
            let (drop, create) = (&of_change[swap.drop], &of_change[swap.create]);
            if let (Some(first), Some(built)) = (drop.first(), create.get(swap.drop_after)) {
                list[*first].needs.push(*built);
            }
            if let (Some(last), Some(next)) = (drop.last(), create.get(swap.drop_after + 1)) {
                list[*next].needs.push(*last);
            }
        }
        let placed = vec![false; list.len()];
        let renewed = renewed(graph);
        let mut goes_for_now = vec![false; graph.changes.len()];
        renewed.iter().for_each(|(goes, _)| goes_for_now[*goes] = true);
        Self { list, of_change, swaps, goes_for_now, renewed, labels, placed }
    }

    fn schedule_all(&mut self) -> Vec<Vec<usize>> {
        let groups = self.schedule(&(0..self.list.len()).collect::<Vec<_>>());
        let groups = self.delayed(groups);
        self.merged(groups)
    }

    /// Between two parts nothing may be missing that comes again. Where it cannot go late enough, the parts become one.
    fn merged(&self, mut groups: Vec<Vec<usize>>) -> Vec<Vec<usize>> {
        let part_of =
            |groups: &[Vec<usize>], node: usize| groups.iter().position(|group| group.contains(&node));
        for (drop, create) in &self.renewed {
            let ends = self.of_change[*drop].first().zip(self.of_change[*create].first());
            let Some((gone, back)) = ends else { continue };
            let (Some(first), Some(last)) = (part_of(&groups, *gone), part_of(&groups, *back)) else {
                continue;
            };
            if first >= last {
                continue;
            }
            // A new label that is used has to be committed all the same.
            let is_early = |at: &usize| self.labels.contains(&self.list[*at].change);
            let suits = groups[first..=last].iter().flatten().all(|at| self.may_join(*at));
            if suits && !groups[first..last].iter().flatten().any(is_early) {
                let together = groups.drain(first..=last).flatten().collect();
                groups.insert(first, together);
            }
        }
        groups
    }

    /// What goes only to come again goes as late as it can, so that it is missing for as short a time.
    fn delayed(&self, mut groups: Vec<Vec<usize>>) -> Vec<Vec<usize>> {
        let mut part_of = vec![0; self.list.len()];
        for (part, group) in groups.iter().enumerate() {
            group.iter().for_each(|at| part_of[*at] = part);
        }
        let mut waiting = vec![Vec::new(); self.list.len()];
        for (at, node) in self.list.iter().enumerate() {
            node.needs.iter().for_each(|before| waiting[*before].push(at));
        }
        for at in (0..self.list.len()).rev().filter(|at| self.goes_for_now[self.list[*at].change]) {
            let Some(latest) = waiting[at].iter().map(|later| part_of[*later]).min() else { continue };
            let suits = |other: &usize| self.may_join(*other) && self.pace(*other) != Pace::Long;
            if latest > part_of[at] && self.may_join(at) && groups[latest].iter().all(suits) {
                groups[part_of[at]].retain(|other| *other != at);
                groups[latest].insert(0, at);
                part_of[at] = latest;
            }
        }
        groups.retain(|group| !group.is_empty());
        groups
    }

    /// Puts statements into parts, in the order given as far as they need not wait.
    fn schedule(&mut self, wanted: &[usize]) -> Vec<Vec<usize>> {
        let mut early: BTreeSet<usize> =
            wanted.iter().copied().filter(|at| self.labels.contains(&self.list[*at].change)).collect();
        let mut open: Vec<usize> = early.iter().copied().collect();
        while let Some(at) = open.pop() {
            open.extend(self.list[at].needs.iter().copied().filter(|before| early.insert(*before)));
        }
        let (early, late): (Vec<usize>, Vec<usize>) = wanted.iter().partition(|at| early.contains(at));
        let mut groups = self.greedy(early);
        groups.extend(self.greedy(late));
        groups
    }

    fn greedy(&mut self, mut left: Vec<usize>) -> Vec<Vec<usize>> {
        let mut groups = Vec::new();
        while !left.is_empty() {
            let before = left.len();
            let group = self.together(&left);
            if !group.is_empty() {
                groups.push(group);
                left.retain(|at| !self.placed[*at]);
            }
            while let Some(alone) = left.iter().copied().find(|at| self.is_ready(*at) && !self.may_join(*at))
            {
                self.placed[alone] = true;
                left.retain(|at| *at != alone);
                groups.push(vec![alone]);
            }
            if left.len() == before {
                // Nothing is ready: what is left waits for each other, which no graph does. Its order has to do.
                left.iter().for_each(|at| self.placed[*at] = true);
                groups.push(std::mem::take(&mut left));
            }
        }
        groups
    }

    /// One transaction: all that is ready and gets along. Short locks come first, so that work on rows is done side by side.
    fn together(&mut self, left: &[usize]) -> Vec<usize> {
        let mut group = Vec::new();
        self.gather(left, Pace::Long, &mut group);
        if group.iter().all(|at| self.pace(*at) == Pace::Free) {
            self.gather(left, Pace::Brief, &mut group);
        }
        group
    }

    /// Adds all that is or becomes ready, but for one pace.
    fn gather(&mut self, left: &[usize], but: Pace, group: &mut Vec<usize>) {
        loop {
            let before = group.len();
            for at in left.iter().copied() {
                if self.is_ready(at) && self.may_join(at) && self.pace(at) != but {
                    self.placed[at] = true;
                    group.push(at);
                }
            }
            if group.len() == before {
                return;
            }
        }
    }

    fn is_ready(&self, at: usize) -> bool {
        !self.placed[at] && self.list[at].needs.iter().all(|before| self.placed[*before])
    }

    fn statement(&self, at: usize) -> Option<&Statement> {
        self.list[at].statement.as_ref()
    }

    fn may_join(&self, at: usize) -> bool {
        self.statement(at).is_none_or(|statement| statement.transaction)
    }

    fn pace(&self, at: usize) -> Pace {
        self.statement(at).and_then(|statement| statement.pace).unwrap_or(Pace::Free)
    }

    fn into_groups(mut self, groups: Vec<Vec<usize>>) -> Vec<Vec<Statement>> {
        groups
            .into_iter()
            .map(|group| group.into_iter().filter_map(|at| self.list[at].statement.take()).collect())
            .collect()
    }
}

/// The changes that take something away, with those that make it anew; and those that give a column another type for the
/// time, with those that end it.
fn renewed(graph: &ChangeGraph) -> Vec<(usize, usize)> {
    let of = |action: Action| {
        let all =
            graph.changes.iter().enumerate().filter(move |(_, one)| one.replaces && one.action == action);
        all.map(|(at, one)| (&one.id, at))
    };
    let back: BTreeMap<_, _> = of(Action::Create).collect();
    let mut all: Vec<(usize, usize)> =
        of(Action::Drop).filter_map(|(id, gone)| Some((gone, *back.get(id)?))).collect();
    let mut left: BTreeMap<&ObjectId, usize> = BTreeMap::new();
    for (at, change) in graph.changes.iter().enumerate() {
        if change.id.kind == Kind::Column && matches!(change.action, Action::Alter(_)) {
            all.extend(left.insert(&change.id, at).map(|earlier| (earlier, at)));
        }
    }
    all
}

/// True for `OWNED BY`: from then on the sequence goes with its column, which the way back of the column counts on.
fn owns(action: &Action) -> bool {
    let is_owned_by = |alteration: &Alteration| {
        matches!(alteration, Alteration::Sequence(SequenceAlteration::OwnedBy(Some(_))))
    };
    matches!(action, Action::Alter(all) if all.iter().all(is_owned_by))
}

/// Parts with the settings that their statements want.
fn finished(mut parts: Vec<Vec<Statement>>, lock_timeout: &LockTimeout) -> Vec<Part> {
    let mut done = Vec::with_capacity(parts.len());
    for at in 0..parts.len() {
        let statements = std::mem::take(&mut parts[at]);
        let transaction = statements.iter().all(|statement| statement.transaction);
        let statements = bodies::trusting(statements, &parts[at + 1..]);
        done.push(Part { statements: impatient(statements, transaction, lock_timeout), transaction });
    }
    done
}

/// Who waits for a lock holds up all who come after, so waiting has an end.
fn impatient(
    mut statements: Vec<Statement>,
    transaction: bool,
    lock_timeout: &LockTimeout,
) -> Vec<Statement> {
    let waits = |statement: &&Statement| matches!(statement.pace, Some(Pace::Brief | Pace::Long));
    if let Some(value) = lock_timeout.value().filter(|_| transaction)
        && let Some(first) = statements.iter().find(waits)
    {
        let sql = Sql::new("SET LOCAL lock_timeout =").literal(value);
        let mut setting = Statement::new(sql, first.id.clone(), first.action);
        setting.note(LOCK_TIMEOUT_NOTE);
        statements.insert(0, setting);
    }
    statements
}
