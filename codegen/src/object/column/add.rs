//! `ADD COLUMN`, with what comes in the same statement and what has to wait until the rows have values.

use autogen_core::object::Column;
use autogen_core::object::column::Origin;
use autogen_core::object::sequence::is_owned;
use autogen_core::{Catalog, Expression, HazardKind, Kind, Lock, Object, ObjectId, Pair, QualName};

use super::super::shared::alter_table;
use super::super::{Render, check, constraint, default, foreign_key};
use super::members::create_member;
use super::{
    Member, Shape, above, add_late, definition, domain, fill, generated, identity, members, not_null,
    own_default, own_keys, serial, settings,
};
use crate::context::{Context, Sheet, parents};
use crate::script::Statement;
use crate::sql::Sql;

pub(super) fn add(column: &Column, id: &ObjectId, context: &Context<'_>, sheet: &mut Sheet) {
    if comes_from_parent(column, id, context) {
        add_own(column, id, context, sheet);
        members(context).iter().for_each(|member| create_member(&member.id, context, sheet));
        return;
    }
    if column.identity.is_some() && has_children(id, context) {
        // Children have the column, and no identity.
        Column { identity: None, ..column.clone() }.create(id, context, sheet);
        identity::change(Pair::new(None, column.identity.as_deref()), id, context, sheet);
        return;
    }
    let below = domain::allowing_null(&column.data_type, &id.name, context);
    if let Some(below) = below.filter(|_| column.generated.is_none() && context.may_have_rows(&id.name))
        && !fill::fills_itself(column, id, context)
    {
        domain::create_through(below, column, id, context, sheet);
        return;
    }
    Addition::of(column, id, context).write(sheet);
}

/// What a column has that is there because a parent has got it: its NOT NULL, which the parent has not, and settings.
fn add_own(column: &Column, id: &ObjectId, context: &Context<'_>, sheet: &mut Sheet) {
    if column.not_null && !not_null::is_inherited(id, context.after()) {
        if column.generated.is_none() && context.may_have_rows(&id.name) {
            fill::new_column(id, context, sheet);
        } else {
            let statement = fill::set_not_null(id, context, sheet);
            generated::judge(column, id, context, statement);
        }
    }
    let compression = above(id, context).and_then(|above| above.compression.as_deref());
    settings(id, column, (None, compression), context, sheet);
}

/// A column that comes by a statement of its own, and what decides how.
struct Addition<'a> {
    column: &'a Column,
    id: &'a ObjectId,
    context: &'a Context<'a>,
    serial: Option<&'static str>,
    default: Option<&'a Expression>,
    /// True if the column is the primary key, or in it.
    is_key: bool,
    online: bool,
    /// Somebody has to say what the rows get.
    wants_fill: bool,
    /// The rows get their default by a statement of its own.
    computed: bool,
}

impl<'a> Addition<'a> {
    fn of(column: &'a Column, id: &'a ObjectId, context: &'a Context<'a>) -> Self {
        let (serial, default) = (serial(column, id, context), own_default(id, context));
        let is_key = context.folded(Kind::PrimaryKey).next().is_some();
        let wants_fill = (column.not_null || is_key)
            && serial.is_none()
            && !fill::fills_itself(column, id, context)
            && context.may_have_rows(&id.name);
        // What nobody has filled in fails as a whole while the table is small.
        let asks = wants_fill && !fill::is_answered(id, context);
        let online = context.online(&id.name)
            && !(asks && context.is_small(&id.name))
            && !becomes_identity(id, context);
        let is_late =
            |default: &Expression| online && fill::is_volatile(default) || context.plan.is_stored(&id.name);
        // A domain has its own default, and writes that.
        let computed =
            serial.is_none() && !column.is_written(context.after()) && default.is_some_and(is_late);
        Self { column, id, context, serial, default, is_key, online, wants_fill, computed }
    }

    fn write(&self, sheet: &mut Sheet) {
        let Self { column, id, context, default, .. } = *self;
        let (late, now): (Vec<Member>, Vec<Member>) =
            members(context).into_iter().partition(|member| self.is_late(member));
        let statement = sheet.push(self.statement(now)).lock(Lock::AccessExclusive);
        self.judge(&late, statement);
        if self.computed {
            fill::compute(id, default, column.not_null, self.online, context, sheet);
        } else if self.wants_fill && self.online {
            fill::new_column_online(id, context, sheet);
        } else if self.wants_fill {
            fill::new_column(id, context, sheet);
        }
        for member in late {
            if self.online { create_member(&member.id, context, sheet) } else { add_late(member, sheet) }
        }
        settings(id, column, (None, column.compression.as_deref()), context, sheet);
        if default.is_some() || self.serial.is_some() {
            default::take_off_children(id, context, sheet);
        }
        if context.is_down() && context.may_have_rows(&id.name) {
            sheet.note("the values that it had cannot be brought back");
        }
    }

    /// A primary key can only come after its column is filled. A foreign key is not looked at while its column is NULL.
    fn is_late(&self, member: &Member) -> bool {
        let is_null = self.default.is_none() && self.serial.is_none();
        let is_idle = member.id.kind == Kind::ForeignKey && member.inline.is_some() && is_null;
        !member.foldable
            || member.repeats
            || (self.wants_fill && member.id.kind == Kind::PrimaryKey)
            || (self.online && !is_idle)
    }

    /// True if `NOT NULL` is said when the rows have values.
    fn is_filled_first(&self) -> bool {
        self.column.not_null && (self.wants_fill || self.computed)
    }

    /// True if every row must have a value by the statement itself.
    fn demands_value(&self) -> bool {
        self.column.not_null && !self.is_filled_first() && (self.online || !self.is_key)
    }

    fn statement(&self, members: Vec<Member>) -> Sql {
        let Self { column, id, context, serial, .. } = *self;
        let is_implied = serial.is_some() || column.identity.is_some() || (self.is_key && !self.online);
        let not_null = not_null::words(column, id, is_implied, context).filter(|_| !self.is_filled_first());
        let default = self.default.filter(|_| !self.computed);
        let (inline, beside): (Vec<Member>, Vec<Member>) =
            members.into_iter().partition(|member| member.inline.is_some());
        let shape = Shape { not_null, serial };
        let mut sql =
            alter_table(&id.name).kw("ADD COLUMN").sql(definition(id.own_name(), column, default, shape));
        for words in inline.into_iter().filter_map(|member| member.inline) {
            sql = sql.sql(words);
        }
        for member in beside {
            sql = sql.punct(",").line().kw("    ADD").sql(constraint::named(&member.id, member.full));
        }
        sql
    }

    /// What the statement costs and at what it fails, without the members that come later.
    fn judge(&self, late: &[Member], statement: &mut Statement) {
        let Self { column, id, context, .. } = *self;
        let fills_itself = fill::fills_itself(column, id, context);
        if !self.computed && fill::rewrites(column, id, context) && context.may_have_rows(&id.name) {
            let message = format!("every row of {} is written anew to hold the value", id.name);
            statement.hazard(HazardKind::TableRewrite, message);
        }
        if let Some(default) = self.default.filter(|_| self.demands_value()) {
            fill::judge_default(id, default, context, statement);
        }
        if !fills_itself {
            domain::judge_null(column, id, context, statement);
        }
        generated::judge(column, id, context, statement);
        let comes_now = |member: &ObjectId| !late.iter().any(|late| late.id == *member);
        for (key, risk) in own_keys(context).filter(|(key, _)| comes_now(key)) {
            let what = format!("get the same {} as another", id.own_name());
            risk.judge(statement, &key.name, &what, "give them values of their own first", None, context);
        }
        for (member, object) in context.folded(Kind::ForeignKey).chain(context.folded(Kind::Check)) {
            match object {
                _ if !comes_now(member) => {}
                Object::ForeignKey(key) => foreign_key::judge(key, member, context, statement),
                Object::Check(check) => check::judge(check, member, context, statement),
                _ => {}
            }
        }
        let own = context.folded(Kind::Sequence).find_map(|(_, object)| match object {
            Object::Sequence(sequence) if is_owned(object, id) => Some(&sequence.options),
            _ => None,
        });
        if let Some(options) = column.identity.as_ref().map(|identity| &identity.sequence).or(own) {
            identity::judge_supply(options, id, context, statement);
        }
        if self.demands_value() && context.is_empty(&id.name) && !fills_itself {
            statement.note(&format!("{} is empty, so nothing has to be filled", id.name));
        }
    }
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
