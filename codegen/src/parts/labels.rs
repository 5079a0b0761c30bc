//! A label added to an enum cannot be used in the transaction that adds it (manual, "ALTER TYPE", Notes). If a later
//! statement uses one, the labels come in a part of their own. Which labels those are is said here; what they have to wait
//! for themselves is known to the parts.

use std::collections::BTreeSet;

use autogen_core::object::EnumType;
use autogen_core::object::enum_type::EnumTypeAlteration;
use autogen_core::{
    Action, Alteration, Catalog, Change, ChangeGraph, DataType, Kind, Object, ObjectId, QualName, TokenKind,
    strings, tokens,
};

use crate::script::Statement;

/// The changes that must be committed first: those that add labels which are used.
pub(super) fn used(graph: &ChangeGraph, by_change: &[Vec<Statement>]) -> BTreeSet<usize> {
    let mut first = BTreeSet::new();
    for (at, change) in graph.changes.iter().enumerate() {
        let labels = added(change);
        if labels.is_empty() {
            continue;
        }
        let types = made_of(&change.id.name, &graph.catalogs.after);
        let is_label = |text: &String| labels.iter().any(|label| is_within(label, text));
        let used = |statement: &Statement| {
            strings(&statement.sql).iter().any(is_label) && mentions_type(statement, graph, &types)
                || computes(statement, &graph.catalogs.after, &types)
        };
        let mut others = by_change.iter().enumerate().filter(|(other, _)| *other != at);
        if others.any(|(_, statements)| statements.iter().any(used)) {
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

/// The enum and every type whose values hold some of it: domains, ranges, composite types.
fn made_of(name: &QualName, catalog: &Catalog) -> BTreeSet<ObjectId> {
    let mut all = BTreeSet::from([ObjectId::new(Kind::EnumType, name.clone())]);
    loop {
        let is_one = |data_type: &DataType| data_type.object(catalog).is_some_and(|id| all.contains(&id));
        let holds = |object: &Object| match object {
            Object::Domain(domain) => is_one(&domain.base),
            Object::RangeType(range) => is_one(&range.subtype),
            Object::CompositeType(composite) => {
                composite.attributes.iter().any(|attribute| is_one(&attribute.data_type))
            }
            _ => false,
        };
        let types = [Kind::Domain, Kind::RangeType, Kind::CompositeType];
        let types = types.into_iter().flat_map(|kind| catalog.of_kind(kind));
        let more = types.filter(|(id, object)| !all.contains(id) && holds(object));
        let more: Vec<ObjectId> = more.map(|(id, _)| id.clone()).collect();
        if more.is_empty() {
            return all;
        }
        all.extend(more);
    }
}

/// True for a statement that calls a function of the types for rows: it may make a label of what it finds there.
fn computes(statement: &Statement, catalog: &Catalog, types: &BTreeSet<ObjectId>) -> bool {
    let calls = || {
        let functions = catalog.uses(&statement.id).filter(|used| used.kind == Kind::Function);
        functions.flat_map(|function| catalog.uses(function)).any(|used| types.contains(used))
    };
    match catalog.get(&statement.id) {
        Some(Object::Column(column)) => column.generated.is_some() && calls(),
        Some(Object::MaterializedView(_) | Object::Index(_) | Object::Check(_)) => calls(),
        _ => false,
    }
}

/// True for a text that is a label, or the text of an array, a row or a range that one is in.
fn is_within(label: &str, text: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let stands_alone = |(at, _): (usize, &str)| {
        let (before, after) = (&text[..at], &text[at + label.len()..]);
        !before.ends_with(is_word) && !after.starts_with(is_word)
    };
    text == label || text.starts_with(['{', '(', '[']) && text.match_indices(label).any(stands_alone)
}

/// True if a statement has to do with one of the types: by its words, by what its object uses, or by the columns of its table. It
/// says yes too often rather than too rarely; a part too many does no harm.
fn mentions_type(statement: &Statement, graph: &ChangeGraph, types: &BTreeSet<ObjectId>) -> bool {
    let is_named = |is_so: &dyn Fn(&str) -> bool| types.iter().any(|id| is_so(id.name.name.as_str()));
    let words = tokens(&statement.sql).into_iter().any(|token| match token.kind {
        TokenKind::Word => is_named(&|name| token.text.eq_ignore_ascii_case(name)),
        TokenKind::Quoted => is_named(&|name| token.text.trim_matches('"') == name),
        TokenKind::String => token.text.starts_with('$') && is_named(&|name| token.text.contains(name)),
        TokenKind::Comment | TokenKind::Space | TokenKind::Other => false,
    });
    let after = &graph.catalogs.after;
    let relation = match after.get(&statement.id) {
        Some(Object::Index(index)) => &index.table,
        Some(Object::EnumType(EnumType { .. })) => return false,
        _ => &statement.id.name,
    };
    let is_of_type = |object: &Object| match object {
        Object::Column(column) => column.data_type.object(after).is_some_and(|id| types.contains(&id)),
        _ => false,
    };
    let of_column = || after.parts(Kind::Column, relation).any(|(_, object)| is_of_type(object));
    words || after.uses(&statement.id).any(|used| types.contains(used)) || of_column()
}

#[cfg(test)]
mod tests {
    use autogen_core::Pair;

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
