//! What rows are made of: composite types, and the row types that tables and views come with.

use std::collections::BTreeSet;

use crate::object::column::in_order;
use crate::object::table::ancestors;
use crate::{Catalog, DataType, Kind, Name, Object, ObjectId, QualName};

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

/// The tables whose rows columns store, whole or within other types, and all above them: what writes a parent's rows writes its
/// children's. Postgres refuses that meanwhile (`find_composite_type_dependencies` in tablecmds.c).
pub fn stored_tables(catalog: &Catalog) -> BTreeSet<QualName> {
    let mut left = Vec::new();
    for (_, object) in catalog.of_kind(Kind::Column) {
        let Object::Column(column) = object else { continue };
        // Few columns are of a table's row type, and nearly all are of the server's own.
        if !column.data_type.is_builtin() {
            left.extend(tables_within(&column.data_type, catalog));
        }
    }
    ancestors(catalog, left)
}

/// The tables whose rows are values of a type, or part of such.
pub fn tables_within(data_type: &DataType, catalog: &Catalog) -> Vec<QualName> {
    let types = types_within(data_type, catalog).into_iter();
    types.filter(|id| id.kind == Kind::Table).map(|id| id.name).collect()
}

/// The user-defined types that a type is made of, itself first: what domains and ranges are over, and attributes are of.
pub fn types_within(data_type: &DataType, catalog: &Catalog) -> Vec<ObjectId> {
    let mut all: Vec<ObjectId> = data_type.object(catalog).into_iter().collect();
    let mut at = 0;
    while let Some(id) = all.get(at).cloned() {
        let parts: Vec<&DataType> = match catalog.get(&id) {
            Some(Object::Domain(domain)) => vec![&domain.base],
            Some(Object::RangeType(range)) => vec![&range.subtype],
            _ => attributes(&id, catalog).into_iter().flatten().map(|(_, data_type)| data_type).collect(),
        };
        let parts = parts.into_iter().filter_map(|part| part.object(catalog));
        let new: Vec<ObjectId> = parts.filter(|part| !all.contains(part)).collect();
        all.extend(new);
        at += 1;
    }
    all
}
