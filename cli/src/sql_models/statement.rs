//! From `.sql` model files to the statements that are run, each with its place and the settings in force. What says
//! nothing about a schema (rows, transactions, psql's own commands) is left out, with a word where that may surprise.

use std::path::PathBuf;
use std::sync::Arc;

use autogen_core::{Diagnostic, Span, tokens};

use super::subject::{self, Subject};
use crate::postgres::Place;
use crate::postgres::script::{self, Item};

/// A `.sql` file of models.
#[derive(Clone, Debug)]
pub(crate) struct SqlFile {
    /// Its path, as messages should name it.
    pub(crate) path: PathBuf,
    /// Its text.
    pub(crate) text: String,
}

impl SqlFile {
    /// True for queries and nothing else, such as code includes from a file of its own. A SELECT without FROM may call a function
    /// that makes a trigger.
    pub(crate) fn is_code(&self) -> bool {
        let is_query = |item: &Item<'_>| {
            let Item::Statement(statement) = item else { return false };
            match statement.words.first().map_or("", String::as_str) {
                "WITH" | "VALUES" | "TABLE" | "INSERT" | "UPDATE" | "DELETE" | "MERGE" => true,
                "SELECT" => subject::has_words(statement.sql, &["FROM"]),
                _ => false,
            }
        };
        let items = script::split(&self.text);
        !items.is_empty() && items.iter().all(is_query)
    }
}

/// One statement of a file.
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    /// Its text without the semicolon.
    pub(crate) sql: String,
    /// Where it stands.
    pub(crate) span: Span,
    /// The file's text, and where in it the statement begins, in bytes.
    text: Arc<str>,
    start: usize,
    /// `SET` and the like that come before it in the file.
    pub(crate) settings: Vec<Arc<str>>,
    /// The schemas of unqualified names.
    pub(crate) search_path: Vec<String>,
    /// What it names.
    pub(crate) subjects: Vec<Subject>,
    /// True for `GRANT` and `REVOKE`.
    pub(crate) is_grant: bool,
    /// True for `ALTER … OWNER TO`.
    pub(crate) gives: bool,
}

impl Statement {
    /// The place of the token at a character of the statement, counted from 0.
    pub(crate) fn token_at(&self, character: usize) -> Span {
        let rest: String = self.sql.chars().skip(character).collect();
        let token = tokens(&rest).first().map_or("", |token| token.text);
        span(&self.span.file, &self.text, self.text[..self.start].chars().count() + character, token)
    }
}

/// The statements of all files, in order, and what was left out.
pub(crate) fn statements(files: &[SqlFile]) -> (Vec<Statement>, Vec<Diagnostic>) {
    let mut out = (Vec::new(), Vec::new());
    for file in files {
        of_file(file, &mut out.0, &mut out.1);
    }
    out
}

fn of_file(file: &SqlFile, all: &mut Vec<Statement>, diagnostics: &mut Vec<Diagnostic>) {
    let (path, text): (_, Arc<str>) = (Arc::new(file.path.clone()), Arc::from(file.text.as_str()));
    let mut settings: Vec<Arc<str>> = Vec::new();
    let mut search_path = vec!["public".to_owned()];
    let place = |start: usize, sql: &str| span(&path, &text, text[..start].chars().count(), sql);
    for item in script::split(&file.text) {
        let statement = match item {
            Item::Statement(statement) => statement,
            Item::Copy(statement) => {
                diagnostics.push(no_schema(place(statement.start, statement.sql), "COPY"));
                continue;
            }
            Item::Meta { text: command, start, .. } => {
                let name = command.split_whitespace().next().unwrap_or_default();
                // What pg_dump puts around its output.
                if !["restrict", "unrestrict"].contains(&name) {
                    let message = format!("the psql command \\{name} cannot be run here");
                    diagnostics.push(Diagnostic::error("psql-command", message).at(place(start, command)));
                }
                continue;
            }
        };
        let at = place(statement.start, statement.sql);
        let first = statement.words.first().map_or("", String::as_str);
        match first {
            "BEGIN" | "COMMIT" | "END" | "ROLLBACK" | "ABORT" | "START" | "SAVEPOINT" | "RELEASE" => continue,
            "INSERT" | "UPDATE" | "DELETE" | "TRUNCATE" | "MERGE" | "COPY" => {
                diagnostics.push(no_schema(at, first));
                continue;
            }
            _ => {}
        }
        let is_setting = statement.sql.to_ascii_lowercase().contains("set_config") && first == "SELECT";
        if is_setting || matches!(first, "SET" | "RESET") {
            if let Some(schemas) = subject::search_path(statement.sql) {
                search_path = schemas;
            }
            settings.push(Arc::from(statement.sql));
            continue;
        }
        all.push(Statement {
            sql: statement.sql.to_owned(),
            span: at,
            text: Arc::clone(&text),
            start: statement.start,
            settings: settings.clone(),
            search_path: search_path.clone(),
            subjects: subject::subjects(statement.sql),
            is_grant: matches!(first, "GRANT" | "REVOKE"),
            gives: first == "ALTER" && subject::has_words(statement.sql, &["OWNER", "TO"]),
        });
    }
}

/// The place of a stretch of the text, which begins at a character counted from 0.
fn span(path: &Arc<PathBuf>, text: &str, first: usize, sql: &str) -> Span {
    let begin = Place::of_char(text, first);
    let end = Place::of_char(text, first + sql.chars().count());
    Span::new(Arc::clone(path), (begin.line, begin.column), (end.line, end.column))
}

fn no_schema(at: Span, word: &str) -> Diagnostic {
    Diagnostic::warning(
        "not-schema",
        format!("{word} is about rows and not about the schema, so it is left out"),
    )
    .at(at)
    .help("rows are a migration's affair")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_schema_is_left_out() {
        let text = "BEGIN;\nSET search_path = app;\nCREATE VIEW v AS\n  SELECT 1;\nINSERT INTO t VALUES (1);\nCOMMIT;\n\\i x\n";
        let file = SqlFile { path: "a.sql".into(), text: text.to_owned() };
        let (all, diagnostics) = statements(&[file]);
        let [view] = all.as_slice() else { panic!("{all:?}") };
        assert_eq!((view.span.start(), view.span.end().0), ((3, 1), 4));
        let token = view.token_at(19);
        assert_eq!((token.start(), token.end()), ((4, 3), (4, 9)));
        assert_eq!(view.search_path, ["app"]);
        assert_eq!(view.settings.len(), 1);
        let codes: Vec<_> = diagnostics.iter().map(|one| one.code).collect();
        assert_eq!(codes, ["not-schema", "psql-command"]);
    }
}
