//! Taking values out of the tree: of the right type, under known keys, with `${VAR}` filled in. Every mistake is a
//! finding with its place, and reading goes on after it.

use std::fmt::Display;
use std::str::FromStr;

use autogen_core::{Diagnostic, Span, visible};
use autogen_introspect::models::grammar::{Said, nearest};

use super::interpolate::interpolate;
use super::tree::{Node, Table, Value};

/// Collects the mistakes.
#[derive(Debug, Default)]
pub(super) struct Reader {
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl Reader {
    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Demands that all keys are among the known ones; `place` is such as "of [migrations]".
    pub(super) fn keys(&mut self, table: &Table, place: &str, known: &[&str]) {
        for (key, _) in table.iter().filter(|(key, _)| !known.contains(&key.value.as_str())) {
            let list = format!("the keys {place} are: {}", known.join(", "));
            let help = match nearest(&key.value, known) {
                Some(near) => format!("did you mean `{near}`? {list}"),
                None => list,
            };
            let message = format!("`{}` is no key {place}", visible(&key.value));
            self.report(Diagnostic::error("unknown-key", message).at(key.span.clone()).help(help));
        }
    }

    fn wrong(&mut self, key: &str, wants: &str, node: &Node) {
        let message = format!("`{}` wants {wants}, not {}", visible(key), node.value.what());
        self.report(Diagnostic::error("bad-value", message).at(node.span.clone()));
    }

    /// The table under a key; an empty one if there is none.
    pub(super) fn table<'a>(&mut self, table: &'a Table, key: &str) -> Option<&'a Table> {
        let node = get(table, key)?;
        self.as_table(key, node)
    }

    pub(super) fn as_table<'a>(&mut self, key: &str, node: &'a Node) -> Option<&'a Table> {
        match &node.value {
            Value::Table(table) => Some(table),
            _ => {
                self.wrong(key, "a table", node);
                None
            }
        }
    }

    pub(super) fn as_bool(&mut self, key: &str, node: &Node) -> Option<bool> {
        match node.value {
            Value::Bool(yes) => Some(yes),
            _ => {
                self.wrong(key, "true or false", node);
                None
            }
        }
    }

    /// A string, as it was written.
    pub(super) fn raw(&mut self, table: &Table, key: &str) -> Option<Said<String>> {
        let node = get(table, key)?;
        self.as_text(key, node)
    }

    fn as_text(&mut self, key: &str, node: &Node) -> Option<Said<String>> {
        match &node.value {
            Value::Text(text) => Some(Said { value: text.clone(), span: node.span.clone() }),
            _ => {
                self.wrong(key, "a string", node);
                None
            }
        }
    }

    /// A string with its variables filled in.
    pub(super) fn text(&mut self, table: &Table, key: &str) -> Option<Said<String>> {
        let said = self.raw(table, key)?;
        self.filled(said)
    }

    fn filled(&mut self, said: Said<String>) -> Option<Said<String>> {
        match interpolate(&said) {
            Ok(value) => Some(Said { value, ..said }),
            Err(diagnostic) => {
                self.report(*diagnostic);
                None
            }
        }
    }

    /// A string or a list of strings, with their variables filled in.
    pub(super) fn texts(&mut self, table: &Table, key: &str) -> Vec<Said<String>> {
        let raw = self.raw_texts(table, key);
        raw.into_iter().filter_map(|said| self.filled(said)).collect()
    }

    /// Patterns of names.
    pub(super) fn globs(&mut self, table: &Table, key: &str) -> Vec<String> {
        let mut all = Vec::new();
        for said in self.texts(table, key) {
            match globset::Glob::new(&said.value) {
                Ok(_) => all.push(said.value),
                Err(error) => {
                    let message = format!("`{key}` wants patterns of names: {}", visible(&error.to_string()));
                    self.report(Diagnostic::error("bad-value", message).at(said.span));
                }
            }
        }
        all
    }

    /// A string or a list of strings, as written.
    pub(super) fn raw_texts(&mut self, table: &Table, key: &str) -> Vec<Said<String>> {
        match get(table, key) {
            None => Vec::new(),
            Some(Node { value: Value::List(all), .. }) => {
                all.iter().filter_map(|node| self.as_text(key, node)).collect()
            }
            Some(node @ Node { value: Value::Text(_), .. }) => self.as_text(key, node).into_iter().collect(),
            Some(node) => {
                self.wrong(key, "a string or a list of strings", node);
                Vec::new()
            }
        }
    }

    /// One of a few words.
    pub(super) fn word<T: Copy>(&mut self, said: &Said<String>, key: &str, words: &[(&str, T)]) -> Option<T> {
        let found = words.iter().find(|(word, _)| *word == said.value);
        if found.is_none() {
            let list: Vec<String> = words.iter().map(|(word, _)| format!("\"{word}\"")).collect();
            let message = format!("`{key}` is one of {}, not \"{}\"", list.join(", "), visible(&said.value));
            self.report(Diagnostic::error("bad-value", message).at(said.span.clone()));
        }
        found.map(|(_, value)| *value)
    }

    /// What a text means to another part of the tool.
    pub(super) fn parsed<T: FromStr<Err: Display>>(&mut self, said: &Said<String>, key: &str) -> Option<T> {
        let parsed = said.value.parse();
        parsed
            .map_err(|error| {
                let message = format!("`{key}`: {error}");
                self.report(Diagnostic::error("bad-value", message).at(said.span.clone()));
            })
            .ok()
    }

    /// The tables of a list of tables (`[[key]]`), each with its place.
    pub(super) fn tables<'a>(&mut self, table: &'a Table, key: &str) -> Vec<(&'a Table, Span)> {
        match get(table, key) {
            None => Vec::new(),
            Some(Node { value: Value::List(all), .. }) => {
                all.iter().filter_map(|node| Some((self.as_table(key, node)?, node.span.clone()))).collect()
            }
            Some(node) => {
                let message = format!("`{key}` is a list of tables: write [[{key}]]");
                self.report(Diagnostic::error("bad-value", message).at(node.span.clone()));
                Vec::new()
            }
        }
    }
}

/// The value of a key.
pub(super) fn get<'a>(table: &'a Table, key: &str) -> Option<&'a Node> {
    table.iter().find(|(name, _)| name.value == key).map(|(_, node)| node)
}
