//! Storage parameters and the like (`reloptions`): in the order in which they were given, which the server keeps and
//! prints, and which is a difference only where a schema is met to the letter.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Named settings. Two are equal if they set the same, in whatever order.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(from = "Vec<(String, String)>", into = "Vec<(String, String)>")]
#[allow(
    clippy::box_collection,
    reason = "hundreds of thousands of columns have none, which then takes one word"
)]
pub struct Options(Option<Box<Vec<(String, String)>>>);

impl Options {
    /// None.
    pub fn new() -> Self {
        Self::default()
    }

    fn list(&self) -> &[(String, String)] {
        self.0.as_deref().map_or(&[], Vec::as_slice)
    }

    /// True if there is none.
    pub fn is_empty(&self) -> bool {
        self.list().is_empty()
    }

    /// Each setting, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &String)> {
        self.list().iter().map(|(key, value)| (key, value))
    }

    /// The names, in order.
    pub fn keys(&self) -> impl Iterator<Item = &String> {
        self.list().iter().map(|(key, _)| key)
    }

    /// True if both make the same settings in the same order.
    pub fn is_exactly(&self, other: &Self) -> bool {
        self.list() == other.list()
    }

    /// A setting's value.
    pub fn get(&self, key: &str) -> Option<&String> {
        self.list().iter().find(|(own, _)| own == key).map(|(_, value)| value)
    }

    /// True if the setting is made.
    pub fn contains_key(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// Makes a setting, in place of an earlier one of the name.
    pub fn insert(&mut self, key: String, value: String) {
        let list = self.0.get_or_insert_default();
        match list.iter_mut().find(|(own, _)| *own == key) {
            Some((_, old)) => *old = value,
            None => list.push((key, value)),
        }
    }

    /// Makes all settings of another list.
    pub fn extend(&mut self, other: impl IntoIterator<Item = (String, String)>) {
        for (key, value) in other {
            self.insert(key, value);
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Options").field(&self.list()).finish()
    }
}

impl PartialEq for Options {
    fn eq(&self, other: &Self) -> bool {
        self.list().len() == other.list().len()
            && self.iter().all(|(key, value)| other.get(key) == Some(value))
    }
}

impl Eq for Options {}

impl FromIterator<(String, String)> for Options {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(settings: I) -> Self {
        let mut options = Self::default();
        options.extend(settings);
        options
    }
}

impl IntoIterator for Options {
    type Item = (String, String);
    type IntoIter = std::vec::IntoIter<(String, String)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.map(|list| *list).unwrap_or_default().into_iter()
    }
}

/// As they were written down, a name given twice included.
impl From<Vec<(String, String)>> for Options {
    fn from(list: Vec<(String, String)>) -> Self {
        Self((!list.is_empty()).then(|| Box::new(list)))
    }
}

impl From<Options> for Vec<(String, String)> {
    fn from(options: Options) -> Self {
        options.into_iter().collect()
    }
}
