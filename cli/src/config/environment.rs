//! `[env.NAME]`: a database by name, as a URL or in parts. Variables are filled in when the environment is used, so that
//! production's need not be set on a developer's machine. A part may hold any character: it is quoted for libpq.

use autogen_core::{Diagnostic, Span, visible};
use autogen_introspect::models::grammar::Said;

use super::interpolate::interpolate;
use super::reader::Reader;
use super::tree::{Table, Value};
use crate::postgres::conninfo::{KEYWORDS, keyword_string};

/// Keys that libpq knows and nobody should write: they are there for programs from long ago.
const HISTORICAL: [&str; 4] = ["authtype", "tty", "ssl", "requiressl"];

/// A named database. The values may be secrets, so it does not print them.
#[derive(Clone)]
pub(crate) struct Environment {
    /// The place of its name.
    span: Span,
    /// By libpq's names, and `url`; as written.
    settings: Vec<(String, Said<String>)>,
}

impl std::fmt::Debug for Environment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let keys: Vec<&String> = self.settings.iter().map(|(key, _)| key).collect();
        f.debug_struct("Environment").field("keys", &keys).finish_non_exhaustive()
    }
}

impl Environment {
    pub(super) fn read(reader: &mut Reader, name: &Said<String>, table: &Table) -> Environment {
        let mut known: Vec<&str> = vec!["url", "socket"];
        known.extend(KEYWORDS.iter().filter(|key| !HISTORICAL.contains(key)));
        reader.keys(table, &format!("of [env.{}]", visible(&name.value)), &known);
        let mut settings = Vec::new();
        for (key, node) in table.iter().filter(|(key, _)| known.contains(&key.value.as_str())) {
            let text = match &node.value {
                Value::Text(text) | Value::Number(text) => text.clone(),
                Value::Bool(yes) => i32::from(*yes).to_string(),
                Value::List(_) | Value::Table(_) | Value::Date => {
                    let message =
                        format!("`{}` wants a string or a number, not {}", key.value, node.value.what());
                    reader.report(Diagnostic::error("bad-value", message).at(node.span.clone()));
                    continue;
                }
            };
            settings.push((key.value.clone(), Said { value: text, span: node.span.clone() }));
        }
        let environment = Environment { span: name.span.clone(), settings };
        let place = |wanted: &str| environment.settings.iter().find(|(key, _)| key == wanted);
        if let (Some((_, url)), true) = (place("url"), environment.settings.len() > 1) {
            let message =
                "`url` says everything; it stands alone, or the parts (host, user, …) stand without it";
            reader.report(Diagnostic::error("url-and-parts", message).at(url.span.clone()));
        }
        if let (Some((_, socket)), Some((_, host))) = (place("socket"), place("host")) {
            let message = "`socket` and `host` are two ways to the same server; give one of them";
            let error = Diagnostic::error("socket-and-host", message).at(socket.span.clone());
            reader.report(error.related(host.span.clone(), "the host"));
        }
        environment
    }

    /// The connection string, with all variables filled in.
    pub(super) fn connection(&self) -> Result<String, Vec<Diagnostic>> {
        let mut errors = Vec::new();
        let mut parts = Vec::new();
        for (key, said) in &self.settings {
            match interpolate(said) {
                Err(error) => errors.push(*error),
                Ok(value) if value.contains('\0') => {
                    let message = format!("the value of `{key}` holds a NUL byte");
                    errors.push(Diagnostic::error("bad-value", message).at(said.span.clone()));
                }
                Ok(folder) if key == "socket" => {
                    if !folder.starts_with(['/', '@']) {
                        let message = "`socket` wants the folder of the server's Unix socket, from the root";
                        errors.push(Diagnostic::error("bad-value", message).at(said.span.clone()));
                    }
                    parts.push(("host".to_owned(), folder));
                }
                Ok(value) => parts.push((key.clone(), value)),
            }
        }
        if self.settings.is_empty() {
            let message = "this environment says nothing: give `url`, or host, user, dbname …";
            errors.push(Diagnostic::error("empty-environment", message).at(self.span.clone()));
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        match parts.as_slice() {
            [(key, url)] if key == "url" => Ok(url.clone()),
            _ => Ok(keyword_string(&parts)),
        }
    }
}
