//! Rows that a materialized view stores whole. Meanwhile Postgres adds no column with a value to their table
//! (`find_composite_type_dependencies` in tablecmds.c), so the view gives way. Columns of a table's row type keep what they
//! have, because nobody can say what a new column would be in them.

use std::collections::BTreeMap;

use autogen_core::{Catalog, Kind, Object, ObjectId, Pair};

use crate::plan::Plan;

/// The tables whose rows a materialized view stores.
pub(crate) fn tables(view: &Object, catalog: &Catalog) -> Vec<ObjectId> {
    let Object::MaterializedView(view) = view else { return Vec::new() };
    let types = view.columns.iter().filter_map(|(_, data_type)| data_type.object(catalog));
    types.filter(|id| id.kind == Kind::Table).collect()
}

/// Plans that the views are made anew.
pub(crate) fn renew_views(plan: &mut Plan, pair: Pair<&Catalog>) {
    let new = plan.actions.iter().filter(|(id, planned)| id.kind == Kind::Column && planned.create);
    let new = new.filter(|(id, _)| !pair.before.contains(id) && has_value(id, pair.after));
    let new: BTreeMap<ObjectId, ObjectId> =
        new.map(|(column, _)| (ObjectId::table(&column.name), column.clone())).collect();
    if new.is_empty() {
        return;
    }
    for (id, object) in pair.before.of_kind(Kind::MaterializedView).filter(|(id, _)| pair.after.contains(id))
    {
        let stored = tables(object, pair.before);
        let Some(column) = stored.iter().find_map(|table| new.get(table)) else { continue };
        let planned = plan.actions.entry(id.clone()).or_default();
        if planned.alterations.is_empty() && !planned.drop {
            planned.because = Some(column.clone());
        }
        planned.replace();
    }
}

/// True for a column that is not NULL in rows that are there, or whose domain has to be asked.
fn has_value(id: &ObjectId, catalog: &Catalog) -> bool {
    let Some(Object::Column(column)) = catalog.get(id) else { return false };
    let is_domain = column.data_type.object(catalog).is_some_and(|of| of.kind == Kind::Domain);
    let has_default = catalog.contains(&ObjectId { kind: Kind::Default, ..id.clone() });
    column.identity.is_some() || column.generated.is_some() || is_domain || has_default
}
