//! Rules are replaced in place.

use autogen_core::Pair;
use autogen_core::object::Rule;
use autogen_core::object::rule::RuleAlteration;

use crate::compare::{Compare, Comparison, Context, altered};

impl Compare for Rule {
    fn compare(pair: Pair<&Self>, _: Context<'_>) -> Comparison<RuleAlteration> {
        let mut found = Vec::new();
        if pair.map(|rule| &rule.definition).differs() {
            found.push(RuleAlteration::Definition(pair.after.definition.clone()));
        }
        if pair.map(|rule| rule.enabled).differs() {
            found.push(RuleAlteration::Enabled(pair.after.enabled));
        }
        altered(found)
    }
}
