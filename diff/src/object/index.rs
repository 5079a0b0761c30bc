//! Indexes: storage changes in place, a free index can be attached; an invalid one is made anew.

use autogen_core::Pair;
use autogen_core::object::Index;
use autogen_core::object::index::IndexAlteration;

use crate::compare::{Compare, Comparison, Context, altered};

impl Compare for Index {
    fn compare(pair: Pair<&Self>, _: Context<'_>) -> Comparison<IndexAlteration> {
        let Pair { before, after } = pair;
        let same = Index {
            options: after.options.clone(),
            tablespace: after.tablespace.clone(),
            partition_of: after.partition_of.clone(),
            ..before.clone()
        };
        let moved = before.partition_of.is_some() && before.partition_of != after.partition_of;
        if same != *after || moved {
            return Comparison::Replace;
        }
        let mut found = Vec::new();
        if before.options != after.options {
            found.push(IndexAlteration::Options(after.options.clone()));
        }
        if before.tablespace != after.tablespace {
            found.push(IndexAlteration::Tablespace(after.tablespace.clone()));
        }
        if let Some(parent) = after.partition_of.as_ref().filter(|_| before.partition_of.is_none()) {
            found.push(IndexAlteration::Attach(parent.clone()));
        }
        altered(found)
    }
}
