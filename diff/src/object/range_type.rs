//! Range types cannot be altered.

use autogen_core::Pair;
use autogen_core::object::{Never, RangeType};

use crate::compare::{Compare, Comparison, Context};

impl Compare for RangeType {
    fn compare(pair: Pair<&Self>, _: Context<'_>) -> Comparison<Never> {
        if pair.differs() { Comparison::Replace } else { Comparison::Equal }
    }
}
