//! The names of the keys that partitions get with their parents': the server chooses them.

use autogen_core::object::{PrimaryKey, Unique};
use autogen_core::{Kind, Name, Object, ObjectId, QualName};

use super::behind;
use crate::context::{Context, Sheet};
use crate::object::constraint;
use crate::object::index::of_partition::{rename_found, set_storage, taken_by};

/// Gives the partitions' parts of a new key the names that they are to have.
pub(crate) fn take_names_below(id: &ObjectId, context: &Context<'_>, sheet: &mut Sheet) {
    let partitions: Vec<&QualName> = context.plan.children(&id.name, context.at).collect();
    for partition in partitions {
        let part = parts(id.kind, partition, context).find(|(_, whole)| whole == id);
        if let Some((part, whole)) = part {
            take_name(part, &whole, context, sheet);
            take_names_below(part, context, sheet);
        }
    }
}

/// Gives the keys that a new partition has gotten the names that they are to have.
pub(crate) fn take_names(table: &QualName, context: &Context<'_>, sheet: &mut Sheet) {
    for kind in [Kind::PrimaryKey, Kind::Unique] {
        for (part, whole) in parts(kind, table, context) {
            // One that is a part itself came with its own table.
            let Some(top) = context.after().wholes(part).last() else { continue };
            let created = context.plan.created_at(&top);
            if created.map_or_else(|| context.before().contains(&top), |created| created < context.at) {
                take_name(part, &whole, context, sheet);
            }
        }
    }
}

fn parts<'a>(
    kind: Kind,
    table: &'a QualName,
    context: &Context<'a>,
) -> impl Iterator<Item = (&'a ObjectId, ObjectId)> {
    let after = context.after();
    after.parts(kind, table).filter_map(|(id, _)| Some((id, after.whole(id)?)))
}

fn take_name(part: &ObjectId, whole: &ObjectId, context: &Context<'_>, sheet: &mut Sheet) {
    // The table's own is taken for the part, and keeps its name.
    if let Some(
        Object::PrimaryKey(PrimaryKey { inherited: false, .. })
        | Object::Unique(Unique { inherited: false, .. }),
    ) = context.before().get(part)
    {
        return;
    }
    if let Some(key) = context.after().get(part) {
        set_name(key, part, whole, context, sheet);
        set_storage((part, key), context.after().get(whole), sheet);
    }
}

/// Gives a key that the server has made its name, if the server has chosen another, or may have.
pub(crate) fn set_name(
    key: &Object,
    part: &ObjectId,
    whole: &ObjectId,
    context: &Context<'_>,
    sheet: &mut Sheet,
) {
    let Some(chosen) = chosen_name(&part.name, key) else { return };
    let chosen = ObjectId { part: Some(chosen), ..part.clone() };
    let others = context.after().parts(part.kind, &part.name).filter(|(other, _)| *other != part);
    let has_rival =
        others.filter_map(|(_, key)| chosen_name(&part.name, key)).any(|other| other == *chosen.own_name());
    let taken = |catalog| taken_by(&behind(&chosen), catalog);
    let is_taken = taken(context.after()).is_some()
        || taken(context.before()).is_some_and(|id| !context.plan.drops_before(&id, context.at));
    if has_rival || is_taken {
        let statement = sheet.push(rename_found(&part.name, &behind(whole), &behind(part)));
        statement.note("the server has chosen a name for it");
    } else if chosen != *part {
        constraint::rename(&chosen, part, sheet);
    }
}

/// The name that the server gives a key that comes with a partition's parent's.
fn chosen_name(table: &QualName, key: &Object) -> Option<Name> {
    match key {
        Object::PrimaryKey(_) => Some(Name::new(PrimaryKey::chosen_name(table))),
        Object::Unique(key) => Some(Name::new(key.chosen_name(table))),
        _ => None,
    }
}
