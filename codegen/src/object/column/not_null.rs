//! `NOT NULL` in words. From 18 on it is a constraint, whose name is said if it is not the one that the server would choose.

use autogen_core::object::Column;
use autogen_core::object::not_null::{NAMES_NOT_NULL, NotNull};
use autogen_core::{Catalog, HazardKind, Kind, Lock, Name, Object, ObjectId, Pair, QualName};

use super::super::constraint;
use super::super::shared::{alter_column, alter_table};
use super::fill;
use crate::context::{Context, Questions, Risk, Sheet, parents};
use crate::sql::Sql;

/// `[CONSTRAINT …] NOT NULL` as part of a column's definition, unless something else there implies it, and as it is to be.
pub(crate) fn words(column: &Column, id: &ObjectId, is_implied: bool, context: &Context<'_>) -> Option<Sql> {
    if !column.not_null {
        return None;
    }
    match special(column, id, context).filter(|_| !is_inherited(id, context.after())) {
        Some(special) => Some(special.words(Sql::empty(), None)),
        None => (!is_implied).then(|| Sql::new("NOT NULL")),
    }
}

/// `SET NOT NULL`, or the constraint that does the same.
pub(crate) fn set(id: &ObjectId, context: &Context<'_>) -> Sql {
    // A partition's own may be there still when it is said once more. One that a parent hands down goes by the parent's name.
    let is_there = matches!(context.before().get(id), Some(Object::Column(column)) if column.not_null);
    let stays = is_inherited(id, context.before()) && is_inherited(id, context.after());
    let special = match context.after().get(id) {
        Some(Object::Column(column)) if !is_there && !stays => special(column, id, context),
        _ => None,
    };
    match special {
        Some(special) => special.words(alter_table(&id.name).kw("ADD"), Some(id.own_name())),
        None => alter_column(&id.name, id.own_name()).kw("SET NOT NULL"),
    }
}

/// `SET NOT NULL` of a table that stands in for another, by the name that the other's is to have.
pub(crate) fn set_of_stand_in(
    stand_in: &QualName,
    column: &Column,
    id: &ObjectId,
    context: &Context<'_>,
) -> Sql {
    if context.options.server_version < NAMES_NOT_NULL {
        return alter_column(stand_in, id.own_name()).kw("SET NOT NULL");
    }
    let add = alter_table(stand_in).kw("ADD CONSTRAINT").ident(&column.not_null_name(id));
    add.kw("NOT NULL").ident(id.own_name())
}

/// `DROP NOT NULL`, without the tables that inherit, each of which is told by itself. Partitions can only lose it together.
pub(crate) fn drop_alone(id: &ObjectId, context: &Context<'_>) -> Sql {
    let has_heirs = context.plan.children(&id.name, context.at).next().is_some();
    let only = has_heirs && !context.is_partitioned(&id.name);
    let table = if only { Sql::new("ALTER TABLE ONLY").name(&id.name) } else { alter_table(&id.name) };
    table.kw("ALTER COLUMN").ident(id.own_name()).kw("DROP NOT NULL")
}

/// Changes the constraint of a column that stays NOT NULL.
pub(super) fn alter(
    before: &Column,
    wanted: Option<&NotNull>,
    id: &ObjectId,
    context: &Context<'_>,
    sheet: &mut Sheet,
) {
    let after = Column { not_null_constraint: wanted.cloned().map(Box::new), ..before.clone() };
    let names = Pair::new(before, &after).map(|column| column.not_null_name(id));
    if names.differs() {
        let rename = alter_table(&id.name).kw("RENAME CONSTRAINT").ident(&names.before);
        sheet.push(rename.kw("TO").ident(&names.after)).lock(Lock::AccessExclusive);
    }
    let hands_down = Pair::new(before, &after).map(Column::hands_down_not_null);
    if hands_down.differs() {
        let alter = alter_table(&id.name).kw("ALTER CONSTRAINT").ident(&names.after);
        let sql = alter.kw(if hands_down.after { "INHERIT" } else { "NO INHERIT" });
        let statement = sheet.push(sql).lock(Lock::AccessExclusive);
        for own in heirs(before, wanted, id, context) {
            if context.has_rows(&own.name) {
                statement.hazard(HazardKind::FullScan, format!("all rows of {} are read", own.name));
            }
            let what = format!("have no {}", id.own_name());
            let risk = Risk::from(fill::nulls(&own, context));
            risk.judge(statement, &own.name, &what, "fill them first", Some(fill::template(&own)), context);
        }
    }
}

/// Asks what the rows say to that.
pub(super) fn ask(
    before: &Column,
    wanted: Option<&NotNull>,
    id: &ObjectId,
    context: &Context<'_>,
    questions: &mut Questions,
) {
    for own in heirs(before, wanted, id, context) {
        questions.ask(context.rows_question(&own.name));
        questions.ask(fill::nulls(&own, context));
    }
}

/// The columns of tables that inherit, if they are to be NOT NULL from now on because this one is.
fn heirs(before: &Column, wanted: Option<&NotNull>, id: &ObjectId, context: &Context<'_>) -> Vec<ObjectId> {
    let spreads =
        before.not_null && !before.hands_down_not_null() && !wanted.is_some_and(|wanted| wanted.no_inherit);
    let children = context.plan.children(&id.name, context.at).filter(|_| spreads);
    children.map(|child| ObjectId::column(child, id.own_name())).collect()
}

/// What has to be said of a column's constraint.
struct Special {
    name: Option<Name>,
    no_inherit: bool,
}

impl Special {
    /// `[CONSTRAINT …] NOT NULL [column] [NO INHERIT]`.
    fn words(&self, sql: Sql, column: Option<&Name>) -> Sql {
        let sql = match &self.name {
            Some(name) => sql.kw("CONSTRAINT").ident(name),
            None => sql,
        };
        let sql = sql.kw("NOT NULL");
        let sql = column.into_iter().fold(sql, Sql::ident);
        sql.kw_if(self.no_inherit, "NO INHERIT")
    }
}

/// Nothing, if the server makes it so by itself.
fn special(column: &Column, id: &ObjectId, context: &Context<'_>) -> Option<Special> {
    if context.options.server_version < NAMES_NOT_NULL {
        return None;
    }
    let name = column.not_null_name(id);
    let no_inherit = column.not_null_constraint.as_ref().is_some_and(|constraint| constraint.no_inherit);
    let is_own = column.not_null_constraint.as_ref().is_some_and(|constraint| constraint.name.is_some());
    // What another table's constraint is called the server would not choose, and what another of this one is called it refuses.
    let is_shared = context.plan.shares_name(&ObjectId::part(Kind::Check, id.name.clone(), name.clone()));
    let is_said = (is_own || is_shared) && !is_held(&name, id, context);
    (is_said || no_inherit).then(|| Special { name: Some(name).filter(|_| is_said), no_inherit })
}

/// True if something else on the table has the name.
pub(crate) fn is_held(name: &Name, id: &ObjectId, context: &Context<'_>) -> bool {
    [context.before(), context.after()].into_iter().any(|catalog| {
        let mut columns = catalog.parts(Kind::Column, &id.name).filter(|(other, _)| *other != id);
        let of_column = columns.any(|(other, object)| {
            matches!(object, Object::Column(column) if column.not_null && column.not_null_name(other) == *name)
        });
        of_column || constraint::KINDS.into_iter().any(|kind| catalog.contains(&ObjectId::part(kind, id.name.clone(), name.clone())))
    })
}

/// True if a parent says of the column that it is to be NOT NULL.
pub(crate) fn is_inherited(id: &ObjectId, catalog: &Catalog) -> bool {
    let hands_down = |parent: &QualName| {
        let above = catalog.get(&ObjectId::column(parent, id.own_name()));
        matches!(above, Some(Object::Column(column)) if column.hands_down_not_null())
    };
    catalog.get(&ObjectId::table(&id.name)).is_some_and(|table| parents(table).any(hands_down))
}
