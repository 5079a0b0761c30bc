//! Policies: roles and expressions change in place, but an expression cannot be taken away.

use autogen_core::Pair;
use autogen_core::object::Policy;
use autogen_core::object::policy::PolicyAlteration;

use crate::compare::{Compare, Comparison, Context, altered};

impl Compare for Policy {
    fn compare(pair: Pair<&Self>, _: Context<'_>) -> Comparison<PolicyAlteration> {
        let Pair { before, after } = pair;
        let gone = (before.using.is_some() && after.using.is_none())
            || (before.check.is_some() && after.check.is_none());
        if gone || pair.map(|policy| (policy.permissive, policy.command)).differs() {
            return Comparison::Replace;
        }
        let mut found = Vec::new();
        if before.roles != after.roles {
            found.push(PolicyAlteration::Roles(after.roles.clone()));
        }
        if let Some(using) = after.using.as_ref().filter(|_| before.using != after.using) {
            found.push(PolicyAlteration::Using(using.clone()));
        }
        if let Some(check) = after.check.as_ref().filter(|_| before.check != after.check) {
            found.push(PolicyAlteration::Check(check.clone()));
        }
        altered(found)
    }
}
