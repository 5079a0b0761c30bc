//! What rows are made of: composite types, and the row types that tables and views come with.

use crate::object::column::in_order;
use crate::{Catalog, DataType, Name, Object, ObjectId};

/// The attributes of a composite type, or of the rows of a table or view, in order; `None` for what has no rows.
pub fn attributes<'c>(id: &ObjectId, catalog: &'c Catalog) -> Option<Vec<(&'c Name, &'c DataType)>> {
    let named = |columns: &'c [(Name, DataType)]| columns.iter().map(|(name, of)| (name, of)).collect();
    match catalog.get(id)? {
        Object::CompositeType(of) => {
            Some(of.attributes.iter().map(|one| (&one.name, &one.data_type)).collect())
        }
        Object::View(view) => Some(named(&view.columns)),
        Object::MaterializedView(view) => Some(named(&view.columns)),
        Object::Table(_) => {
            let table = &catalog.own_id(id)?.name;
            Some(
                in_order(catalog, table)
                    .into_iter()
                    .map(|(name, column)| (name, &column.data_type))
                    .collect(),
            )
        }
        _ => None,
    }
}
