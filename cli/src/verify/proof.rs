//! What came of proving a step, as data: what was run and seen, and the verdict. How it is told is in `report`.

use std::time::Duration;

use super::bench::{At, Failure};
use super::observe::Seen;
use super::step::File;
use crate::postgres::Place;
use crate::project::displayed;

/// The outcome of one step.
#[derive(Debug)]
pub(crate) struct Proof {
    /// The migration's name.
    pub(crate) name: String,
    pub(crate) verdict: Verdict,
    /// The statements of the way up and of the way back, as far as they ran.
    pub(crate) statements: Vec<Told>,
    /// Rows that were there, and in how many tables.
    pub(crate) rows: usize,
    pub(crate) tables: usize,
    /// Columns and tables that go with their values, as the script says.
    pub(crate) dropped: Vec<String>,
    /// Worth knowing.
    pub(crate) notes: Vec<String>,
}

/// What a step is worth.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// Up, down and up again, and nothing was lost.
    Proven,
    /// Up, and there is no way back, as somebody says.
    Irreversible {
        because: String,
    },
    Broken(Broken),
    /// The start could not be built, so a failure proves nothing.
    Untold {
        because: String,
    },
}

/// Where a proof stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// A marker waits for somebody.
    Marker,
    Up,
    /// The rows after up.
    Rows,
    /// The schema after up is not the wanted one.
    Wanted,
    /// There is no down.sql that does anything.
    NoDown,
    Down,
    /// The schema after down is not that of the start.
    Restored,
    /// The rows after down.
    RowsBack,
    /// The second time.
    Again,
}

/// Why a step is broken.
#[derive(Clone, Debug)]
pub(crate) struct Broken {
    pub(crate) phase: Phase,
    /// One sentence.
    pub(crate) message: String,
    /// More of the same.
    pub(crate) details: Vec<String>,
    /// The statement that it is about.
    pub(crate) place: Option<Spot>,
    pub(crate) help: Option<String>,
}

/// A place in a script.
#[derive(Clone, Debug)]
pub(crate) struct Spot {
    /// The file, as it is on disk.
    pub(crate) path: std::path::PathBuf,
    /// The whole text of the file.
    pub(crate) text: String,
    pub(crate) start: Place,
    pub(crate) end: Place,
}

/// A statement that ran.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) direction: &'static str,
    pub(crate) path: std::path::PathBuf,
    pub(crate) line: usize,
    /// The first line of the statement.
    pub(crate) sql: String,
    pub(crate) time: Duration,
    /// Nothing where it could not be observed.
    pub(crate) seen: Option<Seen>,
}

impl Phase {
    /// In a word.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Phase::Marker => "marker",
            Phase::Up => "up",
            Phase::Rows => "rows after up",
            Phase::Wanted => "schema after up",
            Phase::NoDown => "no down",
            Phase::Down => "down",
            Phase::Restored => "schema after down",
            Phase::RowsBack => "rows after down",
            Phase::Again => "up again",
        }
    }
}

impl Broken {
    /// At no particular statement.
    pub(super) fn new(phase: Phase, message: impl Into<String>) -> Broken {
        Broken { phase, message: message.into(), details: Vec::new(), place: None, help: None }
    }

    /// At a statement.
    pub(super) fn at(mut self, files: &[File], at: Option<At>) -> Broken {
        self.place = at.and_then(|at| Spot::statement(files.get(at.file)?, at.statement, None));
        self
    }

    /// From a statement that the server refused.
    pub(super) fn refused(phase: Phase, failure: &Failure, files: &[File]) -> Broken {
        let mut lines = failure.message.lines();
        let first = lines.next().unwrap_or_default();
        let details = lines.map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect();
        let file = files.get(failure.file);
        let place = failure.statement.and_then(|at| Spot::statement(file?, at, failure.character));
        let message = match failure.statement {
            Some(_) => first.to_owned(),
            None => format!("at the end of the transaction: {first}"),
        };
        Broken { phase, message, details, place, help: None }
    }
}

impl Spot {
    /// `migrations/…/up.sql:3`.
    pub(crate) fn shown(&self) -> String {
        format!("{}:{}", displayed(&self.path), self.start.line)
    }

    /// A statement's first line, or the word that the server points at.
    fn statement(file: &File, at: usize, character: Option<usize>) -> Option<Spot> {
        let script = &file.script;
        let step = script.steps.get(at)?;
        let inside = character.and_then(|chars| step.sql.char_indices().nth(chars)).map(|(at, _)| at);
        let begin = step.start + inside.unwrap_or(0);
        let rest = script.text.get(begin..)?;
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let length = match inside {
            Some(_) => rest.find(|c| !is_word(c)).filter(|end| *end > 0).unwrap_or(1),
            None => rest.find('\n').unwrap_or(rest.len()).min(step.sql.len()),
        };
        Some(Spot {
            path: script.path.clone(),
            text: script.text.clone(),
            start: script.place(begin),
            end: script.place(begin + length),
        })
    }

    /// A whole line.
    pub(super) fn line(file: &File, line: usize) -> Spot {
        let length = file.script.text.lines().nth(line - 1).map_or(0, |text| text.chars().count());
        Spot {
            path: file.script.path.clone(),
            text: file.script.text.clone(),
            start: Place { line, column: 1 },
            end: Place { line, column: length + 1 },
        }
    }
}
