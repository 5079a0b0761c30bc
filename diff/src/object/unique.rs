//! Unique constraints cannot be altered.

use autogen_core::Pair;
use autogen_core::object::{Unique, Never};

use crate::compare::{Compare, Comparison, Context};

impl Compare for Unique {
    fn compare(pair: Pair<&Self>, _: Context<'_>) -> Comparison<Never> {
        if pair.differs() { Comparison::Replace } else { Comparison::Equal }
    }
}
