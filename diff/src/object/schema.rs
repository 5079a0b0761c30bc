//! A schema is there or it is not.

use autogen_core::Pair;
use autogen_core::object::{Never, Schema};

use crate::compare::{Compare, Comparison, Context};

impl Compare for Schema {
    fn compare(pair: Pair<&Self>, _: Context<'_>) -> Comparison<Never> {
        if pair.differs() { Comparison::Replace } else { Comparison::Equal }
    }
}
