//! Indexes: storage changes in place, a free index can be attached, an invalid one is built again. No index is made invalid:
//! where the goal has one, or the way back leads to one, a valid one is as good.

use autogen_core::object::Index;
use autogen_core::object::index::IndexAlteration;
use autogen_core::Pair;

use crate::compare::{Compare, Comparison, Context, altered};

impl Compare for Index {
    fn compare(pair: Pair<&Self>, context: Context<'_>) -> Comparison<IndexAlteration> {
        let Pair { before, after } = pair;
        // A partitioned table's becomes valid with the last of its parts, which cannot be set free again.
        let has_parts = context.catalogs.before.is_partitioned(&before.table);
        let same = Index {
            options: after.options.clone(),
            tablespace: after.tablespace.clone(),
            partition_of: after.partition_of.clone(),
            valid: if has_parts { before.valid } else { after.valid },
            ..before.clone()
        };
        let moved = before.partition_of.is_some() && before.partition_of != after.partition_of;
        if same != *after || moved {
            return Comparison::Replace;
        }
        let mut found = Vec::new();
        if !before.valid && after.valid {
            found.push(IndexAlteration::Rebuild);
        }
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
