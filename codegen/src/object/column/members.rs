//! The constraints that come in the statement for their table or column.

use autogen_core::object::column::Origin;
use autogen_core::{Kind, Name, Object, ObjectId};

use super::super::{Render, check, constraint, exclusion, foreign_key, primary_key, unique};
use crate::context::{Context, Sheet};
use crate::sql::Sql;

/// A constraint that is created within a statement for a table or column.
pub(crate) struct Member {
    pub(crate) id: ObjectId,
    /// As part of its only column, where that gives it the right name.
    pub(crate) column: Option<Name>,
    pub(crate) inline: Option<Sql>,
    /// As a table constraint, without its name.
    pub(crate) full: Sql,
    /// False for one that must not look at rows, which a new table's always do.
    pub(crate) foldable: bool,
    /// True for a key over the columns of an earlier one: of two in one statement the server makes one
    /// (`transformIndexConstraints` in parse_utilcmd.c).
    pub(crate) repeats: bool,
}

/// The constraints that are folded into this change: the primary key, then the others in order.
pub(crate) fn members(context: &Context<'_>) -> Vec<Member> {
    let mut all = Vec::new();
    let mut keys: Vec<&[Name]> = Vec::new();
    for kind in [Kind::PrimaryKey, Kind::Unique, Kind::Check, Kind::Exclusion, Kind::ForeignKey] {
        for (id, object) in context.folded(kind) {
            let (inline, full, foldable) = match object {
                Object::PrimaryKey(key) if !key.inherited => {
                    (primary_key::inline(key, id), primary_key::definition(key), true)
                }
                Object::Unique(key) if !key.inherited => {
                    (unique::inline(key, id), unique::definition(key), true)
                }
                Object::Check(check) if check.origin != Origin::Inherited => {
                    (check::inline(check, id), check::definition(check), check.validated || !check.enforced)
                }
                Object::Exclusion(key) => (None, exclusion::definition(key), true),
                Object::ForeignKey(key) if !key.inherited => (
                    foreign_key::inline(key, id),
                    foreign_key::definition(key),
                    key.validated || !key.enforced,
                ),
                _ => continue,
            };
            let inline = inline.filter(|_| !context.plan.shares_name(id));
            let (column, inline) = inline.map_or((None, None), |(column, sql)| (Some(column), Some(sql)));
            let columns = match object {
                Object::PrimaryKey(key) => Some(key.columns.as_slice()),
                Object::Unique(key) => Some(key.columns.as_slice()),
                _ => None,
            };
            let is_same =
                |other: &Member| kind == Kind::Exclusion && other.id.kind == kind && other.full == full;
            let repeats = columns.is_some_and(|columns| keys.contains(&columns)) || all.iter().any(is_same);
            keys.extend(columns);
            all.push(Member { id: id.clone(), column, inline, full, foldable, repeats });
        }
    }
    all
}

/// Adds a constraint of a new column by itself, as its kind does.
pub(super) fn create_member(id: &ObjectId, context: &Context<'_>, sheet: &mut Sheet) {
    match context.after().get(id) {
        Some(Object::PrimaryKey(key)) => key.create(id, context, sheet),
        Some(Object::Unique(key)) => key.create(id, context, sheet),
        Some(Object::Check(check)) => check.create(id, context, sheet),
        Some(Object::Exclusion(key)) => key.create(id, context, sheet),
        Some(Object::ForeignKey(key)) => key.create(id, context, sheet),
        _ => {}
    }
}

/// Adds a constraint that could not be folded.
pub(crate) fn add_late(member: Member, sheet: &mut Sheet) {
    constraint::add(&member.id, member.full.kw_if(!member.foldable, "NOT VALID"), sheet);
}
