//! What primary keys and unique constraints have in common: of the index behind them the storage and the attachment change
//! in place, everything else makes the key anew.

use autogen_core::object::{KeyAlteration, ObjectKind};
use autogen_core::{Name, Options, Pair, QualName};

use crate::compare::{Comparison, Context, altered};

/// Compares two keys, of whose indexes it is told the parameters, the tablespace and the partitioned index above.
pub(super) fn compare<K>(
    pair: Pair<&K>,
    context: Context<'_>,
    index: impl Fn(&K) -> (&Options, &Option<Name>, &Option<QualName>),
) -> Comparison<KeyAlteration>
where
    K: ObjectKind<Alteration = KeyAlteration> + Clone + PartialEq,
{
    let indexes = pair.map(index);
    let (options, tablespace, parent) = indexes.after;
    let mut found = Vec::new();
    if context.resets(indexes.map(|(options, _, _)| options)) {
        found.push(KeyAlteration::Options(options.clone()));
    }
    if indexes.before.1 != tablespace {
        found.push(KeyAlteration::Tablespace(tablespace.clone()));
    }
    if indexes.before.2 != parent {
        found.push(KeyAlteration::PartitionOf(parent.clone()));
    }
    let mut altered_in_place = pair.before.clone();
    found.iter().for_each(|alteration| altered_in_place.apply(alteration));
    let moves = indexes.map(|(_, _, parent)| parent.as_ref()).both().is_some_and(|parents| parents.differs());
    if moves || altered_in_place != *pair.after {
        return Comparison::Replace;
    }
    altered(found)
}
