//! The kinds that are compared as text: settings change in place, anything else takes a new object.

use autogen_core::Pair;
use autogen_core::object::Defined;
use autogen_core::object::defined::DefinedAlteration;

use crate::compare::{Compare, Comparison, Context, altered};

impl Compare for Defined {
    fn compare(pair: Pair<&Self>, _: Context<'_>) -> Comparison<DefinedAlteration> {
        let fixed = pair.map(|object| (&object.address, object.fixed.as_ref().unwrap_or(&object.definition)));
        if fixed.differs() {
            return Comparison::Replace;
        }
        let Pair { before, after } = pair.map(|object| &object.settings);
        let gone = before.keys().filter(|key| !after.contains_key(*key));
        let set = after.iter().filter(|(key, setting)| before.get(*key) != Some(setting));
        let gone = gone.map(|key| DefinedAlteration::Reset(key.clone()));
        let set = set.map(|(key, setting)| DefinedAlteration::Set(key.clone(), setting.clone()));
        altered(gone.chain(set).collect())
    }
}
