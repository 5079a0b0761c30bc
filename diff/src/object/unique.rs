//! Unique constraints: the storage of the index behind them changes in place, and a free one can be attached.

use autogen_core::Pair;
use autogen_core::object::{Unique, KeyAlteration};

use crate::compare::{Compare, Comparison, Context, altered};

impl Compare for Unique {
    fn compare(pair: Pair<&Self>, _: Context<'_>) -> Comparison<KeyAlteration> {
        let Pair { before, after } = pair;
        let same = Unique {
            options: after.options.clone(),
            tablespace: after.tablespace.clone(),
            partition_of: after.partition_of.clone(),
            ..before.clone()
        };
        let attached = pair.map(|key| key.partition_of.as_ref());
        if same != *after || attached.both().is_some_and(|parents| parents.differs()) {
            return Comparison::Replace;
        }
        let mut found = Vec::new();
        if before.options != after.options {
            found.push(KeyAlteration::Options(after.options.clone()));
        }
        if before.tablespace != after.tablespace {
            found.push(KeyAlteration::Tablespace(after.tablespace.clone()));
        }
        if attached.differs() {
            found.push(KeyAlteration::PartitionOf(after.partition_of.clone()));
        }
        altered(found)
    }
}
