//! Columns: how they are written in new tables and added to old ones. What happens to those that are there is in
//! `column/alter.rs`. A column is never filled with data that nobody named: a marker asks for it.

mod add;
mod alter;
mod backfilled;
mod children;
mod definition;
mod domain;
mod fill;
mod generated;
mod gets;
pub(crate) mod identity;
mod members;
pub(crate) mod not_null;
mod published;
mod rebuilt_checks;
pub(crate) mod rebuilt_parts;
mod values;

use autogen_core::object::Column;
use autogen_core::object::column::ColumnAlteration;
use autogen_core::{HazardKind, Kind, Lock, Object, ObjectId, Pair, Question};

use super::shared::alter_table;
use super::{Render, check, foreign_key, primary_key, unique};
use crate::context::{Context, Questions, Risk, Sheet, in_words};
pub(crate) use children::leave_to_children;
use children::{children_keep, children_without, release_sequences};
pub(crate) use definition::{
    Shape, above, alter_foreign_options, definition, own_default, properties, serial, settings,
};
use definition::{set_compression, set_statistics, set_storage, type_storage};
pub(crate) use fill::{Volatility, volatility};
pub(crate) use gets::{Gets, gets_or_has, in_terms_of_now, typed};
pub(crate) use members::{Member, add_late, members};

impl Render for Column {
    fn ask_create(&self, id: &ObjectId, context: &Context<'_>, questions: &mut Questions) {
        questions.ask(context.rows_question(&id.name));
        generated::ask(self, id, context, questions);
        domain::ask_null(self, id, context, questions);
        for (id, object) in context.folded(Kind::ForeignKey).chain(context.folded(Kind::Check)) {
            questions.ask(match object {
                Object::ForeignKey(key) => foreign_key::question(key, id, context),
                Object::Check(check) => check::question(check, id, context),
                _ => None,
            });
        }
        if self.not_null {
            backfilled::ask(id, context, questions);
        }
        for (_, risk) in own_keys(context) {
            questions.ask(risk.question().cloned());
        }
    }

    fn ask_alter(
        pair: Pair<&Self>,
        id: &ObjectId,
        alterations: &[&ColumnAlteration],
        context: &Context<'_>,
        questions: &mut Questions,
    ) {
        alter::ask(pair, id, alterations, context, questions);
    }

    fn ask_drop(&self, id: &ObjectId, context: &Context<'_>, questions: &mut Questions) {
        questions.ask(context.rows_question(&id.name));
        questions.ask(values_question(self, id, context));
    }

    fn create(&self, id: &ObjectId, context: &Context<'_>, sheet: &mut Sheet) {
        add::add(self, id, context, sheet);
    }

    fn drop(&self, id: &ObjectId, context: &Context<'_>, sheet: &mut Sheet) {
        let is_kept = children_keep(id, context);
        if is_kept {
            release_sequences(id, context, sheet);
        }
        let statement = if is_kept {
            leave_to_children(&id.name, id.own_name(), self.not_null, context, sheet)
        } else {
            sheet
                .push(alter_table(&id.name).kw("DROP COLUMN").ident(id.own_name()))
                .lock(Lock::AccessExclusive)
        };
        let values = value_count(self, id, context);
        if self.generated.is_none() && context.may_have_rows(&id.name) && values != Some(0) {
            let message = match values {
                Some(rows) => {
                    format!("the values of {}.{} are lost in {}", id.name, id.own_name(), in_words(rows))
                }
                None => format!("the values of {}.{} are lost", id.name, id.own_name()),
            };
            statement.hazard(HazardKind::DataLoss, message);
            if !context.is_down() {
                statement
                    .hazard(HazardKind::Irreversible, "down.sql makes the column anew, without its values");
            }
        }
        if is_kept {
            for (own, column) in children_without(id, context) {
                column.drop(&own, context, sheet);
            }
        }
    }

    fn alter(
        pair: Pair<&Self>,
        id: &ObjectId,
        alterations: &[&ColumnAlteration],
        context: &Context<'_>,
        sheet: &mut Sheet,
    ) {
        alter::alter(pair, id, alterations, context, sheet);
    }

    fn rename(&self, from: &ObjectId, to: &ObjectId, _: &Context<'_>, sheet: &mut Sheet) {
        let sql =
            alter_table(&to.name).kw("RENAME COLUMN").ident(from.own_name()).kw("TO").ident(to.own_name());
        sheet.push(sql).lock(Lock::AccessExclusive);
    }
}

/// How many rows have no value that would be lost with a column; every row has one that is NOT NULL.
fn values_question(column: &Column, id: &ObjectId, context: &Context<'_>) -> Option<Question> {
    let table = context.kept_table(&id.name).filter(|_| !column.not_null && column.generated.is_none())?;
    Some(Question::Nulls { table, column: context.old_id(id).own_name().clone() })
}

/// In how many rows values are lost with a column, as far as anybody counted.
fn value_count(column: &Column, id: &ObjectId, context: &Context<'_>) -> Option<u64> {
    let found = values_question(column, id, context).map(|question| context.counted(&question));
    match found {
        Some(Some((nulls, total))) => Some(total.saturating_sub(nulls)),
        Some(None) | None => context.row_count(&id.name),
    }
}

/// The unique keys that come with a column, each with the rows that it would refuse.
fn own_keys<'a>(context: &Context<'a>) -> impl Iterator<Item = (&'a ObjectId, Risk)> {
    let unique = context.folded(Kind::Unique).chain(context.folded(Kind::PrimaryKey));
    unique.filter_map(|(id, object)| match object {
        Object::Unique(key) => Some((id, unique::risk(key, id, context))),
        Object::PrimaryKey(key) => Some((id, primary_key::risk(key, id, context))),
        _ => None,
    })
}
