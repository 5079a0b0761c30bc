//! What primary keys and unique constraints have in common: the index behind them, which another may serve for, which may
//! be a part of a partitioned table's, and whose storage changes in place.

pub(crate) mod duplicates;
pub(crate) mod of_partition;

use autogen_core::object::index::IndexKey;
use autogen_core::object::{Index, KeyAlteration};
use autogen_core::{Kind, Lock, Name, Object, ObjectId, Options, QualName};

use super::index;
use super::shared::{options, set_tablespace};
use crate::context::{Context, Sheet};
use crate::online::key::Key;
use crate::sql::Sql;

/// Makes the constraint of an index that is there or that the server has just made; false if there is none.
pub(crate) fn take_index(
    key: &Key<'_>,
    id: &ObjectId,
    parent: Option<&QualName>,
    context: &Context<'_>,
    sheet: &mut Sheet,
) -> bool {
    if !key.can_take(id, context) {
        return false;
    }
    let own = as_index(key, id, parent);
    let name = if index::comes_with_partition(&own, context) {
        index::chosen_name(&own)
    } else if let Some(promoted) = promoted(&own, context) {
        promoted.name.name.clone()
    } else {
        return false;
    };
    key.take(id, &name, sheet).note("its index is there, so no row is looked at");
    true
}

/// `ALTER INDEX … ATTACH PARTITION …` after the constraint.
pub(crate) fn attach(id: &ObjectId, parent: Option<&QualName>, sheet: &mut Sheet) {
    if let Some(parent) = parent {
        sheet.push(index::attach(parent, &behind(id))).lock(Lock::ShareUpdateExclusive);
    }
}

/// Writes what changes in place.
pub(crate) fn alter(before: &Options, id: &ObjectId, alterations: &[&KeyAlteration], sheet: &mut Sheet) {
    let alter = || Sql::new("ALTER INDEX").name(&behind(id));
    for alteration in alterations {
        match alteration {
            KeyAlteration::Options(new) => options(alter, before, new, sheet),
            KeyAlteration::Tablespace(new) => set_tablespace(alter(), new.as_ref(), sheet),
            KeyAlteration::PartitionOf(parent) => attach(id, parent.as_ref(), sheet),
        }
    }
}

/// True for an index that becomes the one of a new constraint.
pub(crate) fn is_promoted(id: &ObjectId, context: &Context<'_>) -> bool {
    let Some(Object::Index(gone)) = context.before().get(id) else { return false };
    [Kind::PrimaryKey, Kind::Unique]
        .into_iter()
        .flat_map(|kind| context.after().parts(kind, &gone.table))
        .any(|(made, object)| {
            let (key, parent) = match object {
                Object::PrimaryKey(key) => (super::primary_key::key(key), key.partition_of.as_ref()),
                Object::Unique(key) => (super::unique::key(key), key.partition_of.as_ref()),
                _ => return false,
            };
            let own = as_index(&key, made, parent);
            context.plan.created_at(made).is_some()
                && key.can_take(made, context)
                && !index::comes_with_partition(&own, context)
                && promoted(&own, context) == Some(id)
        })
}

/// The index that goes and is what a partition's new constraint needs. Others are built anew, under their own name.
fn promoted<'a>(own: &Index, context: &Context<'a>) -> Option<&'a ObjectId> {
    let same = |index: &Index| own.partition_of.is_some() && index == own;
    let all = context.before().of_kind(Kind::Index);
    let mut all = all.filter(|(id, object)| {
        matches!(object, Object::Index(index) if same(index)) && context.plan.drops(id)
    });
    all.next().map(|(id, _)| id)
}

fn as_index(key: &Key<'_>, id: &ObjectId, parent: Option<&QualName>) -> Index {
    Index {
        table: id.name.clone(),
        unique: true,
        nulls_not_distinct: key.nulls_not_distinct,
        method: Name::new("btree"),
        keys: key.columns.iter().cloned().map(IndexKey::column).collect(),
        include: key.include.to_vec(),
        predicate: None,
        options: key.options.clone(),
        tablespace: key.tablespace.cloned(),
        valid: true,
        partition_of: parent.cloned(),
    }
}

/// The index has the constraint's name.
pub(crate) fn behind(id: &ObjectId) -> QualName {
    id.name.sibling(id.own_name().clone())
}
