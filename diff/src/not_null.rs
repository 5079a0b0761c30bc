//! What is special about the constraint behind a column's NOT NULL: its name, and whether those that inherit have it, too.
//! Names are compared where nothing else of them depends on: a constraint that is handed down goes by its parent's name, or by
//! one that it had before, and is renamed with the parent's or not at all (`rename_constraint_internal` in tablecmds.c). What is
//! compared is so on the way back, too, which finds the names that the way there left.

use autogen_core::object::Column;
use autogen_core::object::column::in_order;
use autogen_core::object::not_null::{NAMES_NOT_NULL, NotNull};
use autogen_core::{Catalog, Kind, Object, ObjectId, Pair, QualName};

use crate::compare::Context;
use crate::family::parents;

/// What a column's constraint is to be, if that is another than it is, or is going to be by itself.
pub(crate) fn wanted(pair: Pair<&Column>, context: Context<'_>) -> Option<Option<Box<NotNull>>> {
    let Context { id, catalogs, .. } = context;
    let has_names = catalogs.map(|catalog| catalog.server_version >= NAMES_NOT_NULL);
    let is_special = pair.map(|column| &column.not_null_constraint).differs();
    if !pair.after.not_null || !is_special || !has_names.before || !has_names.after {
        return None;
    }
    // Of a table that leaves its parents or joins some it is changed while it is the table's own.
    let inherits = catalogs.map(|catalog| !parents(catalog, &id.name).is_empty());
    if inherits.before && inherits.after {
        return None;
    }
    let special = pair.map(|column| column.not_null_constraint.as_deref().cloned().unwrap_or_default());
    let is_alone = |catalog: &Catalog| !has_children(catalog, &id.name);
    let is_named = is_alone(catalogs.before) && is_alone(catalogs.after) && !passes_names(id, catalogs);
    let is_told = !pair.before.not_null || is_named || special.before.name == special.after.name;
    (is_told && special.differs()).then(|| special.after.if_special())
}

fn has_children(catalog: &Catalog, table: &QualName) -> bool {
    let mut tables = catalog.of_kind(Kind::Table);
    tables.any(
        |(_, object)| matches!(object, Object::Table(child) if child.parents().any(|parent| parent == table)),
    )
}

/// True where a constraint of the table is to have the name of another column's. No order of the statements suits all such.
fn passes_names(id: &ObjectId, catalogs: Pair<&Catalog>) -> bool {
    let named = |catalog: &Catalog| {
        let columns = in_order(catalog, &id.name).into_iter().filter(|(_, column)| column.not_null);
        let named = columns
            .map(|(name, column)| (column.not_null_name(&ObjectId::column(&id.name, name)), name.clone()));
        named.collect::<Vec<_>>()
    };
    let Pair { before, after } = catalogs.map(named);
    before.iter().any(|(old, of)| after.iter().any(|(new, to)| old == new && of != to))
}
