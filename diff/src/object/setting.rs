//! Settings change in place.

use autogen_core::Pair;
use autogen_core::object::Setting;
use autogen_core::object::setting::SettingAlteration;

use crate::compare::{Compare, Comparison, Context};

impl Compare for Setting {
    fn compare(pair: Pair<&Self>, _: Context<'_>) -> Comparison<SettingAlteration> {
        if pair.map(|setting| &setting.on).differs() {
            // It goes with the one and comes with the other.
            return Comparison::Replace;
        }
        // How it is taken back follows from what it is on.
        if pair.map(|setting| &setting.set).differs() {
            Comparison::Alter(vec![SettingAlteration::Value(pair.after.clone())])
        } else {
            Comparison::Equal
        }
    }
}
