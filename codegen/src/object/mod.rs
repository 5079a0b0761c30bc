//! How each kind is written: a file of the kind's name each. The list in core drives the dispatch, so a kind without a
//! file here does not compile.

pub(crate) mod check;
pub(crate) mod collation;
pub(crate) mod column;
pub(crate) mod comment;
pub(crate) mod composite_type;
pub(crate) mod constraint;
pub(crate) mod constraint_names;
pub(crate) mod default;
pub(crate) mod default_privilege;
pub(crate) mod defined;
pub(crate) mod domain;
pub(crate) mod enum_type;
pub(crate) mod exclusion;
pub(crate) mod extension;
pub(crate) mod foreign_key;
pub(crate) mod function;
pub(crate) mod index;
pub(crate) mod key;
pub(crate) mod materialized_view;
pub(crate) mod owner;
pub(crate) mod policy;
pub(crate) mod primary_key;
pub(crate) mod privilege;
pub(crate) mod range_type;
pub(crate) mod rule;
pub(crate) mod schema;
pub(crate) mod sequence;
pub(crate) mod setting;
pub(crate) mod shared;
pub(crate) mod statistics;
pub(crate) mod table;
pub(crate) mod trigger;
pub(crate) mod unique;
pub(crate) mod view;

use autogen_core::object::*;
use autogen_core::{Action, Alteration, Kind, Object, ObjectId, Pair, for_each_kind};

use crate::context::{Context, Questions, Sheet};

/// Implemented once per kind, in the file of its name.
pub(crate) trait Render: ObjectKind {
    /// What to ask the rows before the object is created.
    fn ask_create(&self, _: &ObjectId, _: &Context<'_>, _: &mut Questions) {}

    /// What to ask the rows before the object changes.
    fn ask_alter(_: Pair<&Self>, _: &ObjectId, _: &[&Self::Alteration], _: &Context<'_>, _: &mut Questions) {}

    /// What to ask the rows before the object goes.
    fn ask_drop(&self, _: &ObjectId, _: &Context<'_>, _: &mut Questions) {}

    /// Writes it into being.
    fn create(&self, id: &ObjectId, context: &Context<'_>, sheet: &mut Sheet);

    /// Writes it away.
    fn drop(&self, id: &ObjectId, context: &Context<'_>, sheet: &mut Sheet);

    /// Writes its changes, in the order given.
    fn alter(
        pair: Pair<&Self>,
        id: &ObjectId,
        alterations: &[&Self::Alteration],
        context: &Context<'_>,
        sheet: &mut Sheet,
    );

    /// Writes its change of name.
    fn rename(&self, from: &ObjectId, to: &ObjectId, context: &Context<'_>, sheet: &mut Sheet);
}

macro_rules! dispatch {
    ($($kind:ident $module:ident $words:literal,)*) => {
        /// Writes the statements of one change.
        pub(crate) fn statements(context: &Context<'_>, sheet: &mut Sheet) {
            let id = &context.change.id;
            match &context.change.action {
                Action::Create => match context.after().get(id) {
                    $(Some(Object::$kind(object)) => Render::create(object, id, context, sheet),)*
                    None => {}
                },
                Action::Drop => match context.before().get(id) {
                    $(Some(Object::$kind(object)) => Render::drop(object, id, context, sheet),)*
                    None => {}
                },
                // Of a rename in two steps the second begins at a name that no catalog has.
                Action::Rename { from } => match context.before().get(from).or_else(|| context.after().get(id)) {
                    $(Some(Object::$kind(object)) => Render::rename(object, from, id, context, sheet),)*
                    None => {}
                },
                Action::Alter(alterations) => match context.after().get(id) {
                    $(Some(Object::$kind(after)) => {
                        let before = match context.before().get(id) {
                            Some(Object::$kind(before)) => before,
                            // What a new object is told late, such as its owner, has nothing before.
                            _ => after,
                        };
                        let own: Vec<_> = alterations.iter().filter_map(|alteration| match alteration {
                            Alteration::$kind(alteration) => Some(alteration),
                            _ => None,
                        }).collect();
                        <$kind as Render>::alter(Pair::new(before, after), id, &own, context, sheet);
                    })*
                    None => {}
                },
            }
        }

        /// Collects the questions of one change.
        pub(crate) fn ask(context: &Context<'_>, questions: &mut Questions) {
            let id = &context.change.id;
            match &context.change.action {
                Action::Create => for id in std::iter::once(id).chain(&context.change.folded) {
                    match context.after().get(id) {
                        $(Some(Object::$kind(object)) => Render::ask_create(object, id, context, questions),)*
                        None => {}
                    }
                },
                Action::Drop => match context.before().get(id) {
                    $(Some(Object::$kind(object)) => Render::ask_drop(object, id, context, questions),)*
                    None => {}
                },
                Action::Rename { .. } => {}
                Action::Alter(alterations) => match (context.before().get(id), context.after().get(id)) {
                    $((Some(Object::$kind(before)), Some(Object::$kind(after))) => {
                        let own: Vec<_> = alterations.iter().filter_map(|alteration| match alteration {
                            Alteration::$kind(alteration) => Some(alteration),
                            _ => None,
                        }).collect();
                        <$kind as Render>::ask_alter(Pair::new(before, after), id, &own, context, questions);
                    })*
                    (_, _) => {}
                },
            }
        }

    };
}

for_each_kind!(dispatch);

/// What would rename a column or a table, to be offered; a table may move to another schema.
pub(crate) fn rename_offer(from: &ObjectId, to: &ObjectId) -> Option<crate::sql::Sql> {
    match from.kind {
        Kind::Column => Some(
            shared::alter_table(&to.name)
                .kw("RENAME COLUMN")
                .ident(from.own_name())
                .kw("TO")
                .ident(to.own_name()),
        ),
        Kind::Table => shared::renames(shared::alter_table, from, to)
            .into_iter()
            .reduce(|first, second| first.punct(";").line().sql(second)),
        _ => None,
    }
}
