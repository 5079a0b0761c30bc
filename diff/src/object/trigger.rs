//! Triggers: only when they fire changes in place.

use autogen_core::Pair;
use autogen_core::object::Trigger;
use autogen_core::object::trigger::TriggerAlteration;

use crate::compare::{Compare, Comparison, Context};

impl Compare for Trigger {
    fn compare(pair: Pair<&Self>, _: Context<'_>) -> Comparison<TriggerAlteration> {
        if pair.map(|trigger| &trigger.definition).differs() {
            Comparison::Replace
        } else if pair.map(|trigger| trigger.enabled).differs() {
            Comparison::Alter(vec![TriggerAlteration::Enabled(pair.after.enabled)])
        } else {
            Comparison::Equal
        }
    }
}
