//! Storage and compression of columns: a change of type sets them back to those of the type (`ATExecAlterColumnType` in
//! tablecmds.c), in the tables below as well. What a column is to keep is said once more.

use std::collections::BTreeSet;

use autogen_core::object::Column;
use autogen_core::object::column::ColumnAlteration;
use autogen_core::{Alteration, Catalog, Kind, Object, ObjectId, Pair};

use crate::family::{is_retyping, stays_below, with_ancestors};
use crate::plan::Plan;
use crate::typed::Step;

/// Says once more what is lost with another object's change: that of an enum, of the type that a table is made of, or of a
/// parent's column. What is lost with a column's own change is among its differences.
pub(crate) fn restate(plan: &mut Plan, pair: Pair<&Catalog>) {
    let retyped = |planned: &crate::plan::Planned| planned.alterations.iter().any(is_retyping);
    let told = plan.actions.iter().filter(|(id, planned)| id.kind == Kind::Column && retyped(planned));
    let follow = plan.typed.iter().filter(|typed| typed.step == Step::Changes).map(|typed| &typed.column);
    let elsewhere: BTreeSet<&ObjectId> = plan.converted.keys().chain(follow).collect();
    let reset: BTreeSet<&ObjectId> =
        told.map(|(id, _)| id).chain(plan.detours.keys()).chain(elsewhere.iter().copied()).collect();
    if reset.is_empty() {
        return;
    }
    let mut again = Vec::new();
    for (id, object) in pair.after.of_kind(Kind::Column).filter(|(id, _)| pair.before.contains(id)) {
        let Object::Column(column) = object else { continue };
        let all = said(column);
        if all.is_empty() {
            continue;
        }
        let above = || with_ancestors(pair.before, id).into_iter().skip(1);
        let is_reset = || above().any(|up| reset.contains(&up) && stays_below(&id.name, &up.name, pair));
        if elsewhere.contains(id) || !reset.contains(id) && is_reset() {
            again.push((id.clone(), all));
        }
    }
    for (id, all) in again {
        let planned = plan.actions.entry(id).or_default();
        if !planned.drop {
            let missing = all.into_iter().filter(|one| !planned.alterations.contains(one));
            let missing: Vec<Alteration> = missing.collect();
            planned.alterations.extend(missing);
        }
    }
}

/// What a column of a new type is told.
pub(crate) fn said(column: &Column) -> Vec<Alteration> {
    let storage = column.storage.map(|storage| ColumnAlteration::Storage(Some(storage)));
    let compression = column.compression.clone().map(|method| ColumnAlteration::Compression(Some(method)));
    storage.into_iter().chain(compression).map(Alteration::Column).collect()
}
