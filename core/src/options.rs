//! Storage parameters and the like (`reloptions`): in the order in which they were given, which the server keeps and
//! prints, and which is no difference.

use serde::{Deserialize, Serialize};

/// Named settings. Two are equal if they set the same, in whatever order.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Options(Vec<(String, String)>);

impl Options {
    /// None.
    pub fn new() -> Self {
        Self::default()
    }

    /// True if there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each setting, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &String)> {
        self.0.iter().map(|(key, value)| (key, value))
    }

    /// The names, in order.
    pub fn keys(&self) -> impl Iterator<Item = &String> {
        self.0.iter().map(|(key, _)| key)
    }

    /// A setting's value.
    pub fn get(&self, key: &str) -> Option<&String> {
        self.0.iter().find(|(own, _)| own == key).map(|(_, value)| value)
    }

    /// True if the setting is made.
    pub fn contains_key(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// Makes a setting, in place of an earlier one of the name.
    pub fn insert(&mut self, key: String, value: String) {
        match self.0.iter_mut().find(|(own, _)| *own == key) {
            Some((_, old)) => *old = value,
            None => self.0.push((key, value)),
        }
    }

    /// Makes all settings of another list.
    pub fn extend(&mut self, other: impl IntoIterator<Item = (String, String)>) {
        for (key, value) in other {
            self.insert(key, value);
        }
    }
}

impl PartialEq for Options {
    fn eq(&self, other: &Self) -> bool {
        self.0.len() == other.0.len() && self.iter().all(|(key, value)| other.get(key) == Some(value))
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
        self.0.into_iter()
    }
}
