//! Indexes: storage changes in place, a free index can be attached, an invalid one is built again. No index is made invalid:
//! where the goal has one, or the way back leads to one, a valid one is as good.

use std::collections::BTreeSet;

use autogen_core::object::Index;
use autogen_core::object::index::IndexAlteration;
use autogen_core::{Catalog, Kind, Object, Pair, QualName};

use crate::compare::{Compare, Comparison, Context, altered};

impl Compare for Index {
    fn compare(pair: Pair<&Self>, context: Context<'_>) -> Comparison<IndexAlteration> {
        let Pair { before, after } = pair;
        // A partitioned table's becomes valid with the last of its parts, which cannot be set free again.
        let has_parts = context.catalogs.before.is_partitioned(&before.table);
        let completed = !before.valid && after.valid && has_parts && gets_last_part(context);
        let same = Index {
            options: after.options.clone(),
            tablespace: after.tablespace.clone(),
            partition_of: after.partition_of.clone(),
            valid: if has_parts && !completed { before.valid } else { after.valid },
            ..before.clone()
        };
        let moved = before.partition_of.is_some() && before.partition_of != after.partition_of;
        if same != *after || moved {
            return Comparison::Replace;
        }
        let mut found = Vec::new();
        if !before.valid && after.valid {
            found.push(if completed { IndexAlteration::Completed } else { IndexAlteration::Rebuild });
        }
        if context.resets(pair.map(|index| &index.options)) {
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

/// True if what a partitioned table's index lacks is parts that are attached to it one by one, after which the server finds it to
/// be valid (`validatePartitionedIndex` in its sources): of the same partitions, those that have one have a valid one.
fn gets_last_part(context: Context<'_>) -> bool {
    let Pair { before, after } = context.catalogs;
    let (mut open, mut is_new) = (vec![context.id.clone()], false);
    while let Some(id) = open.pop() {
        let Some(Object::Index(index)) = after.get(&id) else { return false };
        if partitions(&index.table, before) != partitions(&index.table, after) {
            return false;
        }
        for (part, object) in after.of_kind(Kind::Index) {
            let Object::Index(index) = object else { continue };
            if index.partition_of.as_ref() != Some(&id.name) {
                continue;
            }
            match before.get(part) {
                Some(Object::Index(old)) if !old.valid && !before.is_partitioned(&old.table) => return false,
                Some(Object::Index(old)) if old.partition_of == index.partition_of => open.push(part.clone()),
                Some(Object::Index(old)) if old.partition_of.is_some() => return false,
                _ => is_new = true,
            }
        }
    }
    is_new
}

fn partitions<'a>(table: &QualName, catalog: &'a Catalog) -> BTreeSet<&'a QualName> {
    let is_part = |object: &Object| matches!(object, Object::Table(part) if part.partition_of.as_ref().is_some_and(|of| of.parent == *table));
    let tables = catalog.of_kind(Kind::Table).filter(|(_, object)| is_part(object));
    tables.map(|(id, _)| &id.name).collect()
}
