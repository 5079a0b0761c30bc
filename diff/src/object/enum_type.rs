//! Enums. Labels are renamed and added in place; a label that goes, or another order, takes a rebuilt type.

use autogen_core::Pair;
use autogen_core::object::EnumType;
use autogen_core::object::enum_type::EnumTypeAlteration;

use crate::compare::{Compare, Comparison, Context, Disturbance, altered};

impl Compare for EnumType {
    fn compare(pair: Pair<&Self>, context: Context<'_>) -> Comparison<EnumTypeAlteration> {
        let mut found = Vec::new();
        let mut labels = pair.before.labels.clone();
        for (from, to) in context.labels.into_iter().flatten() {
            if let Some(label) = labels.iter_mut().find(|label| *label == from) {
                label.clone_from(to);
                found.push(EnumTypeAlteration::RenameLabel { from: from.clone(), to: to.clone() });
            }
        }
        let wanted = &pair.after.labels;
        let kept: Vec<&String> = wanted.iter().filter(|label| labels.contains(label)).collect();
        if kept.len() != labels.len() || kept.iter().zip(&labels).any(|(kept, label)| *kept != label) {
            found.push(EnumTypeAlteration::Rebuild(wanted.clone()));
            return Comparison::Alter(found);
        }
        for (at, label) in wanted.iter().enumerate().filter(|(_, label)| !labels.contains(label)) {
            let before = wanted[at + 1..].iter().find(|next| labels.contains(next)).cloned();
            found.push(EnumTypeAlteration::AddLabel { label: label.clone(), before });
        }
        altered(found)
    }

    fn disturbs(alteration: &EnumTypeAlteration, _: &Self) -> Disturbance {
        match alteration {
            EnumTypeAlteration::AddLabel { .. } | EnumTypeAlteration::RenameLabel { .. } => Disturbance::None,
            EnumTypeAlteration::Rebuild(_) => Disturbance::Retyped,
        }
    }
}

#[cfg(test)]
mod tests {
    use autogen_core::{Catalog, Kind, ObjectId, QualName};

    use super::*;

    #[track_caller]
    fn check(before: &[&str], after: &[&str], expect: Comparison<EnumTypeAlteration>) {
        let make = |labels: &[&str]| EnumType { labels: labels.iter().map(ToString::to_string).collect() };
        let (before, after, catalog) = (make(before), make(after), Catalog::default());
        let id = ObjectId::new(Kind::EnumType, QualName::new("public", "mood"));
        let context =
            Context { id: &id, catalogs: Pair::new(&catalog, &catalog), labels: None, to_the_letter: true };
        assert_eq!(EnumType::compare(Pair::new(&before, &after), context), expect);
    }

    fn add(label: &str, before: Option<&str>) -> EnumTypeAlteration {
        EnumTypeAlteration::AddLabel { label: label.to_owned(), before: before.map(str::to_owned) }
    }

    #[test]
    fn labels_are_added_where_they_stand() {
        check(&["a", "b"], &["a", "b"], Comparison::Equal);
        check(
            &["a", "b"],
            &["a", "x", "y", "b", "z"],
            Comparison::Alter(vec![add("x", Some("b")), add("y", Some("b")), add("z", None)]),
        );
    }

    #[test]
    fn a_removed_or_moved_label_rebuilds() {
        let rebuild =
            |labels: &[&str]| EnumTypeAlteration::Rebuild(labels.iter().map(ToString::to_string).collect());
        check(&["a", "b"], &["b"], Comparison::Alter(vec![rebuild(&["b"])]));
        check(&["a", "b"], &["b", "a"], Comparison::Alter(vec![rebuild(&["b", "a"])]));
    }
}
