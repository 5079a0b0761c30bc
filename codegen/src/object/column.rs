//! Columns: how they are written in new tables and added to old ones. What happens to those that are there is in
//! `column/alter.rs`. A column is never filled with data that nobody named: a marker asks for it.

mod alter;
mod backfilled;
mod children;
mod domain;
mod fill;
mod generated;
mod gets;
pub(crate) mod identity;
pub(crate) mod not_null;
mod published;
mod rebuilt_checks;
pub(crate) mod rebuilt_parts;
mod values;

use autogen_core::object::Column;
use autogen_core::object::column::{ColumnAlteration, Origin, Storage};
use autogen_core::object::sequence::is_owned;
use autogen_core::{Catalog, HazardKind, Kind, Lock, Name, Object, ObjectId, Options, Pair, QualName};

use super::shared::{alter_column, alter_table, collate, foreign_options, options, with_foreign_options};
use super::{Render, check, constraint, default, exclusion, foreign_key, primary_key, unique};
use crate::context::{Context, Questions, Risk, Sheet, in_words, parents};
use crate::sql::Sql;
pub(crate) use children::leave_to_children;
use children::{children_keep, children_without, release_sequences};
pub(crate) use fill::{Volatility, volatility};
pub(crate) use gets::{Gets, gets_or_has, in_terms_of_now, typed};

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

/// How a column is written where that is not the column's own matter.
#[derive(Default)]
pub(crate) struct Shape {
    /// `NOT NULL`, if it is to be said here; a primary key says it too, and a column that must be filled gets it later.
    pub(crate) not_null: Option<Sql>,
    /// The `serial` word that stands for type, default and sequence.
    pub(crate) serial: Option<&'static str>,
}

/// `name type …`.
pub(crate) fn definition(
    name: &Name,
    column: &Column,
    default: Option<&autogen_core::Expression>,
    shape: Shape,
) -> Sql {
    let sql = Sql::empty().ident(name);
    if let Some(word) = shape.serial {
        return sql.kw(word).sql(shape.not_null.unwrap_or_default());
    }
    let sql = sql.data_type(&column.data_type);
    properties(sql, column, default, shape.not_null)
}

/// What stands after the type: also in the column list of a typed table or a partition.
pub(crate) fn properties(
    mut sql: Sql,
    column: &Column,
    default: Option<&autogen_core::Expression>,
    not_null: Option<Sql>,
) -> Sql {
    sql = match column.compression.as_deref() {
        Some("lz4") => sql.kw("COMPRESSION lz4"),
        Some("pglz") => sql.kw("COMPRESSION pglz"),
        Some(_) | None => sql,
    };
    sql = collate(with_foreign_options(sql, &column.foreign_options), column.collation.as_ref());
    if let Some(default) = default {
        sql = sql.kw("DEFAULT").expr(default);
    }
    if let Some(identity) = &column.identity {
        sql = sql.sql(identity::words(identity));
    }
    if let Some(generated) = &column.generated {
        sql = sql.kw("GENERATED ALWAYS AS").expr_in_parens(&generated.expression);
        sql = sql.kw(if generated.stored { "STORED" } else { "VIRTUAL" });
    }
    sql.sql(not_null.unwrap_or_default())
}

/// The settings that no column definition can state on every version.
pub(crate) fn afterwards(id: &ObjectId, column: &Column, sheet: &mut Sheet) {
    if let Some(storage) = column.storage {
        sheet.push(set_storage(id, Some(storage)));
    }
    if let Some(statistics) = column.statistics {
        sheet.push(set_statistics(id, Some(statistics)));
    }
    options(|| alter_column(&id.name, id.own_name()), &autogen_core::Options::new(), &column.options, sheet);
}

/// `OPTIONS (…)` of a foreign table's column.
pub(crate) fn alter_foreign_options(id: &ObjectId, before: &Options, after: &Options, sheet: &mut Sheet) {
    let alter = Sql::new("ALTER FOREIGN TABLE").name(&id.name).kw("ALTER COLUMN").ident(id.own_name());
    foreign_options(alter, before, after, sheet);
}

pub(crate) fn set_storage(id: &ObjectId, storage: Option<Storage>) -> Sql {
    alter_column(&id.name, id.own_name()).kw("SET STORAGE").kw(match storage {
        Some(Storage::Plain) => "PLAIN",
        Some(Storage::External) => "EXTERNAL",
        Some(Storage::Extended) => "EXTENDED",
        Some(Storage::Main) => "MAIN",
        // From 16 on the type's own; older servers refuse the word, and have no other.
        None => "DEFAULT",
    })
}

pub(crate) fn set_statistics(id: &ObjectId, target: Option<i32>) -> Sql {
    alter_column(&id.name, id.own_name()).kw("SET STATISTICS").number(i64::from(target.unwrap_or(-1)))
}

/// The `serial` word, if the column's default and sequence come with it.
pub(crate) fn serial(column: &Column, id: &ObjectId, context: &Context<'_>) -> Option<&'static str> {
    if !context.folded(Kind::Sequence).any(|(_, object)| is_owned(object, id)) {
        return None;
    }
    match column.data_type.full_text().as_str() {
        "smallint" => Some("smallserial"),
        "integer" => Some("serial"),
        "bigint" => Some("bigserial"),
        _ => None,
    }
}

/// The default that is created with the column.
pub(crate) fn own_default<'a>(id: &ObjectId, context: &Context<'a>) -> Option<&'a autogen_core::Expression> {
    let id = ObjectId { kind: Kind::Default, ..id.clone() };
    context.folded(Kind::Default).find(|(other, _)| **other == id).and_then(|(_, object)| match object {
        Object::Default(default) => Some(&default.expression),
        _ => None,
    })
}

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
fn create_member(id: &ObjectId, context: &Context<'_>, sheet: &mut Sheet) {
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
