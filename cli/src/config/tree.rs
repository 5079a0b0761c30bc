//! TOML as a tree in which every key and value knows its place, in lines and columns, and in the order of the file. What
//! the values mean is not known here.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use autogen_core::{Diagnostic, Span};
use autogen_introspect::models::grammar::Said;
use toml::de::{DeTable, DeValue};

/// A value and its place.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) value: Value,
    pub(super) span: Span,
}

/// A value.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Text(String),
    /// As it was written.
    Number(String),
    Bool(bool),
    List(Vec<Node>),
    Table(Table),
    /// A date or a time, which nothing here is.
    Date,
}

/// The entries of a table.
pub(super) type Table = Vec<(Said<String>, Node)>;

impl Value {
    /// What it is, for messages.
    pub(super) fn what(&self) -> &'static str {
        match self {
            Value::Text(_) => "a string",
            Value::Number(_) => "a number",
            Value::Bool(_) => "true or false",
            Value::List(_) => "a list",
            Value::Table(_) => "a table",
            Value::Date => "a date",
        }
    }
}

/// Parses a file's text; what is no TOML is an error among the diagnostics.
pub(super) fn parse(file: &Arc<PathBuf>, text: &str) -> (Table, Vec<Diagnostic>) {
    let lines = Lines { file, text };
    let (table, errors) = DeTable::parse_recoverable(text);
    let errors = errors.iter().map(|error| {
        let span = error.span().unwrap_or(text.len()..text.len());
        Diagnostic::error("bad-toml", error.message().to_owned()).at(lines.span(span))
    });
    (lines.table(table.get_ref()), errors.collect())
}

struct Lines<'a> {
    file: &'a Arc<PathBuf>,
    text: &'a str,
}

impl Lines<'_> {
    fn table(&self, table: &DeTable<'_>) -> Table {
        let mut entries: Table = table
            .iter()
            .map(|(key, value)| {
                let name = Said { value: key.get_ref().to_string(), span: self.span(key.span()) };
                (name, self.node(value.get_ref(), value.span()))
            })
            .collect();
        entries.sort_by(|(a, _), (b, _)| a.span.cmp(&b.span));
        entries
    }

    fn node(&self, value: &DeValue<'_>, span: Range<usize>) -> Node {
        let value = match value {
            DeValue::String(text) => Value::Text(text.to_string()),
            DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
                Ok(plain) => Value::Number(plain.to_string()),
                Err(_) => Value::Number(number.to_string()),
            },
            DeValue::Float(number) => Value::Number(number.to_string()),
            DeValue::Boolean(yes) => Value::Bool(*yes),
            DeValue::Datetime(_) => Value::Date,
            DeValue::Array(all) => {
                Value::List(all.iter().map(|one| self.node(one.get_ref(), one.span())).collect())
            }
            DeValue::Table(table) => Value::Table(self.table(table)),
        };
        Node { value, span: self.span(span) }
    }

    fn span(&self, bytes: Range<usize>) -> Span {
        Span::new(self.file.clone(), self.position(bytes.start), self.position(bytes.end))
    }

    fn position(&self, byte: usize) -> (usize, usize) {
        let before = self.text.get(..byte).unwrap_or(self.text);
        let line = before.rfind('\n').map_or(before, |at| &before[at + 1..]);
        (before.matches('\n').count() + 1, line.chars().count() + 1)
    }
}
