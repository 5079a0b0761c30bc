//! Where a child has its columns and checks from. `INHERIT` and a parent's `ADD COLUMN` leave what the table defined before
//! its own for ever, and what comes from a parent alone never becomes the table's own while the parent stays. Both matter to
//! `pg_dump` and to what a parent's `DROP COLUMN` takes along. Here is found what has to change its origin so that a stand-in for
//! the parents is needed; partitions need none, because `ATTACH` makes their columns the parent's.

use std::collections::BTreeSet;

use autogen_core::object::column::Origin;
use autogen_core::object::table::{TableAlteration, staying};
use autogen_core::{Alteration, Catalog, Kind, Object, ObjectId, Pair, QualName};

use crate::family::parents;
use crate::plan::Plan;

/// Plans it for all tables.
pub(crate) fn restate(plan: &mut Plan, pair: Pair<&Catalog>) {
    for (id, object) in pair.after.of_kind(Kind::Table) {
        let (Some(Object::Table(before)), Object::Table(after)) = (pair.before.get(id), object) else {
            continue;
        };
        let is_replaced = plan.actions.get(id).is_some_and(|planned| planned.drop);
        if after.inherits.is_empty() || is_replaced {
            continue;
        }
        let stay = staying(&before.inherits, &after.inherits);
        let mut parts: BTreeSet<ObjectId> = [Kind::Column, Kind::Check]
            .into_iter()
            .flat_map(|kind| pair.after.parts(kind, &id.name))
            .filter(|(part, _)| differs(part, &stay, pair) && !gives_way(part, &stay, plan, pair.before))
            .map(|(part, _)| part.clone())
            .collect();
        add_inherited_dependants(&mut parts, &id.name, pair.after);
        if !parts.is_empty() {
            plan.origins.extend(parts.iter().cloned());
            let alteration = Alteration::Table(TableAlteration::Origins(parts.into_iter().collect()));
            plan.actions.entry(id.clone()).or_default().alterations.push(alteration);
        }
    }
}

/// The columns and checks that are made anew with this, those of the tables' children among them: whatever is built on
/// them gives way.
pub(crate) fn reached(plan: &Plan, pair: Pair<&Catalog>) -> Vec<ObjectId> {
    let is_made = |id: &&ObjectId| pair.before.contains(id) && is_inherited(id, pair.after);
    let mut all: Vec<ObjectId> = plan.origins.iter().filter(is_made).cloned().collect();
    let mut at = 0;
    while let Some(above) = all.get(at).cloned() {
        let below = pair.after.of_kind(Kind::Table).map(|(id, _)| &id.name);
        let below = below.filter(|child| parents(pair.after, child).contains(&above.name));
        let parts = below.map(|child| ObjectId { name: child.clone(), ..above.clone() });
        let parts: Vec<ObjectId> =
            parts.filter(|part| pair.before.contains(part) && !all.contains(part)).collect();
        all.extend(parts);
        at += 1;
    }
    all
}

/// True for a check or column that goes before a parent gets another of its name, which comes to the child as well.
fn gives_way(id: &ObjectId, stay: &[QualName], plan: &Plan, before: &Catalog) -> bool {
    let is_new = |parent: &QualName| {
        let above = ObjectId { name: parent.clone(), ..id.clone() };
        plan.actions.get(&above).is_some_and(|planned| planned.create) && !hands_down(&above, before)
    };
    let is_replaced = || plan.actions.get(id).is_some_and(|planned| planned.drop && planned.create);
    is_replaced() && stay.iter().any(is_new)
}

/// True for a column or check that statements for it and for its parents would leave with another origin.
fn differs(id: &ObjectId, stay: &[QualName], pair: Pair<&Catalog>) -> bool {
    let (before, after) = (origin(pair.before, id), origin(pair.after, id));
    let above = |catalog: &Catalog| {
        let mut ids = stay.iter().map(|parent| ObjectId { name: parent.clone(), ..id.clone() });
        ids.any(|id| hands_down(&id, catalog))
    };
    let kept = above(pair.before) && above(pair.after);
    match (before, after) {
        (Some(Origin::Inherited), Some(Origin::Inherited)) => !kept,
        (Some(Origin::Local | Origin::Merged), Some(Origin::Inherited)) => true,
        // A parent that stays hands it down when it gets it.
        (None, Some(Origin::Inherited)) => above(pair.before) || !above(pair.after),
        (Some(Origin::Inherited), Some(Origin::Merged)) => kept,
        (_, Some(Origin::Local | Origin::Merged) | None) => false,
    }
}

fn origin(catalog: &Catalog, id: &ObjectId) -> Option<Origin> {
    match catalog.get(id) {
        Some(Object::Column(column)) => Some(column.origin),
        Some(Object::Check(check)) => Some(check.origin),
        _ => None,
    }
}

/// True for a column or check that comes from the parents alone.
pub(crate) fn is_inherited(id: &ObjectId, catalog: &Catalog) -> bool {
    origin(catalog, id) == Some(Origin::Inherited)
}

/// True for a column or check that a table has of its own, and from no parent beside it.
pub(crate) fn is_own(id: &ObjectId, catalog: &Catalog) -> bool {
    origin(catalog, id) == Some(Origin::Local)
}

/// True for a column or check that those below have, too.
pub(crate) fn hands_down(id: &ObjectId, catalog: &Catalog) -> bool {
    match catalog.get(id) {
        Some(Object::Check(check)) => !check.no_inherit,
        Some(_) => true,
        None => false,
    }
}

/// Checks and generated columns of the parents, too, that read one of the columns that are made anew.
fn add_inherited_dependants(parts: &mut BTreeSet<ObjectId>, table: &QualName, after: &Catalog) {
    let all = [Kind::Column, Kind::Check].into_iter().flat_map(|kind| after.parts(kind, table));
    let inherited = all.map(|(id, _)| id).filter(|id| !is_own(id, after));
    let inherited: Vec<&ObjectId> = inherited.collect();
    loop {
        let more = inherited.iter().filter(|id| !parts.contains(id));
        let reads = |used: &ObjectId| parts.contains(used) && is_inherited(used, after);
        let more: Vec<ObjectId> =
            more.filter(|id| after.depends_on(id).iter().any(reads)).map(|id| (*id).clone()).collect();
        if more.is_empty() {
            return;
        }
        parts.extend(more);
    }
}
