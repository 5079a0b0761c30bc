//! Pairs of a label that would go and one that would come, in one enum, which look like a rename. Like those of objects
//! they are only offered.

use std::collections::BTreeMap;

use autogen_core::{Action, ChangeGraph, Kind, Object, ObjectId};

/// A possible rename of a label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelCandidate {
    /// The enum, by its new name.
    pub enum_type: ObjectId,
    /// The label that would go.
    pub from: String,
    /// The label that would come.
    pub to: String,
}

/// The possible renames of labels: what comes at the same distance behind the same label as what goes.
pub fn label_candidates(graph: &ChangeGraph) -> Vec<LabelCandidate> {
    let before = graph.catalogs.before.renamed(&graph.hints.renames);
    let mut found = Vec::new();
    for change in graph.changes.iter().filter(|change| change.id.kind == Kind::EnumType) {
        let (Action::Alter(_), Some(Object::EnumType(old)), Some(Object::EnumType(new))) =
            (&change.action, before.get(&change.id), graph.catalogs.after.get(&change.id))
        else {
            continue;
        };
        let known = graph.hints.renames.labels(&change.id);
        let mapped = graph.hints.label_map.get(&change.id);
        let renamed = |label: &String| known.and_then(|map| map.get(label)).unwrap_or(label).clone();
        let old: Vec<String> = old.labels.iter().map(renamed).collect();
        for (from, to) in in_place(&old, &new.labels) {
            // Where its rows go has been said.
            if mapped.is_none_or(|map| !map.contains_key(&from)) {
                found.push(LabelCandidate { enum_type: change.id.clone(), from, to });
            }
        }
    }
    found
}

fn in_place(before: &[String], after: &[String]) -> Vec<(String, String)> {
    let mut new = places(after, before);
    places(before, after).into_iter().filter_map(|(place, old)| Some((old, new.remove(&place)?))).collect()
}

/// What the other list lacks, by the label that both have in front of it and the distance from that.
fn places<'a>(list: &'a [String], other: &[String]) -> BTreeMap<(Option<&'a str>, usize), String> {
    let (mut neighbour, mut distance) = (None, 0);
    let mut places = BTreeMap::new();
    for label in list {
        if other.contains(label) {
            (neighbour, distance) = (Some(label.as_str()), 0);
        } else {
            places.insert((neighbour, distance), label.clone());
            distance += 1;
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::in_place;

    #[track_caller]
    fn check(before: &str, after: &str, expect: &[(&str, &str)]) {
        let list = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let expect: Vec<_> = expect.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).collect();
        assert_eq!(in_place(&list(before), &list(after)), expect, "{before} -> {after}");
    }

    #[test]
    fn what_stands_in_the_place_of_another() {
        check("happy sad", "glad sad", &[("happy", "glad")]);
        check("a b c d", "a x y d", &[("b", "x"), ("c", "y")]);
        check("a b", "a", &[]);
        check("a b", "a b c", &[]);
        check("a b c", "x a c", &[]);
    }
}
