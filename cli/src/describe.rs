//! Differences in words: one line each, for `check`, the summary and the JSON document. What differs within an object is
//! found by comparing its fields, so that a new kind of object needs no words of its own.

use std::collections::BTreeMap;

use autogen_codegen::{Statement, Verb};
use autogen_core::object::column::ColumnAlteration;
use autogen_core::object::domain::DomainAlteration;
use autogen_core::object::{Column, Domain};
use autogen_core::{
    Action, Alteration, Change, ChangeGraph, Kind, Object, ObjectId, QualName, SourceMap, Span, visible,
};
use serde_json::Value;

use crate::outcome::Outcome;

/// Values longer than this are named and not shown.
const LONG: usize = 60;

/// One difference, with the statements that remove it and bring it back.
pub(crate) struct Difference<'a> {
    /// The object, by its new name.
    pub(crate) id: ObjectId,
    /// What happens to it.
    pub(crate) action: Verb,
    /// What differs, in a line; empty where the action says all.
    pub(crate) detail: String,
    /// Where the models say so.
    pub(crate) source: Option<&'a Span>,
    /// The object that makes this one give way, if it does not differ by itself.
    pub(crate) because: Option<ObjectId>,
    /// The way there.
    pub(crate) up: Vec<&'a Statement>,
    /// The way back.
    pub(crate) down: Vec<&'a Statement>,
}

/// All differences in the order of the up script, each object once.
pub(crate) fn differences(outcome: &Outcome) -> Vec<Difference<'_>> {
    let graph = &outcome.graph;
    let mut all: Vec<Difference<'_>> = Vec::new();
    let mut known: BTreeMap<ObjectId, usize> = BTreeMap::new();
    for change in &graph.changes {
        // A drop and re-create, or a rename with further changes, is one difference.
        if let Some(at) = known.get(&change.id) {
            let one = &mut all[*at];
            if one.action != Verb::Rename || one.detail.is_empty() {
                one.detail = detail(graph, change);
            }
            continue;
        }
        known.insert(change.id.clone(), all.len());
        all.push(Difference {
            id: change.id.clone(),
            action: Verb::of(change),
            detail: detail(graph, change),
            source: source(&outcome.sources, &change.id),
            because: change.because.clone(),
            up: Vec::new(),
            down: Vec::new(),
        });
    }
    // What is made or goes within another, as a table's constraints do, belongs to that.
    for change in &graph.changes {
        let Some(&at) = known.get(&change.id) else { continue };
        for part in &change.folded {
            known.entry(part.clone()).or_insert(at);
        }
    }
    for statement in outcome.up.statements() {
        let at = place(&mut all, &mut known, statement, statement.id.clone());
        all[at].up.push(statement);
    }
    let causes: BTreeMap<&ObjectId, &ObjectId> = outcome
        .back
        .changes
        .iter()
        .filter_map(|change| Some((&change.id, change.because.as_ref()?)))
        .collect();
    for statement in outcome.down.statements() {
        let mut id = graph.hints.renames.follow(&statement.id);
        // What only has to give way on the way back belongs to what makes it give way.
        if !known.contains_key(&id)
            && let Some(cause) = causes.get(&statement.id)
        {
            id = graph.hints.renames.follow(cause);
        }
        // What went along with its column or table comes back by itself.
        if !known.contains_key(&id)
            && let Some(whole) = wholes(outcome, &id).into_iter().find(|whole| known.contains_key(whole))
        {
            id = whole;
        }
        let at = place(&mut all, &mut known, statement, id);
        all[at].down.push(statement);
    }
    all
}

/// What a schema lacks, has too much or has otherwise than it should, a line each: the graph leads from what is to what
/// should be. What only gives way to something else is left out.
pub(crate) fn residue(graph: &ChangeGraph) -> Vec<(ObjectId, String)> {
    let own = graph.changes.iter().filter(|change| change.because.is_none());
    let mut lines: Vec<(ObjectId, String)> = Vec::new();
    for change in own {
        let name = format!("{} {}", change.id.kind, object_name(&change.id));
        let line = match &change.action {
            Action::Create if !change.replaces => format!("{name} is missing"),
            Action::Drop if !change.replaces => format!("{name} is left over"),
            Action::Rename { from } => format!("{name} is called {}", object_name(from)),
            Action::Create | Action::Drop | Action::Alter(_) => {
                let detail = detail(graph, change);
                if detail.is_empty() {
                    format!("{name} differs")
                } else {
                    format!("{name} differs: {detail}")
                }
            }
        };
        if !lines.iter().any(|(id, _)| *id == change.id) {
            lines.push((change.id.clone(), line));
        }
    }
    lines
}

/// What takes an object along when it goes, the nearest first.
fn wholes(outcome: &Outcome, id: &ObjectId) -> Vec<ObjectId> {
    let before = &outcome.graph.catalogs.before;
    let on = match before.get(id) {
        Some(Object::Comment(comment)) => comment.on.clone(),
        _ => id.clone(),
    };
    let container = before.container(&on);
    let mut all = vec![on];
    all.extend(container);
    all
}

/// The difference that a statement belongs to. One without is kept all the same: nothing that runs goes unmentioned.
fn place<'a>(
    all: &mut Vec<Difference<'a>>,
    known: &mut BTreeMap<ObjectId, usize>,
    statement: &'a Statement,
    id: ObjectId,
) -> usize {
    *known.entry(id.clone()).or_insert_with(|| {
        all.push(Difference {
            because: Some(id.clone()),
            id,
            action: statement.action,
            detail: String::new(),
            source: statement.source.as_ref(),
            up: Vec::new(),
            down: Vec::new(),
        });
        all.len() - 1
    })
}

/// Where the models declare an object: itself, else the table that it is a part of.
fn source<'a>(sources: &'a SourceMap, id: &ObjectId) -> Option<&'a Span> {
    sources.get(id).or_else(|| id.part.as_ref().and_then(|_| sources.get(&ObjectId::table(&id.name))))
}

fn detail(graph: &ChangeGraph, change: &Change) -> String {
    let after = graph.after(&change.id);
    match &change.action {
        Action::Create if !change.replaces => match after {
            Some(object) => created(object, &change.folded),
            None => String::new(),
        },
        Action::Drop if !change.replaces => String::new(),
        Action::Rename { from } => {
            let fields =
                graph.before(&change.id).zip(after).map(|(old, new)| fields(old, new)).unwrap_or_default();
            let was = format!("was {}", object_name(from));
            if fields.is_empty() { was } else { format!("{was}; {fields}") }
        }
        Action::Create | Action::Drop | Action::Alter(_) => {
            let both = graph.before(&change.id).zip(after);
            let mut fields = both.map(|(old, new)| fields(old, new)).unwrap_or_default();
            if let (Action::Alter(all), Some((old, _))) = (&change.action, both) {
                for words in all.iter().filter_map(|alteration| constraint(old, alteration, &change.id)) {
                    fields = if fields.is_empty() { words } else { format!("{fields}, {words}") };
                }
            }
            match &change.because {
                Some(cause) if fields.is_empty() => format!("because of {cause}"),
                _ => fields,
            }
        }
    }
}

/// What a new object is, in a few words.
fn created(object: &Object, folded: &[ObjectId]) -> String {
    match object {
        Object::Column(column) => {
            let not_null = if column.not_null { " NOT NULL" } else { "" };
            format!("{}{not_null}", visible(&column.data_type.full_text()))
        }
        Object::Table(_) => match folded.iter().filter(|id| id.kind == Kind::Column).count() {
            0 => String::new(),
            1 => "1 column".to_owned(),
            n => format!("{n} columns"),
        },
        Object::Owner(owner) => visible(owner.role.as_str()),
        Object::Default(default) => shortened(default.expression.as_str()).unwrap_or_default(),
        Object::Index(index) => {
            let unique = if index.unique { "unique, " } else { "" };
            format!("{unique}on {}", index.table)
        }
        _ => String::new(),
    }
}

/// What becomes of the constraint behind a NOT NULL that stays.
fn constraint(old: &Object, alteration: &Alteration, id: &ObjectId) -> Option<String> {
    let (was, is) = match (old, alteration) {
        (Object::Column(old), Alteration::Column(ColumnAlteration::NotNullConstraint(new)))
            if old.not_null =>
        {
            let new = Column { not_null_constraint: new.clone(), ..old.clone() };
            let words = |column: &Column| {
                let no_inherit = if column.hands_down_not_null() { "" } else { " NO INHERIT" };
                format!("{}{no_inherit}", column.not_null_name(id))
            };
            (words(old), words(&new))
        }
        (Object::Domain(old), Alteration::Domain(DomainAlteration::NotNullName(new))) if old.not_null => {
            let new = Domain { not_null_name: new.clone(), ..old.clone() };
            let [was, is] = [old, &new].map(|domain| domain.not_null_name(&id.name).to_string());
            (was, is)
        }
        _ => return None,
    };
    Some(format!("NOT NULL constraint {} -> {}", visible(&was), visible(&is)))
}

/// The fields in which two objects differ.
fn fields(old: &Object, new: &Object) -> String {
    let (Ok(Value::Object(old)), Ok(Value::Object(new))) =
        (serde_json::to_value(old), serde_json::to_value(new))
    else {
        return String::new();
    };
    let mut parts = Vec::new();
    let only_new = new.keys().filter(|name| !old.contains_key(*name));
    for name in old.keys().chain(only_new) {
        // What is left out is nothing.
        let [was, is] = [&old, &new].map(|fields| fields.get(name).unwrap_or(&Value::Null));
        // The order of columns is no difference, and what constraints are called is one only where it changes.
        if was == is || ["position", "kind", "not_null_constraint", "not_null_name"].contains(&name.as_str())
        {
            continue;
        }
        let name = name.replace('_', " ");
        let name = if name == "data type" { "type" } else { &name };
        parts.push(match (value(was), value(is)) {
            (Some(was), Some(is)) => format!("{name} {was} -> {is}"),
            _ => format!("{name} differs"),
        });
    }
    parts.join(", ")
}

/// A value in a few characters, if that is possible.
fn value(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some("none".to_owned()),
        Value::Bool(yes) => Some((if *yes { "yes" } else { "no" }).to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => shortened(text),
        Value::Array(all) => {
            let all: Option<Vec<String>> = all.iter().map(self::value).collect();
            all.map(|all| format!("[{}]", all.join(", "))).filter(|text| text.chars().count() <= LONG)
        }
        // A data type or a qualified name.
        Value::Object(fields) => match (fields.get("text"), fields.get("array")) {
            (Some(Value::String(text)), Some(Value::Bool(array))) => {
                shortened(text).map(|text| if *array { format!("{text}[]") } else { text })
            }
            _ => match (fields.get("schema"), fields.get("name"), fields.len()) {
                (Some(Value::String(schema)), Some(Value::String(name)), 2) => {
                    shortened(&QualName::new(schema.as_str(), name.as_str()).to_string())
                }
                _ => None,
            },
        },
    }
}

fn shortened(text: &str) -> Option<String> {
    let text = visible(text);
    (text.chars().count() <= LONG).then_some(text)
}

/// An object's name without its kind: `users.email`.
pub(crate) fn object_name(id: &ObjectId) -> String {
    match (&id.part, id.kind) {
        (Some(part), kind) if kind.has_signature() => format!("{}({part})", id.name),
        (Some(part), _) => format!("{}.{part}", id.name),
        (None, _) => id.name.to_string(),
    }
}

/// `src/models.rs:14`.
pub(crate) fn place_name(span: &Span) -> String {
    format!("{}:{}", visible(&span.file.display().to_string()), span.line())
}
