//! Sequences become logged or unlogged with the table whose column owns them (`ATPrepChangePersistence` and what follows
//! it in tablecmds.c of 15 and later).

use autogen_core::object::sequence::SequenceAlteration;
use autogen_core::object::table::Persistence;
use autogen_core::{Alteration, Catalog, Kind, Object, ObjectId, Pair, QualName};

use crate::plan::Plan;

/// True on a server on which a column's sequence is as its table.
pub(crate) fn sequences_follow(catalog: &Catalog) -> bool {
    catalog.server_version >= 150_000
}

pub(crate) fn of_table(name: &QualName, catalog: &Catalog) -> Option<Persistence> {
    match catalog.get(&ObjectId::table(name)) {
        Some(Object::Table(table)) => Some(table.persistence),
        _ => None,
    }
}

/// Leaves to the tables what they do, and takes back what they do to a sequence that is to stay as it was.
pub(crate) fn leave_to_tables(plan: &mut Plan, pair: Pair<&Catalog>) {
    if !sequences_follow(pair.before) {
        return;
    }
    for (id, object) in pair.before.of_kind(Kind::Sequence) {
        let (Object::Sequence(old), Some(Object::Sequence(new))) = (object, pair.after.get(id)) else {
            continue;
        };
        let Some(owner) = old.owned_by.as_ref().filter(|_| old.owned_by == new.owned_by) else { continue };
        let tables = pair.map(|catalog| of_table(&owner.name, catalog)).both();
        let Some(given) = tables.filter(Pair::differs).map(|tables| tables.after) else { continue };
        let set = |to: Persistence| Alteration::Sequence(SequenceAlteration::Persistence(to));
        let planned = plan.actions.entry(id.clone()).or_default();
        planned.alterations.retain(|alteration| *alteration != set(new.persistence));
        planned.handed_down.push(set(given));
        if new.persistence != given {
            planned.alterations.push(set(new.persistence));
        }
        if planned.alterations.is_empty() && !planned.drop && !planned.create {
            plan.actions.remove(id);
        }
    }
}
