//! A migration as rules see it: its scripts cut into statements, its comments, its metadata. Reading fails on nothing but
//! the file system: whatever else is wrong is a finding.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use autogen_core::{Span, Token, TokenKind, tokens};

use crate::migrate::Role;
use crate::postgres::script::{Item, Statement, split};
use crate::postgres::{load, replay};
use crate::project::shown;

/// One folder below the migrations directory.
#[derive(Debug)]
pub(super) struct Migration {
    pub(super) folder: PathBuf,
    /// The folder that it lies in, from the root.
    pub(super) beside: PathBuf,
    /// The folder's name.
    pub(super) name: String,
    /// The name up to the first underscore, without hyphens.
    pub(super) version: String,
    pub(super) up: Option<Script>,
    pub(super) down: Option<Script>,
    pub(super) metadata: Option<Metadata>,
    /// Whether Diesel runs it in a transaction.
    pub(super) in_transaction: bool,
}

/// A migration of which only the name counts.
#[derive(Debug)]
pub(super) struct Named {
    /// From the root.
    pub(super) folder: PathBuf,
    pub(super) name: String,
    pub(super) version: String,
}

impl Named {
    /// Of a folder.
    pub(super) fn of(folder: &Path) -> Named {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Named {
            version: replay::version_of(&name),
            name,
            folder: std::path::absolute(folder).unwrap_or_else(|_| folder.to_path_buf()),
        }
    }

    /// Diesel's order.
    pub(super) fn key(&self) -> (String, String) {
        (self.version.clone(), self.name.clone())
    }
}

/// A metadata.toml.
#[derive(Debug)]
pub(super) struct Metadata {
    pub(super) path: PathBuf,
    pub(super) text: String,
}

/// A script.
#[derive(Debug, Default)]
pub(super) struct Script {
    pub(super) path: Arc<PathBuf>,
    pub(super) text: String,
    pub(super) steps: Vec<Step>,
    /// What only psql understands, with its place.
    pub(super) of_psql: Vec<(&'static str, usize)>,
}

/// A statement.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) role: Role,
    /// Its first bare words, in capitals.
    pub(super) words: Vec<String>,
}

/// A comment.
pub(super) struct Comment<'a> {
    pub(super) text: &'a str,
    pub(super) start: usize,
}

impl Migration {
    /// Reads what is there of a folder's files.
    pub(super) fn read(folder: &Path) -> Result<Migration> {
        let Named { name, version, folder: from_root } = Named::of(folder);
        let script = |file: &str| {
            let path = folder.join(file);
            if path.is_file() { Script::read(&path).map(Some) } else { Ok(None) }
        };
        let metadata = folder.join("metadata.toml");
        let metadata = match metadata.is_file() {
            true => Some(Metadata { text: load::read(&metadata)?, path: shown(&metadata) }),
            false => None,
        };
        Ok(Migration {
            version,
            name,
            up: script("up.sql")?,
            down: script("down.sql")?,
            metadata,
            in_transaction: replay::run_in_transaction(folder),
            beside: from_root.parent().map(Path::to_path_buf).unwrap_or_default(),
            folder: shown(folder),
        })
    }

    /// True of the other migrations in the same folder.
    pub(super) fn is_beside(&self, other: &Named) -> bool {
        other.name != self.name && other.folder.parent() == Some(self.beside.as_path())
    }

    /// What is there of up and down.
    pub(super) fn scripts(&self) -> impl Iterator<Item = &Script> {
        self.up.iter().chain(&self.down)
    }

    /// Where a finding about the migration as such is shown.
    pub(super) fn place(&self) -> Span {
        let file = self.scripts().next().map(|script| script.path.to_path_buf());
        Span::file(file.unwrap_or_else(|| self.folder.clone()))
    }
}

impl Script {
    /// Reads a file.
    pub(super) fn read(path: &Path) -> Result<Script> {
        Ok(Script::new(&shown(path), load::read(path)?))
    }

    /// Of a text.
    pub(super) fn new(path: &Path, text: String) -> Script {
        let mut steps = Vec::new();
        let mut of_psql = Vec::new();
        for item in split(&text) {
            match item {
                Item::Statement(statement) => steps.push(Step::new(&statement)),
                Item::Copy(statement) => of_psql.push(("COPY … FROM STDIN", statement.start)),
                Item::Meta { start, .. } => of_psql.push(("a command of psql", start)),
            }
        }
        Script { path: Arc::new(path.to_path_buf()), text, steps, of_psql }
    }

    /// The text of a statement.
    pub(super) fn sql(&self, step: &Step) -> &str {
        self.text.get(step.start..step.end).unwrap_or_default()
    }

    /// All comments, those within statements included.
    pub(super) fn comments(&self) -> Vec<Comment<'_>> {
        let mut start = 0;
        let mut found = Vec::new();
        for token in tokens(&self.text) {
            if token.kind == TokenKind::Comment {
                found.push(Comment { text: token.text, start });
            }
            start += token.text.len();
        }
        found
    }

    /// The stretch of the file that goes with the place of a finding: its statement, and what stands above it since the one
    /// before.
    pub(super) fn surroundings(&self, at: usize) -> &str {
        let reach = |step: &Step| self.reach(step);
        let begin = self.steps.iter().map(reach).take_while(|end| *end <= at).last().unwrap_or(0);
        let end = self.steps.iter().map(reach).find(|end| *end > at).unwrap_or(self.text.len());
        self.text.get(begin..end).unwrap_or_default()
    }

    /// Where a statement ends, with a comment behind its semicolon.
    fn reach(&self, step: &Step) -> usize {
        let rest = self.text.get(step.end..).unwrap_or_default();
        let line = rest.lines().next().unwrap_or_default();
        let behind = line.trim_start_matches([';', ' ', '\t']);
        if behind.is_empty() || behind.starts_with("--") { step.end + line.len() } else { step.end }
    }

    /// The name behind the first of some words in a statement, as it is written; `ONLY` and `IF NOT EXISTS` are passed
    /// over.
    pub(super) fn name_after(&self, step: &Step, word: &str) -> String {
        let is_text = |one: &Token<'_>| !matches!(one.kind, TokenKind::Space | TokenKind::Comment);
        let is_word =
            |one: &Token<'_>, word: &str| one.kind == TokenKind::Word && one.text.eq_ignore_ascii_case(word);
        let mut tokens = tokens(self.sql(step)).into_iter().filter(is_text);
        let mut name = String::new();
        if !tokens.any(|one| is_word(&one, word)) {
            return name;
        }
        let passed = ["IF", "NOT", "EXISTS", "ONLY", "CONCURRENTLY"];
        let mut tokens = tokens.skip_while(|one| passed.iter().any(|word| is_word(one, word)));
        while let Some(token) = tokens.next() {
            name.push_str(&if token.kind == TokenKind::Word {
                token.text.to_lowercase()
            } else {
                token.text.to_owned()
            });
            match tokens.next() {
                Some(dot) if dot.text == "." => name.push('.'),
                _ => break,
            }
        }
        name
    }

    /// True if some words follow each other in a statement.
    pub(super) fn has_words(&self, step: &Step, words: &[&str]) -> bool {
        let all: Vec<Token<'_>> = tokens(self.sql(step))
            .into_iter()
            .filter(|one| !matches!(one.kind, TokenKind::Space | TokenKind::Comment))
            .collect();
        let is = |(token, word): (&Token<'_>, &&str)| {
            token.kind == TokenKind::Word && token.text.eq_ignore_ascii_case(word)
        };
        all.windows(words.len()).any(|window| window.iter().zip(words).all(is))
    }

    /// A stretch of bytes as a place, to the end of its first line at most.
    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        let before = self.text.get(..start).unwrap_or(&self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        let text = self.text.get(start..end).unwrap_or_default();
        let first = text.lines().next().unwrap_or_default().chars().count();
        Span::new(Arc::clone(&self.path), (line, column), (line, column + first))
    }

    /// The place of a statement.
    pub(super) fn span_of(&self, step: &Step) -> Span {
        self.span(step.start, step.end)
    }

    /// The byte at which a place is.
    pub(super) fn offset(&self, span: &Span) -> usize {
        let lines = self.text.split_inclusive('\n');
        let before: usize = lines.clone().take(span.line().saturating_sub(1)).map(str::len).sum();
        let line = lines.clone().nth(span.line().saturating_sub(1)).unwrap_or_default();
        let inside =
            line.char_indices().nth(span.column().saturating_sub(1)).map_or(line.len(), |(at, _)| at);
        before + inside
    }
}

impl Step {
    fn new(statement: &Statement<'_>) -> Step {
        Step {
            start: statement.start,
            end: statement.start + statement.sql.len(),
            role: Role::of(statement),
            words: statement.words.clone(),
        }
    }

    /// Whether it begins with these words.
    pub(super) fn begins(&self, words: &[&str]) -> bool {
        self.words.len() >= words.len() && self.words.iter().zip(words).all(|(a, b)| a == b)
    }
}
