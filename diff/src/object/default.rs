//! Defaults change in place.

use autogen_core::Pair;
use autogen_core::object::Default;
use autogen_core::object::default::DefaultAlteration;

use crate::compare::{Compare, Comparison, Context};

impl Compare for Default {
    fn compare(pair: Pair<&Self>, _: Context<'_>) -> Comparison<DefaultAlteration> {
        if pair.differs() {
            Comparison::Alter(vec![DefaultAlteration::Expression(pair.after.expression.clone())])
        } else {
            Comparison::Equal
        }
    }
}
