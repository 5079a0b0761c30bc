//! Pairs of a dropped and a created object that look like a rename, by what the models point at and by what the objects
//! are. They are only offered: nobody but a person knows.

use std::collections::BTreeSet;

use autogen_core::{Action, Catalog, ChangeGraph, Grounds, Kind, Object, ObjectId, QualName};
use similar::TextDiff;

/// A possible rename.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// The object that would go.
    pub from: ObjectId,
    /// The object that would come.
    pub to: ObjectId,
    /// How alike they are, from 0 to 1; more where the one stands in the code where the other stood.
    pub likeness: f32,
}

/// Below this, two objects have nothing in common.
const THRESHOLD: f32 = 0.5;

/// The possible renames of columns and tables, most alike first, each object in one of them at most.
pub fn candidates(graph: &ChangeGraph) -> Vec<Candidate> {
    let (mut gone, mut new): (Vec<&ObjectId>, Vec<&ObjectId>) = (Vec::new(), Vec::new());
    for change in graph.changes.iter().filter(|change| !change.replaces) {
        match change.action {
            Action::Drop => gone.push(&change.id),
            Action::Create => new.push(&change.id),
            Action::Rename { .. } | Action::Alter(_) => {}
        }
    }
    // The names of the changes: those of today.
    let before = graph.catalogs.before.renamed(&graph.hints.renames);
    // What stands in the place of another may be that, even while something else still uses the old name.
    let in_place = graph.hints.likely.iter().filter(|(from, to, grounds)| {
        *grounds == Grounds::Place && !gone.contains(from) && before.contains(from) && new.contains(to)
    });
    let in_place = in_place.map(|(from, to, _)| (from, to));
    let mut all: Vec<Candidate> = gone
        .iter()
        .flat_map(|from| new.iter().map(move |to| (*from, *to)))
        .chain(in_place)
        .filter(|(from, to)| from.kind == to.kind)
        .filter_map(|(from, to)| {
            let likeness = match from.kind {
                Kind::Column => columns(graph, &before, from, to),
                Kind::Table => tables(graph, &before, from, to),
                _ => None,
            }?;
            (likeness >= THRESHOLD).then(|| Candidate { from: from.clone(), to: to.clone(), likeness })
        })
        .collect();
    all.sort_by(|a, b| {
        b.likeness.total_cmp(&a.likeness).then_with(|| (&a.from, &a.to).cmp(&(&b.from, &b.to)))
    });
    let mut used = BTreeSet::new();
    all.retain(|candidate| {
        let fresh = !used.contains(&candidate.from) && !used.contains(&candidate.to);
        if fresh {
            used.extend([candidate.from.clone(), candidate.to.clone()]);
        }
        fresh
    });
    all
}

/// Columns of one table where the new one suits the old; how alike the names are counts half.
fn columns(graph: &ChangeGraph, before: &Catalog, from: &ObjectId, to: &ObjectId) -> Option<f32> {
    let (Object::Column(old), Object::Column(new)) = (before.get(from)?, graph.catalogs.after.get(to)?)
    else {
        return None;
    };
    let grounds = graph.hints.likely.grounds(from, to);
    let (old_type, new_type) = (&old.data_type, &new.data_type);
    let is_same_type = old_type.base == new_type.base && old_type.array == new_type.array;
    if from.name != to.name || (grounds.is_none() && !is_same_type) {
        return None;
    }
    let same = if old.not_null == new.not_null { 0.5 } else { 0.4 };
    let place = if grounds == Some(Grounds::Place) { 1.0 } else { 0.0 };
    Some(same + names(from, to) / 2.0 + place)
}

/// Tables by the columns that they share.
fn tables(graph: &ChangeGraph, before: &Catalog, from: &ObjectId, to: &ObjectId) -> Option<f32> {
    let likely = &graph.hints.likely;
    let of = |catalog: &Catalog, table: &QualName| -> Vec<(ObjectId, String)> {
        autogen_core::object::column::in_order(catalog, table)
            .into_iter()
            .map(|(name, column)| (ObjectId::column(table, name), column.data_type.full_text()))
            .collect()
    };
    let (old, new) = (of(before, &from.name), of(&graph.catalogs.after, &to.name));
    let is_shared = |(id, text): &&(ObjectId, String)| {
        let twin = new.iter().find(|(other, _)| other.own_name() == id.own_name());
        twin.is_some_and(|(other, other_text)| text == other_text || likely.grounds(id, other).is_some())
    };
    let shared = old.iter().filter(is_shared).count();
    let total = old.len() + new.len() - shared;
    if total == 0 {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "a table has few columns")]
    let shared = shared as f32 / total as f32;
    let place = if likely.grounds(from, to) == Some(Grounds::Place) { 1.0 } else { 0.0 };
    Some(shared * 0.8 + names(from, to) * 0.2 + place)
}

fn names(from: &ObjectId, to: &ObjectId) -> f32 {
    TextDiff::from_chars(from.own_name().as_str(), to.own_name().as_str()).ratio()
}
