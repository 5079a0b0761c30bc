//! The closure over dependants: a change goes on in waves to all that depends on it, and those on which it breaks give way.

use std::collections::BTreeSet;

use autogen_core::object::column::ColumnAlteration;
use autogen_core::object::composite_type::CompositeTypeAlteration;
use autogen_core::object::defined::DefinedKind;
use autogen_core::object::sequence::{identity_column, of_identity};
use autogen_core::object::{attributes, types_within};
use autogen_core::{Alteration, Catalog, Dependants, Kind, Object, ObjectId, Pair};

use super::{Plan, Planned};
use crate::compare::{Disturbance, disturbance};
use crate::yields::{lets_go, must_yield};
use crate::{family, origins, respelled, stored_rows};

/// How an object's change reaches its dependants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Wave {
    Disturbed(Disturbance),
    Gone,
}

/// Plans for all dependants that must give way, or take another type meanwhile, however far away.
pub(super) fn close(plan: &mut Plan, pair: Pair<&Catalog>) {
    let mut waves: Vec<(ObjectId, Wave)> = plan
        .actions
        .iter()
        .filter_map(|(id, planned)| Some((id.clone(), wave(id, planned, pair)?)))
        .collect();
    waves.extend(plan.detours.keys().map(|id| (id.clone(), Wave::Disturbed(Disturbance::Retyped))));
    waves.extend(lost_sequences(plan).map(|sequence| (sequence, Wave::Gone)));
    waves.extend(origins::reached(plan, pair).into_iter().map(|id| (id, Wave::Gone)));
    if waves.is_empty() {
        return;
    }
    let dependants = dependants(pair.before);
    let mut seen: BTreeSet<(ObjectId, Wave)> = waves.iter().cloned().collect();
    while let Some((source, wave)) = waves.pop() {
        for id in dependants.of(&source) {
            if let Some(next) = reach(plan, pair, &source, wave, id)
                && seen.insert(next.clone())
            {
                waves.push(next);
            }
        }
    }
}

/// The sequences of columns that are no identities any longer.
fn lost_sequences(plan: &Plan) -> impl Iterator<Item = ObjectId> {
    let is_lost =
        |alteration: &Alteration| matches!(alteration, Alteration::Column(ColumnAlteration::Identity(None)));
    let columns = plan.actions.iter().filter(move |(_, planned)| planned.alterations.iter().any(is_lost));
    columns.map(|(id, _)| of_identity(id))
}

/// The wave that an object's own change makes.
fn wave(id: &ObjectId, planned: &Planned, pair: Pair<&Catalog>) -> Option<Wave> {
    if planned.drop {
        return Some(Wave::Gone);
    }
    let object = pair.before.get(id)?;
    let worst = planned.alterations.iter().map(|alteration| disturbance(alteration, object)).max()?;
    (worst > Disturbance::None).then_some(Wave::Disturbed(worst))
}

/// Applies a wave from `source` to a dependant and returns the waves that go on from there.
fn reach(
    plan: &mut Plan,
    pair: Pair<&Catalog>,
    source: &ObjectId,
    wave: Wave,
    id: &ObjectId,
) -> Option<(ObjectId, Wave)> {
    let object = pair.before.get(id)?;
    let planned = plan.actions.get(id);
    let is_gone = planned.is_some_and(|planned| planned.drop) || !pair.after.contains(id);
    if is_gone || plan.origins.contains(id) || wave == Wave::Gone && stored_rows::outlive(id, source, pair) {
        return None;
    }
    let still_depends =
        pair.after.depends_on(id).contains(source) || pair.after.container(id).as_ref() == Some(source);
    let is_value = matches!(object, Object::Column(column) if column.generated.is_none());
    let whole = whole(source, plan);
    let gives_way = match wave {
        Wave::Gone if is_value && still_depends && keeps_values(id, &whole, plan, pair) => {
            if !family::is_handed_down(id, pair) {
                plan.detours.entry(id.clone()).or_insert(whole);
            }
            return Some((id.clone(), Wave::Disturbed(Disturbance::Retyped)));
        }
        // A remark goes with what it is on, and comes with what takes that one's name.
        Wave::Gone => {
            still_depends
                || id.kind.is_remark()
                || planned
                    .is_none_or(|planned| !planned.alterations.iter().any(|one| lets_go(one, object, source)))
        }
        Wave::Disturbed(how) => {
            if source.kind == Kind::EnumType && is_value {
                if !still_depends {
                    return None;
                }
                plan.converted.insert(id.clone(), source.clone());
                return Some((id.clone(), wave));
            }
            // Postgres changes no attribute while a column stores the type.
            let retypes = |alteration: &Alteration| {
                matches!(alteration, Alteration::CompositeType(CompositeTypeAlteration::Change(_)))
            };
            let retyped =
                plan.actions.get(source).is_some_and(|planned| planned.alterations.iter().any(retypes));
            // No more does it change a table's column while another table stores the rows.
            if (retyped || source.kind == Kind::Column) && is_value && still_depends {
                if !family::is_handed_down(id, pair) {
                    plan.detours.entry(id.clone()).or_insert_with(|| source.clone());
                }
                return Some((id.clone(), Wave::Disturbed(Disturbance::Retyped)));
            }
            let is_respelled = || respelled::must_yield(plan.actions.get(source), pair.after.get(id));
            must_yield(object, how)
                || refers_to_part(id, source, pair.before)
                || plan.to_the_letter && is_respelled()
        }
    };
    if !gives_way {
        return None;
    }
    let because = identity_column(source).unwrap_or_else(|| source.clone());
    plan.actions.entry(id.clone()).or_default().give_way(because);
    Some((id.clone(), Wave::Gone))
}

/// True for a foreign key to a partition's columns whose key there is a part of the parent's. The server makes that anew when such a
/// column changes its type, and finds those that refer to the whole, but not to a part.
fn refers_to_part(id: &ObjectId, source: &ObjectId, before: &Catalog) -> bool {
    let Some(Object::ForeignKey(foreign)) = before.get(id) else { return false };
    let is_referenced = source.kind == Kind::Column && source.name == foreign.parent;
    is_referenced && before.depends_on(id).iter().any(|used| before.whole(used).is_some())
}

/// True if the values of a column can be something else while what they are made of is made anew.
fn keeps_values(column: &ObjectId, source: &ObjectId, plan: &Plan, pair: Pair<&Catalog>) -> bool {
    let is_its_own = pair.before.container(column).as_ref() == Some(source);
    let goes = |id: &ObjectId| plan.actions.get(id).is_some_and(|planned| planned.drop);
    let is_same =
        |id: &ObjectId| matches!(id.kind, Kind::Domain | Kind::EnumType) || !goes(id) || keeps_text(id, pair);
    let within = match pair.before.get(column) {
        Some(Object::Column(column)) => types_within(&column.data_type, pair.before),
        _ => Vec::new(),
    };
    let keeps = matches!(source.kind, Kind::Domain | Kind::Collation) || keeps_text(source, pair);
    !is_its_own && keeps && within.iter().all(is_same)
}

/// The table of a column that goes with it; anything else is the whole itself.
fn whole(source: &ObjectId, plan: &Plan) -> ObjectId {
    let table = ObjectId::table(&source.name);
    let goes = plan.actions.get(&table).is_some_and(|planned| planned.drop);
    if source.kind == Kind::Column && goes { table } else { source.clone() }
}

/// True for rows of the same attributes in the same order, a range of the same type, or a base type, so that its text means the
/// same as before.
fn keeps_text(id: &ObjectId, pair: Pair<&Catalog>) -> bool {
    let attributes = pair.map(|catalog| attributes(id, catalog));
    match (pair.before.get(id), pair.after.get(id)) {
        (Some(Object::RangeType(old)), Some(Object::RangeType(new))) => old.subtype == new.subtype,
        (Some(_), Some(_)) => match (attributes.before, attributes.after) {
            (Some(old), Some(new)) => old.iter().map(|(name, _)| name).eq(new.iter().map(|(name, _)| name)),
            _ => id.kind == Kind::Defined(DefinedKind::BaseType),
        },
        _ => false,
    }
}

fn dependants(catalog: &Catalog) -> Dependants {
    let mut all = Dependants::default();
    for (id, object) in catalog.iter() {
        catalog.mentioned(id, object).for_each(|used| all.add(used, id));
        // That of a sequence too: it does not need its column to exist, yet goes with it.
        if let Some(container) = catalog.container_of(id, object) {
            all.add(container, id);
        }
    }
    all
}
