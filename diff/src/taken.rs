//! Indexes that are a partition's own and would be taken for its part of a partitioned index when it is attached: they are
//! away at that moment.

use autogen_core::{Catalog, Kind, Object, ObjectId, Pair};

use crate::nodes::is_attachment;
use crate::plan::Plan;

/// Makes those anew that stay free.
pub(crate) fn renew(plan: &mut Plan, pair: Pair<&Catalog>) {
    let joins = |table: &ObjectId| {
        plan.actions.get(table).is_some_and(|planned| planned.alterations.iter().any(is_attachment))
    };
    let mut taken = Vec::new();
    for (id, object) in pair.before.of_kind(Kind::Index) {
        let (Object::Index(old), Some(Object::Index(new))) = (object, pair.after.get(id)) else { continue };
        let table = ObjectId::table(&new.table);
        if old.partition_of.is_some() || new.partition_of.is_some() || !joins(&table) {
            continue;
        }
        let Some(above) = pair.after.container(&table) else { continue };
        let is_wanted = |object: &Object| matches!(object, Object::Index(wanted) if wanted.table == above.name && new.serves(wanted));
        if pair.after.of_kind(Kind::Index).any(|(_, object)| is_wanted(object)) {
            taken.push((id.clone(), table));
        }
    }
    for (id, table) in taken {
        plan.actions.entry(id).or_default().give_way(table);
    }
}
