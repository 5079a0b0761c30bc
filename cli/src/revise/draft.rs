//! A script as text that can be edited: statements with the comment lines right above them. What a statement means is
//! nobody's affair here; two are the same if their tokens are.

use autogen_codegen::LOCK_TIMEOUT_NOTE;
use autogen_core::{TokenKind, tokens};

use crate::migrate::Role;
use crate::output::migration::{IDLE_NOTE, idle};
use crate::postgres::script::{Item, split};

/// What a comment says that waits for somebody.
const MARKER: &str = "TODO(autogen)";

/// How the statement begins that keeps others from waiting behind one that waits.
const LOCK_TIMEOUT: &str = "SET LOCAL LOCK_TIMEOUT ";

/// A statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// The lines right above it.
    pub(super) comments: Vec<String>,
    /// True if an empty line is above these.
    pub(super) gap: bool,
    /// Without its semicolon.
    pub(super) sql: String,
    /// Where it stands in its file, from 1.
    pub(super) line: usize,
    /// True if it cannot run inside a transaction block.
    pub(super) alone: bool,
}

/// What is committed together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) pieces: Vec<Piece>,
    /// What stands behind the last statement.
    pub(super) tail: String,
    pub(super) transaction: bool,
}

/// A script of several parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Draft {
    pub(super) parts: Vec<Part>,
}

/// Where a statement stands: the part, and how many are before it there.
pub(super) type Position = (usize, usize);

impl Draft {
    /// Of a finished script; none of its parts for one without a statement.
    pub(super) fn of(script: &autogen_codegen::Script) -> Draft {
        let part = |(at, part): (usize, &autogen_codegen::Part)| {
            let (pieces, tail) = pieces(&script.part_sql(at));
            Part { pieces, tail, transaction: part.transaction }
        };
        Draft { parts: script.parts.iter().enumerate().map(part).collect() }
    }

    /// Its statements, in order.
    pub(super) fn pieces(&self) -> impl Iterator<Item = (Position, &Piece)> {
        self.parts.iter().enumerate().flat_map(|(number, part)| {
            part.pieces.iter().enumerate().map(move |(at, piece)| ((number, at), piece))
        })
    }

    /// Puts a statement where another one stands, or behind the last one.
    pub(super) fn insert(&mut self, (part, at): Position, piece: Piece) {
        match self.parts.get_mut(part) {
            Some(found) => {
                found.pieces.insert(at, piece);
                // What stands apart does so on both sides.
                if let Some(next) = found.pieces.get_mut(at + 1) {
                    next.gap = true;
                }
            }
            None => {
                self.parts.push(Part { pieces: vec![piece], tail: String::new(), transaction: true });
            }
        }
    }

    /// Where a statement with these tokens stands.
    pub(super) fn find(&self, key: &str) -> Option<Position> {
        self.pieces().find(|(_, piece)| piece.key() == key).map(|(position, _)| position)
    }

    /// Makes one part of those that follow each other and run alike.
    pub(super) fn join(&mut self) {
        let mut joined: Vec<Part> = Vec::new();
        for mut part in self.parts.drain(..) {
            match joined.last_mut() {
                Some(last) if last.transaction && part.transaction => {
                    part.pieces.iter_mut().take(1).for_each(|piece| piece.gap = true);
                    last.pieces.extend(part.pieces);
                    last.tail.push_str(&part.tail);
                }
                _ => joined.push(part),
            }
        }
        self.parts = joined;
    }

    /// The parts as texts, and whether each runs in a transaction.
    pub(super) fn texts(&self) -> Vec<(String, bool)> {
        let text = |part: &Part| if part.pieces.is_empty() { idle() } else { part.text() };
        self.parts.iter().map(|part| (text(part), part.transaction)).collect()
    }
}

impl Part {
    /// As it is written into a file.
    pub(super) fn text(&self) -> String {
        let mut out = String::new();
        for piece in &self.pieces {
            if piece.gap && !out.is_empty() {
                out.push('\n');
            }
            for line in &piece.comments {
                out.push_str(line);
                out.push('\n');
            }
            out.push_str(&piece.sql);
            out.push_str(";\n");
        }
        out + &self.tail
    }
}

impl Piece {
    /// What makes two statements the same: their tokens, words in capitals.
    pub(super) fn key(&self) -> String {
        key(&self.sql)
    }

    /// The first line, in a message.
    pub(super) fn headline(&self) -> String {
        let mut lines = self.sql.lines();
        let first: String = lines.next().unwrap_or_default().chars().take(90).collect();
        let is_all = first.len() == self.sql.len();
        autogen_core::visible(&if is_all { first } else { format!("{} …", first.trim_end()) })
    }

    /// True for one that is written so that others can go on working.
    pub(super) fn minds_others(&self) -> bool {
        let key = self.key();
        key.starts_with(LOCK_TIMEOUT) || key.split(' ').any(|word| word == "CONCURRENTLY")
    }

    /// True for one that autogen puts into a part for the part's own sake.
    pub(super) fn is_scaffold(&self) -> bool {
        let says = |what: &str| self.comments.iter().any(|line| line.strip_prefix("-- ") == Some(what));
        (self.key().starts_with(LOCK_TIMEOUT) && says(LOCK_TIMEOUT_NOTE))
            || (self.key() == "SELECT 1" && says(IDLE_NOTE))
    }

    /// Takes away the markers that a statement has answered, each with the statement that it proposed.
    pub(super) fn answered(&mut self, is_answered: impl Fn(&str) -> bool) {
        let mut kept = Vec::new();
        for block in blocks(&self.comments) {
            let is_marker = block.first().is_some_and(|line| line.contains(MARKER));
            if !(is_marker && is_answered(&uncommented(&block[1..]))) {
                kept.extend(block.iter().cloned());
            }
        }
        self.comments = kept;
    }

    /// How many markers wait above it.
    pub(super) fn markers(&self) -> usize {
        self.comments.iter().filter(|line| line.contains(MARKER)).count()
    }

    /// The statements that its markers propose; an empty text for a marker that proposes none.
    pub(super) fn proposals(&self) -> Vec<String> {
        let blocks = blocks(&self.comments);
        let markers =
            blocks.into_iter().filter(|block| block.first().is_some_and(|line| line.contains(MARKER)));
        markers.map(|block| uncommented(&block[1..])).collect()
    }
}

/// Comment lines, each marker with the lines that belong to it.
fn blocks(comments: &[String]) -> Vec<&[String]> {
    let begins = |line: &String| line.contains(MARKER) || line.starts_with("-- HAZARD ");
    comments.chunk_by(|_, next| !begins(next)).collect()
}

fn uncommented(lines: &[String]) -> String {
    lines.iter().map(|line| line.trim_start_matches("--").trim()).collect::<Vec<_>>().join("\n")
}

/// The tokens of a statement, without spaces and comments, words in capitals.
pub(super) fn key(sql: &str) -> String {
    let said =
        tokens(sql).into_iter().filter(|one| !matches!(one.kind, TokenKind::Space | TokenKind::Comment));
    let texts = said.map(|one| match one.kind {
        TokenKind::Word => one.text.to_uppercase(),
        _ => one.text.to_owned(),
    });
    texts.collect::<Vec<_>>().join(" ").trim_end_matches(" ;").to_owned()
}

/// Cuts a file into statements, and returns what is behind the last one.
pub(super) fn pieces(text: &str) -> (Vec<Piece>, String) {
    let mut found = Vec::new();
    let mut end = 0;
    for item in split(text) {
        let Item::Statement(statement) = item else { continue };
        let between = text.get(end..statement.start).unwrap_or_default();
        // What follows on the line of a statement is about that one.
        let above = match found.is_empty() {
            true => between,
            false => between.split_once('\n').map_or("", |(_, rest)| rest),
        };
        let lines: Vec<&str> = above.lines().map(str::trim_end).collect();
        let is_blank = |line: &&str| line.trim().is_empty();
        let first = match above.contains("/*") {
            true => 0,
            false => lines.iter().rposition(is_blank).map_or(0, |at| at + 1),
        };
        found.push(Piece {
            comments: lines[first..]
                .iter()
                .filter(|line| !is_blank(line))
                .map(|line| (*line).to_owned())
                .collect(),
            gap: lines.iter().any(is_blank),
            sql: statement.sql.trim_end().to_owned(),
            line: text.get(..statement.start).unwrap_or_default().matches('\n').count() + 1,
            alone: Role::of(&statement) == Role::Alone,
        });
        end = past_semicolon(text, statement.start + statement.sql.len());
    }
    let tail = text.get(end..).unwrap_or_default();
    let tail = if found.is_empty() { tail } else { tail.trim_start_matches('\n') };
    (found, tail.to_owned())
}

/// Behind the semicolon that ends a statement.
fn past_semicolon(text: &str, from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    let mut at = from;
    for token in tokens(rest) {
        at += token.text.len();
        if token.text == ";" {
            return at;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_the_same_after_it_was_cut() {
        let text = "-- Add column a\nALTER TABLE t ADD COLUMN a int;\nUPDATE t SET a = ';';\n\n-- TODO(autogen): fill\n\
                    -- UPDATE t SET b = …;\nALTER TABLE t ALTER COLUMN b SET NOT NULL;\n";
        let (pieces, tail) = pieces(text);
        assert_eq!(pieces.len(), 3);
        assert_eq!(pieces[2].line, 7);
        assert_eq!(pieces[2].proposals(), ["UPDATE t SET b = …;"]);
        assert_eq!(Part { pieces, tail, transaction: true }.text(), text);
    }

    #[test]
    fn comments_of_others_stay_where_they_are() {
        let (pieces, _) = pieces("-- head\n\n-- mine\nSELECT 1; -- of one\n-- of two\nSELECT 2 -- x\n;\n");
        assert_eq!(pieces[0].comments, ["-- mine"]);
        assert_eq!(pieces[1].comments, ["-- of two"]);
    }

    #[test]
    fn words_have_no_case_and_texts_have() {
        assert_eq!(key("update  T set a='x' -- why\n"), key("UPDATE t SET a = 'x'"));
        assert_ne!(key("SELECT 'x'"), key("SELECT 'X'"));
        assert_ne!(key("SELECT \"x\""), key("SELECT \"X\""));
    }

    #[test]
    fn an_answer_takes_its_marker_away() {
        let (mut pieces, _) =
            pieces("-- why\n-- TODO(autogen): one\n-- UPDATE a;\n-- TODO(autogen): two\nSELECT 1;\n");
        pieces[0].answered(|proposal| proposal.starts_with("UPDATE"));
        assert_eq!(pieces[0].comments, ["-- why", "-- TODO(autogen): two"]);
    }
}
