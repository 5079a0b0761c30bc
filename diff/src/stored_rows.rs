//! Rows of a table that are stored elsewhere, whole: by a materialized view, or in a column of the table's row type. Meanwhile
//! Postgres writes the table's own rows in no other way: it adds no column with a value, sets no other expression of a
//! generated one, and makes the table neither logged nor unlogged (`find_composite_type_dependencies`, which
//! `ATRewriteTables` calls in tablecmds.c). So a view gives way, and a column is text meanwhile. But where a new column comes
//! with a default, columns of the row type keep what they have, because nobody can say what it would be in them: it comes
//! without, and the table's own rows get it afterwards.

use std::collections::BTreeMap;

use autogen_core::object::column::ColumnAlteration;
use autogen_core::object::table::TableAlteration;
use autogen_core::object::tables_within;
use autogen_core::{Alteration, Catalog, Kind, Object, ObjectId, Pair, QualName};

use crate::family;
use crate::plan::{Plan, Planned};

/// The tables whose rows a materialized view or column stores.
pub(crate) fn tables(object: &Object, catalog: &Catalog) -> Vec<QualName> {
    match object {
        Object::MaterializedView(view) => {
            view.columns.iter().flat_map(|(_, data_type)| tables_within(data_type, catalog)).collect()
        }
        Object::Column(column) => tables_within(&column.data_type, catalog),
        _ => Vec::new(),
    }
}

/// True for a change for which all rows of a table are written anew, and that would do without the rows elsewhere.
fn rewrites(alteration: &Alteration) -> bool {
    match alteration {
        Alteration::Table(TableAlteration::Persistence(_) | TableAlteration::AccessMethod(_)) => true,
        Alteration::Column(ColumnAlteration::Generated(generated)) => {
            generated.as_ref().is_some_and(|generated| generated.stored)
        }
        _ => false,
    }
}

/// Plans that the views are made anew, and that the columns are of another type meanwhile.
pub(crate) fn give_way(plan: &mut Plan, pair: Pair<&Catalog>) {
    let with = |does: &dyn Fn(&ObjectId, &Planned) -> bool| -> BTreeMap<ObjectId, ObjectId> {
        let causes = plan.actions.iter().filter(|(id, planned)| does(id, planned)).map(|(id, _)| id);
        causes.map(|id| (ObjectId::table(&id.name), id.clone())).collect()
    };
    let is_new = |id: &ObjectId, planned: &Planned| {
        id.kind == Kind::Column && planned.create && !pair.before.contains(id) && has_value(id, pair.after)
    };
    let writes = |id: &ObjectId, planned: &Planned| {
        planned.alterations.iter().any(rewrites) || is_new(id, planned) && is_written(id, pair.after)
    };
    let rewritten = with(&writes);
    let mut written = with(&is_new);
    written.extend(rewritten.iter().map(|(table, cause)| (table.clone(), cause.clone())));
    if written.is_empty() {
        return;
    }
    for (id, object) in pair.before.of_kind(Kind::MaterializedView).filter(|(id, _)| pair.after.contains(id))
    {
        let stored = tables(object, pair.before);
        let Some(cause) = stored.iter().find_map(|table| written.get(&ObjectId::table(table))) else {
            continue;
        };
        let planned = plan.actions.entry(id.clone()).or_default();
        if planned.alterations.is_empty() && !planned.drop {
            planned.because = Some(cause.clone());
        }
        planned.replace();
    }
    if rewritten.is_empty() {
        return;
    }
    for (id, object) in pair.before.of_kind(Kind::Column) {
        let (Object::Column(column), Some(wanted)) = (object, pair.after.get(id)) else { continue };
        // Few columns are of a table's row type, and nearly all are of the server's own.
        if column.generated.is_some() || column.data_type.is_builtin() || family::is_handed_down(id, pair) {
            continue;
        }
        let goes = plan.actions.get(id).is_some_and(|planned| planned.drop);
        // One that is to be of another type leaves for good before.
        let kept = tables(wanted, pair.after);
        let stored = tables(object, pair.before).into_iter().filter(|table| kept.contains(table));
        let table = stored.map(|table| ObjectId::table(&table)).find(|table| rewritten.contains_key(table));
        if let Some(table) = table.filter(|_| !goes) {
            plan.detours.insert(id.clone(), table);
        }
    }
}

/// True for what stores whole rows of the table that a column goes from for good: what they have of it is no longer seen.
pub(crate) fn outlive(id: &ObjectId, column: &ObjectId, pair: Pair<&Catalog>) -> bool {
    column.kind == Kind::Column
        && matches!(id.kind, Kind::Column | Kind::MaterializedView)
        && !pair.after.contains(column)
        && pair.before.uses(id).all(|used| used != column)
}

/// True for a column that is not NULL in rows that are there, or whose domain has to be asked.
fn has_value(id: &ObjectId, catalog: &Catalog) -> bool {
    is_written(id, catalog) || catalog.contains(&ObjectId { kind: Kind::Default, ..id.clone() })
}

/// True for a column that cannot come without its values. One with a default can: that is set, and written into the rows, then.
pub(crate) fn is_written(id: &ObjectId, catalog: &Catalog) -> bool {
    matches!(catalog.get(id), Some(Object::Column(column)) if column.is_written(catalog))
}
