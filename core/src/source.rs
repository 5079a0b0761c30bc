//! Where in the users' files something was said. Positions live beside the objects, in [`SourceMap`], never inside
//! them, so that two equal objects compare equal wherever they were written.

use std::path::PathBuf;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use serde::Serialize;

use crate::ObjectId;

/// A stretch of a source file. Lines and columns are held in half a word each: every field of every struct has some.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Span {
    /// The file, as it was named to the tool.
    pub file: Arc<PathBuf>,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
}

impl Span {
    /// From one line and column to another, see [`Self::start`] and [`Self::end`].
    pub fn new(file: Arc<PathBuf>, start: (usize, usize), end: (usize, usize)) -> Self {
        let half = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Self {
            file,
            line: half(start.0),
            column: half(start.1),
            end_line: half(end.0),
            end_column: half(end.1),
        }
    }

    /// The whole file, for messages about it as such.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self::new(Arc::new(path.into()), (1, 1), (1, 1))
    }

    /// Line of the first character, from 1.
    pub fn line(&self) -> usize {
        self.line as usize
    }

    /// Column of the first character in characters, from 1.
    pub fn column(&self) -> usize {
        self.column as usize
    }

    /// Line and column of the first character, both from 1; columns are counted in characters.
    pub fn start(&self) -> (usize, usize) {
        (self.line(), self.column())
    }

    /// Line of the last character and the column just after it, both from 1.
    pub fn end(&self) -> (usize, usize) {
        (self.end_line as usize, self.end_column as usize)
    }

    /// True if it has no extent, as a whole file has none.
    pub fn is_empty(&self) -> bool {
        self.start() == self.end()
    }
}

/// Which object was declared where. A clone shares the places until one of the two changes.
#[derive(Clone, Debug, Default)]
pub struct SourceMap {
    spans: Arc<FxHashMap<ObjectId, Span>>,
}

impl SourceMap {
    /// A map with room for so many places.
    pub fn with_capacity(places: usize) -> Self {
        Self { spans: Arc::new(FxHashMap::with_capacity_and_hasher(places, Default::default())) }
    }

    /// Records where an object is declared; the first declaration stays.
    pub fn insert(&mut self, id: ObjectId, span: Span) {
        Arc::make_mut(&mut self.spans).entry(id).or_insert(span);
    }

    /// Records a place that is better than the one that is known.
    pub fn replace(&mut self, id: ObjectId, span: Span) {
        Arc::make_mut(&mut self.spans).insert(id, span);
    }

    /// Forgets where an object is declared, when it is no longer wanted.
    pub fn remove(&mut self, id: &ObjectId) {
        Arc::make_mut(&mut self.spans).remove(id);
    }

    /// All objects with a place, in their order.
    pub fn iter(&self) -> impl Iterator<Item = (&ObjectId, &Span)> {
        let mut all: Vec<_> = self.spans.iter().collect();
        all.sort_unstable_by_key(|(id, _)| *id);
        all.into_iter()
    }

    /// Where an object is declared; for a part without a span of its own, where its whole is.
    pub fn get(&self, id: &ObjectId) -> Option<&Span> {
        self.spans.get(id)
    }
}
