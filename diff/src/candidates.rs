//! Pairs of a dropped and a created object that look like a rename. They are only offered: nobody but a person knows.

use std::collections::BTreeSet;

use autogen_core::{Action, Catalog, ChangeGraph, Kind, Object, ObjectId, QualName};
use similar::TextDiff;

/// A possible rename.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// The object that would go.
    pub from: ObjectId,
    /// The object that would come.
    pub to: ObjectId,
    /// How alike they are, from 0 to 1.
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
    let mut all: Vec<Candidate> = gone
        .iter()
        .flat_map(|from| new.iter().map(move |to| (*from, *to)))
        .filter(|(from, to)| from.kind == to.kind)
        .filter_map(|(from, to)| {
            let likeness = match from.kind {
                Kind::Column => columns(graph, from, to),
                Kind::Table => tables(graph, from, to),
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

/// Columns of one table with the same type; how alike the names are counts half.
fn columns(graph: &ChangeGraph, from: &ObjectId, to: &ObjectId) -> Option<f32> {
    let (Object::Column(old), Object::Column(new)) =
        (graph.catalogs.before.get(from)?, graph.catalogs.after.get(to)?)
    else {
        return None;
    };
    if from.name != to.name
        || old.data_type.base != new.data_type.base
        || old.data_type.array != new.data_type.array
    {
        return None;
    }
    let same = if old.not_null == new.not_null { 0.5 } else { 0.4 };
    Some(same + names(from, to) / 2.0)
}

/// Tables by the columns that they share.
fn tables(graph: &ChangeGraph, from: &ObjectId, to: &ObjectId) -> Option<f32> {
    let of = |catalog: &Catalog, table: &QualName| -> BTreeSet<(String, String)> {
        autogen_core::object::column::in_order(catalog, table)
            .into_iter()
            .map(|(name, column)| (name.as_str().to_owned(), column.data_type.full_text()))
            .collect()
    };
    let (old, new) = (of(&graph.catalogs.before, &from.name), of(&graph.catalogs.after, &to.name));
    let total = old.union(&new).count();
    if total == 0 {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "a table has few columns")]
    let shared = old.intersection(&new).count() as f32 / total as f32;
    Some(shared * 0.8 + names(from, to) * 0.2)
}

fn names(from: &ObjectId, to: &ObjectId) -> f32 {
    TextDiff::from_chars(from.own_name().as_str(), to.own_name().as_str()).ratio()
}
