//! `[[accept]]`: one known difference between models and database that is to stay, with the words of both sides. What
//! it covers is decided where the differences are, in `crate::accepted`.

use autogen_core::{Diagnostic, Kind, Span};

use super::reader::Reader;
use super::tree::Table;

/// The keys of an entry.
const KEYS: &[&str] = &["table", "column", "name", "kind", "model", "db", "reason"];

/// What two tables or columns differ in, beside the kinds of objects: the properties of a column.
pub(crate) const COLUMN_ASPECTS: &[&str] = &[
    "type",
    "null",
    "collation",
    "identity",
    "generated",
    "storage",
    "compression",
    "statistics",
    "options",
];

/// An accepted difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Accept {
    /// `users` or `audit.users`; none for what belongs to no table.
    pub(crate) table: Option<String>,
    /// The column, where it is about one.
    pub(crate) column: Option<String>,
    /// The object's own name, where it is about neither.
    pub(crate) name: Option<String>,
    /// A kind of object, or a property of a column.
    pub(crate) kind: String,
    /// What the models say.
    pub(crate) model: String,
    /// What the database has.
    pub(crate) db: String,
    /// Why it stays.
    pub(crate) reason: String,
    /// Where the entry is.
    pub(crate) span: Span,
}

/// Reads all entries; two that are about the same are an error.
pub(super) fn read(reader: &mut Reader, document: &Table) -> Vec<Accept> {
    let mut all: Vec<Accept> = Vec::new();
    for (table, span) in reader.tables(document, "accept") {
        let Some(one) = entry(reader, table, span) else { continue };
        let twin = all.iter().find(|other| {
            (&other.table, &other.column, &other.name, &other.kind)
                == (&one.table, &one.column, &one.name, &one.kind)
        });
        if let Some(twin) = twin {
            let error = Diagnostic::error("accepted-twice", "this difference has an entry already");
            reader.report(error.at(one.span.clone()).related(twin.span.clone(), "here"));
            continue;
        }
        all.push(one);
    }
    all
}

fn entry(reader: &mut Reader, table: &Table, span: Span) -> Option<Accept> {
    reader.keys(table, "of [[accept]]", KEYS);
    let mut text = |key: &str| reader.raw(table, key);
    let (about, column, name) = (text("table"), text("column"), text("name"));
    let (kind, model, db, reason) = (text("kind"), text("model"), text("db"), text("reason"));
    let missing: Vec<&str> = [("kind", &kind), ("model", &model), ("db", &db), ("reason", &reason)]
        .into_iter()
        .filter(|(_, said)| said.as_ref().is_none_or(|said| said.value.trim().is_empty()))
        .map(|(key, _)| key)
        .collect();
    if !missing.is_empty() {
        let message = format!("this entry lacks `{}`", missing.join("`, `"));
        let help = "an accepted difference says its kind, both sides' words, and why it stays; `autogen init` writes them";
        reader.report(Diagnostic::error("incomplete-accept", message).at(span).help(help));
        return None;
    }
    if about.is_none() && name.is_none() {
        let message = "this entry says neither `table` nor `name`";
        reader.report(Diagnostic::error("incomplete-accept", message).at(span));
        return None;
    }
    let kind = kind?;
    let known = COLUMN_ASPECTS
        .iter()
        .copied()
        .chain([crate::drift::RENAME])
        .chain(Kind::all().map(|kind| kind.as_str()))
        .any(|known| known == kind.value);
    if !known {
        let message = format!("there is no kind {} of difference", autogen_core::visible(&kind.value));
        let kinds: Vec<&str> = Kind::all().map(|kind| kind.as_str()).collect();
        let help =
            format!("of a column: {}; of anything: rename, {}", COLUMN_ASPECTS.join(", "), kinds.join(", "));
        reader.report(Diagnostic::error("bad-value", message).at(kind.span).help(help));
        return None;
    }
    let value = |said: autogen_introspect::models::grammar::Said<String>| said.value;
    Some(Accept {
        table: about.map(value),
        column: column.map(value),
        name: name.map(value),
        kind: kind.value,
        model: model?.value,
        db: db?.value,
        reason: reason?.value,
        span,
    })
}
