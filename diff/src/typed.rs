//! Tables that are made of a type (`CREATE TABLE … OF`): their columns come and go with the type's attributes, by
//! `ALTER TYPE … CASCADE`, and cannot be told so themselves. Where an attribute changes, they leave the type meanwhile, because
//! only a table's own column can be told how its values become those of another type.

use autogen_core::object::Table;
use autogen_core::object::column::ColumnAlteration;
use autogen_core::object::composite_type::CompositeTypeAlteration;
use autogen_core::object::table::TableAlteration;
use autogen_core::{Alteration, Catalog, Kind, Object, ObjectId, Pair};

use crate::plan::{Plan, Planned};

/// A column that follows its type.
#[derive(Debug)]
pub(crate) struct Typed {
    pub(crate) column: ObjectId,
    pub(crate) of_type: ObjectId,
    pub(crate) step: Step,
}

/// What the change of the type does to the column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Comes,
    Changes,
    Goes,
}

/// Plans that tables leave a type whose attributes change, and are of it again when they have changed alike.
pub(crate) fn leave_types(plan: &mut Plan, pair: Pair<&Catalog>) {
    let changes = |alteration: &Alteration| {
        matches!(alteration, Alteration::CompositeType(CompositeTypeAlteration::Change(_)))
    };
    for (id, object) in pair.after.of_kind(Kind::Table).filter(|(id, _)| pair.before.contains(id)) {
        let Object::Table(Table { of_type: Some(name), .. }) = object else { continue };
        let of_type = plan.actions.get(&ObjectId::new(Kind::CompositeType, name.clone()));
        if !of_type.is_some_and(|planned| planned.alterations.iter().any(changes)) {
            continue;
        }
        let again = Alteration::Table(TableAlteration::OfType(Some(name.clone())));
        let planned = plan.actions.entry(id.clone()).or_default();
        if !planned.drop && !planned.alterations.contains(&again) {
            planned.alterations.push(again);
        }
    }
}

/// Takes off the list what the types' changes do, and remembers it; what only the column can be told stays.
pub(crate) fn leave_to_types(plan: &mut Plan, pair: Pair<&Catalog>) {
    let columns: Vec<ObjectId> = plan.actions.keys().filter(|id| id.kind == Kind::Column).cloned().collect();
    for column in columns {
        let Some(of_type) = changing_type(&column, plan, pair) else { continue };
        let Some(planned) = plan.actions.get_mut(&column) else { continue };
        let step = match (planned.drop, planned.create) {
            (true, true) => continue,
            (true, false) => Step::Goes,
            (false, true) => Step::Comes,
            (false, false) => Step::Changes,
        };
        planned.alterations.retain(|alteration| {
            !matches!(
                alteration,
                Alteration::Column(ColumnAlteration::Type { .. } | ColumnAlteration::Origin(_))
            )
        });
        let is_not_null = |object: &Object| matches!(object, Object::Column(column) if column.not_null);
        if step == Step::Comes && pair.after.get(&column).is_some_and(is_not_null) {
            let alterations = vec![Alteration::Column(ColumnAlteration::NotNull(true))];
            *planned = Planned { alterations, ..Planned::default() };
        }
        if planned.alterations.is_empty() {
            plan.actions.remove(&column);
        }
        plan.typed.push(Typed { column, of_type, step });
    }
}

/// The type of the column's table, if the table stays and the type changes in place.
fn changing_type(column: &ObjectId, plan: &Plan, pair: Pair<&Catalog>) -> Option<ObjectId> {
    let table = ObjectId::table(&column.name);
    let of_type = |catalog: &Catalog| match catalog.get(&table) {
        Some(Object::Table(table)) => table.of_type.clone(),
        _ => None,
    };
    let types = pair.map(of_type);
    let same = types.before.clone().filter(|_| !types.differs())?;
    let of_type = ObjectId::new(Kind::CompositeType, same);
    let changes = plan.actions.get(&of_type).is_some_and(|planned| !planned.alterations.is_empty());
    let leaves =
        |alteration: &Alteration| matches!(alteration, Alteration::Table(TableAlteration::OfType(_)));
    let stays = plan
        .actions
        .get(&table)
        .is_none_or(|planned| !planned.drop && !planned.create && !planned.alterations.iter().any(leaves));
    (changes && stays).then_some(of_type)
}
