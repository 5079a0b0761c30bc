//! What is special about the constraint behind a column's NOT NULL: its name, and whether those that inherit have it, too.
//! One that stays inherited is not compared: it mostly goes by its parent's name, and no statement renames it by itself
//! (`rename_constraint_internal` in tablecmds.c).

use autogen_core::object::Column;
use autogen_core::object::not_null::NAMES_NOT_NULL;
use autogen_core::{Catalog, Kind, Name, Object, ObjectId, Pair, QualName};

use crate::compare::Context;
use crate::family::kept_parents;

/// True where the constraint of a column that is to be NOT NULL is to be another.
pub(crate) fn differs(pair: Pair<&Column>, context: Context<'_>) -> bool {
    let Context { id, catalogs, .. } = context;
    let has_names = |catalog: &Catalog| catalog.server_version >= NAMES_NOT_NULL;
    pair.after.not_null
        && pair.map(|column| &column.not_null_constraint).differs()
        && has_names(catalogs.before)
        && has_names(catalogs.after)
        && !stays_inherited(id, catalogs)
        && can_be_renamed(pair, id, catalogs.before)
}

/// True for a constraint that a parent which stays hands down. Of one that a table takes along, from a parent or to one, the name
/// can be changed while it is the table's own.
fn stays_inherited(id: &ObjectId, catalogs: Pair<&Catalog>) -> bool {
    let above =
        kept_parents(&id.name, catalogs).into_iter().map(|parent| ObjectId { name: parent, ..id.clone() });
    above.into_iter().any(
        |id| matches!(catalogs.after.get(&id), Some(Object::Column(column)) if column.hands_down_not_null()),
    )
}

/// False where a child has the constraint by another name: it is renamed with its parent's, which fails then.
fn can_be_renamed(pair: Pair<&Column>, id: &ObjectId, before: &Catalog) -> bool {
    let names = pair.map(|column| column.not_null_name(id));
    !names.differs() || !pair.before.hands_down_not_null() || all_have(&names.before, id, before)
}

fn all_have(name: &Name, id: &ObjectId, catalog: &Catalog) -> bool {
    children(catalog, &id.name).all(|child| {
        let own = ObjectId::column(child, id.own_name());
        match catalog.get(&own) {
            Some(Object::Column(column)) => {
                column.not_null_name(&own) == *name && all_have(name, &own, catalog)
            }
            _ => true,
        }
    })
}

fn children<'a>(catalog: &'a Catalog, table: &'a QualName) -> impl Iterator<Item = &'a QualName> {
    catalog.of_kind(Kind::Table).filter_map(move |(id, object)| match object {
        Object::Table(child) => child.parents().any(|parent| parent == table).then_some(&id.name),
        _ => None,
    })
}
