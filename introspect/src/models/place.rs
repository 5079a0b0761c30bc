//! Where a piece of a file begins, so that places within the piece can be told as places of the file.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use autogen_core::Span;
use proc_macro2::{LexError, TokenStream};
use rustc_hash::FxHashMap;

/// A place in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Origin {
    /// In bytes.
    at: usize,
    /// Whole lines before it.
    lines: usize,
    /// Characters before it in its line.
    columns: usize,
}

impl Origin {
    /// A later place of the same text.
    pub(crate) fn moved(self, text: &str, to: usize) -> Self {
        if to < self.at {
            return Self::default().moved(text, to);
        }
        let between = &text[self.at..to];
        let lines = self.lines + between.bytes().filter(|byte| *byte == b'\n').count();
        let columns = match between.rfind('\n') {
            Some(end) => between[end + 1..].chars().count(),
            None => self.columns + between.chars().count(),
        };
        Self { at: to, lines, columns }
    }

    /// The stretch from here over an identifier, which may be written with `r#`.
    pub(crate) fn span(self, file: &Arc<PathBuf>, text: &str, name: &str) -> Span {
        let (line, column) = (self.lines + 1, self.columns + 1);
        let raw = if text[self.at..].starts_with("r#") { 2 } else { 0 };
        let end_column = column + raw + name.chars().count();
        Span { file: file.clone(), line, column, end_line: line, end_column }
    }

    /// A place of the piece as one of the file. Only the first line of a piece begins in the middle.
    pub(crate) fn shift(self, span: Span) -> Span {
        let column = |line: usize, column: usize| if line == 1 { column + self.columns } else { column };
        Span {
            column: column(span.line, span.column),
            end_column: column(span.end_line, span.end_column),
            line: span.line + self.lines,
            end_line: span.end_line + self.lines,
            file: span.file,
        }
    }
}

/// Tokens, and where in their file the text begins that their spans are in.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    pub(crate) tokens: TokenStream,
    pub(crate) origin: Origin,
}

/// Text of a file that is yet to be split into tokens.
#[derive(Clone, Debug)]
pub(crate) struct Unsplit {
    pub(crate) range: Range<usize>,
    pub(crate) origin: Origin,
}

impl Unsplit {
    /// Its tokens; `text` is that of the file.
    pub(crate) fn split(&self, text: &str, known: &mut Known<TokenStream>) -> Result<Written, LexError> {
        let own = self.text(text);
        let tokens = match known.get(own) {
            Some(tokens) => tokens.clone(),
            None => {
                let tokens: TokenStream = own.parse()?;
                known.keep(own, || tokens.clone());
                tokens
            }
        };
        Ok(Written { tokens, origin: self.origin })
    }

    /// Itself; `text` is that of the file.
    pub(crate) fn text<'t>(&self, text: &'t str) -> &'t str {
        &text[self.range.clone()]
    }
}

/// What texts came to that were read before: thousands of fields have one of a few dozen attributes. All places in it are
/// told from the beginning of the text, so it is the same wherever that stands.
pub(crate) struct Known<T>(FxHashMap<String, T>);

impl<T> Default for Known<T> {
    fn default() -> Self {
        Self(FxHashMap::default())
    }
}

impl<T> Known<T> {
    /// What many say is soon among the first; more would only be kept for nothing.
    const MOST: usize = 1_000;

    pub(crate) fn get(&self, text: &str) -> Option<&T> {
        self.0.get(text)
    }

    pub(crate) fn keep(&mut self, text: &str, value: impl FnOnce() -> T) {
        if self.0.len() < Self::MOST {
            self.0.insert(text.to_owned(), value());
        }
    }
}
