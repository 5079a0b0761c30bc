//! Default privileges change in place.

use autogen_core::Pair;
use autogen_core::object::DefaultPrivilege;
use autogen_core::object::default_privilege::DefaultPrivilegeAlteration;

use crate::compare::{Compare, Comparison, Context};

impl Compare for DefaultPrivilege {
    fn compare(pair: Pair<&Self>, _: Context<'_>) -> Comparison<DefaultPrivilegeAlteration> {
        if pair.map(|privilege| &privilege.granted).differs() {
            Comparison::Alter(vec![DefaultPrivilegeAlteration::Granted(pair.after.granted.clone())])
        } else {
            Comparison::Equal
        }
    }
}
