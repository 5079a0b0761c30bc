//! What happens to which object: the comparison of every object, then the closure over dependants that must give way.

mod closure;

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use autogen_core::object::Table;
use autogen_core::object::defined::DefinedKind;
use autogen_core::object::table::{ReplicaIdentity, TableAlteration};
use autogen_core::{Alteration, Catalog, Hints, Kind, Object, ObjectId, Pair, QualName, SkippedObject};

use crate::compare::{Comparison, Context, compare};
use crate::{
    base_types, by_itself, domains, expressions, family, incomplete, origins, owners, persistence, remarks,
    reset, stored_rows, stricter, taken, typed,
};

/// What happens to one object. A replacement is a drop and a create.
#[derive(Debug, Default)]
pub(crate) struct Planned {
    pub(crate) drop: bool,
    pub(crate) create: bool,
    /// The drop happens with that of the container.
    pub(crate) absorbed: bool,
    pub(crate) alterations: Vec<Alteration>,
    /// Those that come with a parent's.
    pub(crate) handed_down: Vec<Alteration>,
    /// The object whose change makes this necessary, if it has no difference of its own.
    pub(crate) because: Option<ObjectId>,
}

/// The plan.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) actions: BTreeMap<ObjectId, Planned>,
    pub(crate) skipped: Vec<SkippedObject>,
    /// Columns that the rebuild of an enum converts, with that enum.
    pub(crate) converted: BTreeMap<ObjectId, ObjectId>,
    /// Columns of a domain, composite type or collation that is replaced or changes under them, or of the rows of a table that is
    /// written anew: they take another type meanwhile, so that no value is lost.
    pub(crate) detours: BTreeMap<ObjectId, ObjectId>,
    /// Columns that follow the type which their table is made of.
    pub(crate) typed: Vec<typed::Typed>,
    /// Columns and checks that come from elsewhere than before, which takes a stand-in for the parents.
    pub(crate) origins: BTreeSet<ObjectId>,
    /// Partitions that are none while the type of their parents' columns changes, so that they are told it themselves.
    pub(crate) apart: BTreeSet<QualName>,
    /// See [`Hints::to_the_letter`].
    pub(crate) to_the_letter: bool,
}

impl Plan {
    /// True if the object's definition changes in place and could as well be dropped and created.
    pub(crate) fn is_redefined(&self, id: &ObjectId) -> bool {
        is_redefinable(id) && self.actions.get(id).is_some_and(|planned| !planned.alterations.is_empty())
    }
}

/// What calls a function that gets other arguments. While the old one and the new one are there a call may fit both, so
/// these are dropped first and made anew in the end.
pub(crate) fn overloaded(pair: Pair<&Catalog>) -> BTreeSet<ObjectId> {
    let only_in = |catalog: &Catalog, other: &Catalog| -> BTreeSet<ObjectId> {
        catalog.of_kind(Kind::Function).map(|(id, _)| id).filter(|id| !other.contains(id)).cloned().collect()
    };
    let (gone, new) = (only_in(pair.before, pair.after), only_in(pair.after, pair.before));
    let gone: BTreeSet<ObjectId> =
        gone.into_iter().filter(|old| new.iter().any(|id| id.name == old.name)).collect();
    let calls = |catalog: &Catalog, id: &ObjectId, functions: &BTreeSet<ObjectId>| {
        catalog.uses(id).any(|used| functions.contains(used))
    };
    if gone.is_empty() {
        return BTreeSet::new();
    }
    let may_call = |id: &&ObjectId| is_redefinable(id) || id.kind == Kind::Domain;
    let callers = pair.before.ids().filter(may_call).filter(|id| pair.after.contains(id));
    callers.filter(|id| calls(pair.before, id, &gone) && calls(pair.after, id, &new)).cloned().collect()
}

fn is_redefinable(id: &ObjectId) -> bool {
    matches!(
        id.kind,
        Kind::View
            | Kind::Function
            | Kind::Rule
            | Kind::Policy
            | Kind::Default
            | Kind::Defined(DefinedKind::Publication)
    )
}

/// Compares two catalogs of the same names. Objects of `forced` are replaced where they could change in place.
pub(crate) fn plan(pair: Pair<&Catalog>, hints: &Hints, forced: &BTreeSet<ObjectId>) -> Plan {
    let mut plan = Plan { to_the_letter: hints.to_the_letter, ..Plan::default() };
    for (id, objects) in side_by_side(pair) {
        match (objects.before, objects.after) {
            (Some(object), Some(wanted)) => compared(&mut plan, Pair::new(object, wanted), id, pair, hints),
            (Some(_), None) => plan.actions.entry(id.clone()).or_default().drop = true,
            (None, _) => plan.actions.entry(id.clone()).or_default().create = true,
        }
    }
    for id in forced {
        plan.actions.entry(id.clone()).or_default().replace();
    }
    if !plan.actions.is_empty() {
        renew_partitioned(&mut plan, pair);
        by_itself::renew_copies(&mut plan, pair);
        origins::restate(&mut plan, pair);
        stored_rows::give_way(&mut plan, pair);
        domains::views_give_way(&mut plan, pair);
        typed::leave_types(&mut plan, pair);
        persistence::leave_to_tables(&mut plan, pair);
        taken::renew(&mut plan, pair);
        incomplete::renew(&mut plan, pair);
        base_types::renew(&mut plan, pair);
        closure::close(&mut plan, pair);
        family::release_keys(&mut plan, pair);
        restate_identities(&mut plan, pair);
        remarks::restate(&mut plan, pair);
        family::restate(&mut plan, pair);
        reset::restate(&mut plan, pair);
        owners::restate_on_columns(&mut plan, pair);
        absorb(&mut plan, pair);
        let goes = |column: &ObjectId| plan.actions.get(column).is_some_and(|planned| planned.drop);
        plan.detours.retain(|column, _| !goes(column));
    }
    typed::leave_to_types(&mut plan, pair);
    stricter::validate_checks(&mut plan, pair);
    by_itself::leave_columns(&mut plan, pair);
    let told = stricter::told(&plan, pair);
    let among = by_itself::Among {
        apart: &plan.apart,
        detours: &plan.detours,
        told: &told,
        to_the_letter: plan.to_the_letter,
    };
    plan.actions.retain(|id, planned| !by_itself::follows(id, planned, &among, pair));
    by_itself::leave_to_parents(&mut plan, pair);
    by_itself::leave_copies(&mut plan, &told, pair);
    let follow: Vec<ObjectId> =
        plan.actions.keys().filter(|id| owners::follows(id, &plan, pair)).cloned().collect();
    plan.actions.retain(|id, _| !follow.contains(id));
    plan
}

/// All objects of both catalogs in their order, with what is of the same id in the other. Both are sorted, so nothing need
/// be looked up.
fn side_by_side(pair: Pair<&Catalog>) -> impl Iterator<Item = (&ObjectId, Pair<Option<&Object>>)> {
    let (mut before, mut after) = (pair.before.iter().peekable(), pair.after.iter().peekable());
    std::iter::from_fn(move || {
        let order = match (before.peek(), after.peek()) {
            (Some((old, _)), Some((new, _))) => old.cmp(new),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => return None,
        };
        let old = if order.is_le() { before.next() } else { None };
        let new = if order.is_ge() { after.next() } else { None };
        let (id, _) = old.or(new)?;
        Some((id, Pair::new(old.map(|(_, object)| object), new.map(|(_, object)| object))))
    })
}

fn compared(plan: &mut Plan, objects: Pair<&Object>, id: &ObjectId, catalogs: Pair<&Catalog>, hints: &Hints) {
    let labels = hints.renames.labels(id);
    let context = Context { id, catalogs, labels, to_the_letter: hints.to_the_letter };
    // One that both catalogs share. Its comparison could only differ by what is said of its labels, or of its table.
    let is_shared = std::ptr::eq(objects.before, objects.after);
    if is_shared && context.labels.is_none() {
        return;
    }
    let moved = moved(objects, id, catalogs);
    let before = moved.as_ref().unwrap_or(objects.before);
    match compare(Pair::new(before, objects.after), context) {
        Comparison::Equal => {}
        Comparison::Alter(alterations)
            if domains::is_refused(id, &alterations, catalogs.before)
                || expressions::is_refused(id, &alterations, catalogs.before) =>
        {
            plan.actions.entry(id.clone()).or_default().replace();
        }
        Comparison::Alter(alterations) => {
            plan.actions.entry(id.clone()).or_default().alterations = alterations;
        }
        Comparison::Replace => plan.actions.entry(id.clone()).or_default().replace(),
        Comparison::Skip(reason) => plan.skipped.push(SkippedObject { id: id.clone(), reason }),
    }
}

/// What a table's `ATTACH` or `DETACH` makes of a member of it: the server matches keys and indexes with the parent's,
/// or sets them free, by itself. `None` where the table stays where it was.
fn moved(objects: Pair<&Object>, id: &ObjectId, catalogs: Pair<&Catalog>) -> Option<Object> {
    let table = match objects.before {
        Object::Index(index) => &index.table,
        _ => &id.name,
    };
    let parents = catalogs.map(|catalog| match catalog.get(&ObjectId::table(table)) {
        Some(Object::Table(table)) => Some(table.partition_of.as_ref().map(|partition| &partition.parent)),
        _ => None,
    });
    parents.both().filter(Pair::differs)?;
    let mut before = objects.before.clone();
    match (&mut before, objects.after) {
        (Object::PrimaryKey(old), Object::PrimaryKey(new)) => {
            old.inherited = new.inherited;
            old.partition_of.clone_from(&new.partition_of);
        }
        (Object::Unique(old), Object::Unique(new)) => {
            old.inherited = new.inherited;
            old.partition_of.clone_from(&new.partition_of);
        }
        (Object::ForeignKey(old), Object::ForeignKey(new)) => old.inherited = new.inherited,
        (Object::Index(old), Object::Index(new)) if old.partition_of.is_some() => {
            old.partition_of.clone_from(&new.partition_of);
        }
        _ => return None,
    }
    Some(before)
}

/// A column that is part of a partition key cannot change its type, so its table is made anew.
fn renew_partitioned(plan: &mut Plan, pair: Pair<&Catalog>) {
    let retypes = |alteration: &Alteration| family::is_retyping(alteration) || alteration.rebuilds();
    let changes = |id: &ObjectId| {
        let planned = plan.actions.get(id);
        planned
            .is_some_and(|planned| planned.drop && planned.create || planned.alterations.iter().any(retypes))
    };
    let is_key = |id: &ObjectId| {
        let Some(Object::Column(column)) = pair.before.get(id).filter(|_| pair.after.contains(id)) else {
            return false;
        };
        changes(id) || column.data_type.object(pair.before).is_some_and(|of| changes(&of))
    };
    let mut anew = Vec::new();
    for (id, object) in pair.before.of_kind(Kind::Table).filter(|(id, _)| pair.after.contains(id)) {
        let Object::Table(Table { partition_key: Some(key), .. }) = object else { continue };
        let mut in_key = false;
        let _ = key.map_identifiers(|name| {
            in_key |= is_key(&ObjectId::column(&id.name, &name.into()));
            None
        });
        if in_key {
            anew.push(id.clone());
        }
    }
    for id in anew {
        plan.actions.entry(id).or_default().replace();
    }
}

/// A replica identity goes with the index that it uses, so it is stated again where that is made anew, be it as that of a
/// constraint, or as one of its own.
fn restate_identities(plan: &mut Plan, pair: Pair<&Catalog>) {
    for (id, object) in pair.after.of_kind(Kind::Table).filter(|(id, _)| pair.before.contains(id)) {
        let Object::Table(table) = object else { continue };
        let ReplicaIdentity::Index(name) = &table.replica_identity else { continue };
        let is_made = |id: &ObjectId| plan.actions.get(id).is_some_and(|planned| planned.create);
        let alteration = Alteration::Table(TableAlteration::ReplicaIdentity(table.replica_identity.clone()));
        let made = is_made(&ObjectId::new(Kind::Index, id.name.sibling(name.clone())))
            || [Kind::PrimaryKey, Kind::Unique]
                .into_iter()
                .any(|kind| is_made(&ObjectId::part(kind, id.name.clone(), name.clone())));
        let planned = plan.actions.get(id);
        let said = planned.is_some_and(|planned| planned.drop || planned.alterations.contains(&alteration));
        if made && !said {
            plan.actions.entry(id.clone()).or_default().alterations.push(alteration);
        }
    }
}

impl Planned {
    pub(crate) fn replace(&mut self) {
        self.drop = true;
        self.create = true;
        self.alterations.clear();
    }

    /// The same for the sake of another object, if nothing of its own was to be done to this one.
    pub(crate) fn give_way(&mut self, to: ObjectId) {
        if self.alterations.is_empty() && !self.drop {
            self.because = Some(to);
        }
        self.replace();
    }
}

/// Marks the drops that happen with their container's.
fn absorb(plan: &mut Plan, pair: Pair<&Catalog>) {
    let gone: BTreeSet<ObjectId> =
        plan.actions.iter().filter(|(_, p)| p.drop).map(|(id, _)| id.clone()).collect();
    for id in &gone {
        let with_parent = match pair.before.get(id) {
            Some(Object::Index(index)) if !family::moves(&index.table, pair) => {
                index.partition_of.as_ref().map(|parent| ObjectId::new(Kind::Index, parent.clone()))
            }
            _ => None,
        };
        let containers = [pair.before.container(id), with_parent];
        if containers.iter().flatten().any(|container| gone.contains(container))
            && let Some(planned) = plan.actions.get_mut(id)
        {
            planned.absorbed = true;
        }
    }
}
