//! Changes that need no statement, because Postgres makes them with others: what reaches partitions and children from their
//! parents, what is there by default, and what is no difference.

use std::collections::{BTreeMap, BTreeSet};

use autogen_core::object::check::CheckAlteration;
use autogen_core::object::column::{ColumnAlteration, Origin};
use autogen_core::object::sequence::{has_identity, identity_column};
use autogen_core::object::table::TableAlteration;
use autogen_core::object::{KeyAlteration, comes_ahead, is_copy};
use autogen_core::{Alteration, Catalog, Kind, Object, ObjectId, Pair, QualName};

use crate::family::{
    is_retyping, is_shared, kept_parents, moves, original, parents, stays_below, with_ancestors,
};
use crate::origins::{hands_down, is_inherited, is_own};
use crate::plan::{Plan, Planned};

/// Takes off the list what a parent's new default, or its loss, does to a child that wants the same.
pub(crate) fn leave_to_parents(plan: &mut Plan, pair: Pair<&Catalog>) {
    let stays = |table: &QualName| {
        let moves = |alteration: &Alteration| {
            matches!(
                alteration,
                Alteration::Table(TableAlteration::PartitionOf(_) | TableAlteration::Inherits(_))
            )
        };
        !plan
            .actions
            .get(&ObjectId::table(table))
            .is_some_and(|planned| planned.alterations.iter().any(moves))
    };
    let is_kept = |default: &ObjectId| {
        let column = ObjectId { kind: Kind::Column, ..default.clone() };
        pair.before.contains(&column)
            && pair.after.contains(&column)
            && !plan.detours.contains_key(&column)
            && !plan.origins.contains(&column)
    };
    // Where nothing is taken off the parent, the child's own has to go before the type changes.
    let is_alone = |above: &ObjectId| {
        let column = plan.actions.get(&ObjectId { kind: Kind::Column, ..above.clone() });
        let is_retyped = column.is_some_and(|planned| planned.alterations.iter().any(is_retyping));
        is_retyped && !pair.before.contains(above)
    };
    let told = |id: &&ObjectId| {
        let parents = pair.map(|catalog| parents(catalog, &id.name));
        let [parent] = Vec::from_iter(&parents.after)[..] else { return false };
        let above = ObjectId { name: parent.clone(), ..(*id).clone() };
        !parents.differs()
            && stays(&id.name)
            && is_kept(id)
            && is_kept(&above)
            && !is_alone(&above)
            && pair.after.get(id) == pair.after.get(&above)
            && plan.actions.contains_key(&above)
    };
    let defaults = plan.actions.keys().filter(|id| id.kind == Kind::Default);
    let told: Vec<ObjectId> = defaults.filter(told).cloned().collect();
    plan.actions.retain(|id, _| !told.contains(id));
}

/// Plans anew the checks of a child that say the same as before, and are to be its own where they were a parent's copy or the
/// other way round, while the parent's goes or comes. The copy goes and comes along; what is the child's own makes way for it.
pub(crate) fn renew_copies(plan: &mut Plan, pair: Pair<&Catalog>) {
    let is_renewed = |id: &ObjectId, alteration: &Alteration| match alteration {
        Alteration::Check(CheckAlteration::Origin(Origin::Local)) => goes_along(id, plan, pair),
        Alteration::Check(CheckAlteration::Origin(Origin::Inherited)) => {
            is_own(id, pair.before) && comes_along(id, plan, pair)
        }
        _ => false,
    };
    let renewed: Vec<ObjectId> = plan
        .actions
        .iter()
        .filter(|(id, planned)| planned.alterations.iter().any(|alteration| is_renewed(id, alteration)))
        .map(|(id, _)| id.clone())
        .collect();
    for id in renewed {
        plan.actions.entry(id).or_default().replace();
    }
}

/// A column that a table has from parents, before and after, goes with theirs where they are made anew.
pub(crate) fn leave_columns(plan: &mut Plan, pair: Pair<&Catalog>) {
    let is_replaced =
        |id: &ObjectId| plan.actions.get(id).is_some_and(|planned| planned.drop && planned.create);
    let is_inherited = |id: &ObjectId| is_inherited(id, pair.before) && is_inherited(id, pair.after);
    let columns =
        plan.actions.keys().filter(|id| id.kind == Kind::Column && is_replaced(id) && is_inherited(id));
    let along = columns.filter(|id| {
        let mut above = kept_parents(&id.name, pair)
            .into_iter()
            .map(|parent| ObjectId { name: parent, ..(*id).clone() })
            .peekable();
        !moves(&id.name, pair) && above.peek().is_some() && above.all(|above| is_replaced(&above))
    });
    for id in along.cloned().collect::<Vec<_>>() {
        plan.actions.entry(id).or_default().drop = false;
    }
}

/// A child's copy of a check comes and goes with its parent's, where the child has one of its own of that name before or
/// after. One of a column comes so; a parent's column goes without those of its children.
pub(crate) fn leave_copies(plan: &mut Plan, told: &BTreeSet<ObjectId>, pair: Pair<&Catalog>) {
    let replaced = plan.actions.iter().filter(|(_, planned)| planned.drop && planned.create);
    let own = replaced.map(|(id, _)| id).filter(|id| matches!(id.kind, Kind::Check | Kind::Column));
    let left: Vec<(ObjectId, Pair<bool>)> = own
        .map(|id| {
            let goes = id.kind == Kind::Check && goes_along(id, plan, pair);
            let comes = comes_along(id, plan, pair) && !told.contains(id);
            (id.clone(), Pair::new(goes, comes))
        })
        .collect();
    for (id, by_itself) in left {
        let planned = plan.actions.entry(id).or_default();
        planned.drop &= !by_itself.before;
        planned.create &= !by_itself.after;
    }
}

/// True for what a table has from a parent alone, whose own goes, or is no longer handed down.
fn goes_along(id: &ObjectId, plan: &Plan, pair: Pair<&Catalog>) -> bool {
    is_inherited(id, pair.before)
        && is_above(id, pair.before, pair, |above| {
            plan.actions.get(above).is_some_and(|planned| planned.drop) && !hands_down(above, pair.after)
        })
}

/// True for what a table is to have from a parent alone, whose own comes, or was not handed down before.
fn comes_along(id: &ObjectId, plan: &Plan, pair: Pair<&Catalog>) -> bool {
    is_inherited(id, pair.after)
        && is_above(id, pair.after, pair, |above| {
            plan.actions.get(above).is_some_and(|planned| planned.create) && !hands_down(above, pair.before)
        })
}

/// True if that is so of a parent's, or of one above that, where the table stays below it.
fn is_above(
    id: &ObjectId,
    catalog: &Catalog,
    pair: Pair<&Catalog>,
    is_so: impl Fn(&ObjectId) -> bool,
) -> bool {
    let mut above = with_ancestors(catalog, id).into_iter().skip(1);
    above.any(|above| is_so(&above) && stays_below(&id.name, &above.name, pair))
}

/// What a change is made among.
pub(crate) struct Among<'a> {
    /// Partitions that are none at that moment.
    pub(crate) apart: &'a BTreeSet<QualName>,
    /// Columns that take another type meanwhile.
    pub(crate) detours: &'a BTreeMap<ObjectId, ObjectId>,
    /// Columns that are told something when they have come with a parent's.
    pub(crate) told: &'a BTreeSet<ObjectId>,
    /// See [`Hints::to_the_letter`].
    pub(crate) to_the_letter: bool,
}

impl Among<'_> {
    /// True where a default that is NULL counts: it is no difference but to the letter, and it holds on to the type that a
    /// column leaves. An identity bears none at all.
    fn minds_null(&self, column: &ObjectId, pair: Pair<&Catalog>) -> bool {
        let is_identity = |catalog: &Catalog| matches!(catalog.get(column), Some(Object::Column(column)) if column.identity.is_some());
        self.to_the_letter
            || self.detours.contains_key(column)
            || is_identity(pair.before)
            || is_identity(pair.after)
    }
}

/// True for a change that Postgres makes by itself: what a partition or a child inherits comes and goes with its
/// parent's, and privileges that nobody granted are there by default.
pub(crate) fn follows(id: &ObjectId, planned: &Planned, among: &Among<'_>, pair: Pair<&Catalog>) -> bool {
    if among.apart.contains(&id.name) && planned.alterations.iter().any(is_retyping) {
        return false;
    }
    let is_in_both = |id: &ObjectId| pair.before.contains(id) && pair.after.contains(id);
    let stays = !moves(&id.name, pair);
    let follows = |object: &Object| match object {
        Object::Column(column) => {
            column.origin == Origin::Inherited && (stays || is_shared(id, pair)) && !among.told.contains(id)
        }
        Object::Check(check) => check.origin == Origin::Inherited && (stays || is_shared(id, pair)),
        Object::PrimaryKey(_) | Object::Unique(_) | Object::ForeignKey(_) => is_copy(object),
        Object::Privilege(privilege) => privilege.granted == privilege.by_default,
        Object::DefaultPrivilege(privilege) => privilege.granted == privilege.by_default,
        Object::Default(default) => {
            let column = ObjectId { kind: Kind::Column, ..id.clone() };
            default.is_null() && is_in_both(&column) && !among.minds_null(&column, pair)
        }
        _ => false,
    };
    let sides = Pair::new(pair.before.get(id), pair.after.get(id));
    let only_moves = |planned: &Planned| {
        planned.alterations.iter().all(|alteration| {
            matches!(
                alteration,
                Alteration::Column(
                    ColumnAlteration::Type { .. }
                        | ColumnAlteration::Origin(_)
                        | ColumnAlteration::Generated(_)
                )
            )
        })
    };
    // What a partition got with its parent's keys remains when it leaves.
    let remains = |object: &Object| {
        !stays && matches!(object, Object::PrimaryKey(_) | Object::Unique(_) | Object::ForeignKey(_))
    };
    match (planned.drop, planned.create) {
        (true, false) => sides.before.is_some_and(|object| {
            follows(object) && !remains(object)
                || goes_with_identity(object, pair.after)
                || goes_with_copy(id, pair)
        }),
        (false, true) => {
            sides.after.is_some_and(|object| follows(object) && !comes_ahead(id, pair))
                || stays && comes_with_parents(id, pair)
        }
        // The server stores a default that is NULL, which may be in the way of a type's change.
        (true, true) if id.kind == Kind::Default => false,
        (true, true) => {
            sides.before.is_some_and(|object| follows(object) && !remains(object))
                && sides.after.is_some_and(follows)
        }
        (false, false) => match (sides.before, sides.after) {
            (Some(before), Some(after @ Object::Column(_))) => {
                planned.alterations.is_empty() || follows(before) && follows(after) && only_moves(planned)
            }
            // A partition's copy changes with the key that it is one of.
            (Some(before), Some(after @ Object::ForeignKey(_))) => stays && follows(before) && follows(after),
            // The key is set free with its table.
            (Some(_), Some(Object::PrimaryKey(_) | Object::Unique(_))) => {
                planned.alterations.iter().all(is_release)
            }
            _ => false,
        },
    }
}

/// True for what is said of the sequence of a column that is no identity any longer.
fn goes_with_identity(object: &Object, after: &Catalog) -> bool {
    let on = match object {
        Object::Comment(comment) => &comment.on,
        Object::Privilege(privilege) => &privilege.on,
        _ => return false,
    };
    let column = identity_column(on).and_then(|column| after.get(&column));
    column.is_some_and(|column| !has_identity(column))
}

/// True for what is set on a partition's copy of a trigger, which goes when the partition leaves.
fn goes_with_copy(id: &ObjectId, pair: Pair<&Catalog>) -> bool {
    original(id, pair.before).is_some_and(|trigger| !stays_below(&id.name, &trigger.name, pair))
}

/// True for the end of an attachment, which comes with the table's.
fn is_release(alteration: &Alteration) -> bool {
    matches!(
        alteration,
        Alteration::PrimaryKey(KeyAlteration::PartitionOf(None))
            | Alteration::Unique(KeyAlteration::PartitionOf(None))
    )
}

/// True for the default of an inherited column that is its parent's, which comes with the column or with the parent's.
fn comes_with_parents(id: &ObjectId, pair: Pair<&Catalog>) -> bool {
    if id.kind != Kind::Default {
        return false;
    }
    let column = ObjectId { kind: Kind::Column, ..id.clone() };
    let is_new = !pair.before.contains(&column);
    is_inherited(&column, pair.after)
        && parents(pair.after, &id.name).into_iter().any(|parent| {
            let above = ObjectId { name: parent, ..id.clone() };
            let wanted = pair.after.get(&above);
            // With the parent's column it does not come to one that is there already.
            let is_alone = pair.before.contains(&ObjectId { kind: Kind::Column, ..above.clone() });
            wanted == pair.after.get(id) && (is_new || is_alone && wanted != pair.before.get(&above))
        })
}
