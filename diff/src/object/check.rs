//! Checks: only validation happens in place. The list of columns is a consequence of the expression.

use autogen_core::Pair;
use autogen_core::object::Check;
use autogen_core::object::check::CheckAlteration;

use crate::compare::{Compare, Comparison, Context, altered};

impl Compare for Check {
    fn compare(pair: Pair<&Self>, _: Context<'_>) -> Comparison<CheckAlteration> {
        if pair.map(|check| (&check.expression, check.no_inherit, check.enforced)).differs() {
            return Comparison::Replace;
        }
        let mut found = Vec::new();
        match (pair.before.validated, pair.after.validated) {
            (false, true) => found.push(CheckAlteration::Validate),
            (true, false) => return Comparison::Replace,
            (true, true) | (false, false) => {}
        }
        if pair.map(|check| check.origin).differs() {
            found.push(CheckAlteration::Origin(pair.after.origin));
        }
        altered(found)
    }
}
