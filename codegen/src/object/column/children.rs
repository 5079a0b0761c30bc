//! A column that goes from a table and stays with some of the tables that inherit from it.

use autogen_core::object::Column;
use autogen_core::object::column::Origin;
use autogen_core::object::sequence::is_owned;
use autogen_core::{Catalog, Kind, Lock, Name, Object, ObjectId, QualName};

use super::super::shared::alter_column;
use crate::Statement;
use crate::context::{Context, Sheet, parents};
use crate::sql::Sql;

/// True if a child that had the column from this table alone is to keep it as its own, which `ONLY` does; or a child's child,
/// of which the one between is told the same.
pub(super) fn children_keep(id: &ObjectId, context: &Context<'_>) -> bool {
    let origin = |catalog: &Catalog, own: &ObjectId| match catalog.get(own) {
        Some(Object::Column(column)) => Some(column.origin),
        _ => None,
    };
    context.plan.children(&id.name, context.at).any(|child| {
        let own = ObjectId::column(child, id.own_name());
        origin(context.before(), &own) == Some(Origin::Inherited)
            && match origin(context.after(), &own) {
                Some(Origin::Local) => true,
                Some(Origin::Inherited | Origin::Merged) => false,
                None => children_keep(&own, context),
            }
    })
}

/// The children that had the column from this table alone and are to be without it.
pub(super) fn children_without<'a>(id: &ObjectId, context: &Context<'a>) -> Vec<(ObjectId, &'a Column)> {
    let before = context.before();
    let has_one = |child: &QualName| {
        let above = before.get(&ObjectId::table(child)).into_iter().flat_map(parents);
        above.filter(|parent| before.contains(&ObjectId::column(parent, id.own_name()))).count() == 1
    };
    let children = context.plan.children(&id.name, context.at).filter(|child| has_one(child));
    let own = children.map(|child| ObjectId::column(child, id.own_name()));
    own.filter(|own| !context.after().contains(own))
        .filter_map(|own| match before.get(&own) {
            Some(Object::Column(column)) if column.origin == Origin::Inherited => Some((own, column)),
            _ => None,
        })
        .collect()
}

/// Takes the defaults off those that are to be without the column, where they use the sequence that goes with it.
pub(super) fn release_sequences(id: &ObjectId, context: &Context<'_>, sheet: &mut Sheet) {
    let before = context.before();
    let goes = |used: &ObjectId| before.get(used).is_some_and(|object| is_owned(object, id));
    let mut open = vec![id.clone()];
    while let Some(above) = open.pop() {
        for (own, _) in children_without(&above, context) {
            let default = ObjectId { kind: Kind::Default, ..own.clone() };
            if before.uses(&default).any(goes) {
                let sql = alter_column(&own.name, own.own_name()).kw("DROP DEFAULT");
                sheet.push(sql).lock(Lock::AccessExclusive);
            }
            open.push(own);
        }
    }
}

/// Takes a column off a table whose children keep it. From 18 on NOT NULL is a constraint, of which the column's end leaves the
/// children an inherited one without a parent: `pg_dump` does not write it, and no statement can drop it.
pub(crate) fn leave_to_children<'a>(
    table: &QualName,
    column: &Name,
    not_null: bool,
    context: &Context<'_>,
    sheet: &'a mut Sheet,
) -> &'a mut Statement {
    let only = || Sql::new("ALTER TABLE ONLY").name(table);
    if not_null && context.options.server_version >= 180_000 {
        let sql = only().kw("ALTER COLUMN").ident(column).kw("DROP NOT NULL");
        sheet.push(sql).lock(Lock::AccessExclusive);
    }
    sheet.push(only().kw("DROP COLUMN").ident(column)).lock(Lock::AccessExclusive)
}
