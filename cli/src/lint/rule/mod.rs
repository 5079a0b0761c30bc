//! The list of rules. A rule is a file with a `RULE` and one word here.

mod all_rows;
mod concurrent;
mod down;
mod enum_value;
mod metadata;
mod name;
mod older;
#[cfg(feature = "squawk")]
mod proof;
mod psql;
#[cfg(feature = "squawk")]
mod squawk;
mod todo;
mod version;

use autogen_core::Diagnostic;

use super::Scene;
use super::files::Migration;

/// One rule, or several that look at the same.
pub(super) struct Rule {
    /// What its findings are called.
    pub(super) names: &'static [&'static str],
    pub(super) check: Check,
}

/// What a rule looks at.
pub(super) enum Check {
    /// One migration at a time.
    Each(fn(&Migration, &mut Vec<Diagnostic>)),
    /// All that are selected; a finding comes with the number of its migration.
    Together(fn(&Scene, &mut Vec<(usize, Diagnostic)>)),
}

/// All rules.
pub(super) static RULES: &[Rule] = &[
    todo::RULE,
    down::RULE,
    metadata::RULE,
    psql::RULE,
    concurrent::RULE,
    enum_value::RULE,
    all_rows::RULE,
    version::RULE,
    older::RULE,
    name::RULE,
    #[cfg(feature = "squawk")]
    squawk::RULE,
];

/// The names of all rules, in their order.
pub(super) fn names() -> Vec<&'static str> {
    let mut names: Vec<&'static str> = RULES.iter().flat_map(|rule| rule.names).copied().collect();
    names.sort_unstable();
    names
}
