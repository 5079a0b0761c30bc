//! Comments, on objects of every kind.

use autogen_core::object::Comment;
use autogen_core::object::comment::CommentAlteration;
use autogen_core::object::function::Routine;
use autogen_core::object::sequence;
use autogen_core::{Catalog, Kind, Lock, Object, ObjectId, Pair};

use super::shared::is_foreign;
use super::{Render, constraint, defined, function};
use crate::context::{Context, Sheet};
use crate::sql::Sql;

impl Render for Comment {
    fn create(&self, _: &ObjectId, context: &Context<'_>, sheet: &mut Sheet) {
        if let Some(named) = named_by_server(&self.on, context) {
            constraint::rename(&named, &self.on, sheet);
        }
        set(&self.on, Some(&self.text), context.after(), sheet);
    }

    fn drop(&self, _: &ObjectId, context: &Context<'_>, sheet: &mut Sheet) {
        set(&self.on, self.by_default.as_deref(), context.before(), sheet);
    }

    fn alter(
        pair: Pair<&Self>,
        _: &ObjectId,
        alterations: &[&CommentAlteration],
        context: &Context<'_>,
        sheet: &mut Sheet,
    ) {
        for CommentAlteration::Text(text) in alterations {
            set(&pair.after.on, Some(text), context.after(), sheet);
        }
    }

    /// A comment follows its object.
    fn rename(&self, _: &ObjectId, _: &ObjectId, _: &Context<'_>, _: &mut Sheet) {}
}

/// A new partition's copy of a foreign key where it is to have another name than the parent's, which the server gives it
/// (`CloneFkReferencing` in tablecmds.c). The name alone is no difference.
fn named_by_server(on: &ObjectId, context: &Context<'_>) -> Option<ObjectId> {
    let whole = context.after().whole(on).filter(|_| on.kind == Kind::ForeignKey)?;
    let is_there = context.before().contains(on) || context.plan.created_at(on).is_some();
    Some(ObjectId { part: whole.part, ..on.clone() }).filter(|named| !is_there && named != on)
}

pub(crate) fn set(on: &ObjectId, text: Option<&str>, catalog: &Catalog, sheet: &mut Sheet) {
    let Some(target) = target(on, catalog) else { return };
    let sql = Sql::new("COMMENT ON").sql(target).kw("IS");
    // To the server an empty one is none.
    let statement = sheet.push(match text.filter(|text| !text.is_empty()) {
        Some(text) => sql.literal(text),
        None => sql.kw("NULL"),
    });
    if matches!(on.kind, Kind::Table | Kind::Column) {
        statement.lock(Lock::ShareUpdateExclusive);
    }
}

/// The object in the words of `COMMENT ON`, which are those of `ALTER`; `None` for what cannot have a comment.
pub(crate) fn target(on: &ObjectId, catalog: &Catalog) -> Option<Sql> {
    let on = &sequence::by_name(on, catalog);
    let named = |words: &'static str| Some(Sql::new(words).name(&on.name));
    let part = |words: &'static str| Some(Sql::new(words).ident(on.own_name()).kw("ON").name(&on.name));
    match on.kind {
        Kind::Schema => Some(Sql::new("SCHEMA").ident(&on.name.name)),
        Kind::Extension => Some(Sql::new("EXTENSION").ident(&on.name.name)),
        Kind::EnumType | Kind::CompositeType | Kind::RangeType => named("TYPE"),
        Kind::Domain if on.part.is_some() => {
            Some(Sql::new("CONSTRAINT").ident(on.own_name()).kw("ON DOMAIN").name(&on.name))
        }
        Kind::Domain => named("DOMAIN"),
        Kind::Collation => named("COLLATION"),
        Kind::Sequence => named("SEQUENCE"),
        Kind::Function => match catalog.get(on) {
            Some(Object::Function(routine)) => {
                let words = match routine.routine {
                    Routine::Function => "FUNCTION",
                    Routine::Procedure => "PROCEDURE",
                    Routine::Aggregate => "AGGREGATE",
                };
                Some(function::with_arguments(Sql::new(words), &on.name, routine))
            }
            _ => None,
        },
        Kind::Table if is_foreign(on, catalog) => named("FOREIGN TABLE"),
        Kind::Table => named("TABLE"),
        Kind::Column => Some(Sql::new("COLUMN").name(&on.name).punct(".").ident(on.own_name())),
        Kind::PrimaryKey | Kind::Unique | Kind::Check | Kind::ForeignKey | Kind::Exclusion => {
            part("CONSTRAINT")
        }
        Kind::Index => named("INDEX"),
        Kind::View => named("VIEW"),
        Kind::MaterializedView => named("MATERIALIZED VIEW"),
        Kind::Trigger => part("TRIGGER"),
        Kind::Policy => part("POLICY"),
        Kind::Rule => part("RULE"),
        Kind::Statistics => named("STATISTICS"),
        Kind::Defined(_) => match catalog.get(on) {
            Some(Object::Defined(object)) => defined::commented(object),
            _ => None,
        },
        Kind::Default
        | Kind::Setting
        | Kind::Owner
        | Kind::Privilege
        | Kind::DefaultPrivilege
        | Kind::Comment => None,
    }
}
