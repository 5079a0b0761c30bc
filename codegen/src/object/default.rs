//! Defaults of columns that are there already; new columns bring theirs along.

use autogen_core::object::Default;
use autogen_core::object::default::DefaultAlteration;
use autogen_core::{Kind, Lock, Object, ObjectId, Pair};

use super::shared::alter_column;
use super::{Render, sequence};
use crate::Statement;
use crate::cast::{Cast, cast};
use crate::context::{Context, Sheet};
use crate::sql::Sql;

impl Render for Default {
    fn create(&self, id: &ObjectId, context: &Context<'_>, sheet: &mut Sheet) {
        let statement = set(self, id, sheet);
        if !context.is_down()
            && let Some(to) = unfit(self, id, context)
        {
            let column = format!("{}.{}", id.name, id.own_name());
            let message = format!(
                "the default of {column} is no {to}; write the new one here, or say it in the model."
            );
            statement.todo(message, None);
        }
        take_off_children(id, context, sheet);
        go_on_after_rows(id, context, sheet);
    }

    fn drop(&self, id: &ObjectId, _: &Context<'_>, sheet: &mut Sheet) {
        sheet.push(alter_column(&id.name, id.own_name()).kw("DROP DEFAULT")).lock(Lock::AccessExclusive);
    }

    fn alter(
        _: Pair<&Self>,
        id: &ObjectId,
        alterations: &[&DefaultAlteration],
        context: &Context<'_>,
        sheet: &mut Sheet,
    ) {
        for alteration in alterations {
            match alteration {
                DefaultAlteration::Expression(expression) => {
                    set(&Default { expression: expression.clone() }, id, sheet);
                    take_off_children(id, context, sheet);
                    go_on_after_rows(id, context, sheet);
                }
            }
        }
    }

    /// The default follows its column.
    fn rename(&self, _: &ObjectId, _: &ObjectId, _: &Context<'_>, _: &mut Sheet) {}
}

fn set<'a>(default: &Default, id: &ObjectId, sheet: &'a mut Sheet) -> &'a mut Statement {
    let sql = alter_column(&id.name, id.own_name()).kw("SET DEFAULT").expr(&default.expression);
    sheet.push(sql).lock(Lock::AccessExclusive)
}

/// A default reaches every descendant; those that are there already and are to have none lose it again.
pub(super) fn take_off_children(id: &ObjectId, context: &Context<'_>, sheet: &mut Sheet) {
    let of = |id: &ObjectId| ObjectId { kind: Kind::Default, ..id.clone() };
    let mut above = vec![&id.name];
    while let Some(parent) = above.pop() {
        for child in context.plan.children(parent, context.at) {
            above.push(child);
            let default = ObjectId::part(Kind::Default, child.clone(), id.own_name().clone());
            let wants = match context.after().get(&default) {
                Some(Object::Default(own)) => {
                    !own.is_null() || context.after().get(&of(id)) == context.after().get(&default)
                }
                _ => false,
            };
            if !wants && !context.plan.drops_after(&default, context.at) {
                let sql = Sql::new("ALTER TABLE ONLY").name(child).kw("ALTER COLUMN").ident(id.own_name());
                sheet.push(sql.kw("DROP DEFAULT")).lock(Lock::AccessExclusive);
            }
        }
    }
}

/// The column's new type, where a literal is made anew as it was but the server does not take it for that type.
fn unfit(default: &Default, id: &ObjectId, context: &Context<'_>) -> Option<String> {
    let old_column =
        ObjectId::column(&context.kept_table(&id.name)?, &context.kept_column(&id.name, id.own_name())?);
    let Some(Object::Default(before)) =
        context.before().get(&ObjectId { kind: Kind::Default, ..old_column.clone() })
    else {
        return None;
    };
    let column = ObjectId::column(&id.name, id.own_name());
    let (Some(Object::Column(old)), Some(Object::Column(new))) =
        (context.before().get(&old_column), context.after().get(&column))
    else {
        return None;
    };
    let text = default.expression.as_str();
    let is_literal = matches!(text, "true" | "false")
        || text.starts_with(|c: char| c.is_ascii_digit() || "'-".contains(c));
    let types = Pair::new(&old.data_type, &new.data_type);
    let stays = before.expression == default.expression && types.before != types.after;
    let automatic = cast(types, Pair::new(context.before(), context.after())) == Cast::Automatic;
    (stays && is_literal && !automatic).then(|| new.data_type.full_text())
}

/// A new sequence behind an old column of numbers starts after the values that are there.
fn go_on_after_rows(id: &ObjectId, context: &Context<'_>, sheet: &mut Sheet) {
    let column = context.after().get(&ObjectId { kind: Kind::Column, ..id.clone() });
    let Some(Object::Column(column)) = column else { return };
    let data_type = column.data_type.full_text();
    let counts = matches!(data_type.as_str(), "smallint" | "integer" | "bigint");
    let is_kept = context.kept_column(&id.name, id.own_name()).is_some();
    if !counts || !is_kept || !context.may_have_rows(&id.name) {
        return;
    }
    // While the column was an identity, the sequence that it goes back to stood still.
    let was_identity = matches!(context.before().get(&ObjectId::column(&id.name, id.own_name())),
        Some(Object::Column(column)) if column.identity.is_some());
    let new = context.after().uses(id).find_map(|used| match context.after().get(used) {
        Some(Object::Sequence(sequence)) if context.plan.created_at(used).is_some() || was_identity => {
            (sequence.options.increment > 0).then_some((used, &sequence.options))
        }
        _ => None,
    });
    if let Some((sequence, options)) = new {
        let name = Sql::empty().qualified(&sequence.name).into_text();
        let highest = Sql::new("max").punct("(").ident(id.own_name()).punct(")");
        // An old sequence may have served others meanwhile; it never goes back.
        let last = Sql::empty().punct("(").kw("SELECT last_value FROM").name(&sequence.name).punct(")");
        let position = match context.plan.created_at(sequence) {
            Some(_) => highest,
            None => Sql::new("greatest").punct("(").list([highest, last]).punct(")"),
        };
        let name = Sql::empty().literal(&name);
        sequence::go_on((name, position), options, (id, &data_type), context, sheet);
    }
}
