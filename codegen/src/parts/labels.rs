//! A label added to an enum cannot be used in the transaction that adds it (manual, "ALTER TYPE", Notes). If a later
//! statement uses one, the labels come in a part of their own. Which labels those are is said here; what they have to wait
//! for themselves is known to the parts.

use std::collections::BTreeSet;

use autogen_core::object::EnumType;
use autogen_core::object::enum_type::EnumTypeAlteration;
use autogen_core::{
    Action, Alteration, Change, ChangeGraph, Kind, Object, ObjectId, QualName, TokenKind, strings, tokens,
};

use crate::script::Statement;

/// The changes that must be committed first: those that add labels which are used.
pub(super) fn used(graph: &ChangeGraph, by_change: &[Vec<Statement>]) -> BTreeSet<usize> {
    let mut first = BTreeSet::new();
    for (at, change) in graph.changes.iter().enumerate() {
        let labels = added(change);
        let used = |statement: &Statement| {
            mentions_type(statement, graph, &change.id.name)
                && strings(&statement.sql).iter().any(|s| labels.contains(&s.as_str()))
        };
        let others = || by_change.iter().enumerate().filter(|(other, _)| *other != at);
        if !labels.is_empty() && others().any(|(_, statements)| statements.iter().any(used)) {
            first.insert(at);
        }
    }
    first
}

/// The labels that a change adds to an enum.
fn added(change: &Change) -> Vec<&str> {
    let Action::Alter(alterations) = &change.action else { return Vec::new() };
    alterations
        .iter()
        .filter_map(|alteration| match alteration {
            Alteration::EnumType(EnumTypeAlteration::AddLabel { label, .. }) => Some(label.as_str()),
            _ => None,
        })
        .collect()
}

/// True if a statement has to do with a type: by its words, by what its object uses, or by the columns of its table. It
/// says yes too often rather than too rarely; a part too many does no harm.
fn mentions_type(statement: &Statement, graph: &ChangeGraph, name: &QualName) -> bool {
    let words = tokens(&statement.sql).into_iter().any(|token| match token.kind {
        TokenKind::Word => token.text.eq_ignore_ascii_case(name.name.as_str()),
        TokenKind::Quoted => token.text.trim_matches('"') == name.name.as_str(),
        TokenKind::String => token.text.starts_with('$') && token.text.contains(name.name.as_str()),
        TokenKind::Comment | TokenKind::Space | TokenKind::Other => false,
    });
    let after = &graph.catalogs.after;
    let enum_type = ObjectId::new(Kind::EnumType, name.clone());
    let relation = match after.get(&statement.id) {
        Some(Object::Index(index)) => &index.table,
        Some(Object::EnumType(EnumType { .. })) => return false,
        _ => &statement.id.name,
    };
    let of_column = || {
        after
            .parts(Kind::Column, relation)
            .any(|(_, object)| matches!(object, Object::Column(c) if c.data_type.base == *name))
    };
    words || after.uses(&statement.id).any(|used| *used == enum_type) || of_column()
}

#[cfg(test)]
mod tests {
    use autogen_core::{DataType, Pair};

    use super::*;
    use crate::testing::{Scene, column_id, default, labels, named, nullable, part, public, text, users};

    #[track_caller]
    fn check(scene: Scene, expect: &[&[&str]]) {
        let script = crate::render(&scene.graph, &scene.options);
        let got: Vec<Vec<&str>> = script
            .parts
            .iter()
            .map(|part| part.statements.iter().map(|s| s.sql.as_str()).collect())
            .collect();
        assert_eq!(got, expect);
    }

    fn added(default_text: &str) -> Scene {
        let mood = named(Kind::EnumType, "mood");
        let label = EnumTypeAlteration::AddLabel { label: "new".to_owned(), before: None };
        users()
            .rows(&public("users"), 0)
            .changed(&mood, Pair::new(labels(&["a"]), labels(&["a", "new"])))
            .both(&column_id("users", "m"), nullable(2, DataType::user(public("mood"))))
            .create(&column_id("users", "x"), nullable(3, text()), &[])
            .alter(&mood, vec![Alteration::EnumType(label)])
            .create(&part(Kind::Default, "users", "m"), default(default_text), &[])
    }

    #[test]
    fn a_label_is_committed_before_its_use() {
        let (x, label) = ("ALTER TABLE users ADD COLUMN x text", "ALTER TYPE mood ADD VALUE 'new'");
        let set = |value: &str| format!("ALTER TABLE users ALTER COLUMN m SET DEFAULT {value}");
        check(added("'a'::public.mood"), &[&[x, label, &set("'a'::public.mood")]]);
        check(added("'new'::public.mood"), &[&[label], &[x, &set("'new'::public.mood")]]);
    }
}
