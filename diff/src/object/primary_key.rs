//! Primary keys: the storage of the index behind them changes in place, and a free one can be attached.

use autogen_core::Pair;
use autogen_core::object::{KeyAlteration, PrimaryKey};

use super::key;
use crate::compare::{Compare, Comparison, Context};

impl Compare for PrimaryKey {
    fn compare(pair: Pair<&Self>, context: Context<'_>) -> Comparison<KeyAlteration> {
        key::compare(pair, context, |key| (&key.options, &key.tablespace, &key.partition_of))
    }
}
