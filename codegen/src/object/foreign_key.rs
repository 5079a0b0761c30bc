//! Foreign keys. Rows without a parent make them fail.

use autogen_core::object::foreign_key::{ForeignKeyAlteration, ReferentialAction};
use autogen_core::object::{Deferrability, ForeignKey, ObjectKind, choose_name, comes_ahead};
use autogen_core::{Expression, HazardKind, Lock, Name, ObjectId, Pair, Question};

use super::column::{Gets, gets_or_has};
use super::shared::alter_table;
use super::{Render, constraint};
use crate::context::{Context, Questions, Risk, Sheet};
use crate::online;
use crate::sql::Sql;

impl Render for ForeignKey {
    fn ask_create(&self, id: &ObjectId, context: &Context<'_>, questions: &mut Questions) {
        questions.ask(context.rows_question(&id.name));
        questions.ask(question(self, id, context));
    }

    fn ask_alter(
        pair: Pair<&Self>,
        id: &ObjectId,
        alterations: &[&ForeignKeyAlteration],
        context: &Context<'_>,
        questions: &mut Questions,
    ) {
        if alterations.contains(&&ForeignKeyAlteration::Validate) {
            Self::ask_create(pair.after, id, context, questions);
        }
    }

    fn create(&self, id: &ObjectId, context: &Context<'_>, sheet: &mut Sheet) {
        if self.inherited && !comes_ahead(id, Pair::new(context.before(), context.after())) {
            return;
        }
        let looks = self.validated && self.enforced;
        // The server takes none that is not valid for the part of a parent's.
        if looks
            && !self.inherited
            && can_wait(id, context)
            && context.online_unless(&id.name, orphans(self, id, context).question())
        {
            let statement =
                online::validate::add(id, definition(self), Lock::ShareRowExclusive, context, sheet);
            warn(self, id, context, statement);
        } else {
            let sql = definition(self).kw_if(!self.validated && self.enforced, "NOT VALID");
            let statement = constraint::add(id, sql, sheet).lock(Lock::ShareRowExclusive);
            warn(self, id, context, statement);
            if looks && context.keeps_waiting(&id.name) {
                let message =
                    format!("nobody can write to {} or {} while all rows are checked", id.name, self.parent);
                statement.hazard(HazardKind::BlocksUse, message);
            }
        }
    }

    fn drop(&self, id: &ObjectId, context: &Context<'_>, sheet: &mut Sheet) {
        if !self.inherited || constraint::is_left_behind(id, context) {
            constraint::drop(id, sheet);
        }
    }

    fn alter(
        pair: Pair<&Self>,
        id: &ObjectId,
        alterations: &[&<Self as ObjectKind>::Alteration],
        context: &Context<'_>,
        sheet: &mut Sheet,
    ) {
        for alteration in alterations {
            match alteration {
                ForeignKeyAlteration::Deferrability(new) => {
                    let sql =
                        alter_table(&id.name).kw("ALTER CONSTRAINT").ident(id.own_name()).kw(match new {
                            Deferrability::NotDeferrable => "NOT DEFERRABLE",
                            Deferrability::InitiallyImmediate => "DEFERRABLE INITIALLY IMMEDIATE",
                            Deferrability::InitiallyDeferred => "DEFERRABLE INITIALLY DEFERRED",
                        });
                    sheet.push(sql).lock(Lock::AccessExclusive);
                }
                ForeignKeyAlteration::Validate => {
                    let statement = online::validate::validate(id, context, sheet);
                    warn(pair.after, id, context, statement);
                }
            }
        }
    }

    fn rename(&self, from: &ObjectId, to: &ObjectId, _: &Context<'_>, sheet: &mut Sheet) {
        constraint::rename(from, to, sheet);
    }
}

/// Before 18 a partitioned table's keys look at the rows when they are added.
fn can_wait(id: &ObjectId, context: &Context<'_>) -> bool {
    context.options.server_version >= 180_000 || !context.is_partitioned(&id.name)
}

/// Rows that would refer to nothing. There are none where a column of the key is new, and NULL.
fn orphans(key: &ForeignKey, id: &ObjectId, context: &Context<'_>) -> Risk {
    if !key.validated || !key.enforced {
        return Risk::None;
    }
    let mut keys = Vec::new();
    for column in &key.columns {
        match gets_or_has(&ObjectId::column(&id.name, column), context) {
            Gets::Value(value) => keys.push(value),
            Gets::Null if !key.match_full => return Risk::None,
            Gets::Null | Gets::Own | Gets::Unknown => return Risk::Unknown,
        }
    }
    asked(key, keys, id, context).into()
}

fn asked(key: &ForeignKey, keys: Vec<Expression>, id: &ObjectId, context: &Context<'_>) -> Option<Question> {
    Some(Question::Orphans {
        table: context.kept_table(&id.name)?,
        only: context.has_own_rows(&id.name),
        keys,
        parent: context.kept_table(&key.parent)?,
        only_parent: context.has_own_rows(&key.parent),
        parent_columns: context.kept_columns(&key.parent, &key.parent_columns)?,
    })
}

/// Says on a statement that adds or validates the key what the rows may do to it.
pub(crate) fn warn(key: &ForeignKey, id: &ObjectId, context: &Context<'_>, statement: &mut crate::Statement) {
    if !key.validated || !key.enforced {
        return;
    }
    judge(key, id, context, statement);
    if context.has_rows(&id.name) {
        statement.hazard(HazardKind::FullScan, format!("all rows of {} are read", id.name));
    }
}

/// Says for which rows it fails.
pub(crate) fn judge(
    key: &ForeignKey,
    id: &ObjectId,
    context: &Context<'_>,
    statement: &mut crate::Statement,
) {
    let what = format!("have no row of {} to refer to", key.parent);
    let advice = "give them one or remove them first";
    orphans(key, id, context).judge(statement, &id.name, &what, advice, None, context);
}

/// The question for which rows it fails.
pub(crate) fn question(key: &ForeignKey, id: &ObjectId, context: &Context<'_>) -> Option<Question> {
    orphans(key, id, context).question().cloned()
}

/// `FOREIGN KEY (…) REFERENCES …`, without `NOT VALID`, which a new table has no use for.
pub(crate) fn definition(key: &ForeignKey) -> Sql {
    Sql::new("FOREIGN KEY").columns(&key.columns).sql(references(key))
}

/// The key as part of its only column, if it has the name that Postgres would choose.
pub(crate) fn inline(key: &ForeignKey, id: &ObjectId) -> Option<(Name, Sql)> {
    let [column] = key.columns.as_slice() else { return None };
    let chosen = choose_name(&[id.name.name.as_str(), column.as_str()], "fkey") == id.own_name().as_str();
    chosen.then(|| (column.clone(), references(key)))
}

fn references(key: &ForeignKey) -> Sql {
    let mut sql = Sql::new("REFERENCES")
        .name(&key.parent)
        .columns(&key.parent_columns)
        .kw_if(key.match_full, "MATCH FULL");
    if let Some(words) = action(key.on_delete) {
        sql = sql.kw("ON DELETE").kw(words);
        if !key.set_columns.is_empty() {
            sql = sql.columns(&key.set_columns);
        }
    }
    if let Some(words) = action(key.on_update) {
        sql = sql.kw("ON UPDATE").kw(words);
    }
    constraint::deferrability(sql, key.deferrability).kw_if(!key.enforced, "NOT ENFORCED")
}

fn action(action: ReferentialAction) -> Option<&'static str> {
    match action {
        ReferentialAction::NoAction => None,
        ReferentialAction::Restrict => Some("RESTRICT"),
        ReferentialAction::Cascade => Some("CASCADE"),
        ReferentialAction::SetNull => Some("SET NULL"),
        ReferentialAction::SetDefault => Some("SET DEFAULT"),
    }
}
