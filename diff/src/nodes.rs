//! The nodes of the graph: one per statement group, and the way from an object to its nodes.

use std::collections::{BTreeMap, BTreeSet};

use autogen_core::object::choose_name;
use autogen_core::object::column::Origin;
use autogen_core::object::sequence::SequenceAlteration;
use autogen_core::object::table::{ReplicaIdentity, TableAlteration, staying};
use autogen_core::{Action, Alteration, Catalog, Change, Kind, Object, ObjectId, Pair, QualName, Renames};

use crate::family::{attached_to, is_retyping};
use crate::owners;
use crate::plan::Plan;
use crate::serial::serials;
use crate::typed::Step;

mod detours;

pub(crate) use detours::{Detour, comes_first};

/// The nodes and their index.
pub(crate) struct Nodes {
    pub(crate) list: Vec<Change>,
    /// Where an object comes to be; for a folded serial sequence, its column's node.
    pub(crate) create: BTreeMap<ObjectId, usize>,
    /// Where an object goes; for an absorbed one, its container's node.
    pub(crate) drop: BTreeMap<ObjectId, usize>,
    /// Where an object changes under its dependants.
    pub(crate) alter: BTreeMap<ObjectId, Vec<usize>>,
    /// Alterations that wait for other objects and disturb nobody: `OWNED BY`, `REPLICA IDENTITY USING INDEX`.
    pub(crate) late: Vec<(usize, Vec<ObjectId>)>,
    /// Where columns and checks come from elsewhere than before, which disturbs those that use them.
    pub(crate) origins: Vec<(usize, Vec<ObjectId>)>,
    /// Columns that are of another type while what they are made of changes.
    pub(crate) detours: Vec<Detour>,
    pub(crate) rename: Vec<usize>,
    /// Renames in two steps, first and second.
    pub(crate) aside: Vec<(usize, usize)>,
    /// By node: which whole it may be folded into when that is created.
    pub(crate) whole: BTreeMap<usize, ObjectId>,
    /// Absorbed parts of tables, each with its table, which may be set free to break a cycle.
    absorbed_parts: Vec<(ObjectId, QualName)>,
}

impl Nodes {
    pub(crate) fn new(pair: Pair<&Catalog>, plan: &Plan, renames: &Renames) -> Self {
        let mut nodes = Self {
            list: Vec::new(),
            create: BTreeMap::new(),
            drop: BTreeMap::new(),
            alter: BTreeMap::new(),
            late: Vec::new(),
            origins: Vec::new(),
            detours: Vec::new(),
            rename: Vec::new(),
            aside: Vec::new(),
            whole: BTreeMap::new(),
            absorbed_parts: Vec::new(),
        };
        nodes.renames(pair, renames);
        nodes.drops(pair, plan);
        nodes.creates(pair, plan);
        nodes.alters(pair, plan);
        nodes.typed(pair, plan);
        nodes
    }

    fn push(&mut self, id: &ObjectId, action: Action, plan: &Plan) -> usize {
        let planned = plan.actions.get(id);
        self.list.push(Change {
            id: id.clone(),
            action,
            replaces: planned.is_some_and(|planned| planned.drop && planned.create),
            folded: Vec::new(),
            because: planned.and_then(|planned| planned.because.clone()),
        });
        self.list.len() - 1
    }

    fn renames(&mut self, pair: Pair<&Catalog>, renames: &Renames) {
        let mut aside: BTreeSet<&ObjectId> = BTreeSet::new();
        for (old, new) in renames.iter().filter(|(_, new)| pair.before.contains(new)) {
            let rename = |from: &ObjectId| Action::Rename { from: from.clone() };
            if !in_circle(renames, old) || circle(renames, old).any(|id| aside.contains(id)) {
                let node = self.push(new, rename(old), &Plan::default());
                self.rename.push(node);
                continue;
            }
            // Names are exchanged: one of the objects steps aside.
            aside.insert(old);
            let meanwhile = temporary(old, new);
            let first = self.push(&meanwhile, rename(old), &Plan::default());
            let second = self.push(new, rename(&meanwhile), &Plan::default());
            self.rename.extend([first, second]);
            self.aside.push((first, second));
        }
    }

    fn drops(&mut self, pair: Pair<&Catalog>, plan: &Plan) {
        for (id, _) in plan.actions.iter().filter(|(_, planned)| planned.drop && !planned.absorbed) {
            let node = self.push(id, Action::Drop, plan);
            self.drop.insert(id.clone(), node);
        }
        for (id, _) in plan.actions.iter().filter(|(_, planned)| planned.absorbed) {
            let mut whole = id.clone();
            // Containers nest a few levels at most: comment, default, column, table, partitioned table.
            for _ in 0..16 {
                if let Some(node) = self.drop.get(&whole) {
                    self.drop.insert(id.clone(), *node);
                    break;
                }
                let attached = match pair.before.get(&whole) {
                    Some(Object::Index(index)) => {
                        index.partition_of.as_ref().map(|parent| ObjectId::new(Kind::Index, parent.clone()))
                    }
                    _ => None,
                };
                let goes = |id: &ObjectId| plan.actions.get(id).is_some_and(|planned| planned.drop);
                match pair.before.container(&whole).filter(goes).or(attached) {
                    Some(container) => whole = container,
                    None => break,
                }
            }
            match pair.before.get(id) {
                Some(Object::Index(index)) => self.absorbed_parts.push((id.clone(), index.table.clone())),
                // A partition's copy goes with its parent's.
                Some(Object::ForeignKey(key)) if key.inherited => {}
                Some(
                    Object::ForeignKey(_)
                    | Object::Default(_)
                    | Object::Check(_)
                    | Object::Policy(_)
                    | Object::Trigger(_)
                    | Object::Rule(_),
                ) => self.absorbed_parts.push((id.clone(), id.name.clone())),
                // Its type may need the table.
                Some(Object::Column(column))
                    if column.origin == Origin::Local && column.data_type.object(pair.before).is_some() =>
                {
                    self.absorbed_parts.push((id.clone(), id.name.clone()));
                }
                _ => {}
            }
        }
    }

    fn creates(&mut self, pair: Pair<&Catalog>, plan: &Plan) {
        let serials = serials(pair, plan);
        for (id, _) in plan.actions.iter().filter(|(_, planned)| planned.create) {
            let in_serial = match id.kind {
                Kind::Sequence => serials.values().any(|sequence| sequence == id),
                Kind::Default => serials.contains_key(&ObjectId { kind: Kind::Column, ..id.clone() }),
                Kind::Owner => match pair.after.container(id) {
                    Some(on) => serials.values().any(|sequence| *sequence == on),
                    None => false,
                },
                _ => false,
            };
            if in_serial {
                continue;
            }
            let node = self.push(id, Action::Create, plan);
            self.create.insert(id.clone(), node);
            // A column that comes with a type has no statement of its own.
            let is_typed = |whole: &ObjectId| plan.typed.iter().any(|typed| typed.column == *whole);
            if let Some(whole) = whole(id, pair.after).filter(|whole| !is_typed(whole)) {
                self.whole.insert(node, whole);
            }
            if let Some(sequence) = serials.get(id) {
                let default = ObjectId { kind: Kind::Default, ..id.clone() };
                self.list[node].folded = vec![sequence.clone(), default];
            } else {
                self.late_part(id, pair.after, plan);
            }
        }
        for (column, sequence) in &serials {
            if let Some(node) = self.create.get(column).copied() {
                self.create.insert(sequence.clone(), node);
                self.create.insert(ObjectId { kind: Kind::Default, ..column.clone() }, node);
            }
        }
    }

    /// What a new object can only be told once others exist.
    fn late_part(&mut self, id: &ObjectId, after: &Catalog, plan: &Plan) {
        let alteration = match after.get(id) {
            Some(Object::Sequence(sequence)) if sequence.owned_by.is_some() => {
                Alteration::Sequence(SequenceAlteration::OwnedBy(sequence.owned_by.clone()))
            }
            Some(Object::Table(table)) if matches!(table.replica_identity, ReplicaIdentity::Index(_)) => {
                Alteration::Table(TableAlteration::ReplicaIdentity(table.replica_identity.clone()))
            }
            _ => return,
        };
        let mut needs = waits_for(id, &alteration);
        needs.push(id.clone());
        let node = self.push(id, Action::Alter(vec![alteration]), plan);
        self.list[node].replaces = false;
        self.late.push((node, needs));
    }

    fn alters(&mut self, pair: Pair<&Catalog>, plan: &Plan) {
        for (id, planned) in plan.actions.iter().filter(|(_, planned)| !planned.alterations.is_empty()) {
            let (late, mut now): (Vec<_>, Vec<_>) =
                planned.alterations.iter().cloned().partition(|alteration| is_late(id, alteration));
            let leaves = late.iter().any(is_attachment)
                && matches!(pair.before.get(id), Some(Object::Table(table)) if table.partition_of.is_some());
            if leaves {
                now.push(Alteration::Table(TableAlteration::PartitionOf(None)));
            }
            // A column on a detour takes its type on the way back.
            if plan.detours.contains_key(id) {
                now.retain(|alteration| !is_retyping(alteration));
            }
            now.extend(leaves_first(pair.before.get(id), &late));
            now.extend(leaves_type(pair.before.get(id), &late));
            for step in detours::steps(id, now, plan, pair.before) {
                let node = self.push(id, Action::Alter(step), plan);
                self.alter.entry(id.clone()).or_default().push(node);
            }
            for alteration in late {
                let needs = waits_for(id, &alteration);
                let node = self.push(id, Action::Alter(vec![alteration.clone()]), plan);
                if let Alteration::Table(TableAlteration::Origins(parts)) = alteration {
                    self.origins.push((node, parts));
                }
                self.late.push((node, needs));
            }
        }
        for (column, enum_type) in &plan.converted {
            let rebuild = self.alter.get(enum_type).cloned().unwrap_or_default();
            self.alter.entry(column.clone()).or_default().extend(rebuild);
        }
        for (node, parts) in &self.origins {
            parts.iter().for_each(|part| self.alter.entry(part.clone()).or_default().push(*node));
        }
        for (column, domain) in &plan.detours {
            self.detour(pair, column, domain);
        }
    }

    /// Columns that come, change and go with a type, at the node of its change.
    fn typed(&mut self, pair: Pair<&Catalog>, plan: &Plan) {
        for typed in &plan.typed {
            let nodes = self.alter.get(&typed.of_type).map(Vec::as_slice).unwrap_or_default();
            // Attributes come and go before others change.
            let node = if typed.step == Step::Changes { nodes.last() } else { nodes.first() };
            let Some(node) = node.copied() else { continue };
            let own = self.alter.get(&typed.column).cloned().unwrap_or_default();
            self.late.extend(own.into_iter().map(|own| (own, vec![typed.of_type.clone()])));
            match typed.step {
                Step::Comes => {
                    self.create.insert(typed.column.clone(), node);
                }
                Step::Changes => self.alter.entry(typed.column.clone()).or_default().push(node),
                Step::Goes => {
                    let along = plan.actions.iter().filter(|(_, planned)| planned.absorbed).map(|(id, _)| id);
                    let along = along.filter(|id| pair.before.container(id).as_ref() == Some(&typed.column));
                    self.drop.extend(along.chain([&typed.column]).map(|id| (id.clone(), node)));
                }
            }
        }
    }

    /// What comes or changes in place, each object with its nodes.
    pub(crate) fn coming(&self) -> impl Iterator<Item = (&ObjectId, usize)> {
        let made = self.create.iter().map(|(id, node)| (id, *node));
        made.chain(self.alter.iter().flat_map(|(id, all)| all.iter().map(move |node| (id, *node))))
    }

    /// What comes, goes or changes in place, each object with its nodes.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&ObjectId, usize)> {
        self.coming().chain(self.drop.iter().map(|(id, node)| (id, *node)))
    }

    /// The nodes by which an object comes or changes in place.
    pub(crate) fn coming_of(&self, id: &ObjectId) -> impl Iterator<Item = usize> {
        self.create.get(id).into_iter().chain(self.alter.get(id).into_iter().flatten()).copied()
    }

    /// The columns and checks whose origin a node settles; mostly none.
    pub(crate) fn settles(&self, node: usize) -> &[ObjectId] {
        let found = self.origins.iter().find(|(settles, _)| *settles == node);
        found.map(|(_, parts)| parts.as_slice()).unwrap_or_default()
    }

    /// Gives parts that would go with their tables a drop of their own: foreign keys, and if there are none the defaults,
    /// checks and indexes, which may call functions that use the table, and then columns, whose types may be made of such.
    /// False if there is none in the cycle.
    pub(crate) fn set_free_parts(&mut self, cycle: &[ObjectId]) -> bool {
        let relations: BTreeSet<&QualName> = cycle.iter().map(|id| &id.name).collect();
        // A partition's parts go with the partitioned table.
        let goes_with =
            |id: &ObjectId| self.drop.get(id).is_some_and(|node| cycle.contains(&self.list[*node].id));
        let in_cycle: Vec<ObjectId> = self
            .absorbed_parts
            .iter()
            .filter(|(id, table)| relations.contains(table) || goes_with(id))
            .map(|(id, _)| id.clone())
            .collect();
        let rank = |id: &ObjectId| match id.kind {
            Kind::ForeignKey => 0,
            Kind::Column => 2,
            _ => 1,
        };
        let first = in_cycle.iter().map(rank).min();
        let free: BTreeSet<ObjectId> = in_cycle.into_iter().filter(|id| Some(rank(id)) == first).collect();
        self.absorbed_parts.retain(|(id, _)| !free.contains(id));
        for id in &free {
            let node = self.push(id, Action::Drop, &Plan::default());
            self.drop.insert(id.clone(), node);
        }
        !free.is_empty()
    }
}

/// The objects whose names an object's rename passes on, itself first, until the circle closes or the chain ends.
fn circle<'a>(renames: &'a Renames, from: &'a ObjectId) -> impl Iterator<Item = &'a ObjectId> {
    let next = move |id: &&'a ObjectId| {
        renames.iter().find(|(old, _)| old == id).map(|(_, new)| new).filter(|new| *new != from)
    };
    std::iter::successors(Some(from), next).take(renames.iter().count())
}

fn in_circle(renames: &Renames, from: &ObjectId) -> bool {
    let last = circle(renames, from).last();
    last.is_some_and(|last| renames.iter().any(|(old, new)| old == last && new == from))
}

/// A name that an object has between two renames.
fn temporary(old: &ObjectId, new: &ObjectId) -> ObjectId {
    let name = choose_name(&[old.own_name().as_str()], "autogen_aside");
    match old.part {
        Some(_) => ObjectId { part: Some(name.into()), ..new.clone() },
        None => ObjectId::new(old.kind, old.name.sibling(name)),
    }
}

/// The `NO INHERIT` of a table that joins other parents, which is possible when it has their columns.
fn leaves_first(before: Option<&Object>, late: &[Alteration]) -> Option<Alteration> {
    let Some(Object::Table(table)) = before else { return None };
    let wanted = late.iter().find_map(|alteration| match alteration {
        Alteration::Table(TableAlteration::Inherits(wanted)) => Some(wanted),
        _ => None,
    })?;
    let stay = staying(&table.inherits, wanted);
    let both = stay.len() < table.inherits.len() && stay.len() < wanted.len();
    both.then_some(Alteration::Table(TableAlteration::Inherits(stay)))
}

/// The `NOT OF` of a table that becomes one of another type, or of its own once more when that has changed.
fn leaves_type(before: Option<&Object>, late: &[Alteration]) -> Option<Alteration> {
    let joins =
        |alteration: &Alteration| matches!(alteration, Alteration::Table(TableAlteration::OfType(Some(_))));
    let leaves = matches!(before, Some(Object::Table(table)) if table.of_type.is_some());
    (leaves && late.iter().any(joins)).then_some(Alteration::Table(TableAlteration::OfType(None)))
}

/// True for an alteration that disturbs nobody and may come when everything that it needs is there.
fn is_late(id: &ObjectId, alteration: &Alteration) -> bool {
    // A sequence leaves its owner without regard to the defaults that use it.
    matches!(alteration, Alteration::Sequence(SequenceAlteration::OwnedBy(None)))
        || !waits_for(id, alteration).is_empty()
}

/// True for `ATTACH PARTITION`.
pub(crate) fn is_attachment(alteration: &Alteration) -> bool {
    matches!(alteration, Alteration::Table(TableAlteration::PartitionOf(Some(_))))
}

/// Objects that an alteration has to wait for, beyond what the object itself depends on.
fn waits_for(id: &ObjectId, alteration: &Alteration) -> Vec<ObjectId> {
    match alteration {
        Alteration::Sequence(SequenceAlteration::OwnedBy(Some(owner))) => {
            owners::of_sequence(id, owner).into_iter().chain([owner.clone()]).collect()
        }
        // Joining a family waits for the columns, see `edges`.
        Alteration::Table(TableAlteration::PartitionOf(Some(partition))) => {
            vec![ObjectId::table(&partition.parent)]
        }
        Alteration::Table(TableAlteration::Inherits(parents)) => {
            parents.iter().map(ObjectId::table).collect()
        }
        Alteration::Table(TableAlteration::Origins(parts)) => parts.clone(),
        Alteration::Table(TableAlteration::OfType(Some(of_type))) => {
            vec![ObjectId::new(Kind::CompositeType, of_type.clone())]
        }
        Alteration::Table(TableAlteration::ReplicaIdentity(ReplicaIdentity::Index(name))) => vec![
            ObjectId::new(Kind::Index, id.name.sibling(name.clone())),
            ObjectId::part(Kind::PrimaryKey, id.name.clone(), name.clone()),
            ObjectId::part(Kind::Unique, id.name.clone(), name.clone()),
        ],
        _ => Vec::new(),
    }
}

/// The object whose statement may create this one too.
fn whole(id: &ObjectId, after: &Catalog) -> Option<ObjectId> {
    match id.kind {
        // With the partition itself an attached one would come beside the index that the server makes.
        Kind::PrimaryKey | Kind::Unique => {
            after.get(id).filter(|object| attached_to(object).is_none()).and(after.container(id))
        }
        Kind::Column | Kind::Default | Kind::Check | Kind::Exclusion | Kind::ForeignKey => {
            after.container(id)
        }
        _ => None,
    }
}
