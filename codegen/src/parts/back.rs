//! Both scripts of a migration, part by part: the way back of a part undoes that part and nothing else, so that a
//! migration that is spread over several folders can be taken back, or redone, one folder at a time.

use std::collections::{BTreeMap, BTreeSet};

use autogen_core::{Action, Change, ChangeGraph, Kind, ObjectId, Pair, Reason};

use super::{Node, Nodes, Written, between, finished};
use crate::script::{Script, Statement};

/// What a change does, and what undoes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Deed {
    Makes,
    Removes,
    Changes,
}

impl Deed {
    fn of(change: &Change) -> Self {
        match change.action {
            Action::Create => Deed::Makes,
            Action::Drop => Deed::Removes,
            Action::Alter(_) | Action::Rename { .. } => Deed::Changes,
        }
    }

    fn undone_by(self) -> Self {
        match self {
            Deed::Makes => Deed::Removes,
            Deed::Removes => Deed::Makes,
            Deed::Changes => Deed::Changes,
        }
    }
}

/// The scripts there and back, with the same number of parts.
pub(crate) fn both_ways(up: Written<'_>, down: Written<'_>) -> (Script, Script) {
    let (graph, back) = (up.graph, down.graph);
    let lock_timeout = up.lock_timeout.clone();
    let (mut ups, mut downs) = (Nodes::new(up), Nodes::new(down));
    let groups = ups.schedule_all();
    let mut part_of = vec![0; ups.list.len()];
    for (part, group) in groups.iter().enumerate() {
        for at in group {
            part_of[*at] = part;
        }
    }
    let mut wanted = wanted_parts(graph, back, &ups, &downs, &part_of, groups.len());
    let Undone { nodes: undone, spares } = undo(&mut ups, &mut downs, graph, back, &part_of, &mut wanted);
    let count = downs.list.len() - undone.len();
    let mut order: Vec<usize> = undone.iter().rev().copied().chain(0..count).collect();
    let renewed = renewed_only_back(graph, back);
    let mut settled = settled(&downs, &wanted, &renewed);
    for (at, part) in between::restored(&mut downs, (&ups, &part_of), (graph, back), &settled) {
        order.push(at);
        settled.push(part);
    }
    for (at, part) in early_defaults(&mut downs, back, &renewed, &wanted, &settled) {
        order.push(at);
        settled.push(part);
    }
    for spare in spares {
        if !spare.is_needed(&downs, &settled) {
            continue;
        }
        order.push(downs.list.len());
        settled.push(spare.part);
        downs.list.push(Node { statement: Some(spare.statement), change: usize::MAX, needs: spare.users });
        downs.placed.push(false);
    }

    let mut ups = ups.into_groups(groups);
    let (mut there, mut here) = (Vec::new(), Vec::new());
    // The last part is the first to be taken back.
    for part in (0..ups.len().max(1)).rev() {
        let own: Vec<usize> = order.iter().copied().filter(|at| settled[*at] == part).collect();
        let mut pieces = downs.schedule(&own);
        if pieces.is_empty() {
            pieces.push(Vec::new());
        }
        let extra = pieces.len() - 1;
        // Where the way back takes several parts, the first of them takes the part back. Until it has come to that, the
        // others must find nothing to do.
        pieces.iter().skip(1).flatten().for_each(|at| downs.spare(*at));
        here.extend(pieces);
        there.push(ups.pop().unwrap_or_default());
        there.extend(std::iter::repeat_with(Vec::new).take(extra));
    }
    there.reverse();
    let here = downs.into_groups(here);
    if there.iter().chain(&here).all(Vec::is_empty) {
        return (Script::default(), Script::default());
    }
    (Script { parts: finished(there, &lock_timeout) }, Script { parts: finished(here, &lock_timeout) })
}

impl Nodes {
    /// Makes a statement one that does nothing where it has nothing to do.
    fn spare(&mut self, at: usize) {
        let Some(statement) = self.list[at].statement.as_mut() else { return };
        if let Some(again) = statement.again.take() {
            statement.sql = again;
        }
    }

    /// True if a statement comes after one of others.
    pub(super) fn waits_for(&self, at: usize, others: &[usize]) -> bool {
        let mut seen = BTreeSet::new();
        let mut open = vec![at];
        while let Some(next) = open.pop() {
            if others.contains(&next) {
                return true;
            }
            open.extend(self.list[next].needs.iter().copied().filter(|before| seen.insert(*before)));
        }
        false
    }

    /// The statement of a change whose way back is the change's own.
    fn main(&self, change: usize) -> Option<usize> {
        let own = &self.of_change[change];
        let is_main = |at: &&usize| self.statement(**at).is_some_and(|statement| statement.is_main);
        own.iter().find(is_main).or(own.first()).copied()
    }
}

/// The part that each statement of the way back should be in, as far as the way there tells.
fn wanted_parts(
    graph: &ChangeGraph,
    back: &ChangeGraph,
    ups: &Nodes,
    downs: &Nodes,
    part_of: &[usize],
    parts: usize,
) -> Vec<Option<usize>> {
    let renames = &graph.hints.renames;
    let mut by_deed: BTreeMap<(ObjectId, Deed), usize> = BTreeMap::new();
    let mut by_id: BTreeMap<ObjectId, usize> = BTreeMap::new();
    for (at, change) in graph.changes.iter().enumerate() {
        let Some(main) = ups.main(at) else { continue };
        for id in std::iter::once(&change.id).chain(&change.folded) {
            let id = renames.follow(id);
            for part in
                [by_deed.entry((id.clone(), Deed::of(change))).or_default(), by_id.entry(id).or_default()]
            {
                *part = part_of[main].max(*part);
            }
        }
    }
    let mut wanted = vec![None; downs.list.len()];
    for (at, change) in back.changes.iter().enumerate() {
        let id = renames.follow(&change.id);
        let undoes = Deed::of(change).undone_by();
        // What went with its table, say, comes back where that does.
        let wholes = std::iter::successors(Some(change.id.clone()), |id| back.catalogs.after.container(id));
        let mut deeds = wholes.filter_map(|id| by_deed.get(&(renames.follow(&id), undoes)));
        let part = deeds.next().or_else(|| by_id.get(&id));
        for node in &downs.of_change[at] {
            wanted[*node] = part.copied();
        }
    }
    // What was swapped is swapped back step by step.
    for swap in &downs.swaps {
        let same = |one: &&crate::online::Swap| {
            renames.follow(&graph.changes[one.create].id) == renames.follow(&back.changes[swap.create].id)
        };
        let Some(there) = ups.swaps.iter().find(same) else { continue };
        let steps = |nodes: &Nodes, swap: &crate::online::Swap| {
            let (mut all, rest) = (nodes.of_change[swap.create].clone(), nodes.of_change[swap.drop].clone());
            all.extend(rest);
            all
        };
        let (there, here) = (steps(ups, there), steps(downs, swap));
        if there.len() == here.len() {
            for (down, up) in here.iter().zip(there.iter().rev()) {
                wanted[*down] = Some(part_of[*up]);
            }
        }
    }
    // What the way there knows nothing of goes with what waits for it.
    let mut waiting: Vec<Vec<usize>> = vec![Vec::new(); downs.list.len()];
    for (at, node) in downs.list.iter().enumerate() {
        node.needs.iter().for_each(|before| waiting[*before].push(at));
    }
    for at in (0..downs.list.len()).rev() {
        if wanted[at].is_none() {
            wanted[at] = waiting[at].iter().filter_map(|later| wanted[*later]).max();
        }
    }
    let last = parts.saturating_sub(1);
    wanted.into_iter().map(|part| part.or(Some(last))).collect()
}

/// What undoes the steps of online forms.
#[derive(Default)]
struct Undone {
    /// Where it stands on the way back.
    nodes: Vec<usize>,
    spares: Vec<Spare>,
}

/// What undoes a step that the change's own way back undoes as well.
struct Spare {
    statement: Statement,
    /// That of the step.
    part: usize,
    /// The way back of the change.
    own: Vec<usize>,
    /// What was built on the change goes before.
    users: Vec<usize>,
}

impl Spare {
    /// True if the change's own way back comes so late that until then the part would not be taken back.
    fn is_needed(&self, downs: &Nodes, settled: &[usize]) -> bool {
        let is_same =
            |at: &usize| downs.statement(*at).is_some_and(|statement| statement.sql == self.statement.sql);
        let is_later = |at: &usize| settled[*at] < self.part;
        self.own.iter().any(|at| is_same(at) && is_later(at)) && !self.users.iter().any(is_later)
    }
}

/// Moves what undoes the steps of online forms from the way there to the way back.
fn undo(
    ups: &mut Nodes,
    downs: &mut Nodes,
    graph: &ChangeGraph,
    back: &ChangeGraph,
    part_of: &[usize],
    wanted: &mut Vec<Option<usize>>,
) -> Undone {
    let renames = &graph.hints.renames;
    let mut all = Undone::default();
    let mut written = BTreeSet::new();
    let has_undo = |node: &Node| node.statement.as_ref().is_some_and(|statement| !statement.undo.is_empty());
    let with_undo: Vec<usize> = (0..graph.changes.len())
        .filter(|change| ups.of_change[*change].iter().any(|up| has_undo(&ups.list[*up])))
        .collect();
    // Most migrations have none of it, and in the others every change would look through all of the way back.
    let mut by_deed: BTreeMap<(ObjectId, Deed), Vec<usize>> = BTreeMap::new();
    if !with_undo.is_empty() {
        for (at, change) in back.changes.iter().enumerate() {
            let own = by_deed.entry((renames.follow(&change.id), Deed::of(change))).or_default();
            own.extend(&downs.of_change[at]);
        }
    }
    for change in with_undo {
        let Some(main) = ups.main(change) else { continue };
        let id = renames.follow(&graph.changes[change].id);
        let undone_by = Deed::of(&graph.changes[change]).undone_by();
        let own = by_deed.get(&(id, undone_by)).cloned().unwrap_or_default();
        let users = users(change, graph, back);
        for up in ups.of_change[change].clone() {
            let undo =
                ups.list[up].statement.as_mut().map(|one| std::mem::take(&mut one.undo)).unwrap_or_default();
            let mut earlier = None;
            for statement in undo {
                if statement.stands_in && !own.is_empty() {
                    // A view reads a column with NOT NULL and without.
                    let is_view = |user: &&usize| {
                        matches!(back.changes[**user].id.kind, Kind::View | Kind::MaterializedView)
                    };
                    let users = users.iter().filter(|user| !is_view(user));
                    let users = users.flat_map(|user| downs.of_change[*user].iter().copied()).collect();
                    all.spares.push(Spare { statement, part: part_of[up], own: own.clone(), users });
                    continue;
                }
                if !written.insert((part_of[up], statement.sql.clone())) {
                    continue;
                }
                let (at, is_free) = (downs.list.len(), statement.is_free);
                let needs = earlier.replace(at).into_iter().collect();
                let mut node = Node { statement: Some(statement), change: usize::MAX, needs };
                // The steps are undone from the last to the first, the change itself at the place of its main step.
                if up >= main {
                    own.first().into_iter().for_each(|first| downs.list[*first].needs.push(at));
                } else if !is_free {
                    node.needs.extend(own.iter().copied());
                }
                // What was built on the change goes before, unless it stays until the change is taken back.
                let later = users.iter().flat_map(|user| downs.of_change[*user].iter().copied());
                let stays = |user: usize| up >= main && downs.waits_for(user, &own);
                node.needs.extend(later.filter(|user| wanted[*user] >= Some(part_of[up]) && !stays(*user)));
                downs.list.push(node);
                downs.placed.push(false);
                wanted.push(Some(part_of[up]));
                all.nodes.push(at);
            }
        }
    }
    all
}

/// The changes of the way back that remove what was built on a change.
fn users(change: usize, graph: &ChangeGraph, back: &ChangeGraph) -> Vec<usize> {
    let renames = &graph.hints.renames;
    let needs =
        graph.edges.iter().filter(|edge| edge.before == change && edge.reason == Reason::NeedsExisting);
    let built = needs.map(|edge| &graph.changes[edge.after]).filter(|later| later.action == Action::Create);
    let built: BTreeSet<ObjectId> = built.map(|later| renames.follow(&later.id)).collect();
    let removed = back.changes.iter().enumerate().filter(|(_, one)| one.action == Action::Drop);
    removed.filter(|(_, one)| built.contains(&renames.follow(&one.id))).map(|(at, _)| at).collect()
}

/// The changes of the way back that take something away and make it anew, where the way there does not: it must not be
/// missing between two parts.
fn renewed_only_back(graph: &ChangeGraph, back: &ChangeGraph) -> Vec<Pair<usize>> {
    let is_made_there = |id: &ObjectId| {
        let mut deeds = graph.changes.iter().filter(|change| graph.hints.renames.follow(&change.id) == *id);
        deeds.any(|change| matches!(change.action, Action::Create | Action::Drop))
    };
    let find = |id: &ObjectId, action: Action| {
        back.changes.iter().position(|change| change.id == *id && change.action == action)
    };
    let gone = back.changes.iter().enumerate().filter(|(_, one)| one.replaces && one.action == Action::Drop);
    gone.filter(|(_, one)| !is_made_there(&graph.hints.renames.follow(&one.id)))
        .filter_map(|(drop, one)| Some(Pair::new(drop, find(&one.id, Action::Create)?)))
        .collect()
}

/// A default whose type changes in an earlier part is set back there, and in the part that changed it as well. Returns the
/// statements and their parts.
fn early_defaults(
    downs: &mut Nodes,
    back: &ChangeGraph,
    renewed: &[Pair<usize>],
    wanted: &[Option<usize>],
    settled: &[usize],
) -> Vec<(usize, usize)> {
    let mut all = Vec::new();
    for pair in renewed.iter().filter(|pair| back.changes[pair.before].id.kind == Kind::Default) {
        let Some(gone) = downs.of_change[pair.before].first().copied() else { continue };
        let Some(part) = wanted[gone].filter(|part| *part > settled[gone]) else { continue };
        for made in downs.of_change[pair.after].clone() {
            let statement = downs.list[made].statement.clone();
            all.push((downs.list.len(), part));
            downs.list.push(Node { statement, change: pair.after, needs: Vec::new() });
            downs.placed.push(false);
        }
    }
    all
}

/// The parts in which the statements of the way back can be: nothing comes before what it needs.
fn settled(downs: &Nodes, wanted: &[Option<usize>], renewed: &[Pair<usize>]) -> Vec<usize> {
    let mut parts: Vec<usize> = wanted.iter().map(|part| part.unwrap_or_default()).collect();
    loop {
        let mut moved = false;
        for (at, node) in downs.list.iter().enumerate() {
            let latest = node.needs.iter().map(|before| parts[*before]).min();
            if let Some(latest) = latest.filter(|latest| *latest < parts[at]) {
                parts[at] = latest;
                moved = true;
            }
        }
        for pair in renewed {
            let made = downs.of_change[pair.after].iter().map(|at| parts[*at]).min();
            for at in &downs.of_change[pair.before] {
                if let Some(made) = made.filter(|made| *made < parts[*at]) {
                    parts[*at] = made;
                    moved = true;
                }
            }
        }
        if !moved {
            return parts;
        }
    }
}
