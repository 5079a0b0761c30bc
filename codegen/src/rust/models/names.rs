//! Names of structs and variants: those that a person would choose, each given out once. What schema.rs names, modules and
//! fields, is called as it is there.

use std::collections::BTreeSet;

/// One row of a table: `categories` as `category`. Only the rules that are hardly ever wrong.
pub(super) fn singular(table: &str) -> String {
    let ends = |suffix: &str| table.len() > suffix.len() + 1 && table.ends_with(suffix);
    let cut = |by: usize| table[..table.len() - by].to_owned();
    if ends("ies") {
        return format!("{}y", cut(3));
    }
    if ["sses", "shes", "ches", "xes", "zzes"].into_iter().any(ends) {
        return cut(2);
    }
    if ends("s") && !["ss", "us", "is", "as", "os", "news", "series"].into_iter().any(ends) {
        return cut(1);
    }
    table.to_owned()
}

/// Gives each name out once.
#[derive(Debug)]
pub(super) struct Taken(BTreeSet<String>);

impl Taken {
    /// Nothing is taken but what the words of a file mean already.
    pub(super) fn new(words: &[&str]) -> Self {
        Self(words.iter().map(|word| (*word).to_owned()).collect())
    }

    /// The first that is free: the name, with the suffix, with a number.
    pub(super) fn take(&mut self, name: &str, suffix: &str) -> String {
        let mut chosen = name.to_owned();
        let mut number = 1;
        while !self.0.insert(chosen.clone()) {
            chosen = if number == 1 { format!("{name}{suffix}") } else { format!("{name}{suffix}{number}") };
            number += 1;
        }
        chosen
    }
}
