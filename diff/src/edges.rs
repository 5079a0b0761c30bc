//! The edges of the graph, each with its reason. No kind says anything about order here: it follows from what the
//! objects depend on, before and after, and from the names they take.

pub(crate) mod detours;
mod families;
mod grants;
mod keys;
mod newcomers;
mod replica_identity;
mod types;

use std::collections::{BTreeMap, BTreeSet};

use autogen_core::object::column::Origin;
use autogen_core::object::sequence::SequenceAlteration;
use autogen_core::object::table::TableAlteration;
use autogen_core::{Action, Alteration, Catalog, Edge, Kind, Object, ObjectId, Pair, Reason};

use crate::family::{attached_to, is_retyping, moves, parents, stays_below, with_ancestors};
use crate::namespace::{Claim, claims};
use crate::nodes::{Nodes, comes_first, is_attachment};
use crate::origins;
use crate::part_names::is_part;
use crate::plan::Plan;

/// All edges, sorted, without loops.
pub(crate) fn edges(pair: Pair<&Catalog>, nodes: &Nodes, plan: &Plan) -> Vec<Edge> {
    let mut all = Edges::default();
    needs(pair, nodes, &mut all);
    still_used(pair, nodes, plan, &mut all);
    detours::detours(pair, nodes, &mut all);
    names(pair, nodes, &mut all);
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
    types::of_types(pair, nodes, &mut all);
    types::rebuilt_enums(plan, nodes, &mut all);
    default_privileges(nodes, &mut all);
    grants::columns(pair, nodes, &mut all);
    grants::sequences(pair, nodes, &mut all);
    renames(nodes, &mut all);
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

/// What comes to be, or changes, waits for what it depends on.
fn needs(pair: Pair<&Catalog>, nodes: &Nodes, edges: &mut Edges) {
    let Pair { before, after } = pair;
    let mut wait = |node: usize, id: &ObjectId, for_alters: bool| {
        let mut uses = after.depends_on(id);
        // Who leaves one parent or type for another need not wait for that.
        if departs(&nodes.list[node]) {
            let joined = parents(after, &id.name);
            uses.retain(|used| match used.kind {
                Kind::Table => !joined.contains(&used.name),
                kind => kind != Kind::CompositeType,
            });
        }
        for used in uses {
            for source in with_ancestors(after, &used) {
                // What comes by itself comes with its container.
                let own = nodes.create.get(&source);
                let create =
                    own.or_else(|| after.container(&source).and_then(|whole| nodes.create.get(&whole)));
                if let Some(create) = create {
                    edges.add(*create, node, Reason::NeedsExisting);
                }
                if for_alters {
                    // What is settled with it is there before, and so is a partition that only takes other bounds.
                    let is_later = |alter: usize| {
                        nodes.settles(alter).contains(id)
                            || detaches(&nodes.list[alter]) && !moves(&source.name, pair)
                    };
                    let alters = nodes.alter.get(&source).into_iter().flatten();
                    for alter in alters.filter(|alter| !is_later(**alter)) {
                        edges.add(*alter, node, Reason::NeedsExisting);
                    }
                }
            }
        }
    };
    for (id, node) in &nodes.create {
        wait(*node, id, true);
    }
    for (id, alters) in &nodes.alter {
        for node in alters.iter().filter(|node| nodes.list[**node].id == *id) {
            wait(*node, id, true);
        }
    }
    let merges = |id: &ObjectId, node: usize| {
        let was_own =
            matches!(before.get(id), Some(Object::Column(column)) if column.origin == Origin::Local);
        was_own && nodes.list[node].id == *id && matches!(nodes.list[node].action, Action::Alter(_))
    };
    // A parent's change runs over its children's, so theirs come later.
    let theirs = nodes.coming().chain(nodes.drop.iter().map(|(id, node)| (id, *node)));
    let is_reached = |id: &ObjectId, node: usize| match id.kind {
        // An enum that is made anew converts the columns of all of them at once.
        Kind::Column => nodes.list[node].id.kind != Kind::EnumType,
        Kind::Default => true,
        Kind::Check => nodes.list[node].id == *id && matches!(nodes.list[node].action, Action::Alter(_)),
        _ => false,
    };
    for (id, node) in theirs.filter(|(id, node)| is_reached(id, *node)) {
        for ancestor in with_ancestors(after, id).iter().skip(1) {
            let gone = nodes.drop.get(ancestor).filter(|_| id.kind == Kind::Default);
            // A default that is taken off and set again goes before its parent's comes.
            let comes = nodes.create.get(ancestor);
            let goes = nodes.drop.get(id) == Some(&node);
            let is_set_again = gone.is_some() || id.kind == Kind::Default && nodes.create.contains_key(id);
            let comes = comes.filter(|_| !is_set_again || !goes);
            // A default that comes with its column does not reach a child that has the column already.
            let with_column = nodes.create.contains_key(&ObjectId { kind: Kind::Column, ..ancestor.clone() });
            let comes = comes.filter(|_| id.kind == Kind::Column || !goes || !with_column);
            // A column that makes way for its parent's goes first.
            let is_inherited = || id.kind == Kind::Column && origins::is_inherited(id, after);
            let comes = comes.filter(|_| !goes || !is_inherited() || before.contains(ancestor));
            // What was the table's own takes the parent's type before it becomes the parent's too; a table that joins does so
            // when both have their columns.
            let stays = || stays_below(&id.name, &ancestor.name, pair);
            if let Some(comes) = comes.filter(|_| merges(id, node) && stays()) {
                edges.add(node, *comes, Reason::NeedsExisting);
                continue;
            }
            let changes = nodes.alter.get(ancestor).into_iter().flatten();
            let changes = changes.filter(|at| nodes.settles(**at).is_empty());
            for earlier in comes.into_iter().chain(changes).chain(gone) {
                edges.add(*earlier, node, Reason::NeedsExisting);
            }
        }
    }
    // A table that is made after its parent's check has it as a valid one.
    for (id, object) in after.of_kind(Kind::Check) {
        let Object::Check(check) = object else { continue };
        let table = nodes.create.get(&ObjectId::table(&id.name));
        if let Some(table) = table.filter(|_| !check.validated && check.origin != Origin::Local) {
            for parents in with_ancestors(after, id).iter().skip(1).filter_map(|up| nodes.create.get(up)) {
                edges.add(*table, *parents, Reason::NeedsExisting);
            }
        }
    }
    for (node, waits) in &nodes.late {
        for id in waits {
            for before in nodes.coming_of(id) {
                edges.add(before, *node, Reason::NeedsExisting);
            }
        }
    }
}

/// What goes, or changes under others, waits for those that use it.
fn still_used(pair: Pair<&Catalog>, nodes: &Nodes, plan: &Plan, edges: &mut Edges) {
    for (id, node) in &nodes.drop {
        let handed_down = match pair.before.get(id) {
            Some(Object::Column(column)) => column.origin != Origin::Local,
            Some(Object::Check(check)) => check.origin != Origin::Local,
            Some(Object::ForeignKey(key)) => key.inherited,
            Some(object) => is_part(object),
            None => false,
        };
        let is_attached = pair.before.get(id).is_some_and(|object| attached_to(object).is_some());
        // A partition's copy of a foreign key goes with its parent's, which uses the same, unless the partition leaves.
        if handed_down && id.kind == Kind::ForeignKey && !moves(&id.name, pair) {
            continue;
        }
        for used in pair.before.depends_on(id) {
            let sources = with_ancestors(pair.before, &used);
            let away = nodes.away.iter().map(|(away, _)| away);
            let away = away.filter(|away| sources.contains(&nodes.list[**away].id));
            for drop in sources.iter().filter_map(|source| goes_at(source, nodes)) {
                edges.add(*node, drop, Reason::StillUsed);
            }
            // A default of its own waits for the parent's, and bears all changes of the parent's column but of type.
            let matters = |source: &ObjectId, node: usize| {
                *source == used || id.kind != Kind::Default || retypes(&nodes.list[node])
            };
            let altered = sources.iter().flat_map(|source| {
                let all = nodes.alter.get(source).into_iter().flatten();
                all.filter(move |node| matters(source, **node))
            });
            // Attributes come and go under what is made of their type.
            let is_type = matches!(id.kind, Kind::Domain | Kind::CompositeType | Kind::RangeType);
            let altered = altered.filter(|node| !is_type || !comes_first(&nodes.list[**node]));
            // What a table shares with those that it inherits from are columns and checks.
            let is_shared = handed_down || matches!(id.kind, Kind::Column | Kind::Check);
            // An index goes first: the columns that it is back on come back with the parents.
            let altered = altered.filter(|alter| {
                let inherits = only_inherits(&nodes.list[**alter]);
                if inherits && id.kind == Kind::Index {
                    edges.add(*node, **alter, Reason::StillUsed);
                }
                is_shared || !inherits
            });
            let altered: Vec<&usize> = altered.collect();
            for alter in altered.into_iter().chain(away) {
                // What a table has with its parent's can only go when the table has left, which comes before its own too.
                let change = &nodes.list[*alter];
                let is_own = || pair.before.container(id).is_some_and(|whole| whole == change.id);
                let is_free = has_left(change, pair) && (handed_down || is_own());
                if is_free || is_attached && departs(change) {
                    edges.add(*alter, *node, Reason::StillUsed);
                } else {
                    edges.add(*node, *alter, Reason::StillUsed);
                }
            }
        }
    }
    let changing = plan.actions.iter().filter(|(_, planned)| !planned.alterations.is_empty());
    for (id, _) in changing {
        // An inherited column has to be the table's own before it can differ. Who leaves the parent takes it along.
        let ancestors = with_ancestors(pair.before, id);
        let above = ancestors.iter().skip(1).filter(|up| stays_below(&id.name, &up.name, pair));
        for gone in above.filter_map(|up| nodes.drop.get(up)) {
            for own in nodes.alter.get(id).into_iter().flatten().filter(|_| id.kind == Kind::Column) {
                edges.add(*gone, *own, Reason::StillUsed);
            }
        }
        let wanted = pair.after.depends_on(id);
        let mut left: BTreeSet<ObjectId> = pair.before.depends_on(id);
        left.extend(pair.before.container(id));
        let container = pair.after.container(id);
        left.retain(|used| !wanted.contains(used) && container.as_ref() != Some(used));
        // Of several steps to other parents the first leaves those that it had.
        let mut has_parted = false;
        let own: Vec<usize> = nodes
            .list
            .iter()
            .enumerate()
            .filter(|(_, change)| {
                leaves(change, id) && !(only_inherits(change) && std::mem::replace(&mut has_parted, true))
            })
            .map(|(at, _)| at)
            .collect();
        for used in &left {
            // An inherited column goes with its parent's.
            let sources = with_ancestors(pair.before, used);
            let gone = sources.iter().filter_map(|source| goes_at(source, nodes));
            for later in gone.chain(nodes.alter.get(used).into_iter().flatten().copied()) {
                for node in &own {
                    edges.add(*node, later, Reason::StillUsed);
                }
            }
        }
    }
}

/// Where an object goes. An inherited column follows its parent's, so only its table has a drop.
fn goes_at(id: &ObjectId, nodes: &Nodes) -> Option<usize> {
    let table = Some(ObjectId::table(&id.name)).filter(|_| id.kind == Kind::Column);
    nodes.drop.get(id).or_else(|| nodes.drop.get(&table?)).copied()
}

/// True for a change of a column's type.
fn retypes(change: &autogen_core::Change) -> bool {
    let Action::Alter(alterations) = &change.action else { return false };
    let retypes =
        |alteration: &Alteration| is_retyping(alteration) || matches!(alteration, Alteration::EnumType(_));
    alterations.iter().any(retypes)
}

/// True for a change after which a table has parents or a type no longer; who only takes other bounds has them all the time.
fn has_left(change: &autogen_core::Change, pair: Pair<&Catalog>) -> bool {
    types::of_type(change) == Some(None) || departs(change) && moves(&change.id.name, pair)
}

/// True for a change of the tables that a table inherits from, and of nothing else.
fn only_inherits(change: &autogen_core::Change) -> bool {
    let is_it =
        |alteration: &Alteration| matches!(alteration, Alteration::Table(TableAlteration::Inherits(_)));
    matches!(&change.action, Action::Alter(all) if all.iter().all(is_it))
}

/// True for a table that leaves a parent or its type; who joins another does it late.
fn departs(change: &autogen_core::Change) -> bool {
    let Action::Alter(alterations) = &change.action else { return false };
    let inherits =
        |alteration: &Alteration| matches!(alteration, Alteration::Table(TableAlteration::Inherits(_)));
    detaches(change) || types::of_type(change) == Some(None) || alterations.iter().any(inherits)
}

/// True for a partition that leaves its parent.
fn detaches(change: &autogen_core::Change) -> bool {
    let Action::Alter(alterations) = &change.action else { return false };
    alterations.contains(&Alteration::Table(TableAlteration::PartitionOf(None)))
}

/// True for a table that becomes a partition.
fn attaches(change: &autogen_core::Change) -> bool {
    matches!(&change.action, Action::Alter(all) if all.iter().any(is_attachment))
}

/// True for an alteration of the object by which it may leave what it used. A partition leaves by an alteration other
/// than the one that attaches it again, a sequence by `OWNED BY` alone.
fn leaves(change: &autogen_core::Change, id: &ObjectId) -> bool {
    let Action::Alter(alterations) = &change.action else { return false };
    let owner =
        |alteration: &Alteration| matches!(alteration, Alteration::Sequence(SequenceAlteration::OwnedBy(_)));
    let stays = |alteration: &Alteration| {
        is_attachment(alteration) || matches!(alteration, Alteration::Table(TableAlteration::Origins(_)))
    };
    change.id == *id
        && !alterations.iter().all(stays)
        && (id.kind != Kind::Sequence || alterations.iter().any(owner))
}

/// What takes a name waits for what frees it.
fn names(pair: Pair<&Catalog>, nodes: &Nodes, edges: &mut Edges) {
    let of = |catalog: &Catalog, id: &ObjectId| -> BTreeSet<Claim> {
        catalog.get(id).map(|object| claims(id, object).into_iter().collect()).unwrap_or_default()
    };
    let mut freed: BTreeMap<Claim, Vec<usize>> = BTreeMap::new();
    let mut taken: Vec<(Claim, usize)> = Vec::new();
    for (id, node) in &nodes.drop {
        of(pair.before, id).into_iter().for_each(|claim| freed.entry(claim).or_default().push(*node));
    }
    for (id, node) in &nodes.create {
        taken.extend(of(pair.after, id).into_iter().map(|claim| (claim, *node)));
    }
    // Keys of partitions come and go with their parents'.
    for (id, node) in carried(pair.before, &nodes.drop) {
        of(pair.before, id).into_iter().for_each(|claim| freed.entry(claim).or_default().push(node));
    }
    for (id, node) in carried(pair.after, &nodes.create) {
        taken.extend(of(pair.after, id).into_iter().map(|claim| (claim, node)));
    }
    for (id, alters) in &nodes.alter {
        let (old, new) = (of(pair.before, id), of(pair.after, id));
        for node in alters.iter().filter(|node| nodes.list[**node].id == *id) {
            old.difference(&new).for_each(|claim| freed.entry(claim.clone()).or_default().push(*node));
            taken.extend(new.difference(&old).map(|claim| (claim.clone(), *node)));
        }
    }
    for (claim, node) in taken {
        for free in freed.get(&claim).into_iter().flatten() {
            edges.add(*free, node, Reason::NameFreed);
        }
    }
}

/// The keys of partitions whose whole has a node, with that.
fn carried<'a>(
    catalog: &'a Catalog,
    nodes: &BTreeMap<ObjectId, usize>,
) -> impl Iterator<Item = (&'a ObjectId, usize)> {
    let all = [Kind::PrimaryKey, Kind::Unique].into_iter().flat_map(|kind| catalog.of_kind(kind));
    all.filter_map(|(id, _)| Some((id, catalog.wholes(id).find_map(|whole| nodes.get(&whole).copied())?)))
}

/// Default privileges reach what is created under them, and a new object's own privileges are stated in full: so old
/// defaults go before anything comes, and new ones come last.
fn default_privileges(nodes: &Nodes, edges: &mut Edges) {
    let is_default = |change: &autogen_core::Change| change.id.kind == Kind::DefaultPrivilege;
    let receivers = || {
        nodes.create.iter().filter(|(id, _)| {
            matches!(
                id.kind,
                Kind::Table
                    | Kind::View
                    | Kind::MaterializedView
                    | Kind::Sequence
                    | Kind::Function
                    | Kind::Schema
            )
        })
    };
    for (node, change) in nodes.list.iter().enumerate().filter(|(_, change)| is_default(change)) {
        for (id, receiver) in
            receivers().filter(|(id, _)| id.kind != Kind::Schema || change.action != Action::Create)
        {
            let own_schema = *id == ObjectId::schema(&change.id.name.schema);
            match change.action {
                Action::Create => edges.add(*receiver, node, Reason::StillUsed),
                Action::Drop | Action::Alter(_) if !own_schema => {
                    edges.add(node, *receiver, Reason::StillUsed)
                }
                Action::Drop | Action::Alter(_) | Action::Rename { .. } => {}
            }
        }
    }
}

/// Everything else speaks of the new names, so renames come first; a table's before its columns', and one that frees a
/// name before the one that takes it.
fn renames(nodes: &Nodes, edges: &mut Edges) {
    for rename in &nodes.rename {
        for other in (0..nodes.list.len()).filter(|other| !nodes.rename.contains(other)) {
            let change = &nodes.list[other];
            // A schema to move into is the one thing that has to be there before.
            if change.id.kind == Kind::Schema && change.action == Action::Create {
                edges.add(other, *rename, Reason::NeedsExisting);
            } else {
                edges.add(*rename, other, Reason::SameObject);
            }
        }
        let Action::Rename { from } = &nodes.list[*rename].action else { continue };
        for other in &nodes.rename {
            let change = &nodes.list[*other];
            if nodes.aside.contains(&(*other, *rename)) {
                edges.add(*other, *rename, Reason::NameFreed);
                continue;
            }
            if change.id == *from {
                edges.add(*rename, *other, Reason::NameFreed);
            }
            let table_first = from.kind == Kind::Table
                && change.id.kind != Kind::Table
                && change.id.name == nodes.list[*rename].id.name;
            if table_first {
                edges.add(*rename, *other, Reason::NeedsExisting);
            }
        }
    }
}
