//! Columns: how they are written in new tables and added to old ones. What happens to those that are there is in
//! `column/alter.rs`. A column is never filled with data that nobody named: a marker asks for it.

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
use autogen_core::object::column::{ColumnAlteration, Origin};
use autogen_core::object::sequence::is_owned;
use autogen_core::{Catalog, HazardKind, Kind, Lock, Object, ObjectId, Pair, QualName};

use super::shared::alter_table;
use super::{Render, check, constraint, default, foreign_key, primary_key, unique};
use crate::context::{Context, Questions, Risk, Sheet, in_words, parents};
pub(crate) use children::leave_to_children;
use children::{children_keep, children_without, release_sequences};
pub(crate) use definition::{
    Shape, afterwards, alter_foreign_options, definition, own_default, properties, serial,
};
use definition::{set_statistics, set_storage};
pub(crate) use fill::{Volatility, volatility};
pub(crate) use gets::{Gets, gets_or_has, in_terms_of_now, typed};
use members::create_member;
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
    }

    fn create(&self, id: &ObjectId, context: &Context<'_>, sheet: &mut Sheet) {
        if comes_from_parent(self, id, context) {
            // But for its NOT NULL, which the parent has not.
            if self.generated.is_none() && context.may_have_rows(&id.name) {
                fill::new_column(id, context, sheet);
            } else {
                let statement = fill::set_not_null(id, context, sheet);
                generated::judge(self, id, context, statement);
            }
            members(context).iter().for_each(|member| create_member(&member.id, context, sheet));
            return;
        }
        if self.identity.is_some() && has_children(id, context) {
            // Children have the column, and no identity.
            Column { identity: None, ..self.clone() }.create(id, context, sheet);
            identity::change(Pair::new(None, self.identity.as_deref()), id, context, sheet);
            return;
        }
        let below = domain::allowing_null(&self.data_type, &id.name, context);
        if let Some(below) = below.filter(|_| self.generated.is_none() && context.may_have_rows(&id.name))
            && !fill::fills_itself(self, id, context)
        {
            domain::create_through(below, self, id, context, sheet);
            return;
        }
        let serial = serial(self, id, context);
        let default = own_default(id, context);
        let is_key = context.folded(Kind::PrimaryKey).next().is_some();
        let wants_fill = (self.not_null || is_key)
            && serial.is_none()
            && !fill::fills_itself(self, id, context)
            && context.may_have_rows(&id.name);
        // What nobody has filled in fails as a whole while the table is small.
        let asks = wants_fill && !fill::is_answered(id, context);
        let online = context.online(&id.name)
            && !(asks && context.is_small(&id.name))
            && !becomes_identity(id, context);
        let is_late = |default: &autogen_core::Expression| {
            online && fill::is_volatile(default) || context.plan.is_stored(&id.name)
        };
        // A domain has its own default, and writes that.
        let computed = serial.is_none() && !self.is_written(context.after()) && default.is_some_and(is_late);
        let late_not_null = self.not_null && (wants_fill || computed);
        let is_implied = serial.is_some() || self.identity.is_some() || (is_key && !online);
        let not_null = not_null::words(self, id, is_implied, context).filter(|_| !late_not_null);
        let demands_value = self.not_null && !late_not_null && (online || !is_key);
        let shape = Shape { not_null, serial };
        // A primary key can only come after its column is filled. A foreign key is not looked at while its column is NULL.
        let is_null = default.is_none() && serial.is_none();
        let waits = |member: &Member| {
            !member.foldable
                || member.repeats
                || (wants_fill && member.id.kind == Kind::PrimaryKey)
                || (online && !(member.id.kind == Kind::ForeignKey && member.inline.is_some() && is_null))
        };
        let (late, members): (Vec<Member>, Vec<Member>) = members(context).into_iter().partition(waits);
        let (inline, beside): (Vec<Member>, Vec<Member>) =
            members.into_iter().partition(|member| member.inline.is_some());
        let mut sql = alter_table(&id.name).kw("ADD COLUMN").sql(definition(
            id.own_name(),
            self,
            default.filter(|_| !computed),
            shape,
        ));
        for words in inline.into_iter().filter_map(|member| member.inline) {
            sql = sql.sql(words);
        }
        for member in beside {
            sql = sql.punct(",").line().kw("    ADD").sql(constraint::named(&member.id, member.full));
        }
        let statement = sheet.push(sql).lock(Lock::AccessExclusive);
        if !computed && fill::rewrites(self, id, context) && context.may_have_rows(&id.name) {
            let message = format!("every row of {} is written anew to hold the value", id.name);
            statement.hazard(HazardKind::TableRewrite, message);
        }
        if let Some(default) = default.filter(|_| demands_value) {
            fill::judge_default(id, default, context, statement);
        }
        if !fill::fills_itself(self, id, context) {
            domain::judge_null(self, id, context, statement);
        }
        generated::judge(self, id, context, statement);
        for (key, risk) in own_keys(context).filter(|(key, _)| !late.iter().any(|member| member.id == **key))
        {
            let what = format!("get the same {} as another", id.own_name());
            risk.judge(statement, &key.name, &what, "give them values of their own first", None, context);
        }
        for (member, object) in context.folded(Kind::ForeignKey).chain(context.folded(Kind::Check)) {
            match object {
                _ if late.iter().any(|late| late.id == *member) => {}
                Object::ForeignKey(key) => foreign_key::judge(key, member, context, statement),
                Object::Check(check) => check::judge(check, member, context, statement),
                _ => {}
            }
        }
        let own = context.folded(Kind::Sequence).find_map(|(_, object)| match object {
            Object::Sequence(sequence) if is_owned(object, id) => Some(&sequence.options),
            _ => None,
        });
        if let Some(options) = self.identity.as_ref().map(|identity| &identity.sequence).or(own) {
            identity::judge_supply(options, id, context, statement);
        }
        if demands_value && context.is_empty(&id.name) && !fill::fills_itself(self, id, context) {
            statement.note(&format!("{} is empty, so nothing has to be filled", id.name));
        }
        if computed {
            fill::compute(id, default, self.not_null, online, context, sheet);
        } else if wants_fill && online {
            fill::new_column_online(id, context, sheet);
        } else if wants_fill {
            fill::new_column(id, context, sheet);
        }
        for member in late {
            if online { create_member(&member.id, context, sheet) } else { add_late(member, sheet) }
        }
        afterwards(id, self, sheet);
        if default.is_some() || serial.is_some() {
            default::take_off_children(id, context, sheet);
        }
        if context.is_down() && context.may_have_rows(&id.name) {
            sheet.note("the values that it had cannot be brought back");
        }
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
        if self.generated.is_none() && context.may_have_rows(&id.name) {
            let message = match context.row_count(&id.name) {
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

/// The unique keys that come with a column, each with the rows that it would refuse.
fn own_keys<'a>(context: &Context<'a>) -> impl Iterator<Item = (&'a ObjectId, Risk)> {
    let unique = context.folded(Kind::Unique).chain(context.folded(Kind::PrimaryKey));
    unique.filter_map(|(id, object)| match object {
        Object::Unique(key) => Some((id, unique::risk(key, id, context))),
        Object::PrimaryKey(key) => Some((id, primary_key::risk(key, id, context))),
        _ => None,
    })
}

/// True for a column that is there because a parent got it earlier, or a parent's parent.
fn comes_from_parent(column: &Column, id: &ObjectId, context: &Context<'_>) -> bool {
    let table = ObjectId::table(&id.name);
    let of = |catalog| Catalog::get(catalog, &table).into_iter().flat_map(parents);
    let stays = |parent: &&QualName| of(context.before()).any(|old| old == *parent);
    let comes = |parent: &QualName| {
        let above = ObjectId::column(parent, id.own_name());
        match (context.plan.created_at(&above), context.after().get(&above)) {
            (Some(at), _) => at < context.at,
            (None, Some(Object::Column(column))) => comes_from_parent(column, &above, context),
            (None, _) => false,
        }
    };
    column.origin == Origin::Inherited && of(context.after()).filter(stays).any(comes)
}

/// True for a column that is made an identity once it is there, which takes NOT NULL for granted.
fn becomes_identity(id: &ObjectId, context: &Context<'_>) -> bool {
    let is_identity =
        matches!(context.after().get(id), Some(Object::Column(column)) if column.identity.is_some());
    is_identity && has_children(id, context)
}

/// True for a table that others inherit from already. Partitions share their parent's identity from 17 on.
fn has_children(id: &ObjectId, context: &Context<'_>) -> bool {
    let shares = context.options.server_version >= 170_000;
    let inherits = |child: &QualName| {
        let table = context.after().get(&ObjectId::table(child));
        matches!(table, Some(Object::Table(table)) if !shares || table.inherits.contains(&id.name))
    };
    context.plan.children(&id.name, context.at).any(inherits)
}
