//! Owners change in place.

use autogen_core::Pair;
use autogen_core::object::Owner;
use autogen_core::object::owner::OwnerAlteration;

use crate::compare::{Compare, Comparison, Context};

impl Compare for Owner {
    fn compare(pair: Pair<&Self>, _: Context<'_>) -> Comparison<OwnerAlteration> {
        if pair.map(|owner| &owner.role).differs() {
            Comparison::Alter(vec![OwnerAlteration::Role(pair.after.role.clone())])
        } else {
            Comparison::Equal
        }
    }
}
