//! Indexes and keys of a partitioned table of which partitions have no part (`ON ONLY`; `pg_index.indisvalid` is false). A
//! partition that comes would get one, so such an index is made after it.

use autogen_core::{Catalog, Kind, Object, ObjectId, Pair, QualName};

use crate::nodes::is_attachment;
use crate::part_names::KINDS;
use crate::plan::Plan;

/// Makes those anew under which a partition comes without a part.
pub(crate) fn renew(plan: &mut Plan, pair: Pair<&Catalog>) {
    let all = KINDS.into_iter().flat_map(|kind| pair.after.of_kind(kind));
    let lacking = all.filter(|(id, object)| lacks_parts(object) && pair.before.contains(id));
    for (whole, _) in lacking {
        let Some(table) = pair.after.container(whole).filter(|table| pair.after.is_partitioned(&table.name))
        else {
            continue;
        };
        let comes = plan.actions.iter().find(|(id, planned)| {
            id.kind == Kind::Table
                && (planned.create || planned.alterations.iter().any(is_attachment))
                && pair.after.container(id).as_ref() == Some(&table)
                && !has_part(&id.name, whole, pair.after)
        });
        if let Some((partition, _)) = comes {
            let partition = partition.clone();
            plan.actions.entry(whole.clone()).or_default().give_way(partition);
        }
    }
}

/// True if a partition has its part of a partitioned index or key.
pub(crate) fn has_part(partition: &QualName, whole: &ObjectId, catalog: &Catalog) -> bool {
    let is_own = |object: &Object| matches!(object, Object::Index(index) if index.table == *partition);
    let indexes = catalog.of_kind(Kind::Index).filter(|(_, object)| is_own(object));
    let keys = [Kind::PrimaryKey, Kind::Unique].into_iter().flat_map(|kind| catalog.parts(kind, partition));
    indexes.chain(keys).any(|(id, _)| catalog.whole(id).as_ref() == Some(whole))
}

/// True for one that some partition has no part of.
pub(crate) fn lacks_parts(object: &Object) -> bool {
    match object {
        Object::Index(index) => !index.valid,
        Object::PrimaryKey(key) => !key.valid,
        Object::Unique(key) => !key.valid,
        _ => false,
    }
}
