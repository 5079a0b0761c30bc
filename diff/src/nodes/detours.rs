//! Columns that are of another type while what they are made of changes.

use autogen_core::object::column::ColumnAlteration;
use autogen_core::object::composite_type::CompositeTypeAlteration;
use autogen_core::object::types_within;
use autogen_core::{Action, Alteration, Catalog, Change, DataType, Kind, Object, ObjectId, Pair, QualName};

use super::Nodes;
use crate::plan::Plan;
use crate::reset;

/// Where a column leaves what it is made of for another type, and where it is back.
pub(crate) struct Detour {
    pub(crate) away: usize,
    pub(crate) back: usize,
    /// What changes meanwhile.
    pub(crate) left: ObjectId,
}

impl Nodes {
    /// A column leaves a domain for its base type, a collation for the default one (any other type for text), and takes the new
    /// one when that is there.
    pub(super) fn detour(&mut self, pair: Pair<&Catalog>, column: &ObjectId, source: &ObjectId) {
        let Some(Object::Column(wanted)) = pair.after.get(column) else { return };
        let (text, collation) = (DataType::builtin("text", "text"), wanted.collation.clone());
        let (meanwhile, collation) = match pair.before.get(source) {
            // The base may be a type that changes as well.
            Some(Object::Domain(old)) if old.base.object(pair.before).is_none() => {
                (DataType { array: wanted.data_type.array, ..old.base.clone() }, collation)
            }
            Some(Object::Collation(_)) => match pair.before.get(column) {
                Some(Object::Column(old)) if old.data_type.is_builtin() => (old.data_type.clone(), None),
                _ => (text, None),
            },
            _ => (text, collation),
        };
        let of = |data_type: &DataType, collation: Option<QualName>| {
            let data_type = data_type.clone();
            Alteration::Column(ColumnAlteration::Type { data_type, collation })
        };
        let away = self.push(column, Action::Alter(vec![of(&meanwhile, collation)]), &Plan::default());
        let back = of(&wanted.data_type, wanted.collation.clone());
        let back: Vec<Alteration> = std::iter::once(back).chain(reset::said(wanted)).collect();
        let back = self.push(column, Action::Alter(back), &Plan::default());
        self.alter.entry(column.clone()).or_default().push(back);
        self.detours.push(Detour { away, back, left: source.clone() });
    }
}

/// What is done to an object at once. The attributes of a type that columns store come and go while they do; others change
/// while the columns are text, which has to be that of the new attributes then: nothing in it tells which of them it is.
pub(super) fn steps(
    id: &ObjectId,
    all: Vec<Alteration>,
    plan: &Plan,
    before: &Catalog,
) -> Vec<Vec<Alteration>> {
    let stores = |column: &ObjectId| match before.get(column) {
        Some(Object::Column(column)) => types_within(&column.data_type, before).contains(id),
        _ => false,
    };
    let is_stored = id.kind == Kind::CompositeType && plan.detours.keys().any(stores);
    let (ahead, then): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|alteration| is_stored && is_ahead(alteration));
    [ahead, then].into_iter().filter(|step| !step.is_empty()).collect()
}

/// True for what is done to a type while columns store it.
pub(crate) fn comes_first(change: &Change) -> bool {
    matches!(&change.action, Action::Alter(all) if all.iter().all(is_ahead))
}

fn is_ahead(alteration: &Alteration) -> bool {
    matches!(
        alteration,
        Alteration::CompositeType(CompositeTypeAlteration::Add(_) | CompositeTypeAlteration::Drop(_))
    )
}
