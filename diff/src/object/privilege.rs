//! Privileges change in place.

use autogen_core::Pair;
use autogen_core::object::Privilege;
use autogen_core::object::privilege::PrivilegeAlteration;

use crate::compare::{Compare, Comparison, Context};

impl Compare for Privilege {
    fn compare(pair: Pair<&Self>, _: Context<'_>) -> Comparison<PrivilegeAlteration> {
        if pair.map(|privilege| &privilege.granted).differs() {
            Comparison::Alter(vec![PrivilegeAlteration::Granted(pair.after.granted.clone())])
        } else {
            Comparison::Equal
        }
    }
}
