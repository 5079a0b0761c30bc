//! Where in the users' files something was said. Positions live beside the objects, in [`SourceMap`], never inside
//! them, so that two equal objects compare equal wherever they were written.

use std::path::PathBuf;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use serde::Serialize;

use crate::ObjectId;

/// A stretch of a source file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Span {
    /// The file, as it was named to the tool.
    pub file: Arc<PathBuf>,
    /// Line of the first character, from 1.
    pub line: usize,
    /// Column of the first character in characters, from 1.
    pub column: usize,
    /// Line of the end.
    pub end_line: usize,
    /// Column just after the last character, from 1.
    pub end_column: usize,
}

impl Span {
    /// The whole file, for messages about it as such.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self { file: Arc::new(path.into()), line: 1, column: 1, end_line: 1, end_column: 1 }
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
