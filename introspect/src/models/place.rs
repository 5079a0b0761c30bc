//! Where a piece of a file begins, so that places within the piece can be told as places of the file.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use autogen_core::Span;
use proc_macro2::{LexError, TokenStream};
use rustc_hash::FxHashMap;

/// A place in a file, whose text is kept in memory: half a word holds each of its numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Origin {
    /// In bytes.
    at: u32,
    /// Whole lines before it.
    lines: u32,
    /// Characters before it in its line.
    columns: u32,
}

fn half(number: usize) -> u32 {
    number as u32
}

impl Origin {
    /// A later place of the same text.
    pub(crate) fn moved(self, text: &str, to: usize) -> Self {
        if to < self.at as usize {
            return Self::default().moved(text, to);
        }
        let between = &text[self.at as usize..to];
        let lines = self.lines + half(between.bytes().filter(|byte| *byte == b'\n').count());
        let columns = match between.rfind('\n') {
            Some(end) => half(between[end + 1..].chars().count()),
            None => self.columns + half(between.chars().count()),
        };
        Self { at: half(to), lines, columns }
    }

    /// The stretch from here over an identifier, which may be written with `r#`.
    pub(crate) fn span(self, file: &Arc<PathBuf>, text: &str, name: &str) -> Span {
        let (line, column) = (self.lines as usize + 1, self.columns as usize + 1);
        let raw = if text[self.at as usize..].starts_with("r#") { 2 } else { 0 };
        let end_column = column + raw + name.chars().count();
        Span::new(file.clone(), (line, column), (line, end_column))
    }

    /// A place of the piece as one of the file. Only the first line of a piece begins in the middle.
    pub(crate) fn shift(self, span: Span) -> Span {
        let shifted = |(line, column): (usize, usize)| {
            (line + self.lines as usize, if line == 1 { column + self.columns as usize } else { column })
        };
        let (start, end) = (shifted(span.start()), shifted(span.end()));
        Span::new(span.file, start, end)
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
    range: Range<u32>,
    pub(crate) origin: Origin,
}

impl Unsplit {
    pub(crate) fn new(range: Range<usize>, origin: Origin) -> Self {
        Self { range: half(range.start)..half(range.end), origin }
    }

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
        &text[self.range.start as usize..self.range.end as usize]
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
