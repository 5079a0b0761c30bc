//! Settings change in place.

use autogen_core::Pair;
use autogen_core::object::Setting;
use autogen_core::object::setting::SettingAlteration;

use crate::compare::{Compare, Comparison, Context};

impl Compare for Setting {
    fn compare(pair: Pair<&Self>, _: Context<'_>) -> Comparison<SettingAlteration> {
        let others = pair.map(|setting| &setting.on).differs();
        if others && !pair.map(|setting| setting.on.own_name()).differs() {
            // The one goes before the other of its name comes: an index and a constraint, say.
            return Comparison::Replace;
        }
        // How it is taken back follows from what it is on.
        if others || pair.map(|setting| &setting.set).differs() {
            Comparison::Alter(vec![SettingAlteration::Value(pair.after.clone())])
        } else {
            Comparison::Equal
        }
    }
}
