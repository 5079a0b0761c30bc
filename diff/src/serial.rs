//! Recognises a new column with its sequence and default as one `serial` column, so that they are written as one.

use std::collections::BTreeMap;

use autogen_core::object::sequence::SequenceOptions;
use autogen_core::object::table::Persistence;
use autogen_core::object::{Comment, choose_name, stored_tables};
use autogen_core::{Catalog, Kind, Object, ObjectId, Pair};

use crate::persistence::{of_table, sequences_follow};
use crate::plan::Plan;

/// The persistence that the sequence of a `serial` gets: from 15 on its table's.
fn given(catalog: &Catalog, column: &ObjectId) -> Persistence {
    let of_table = of_table(&column.name, catalog).filter(|_| sequences_follow(catalog));
    of_table.unwrap_or(Persistence::Permanent)
}

/// By column: the sequence that is created as part of it (with the default). Not where rows are stored elsewhere, as the column
/// cannot come with its values then.
pub(crate) fn serials(pair: Pair<&Catalog>, plan: &Plan) -> BTreeMap<ObjectId, ObjectId> {
    let mut all = all(pair.after, plan);
    if all.keys().any(|column| pair.before.contains(&ObjectId::table(&column.name))) {
        let stored = stored_tables(pair.before);
        all.retain(|column, _| !stored.contains(&column.name));
    }
    all
}

fn all(catalog: &Catalog, plan: &Plan) -> BTreeMap<ObjectId, ObjectId> {
    let is_new = |id: &ObjectId| plan.actions.get(id).is_some_and(|planned| planned.create);
    catalog
        .of_kind(Kind::Sequence)
        .filter(|(id, _)| is_new(id))
        .filter_map(|(id, object)| {
            let Object::Sequence(sequence) = object else { return None };
            let owner = sequence.owned_by.clone()?;
            let Some(Object::Column(column)) = catalog.get(&owner) else { return None };
            let default_id = ObjectId { kind: Kind::Default, ..owner.clone() };
            let Some(Object::Default(default)) = catalog.get(&default_id) else { return None };
            let integer = column.data_type.full_text();
            let plain = matches!(integer.as_str(), "smallint" | "integer" | "bigint")
                && sequence.options == SequenceOptions::of_type(&integer)
                && sequence.persistence == given(catalog, &owner)
                && column.not_null
                && id.name.schema == owner.name.schema
                && id.name.name.as_str()
                    == choose_name(&[owner.name.name.as_str(), owner.own_name().as_str()], "seq")
                && default.expression.as_str().starts_with("nextval('")
                && catalog.uses(&default_id).any(|used| used == id)
                && is_new(&owner)
                && is_new(&default_id)
                && catalog.get(&Comment::id(id)).is_none();
            plain.then(|| (owner, id.clone()))
        })
        .collect()
}
