//! Defaults of columns that are there already; new columns bring theirs along.

use autogen_core::object::Default;
use autogen_core::object::default::DefaultAlteration;
use autogen_core::{Kind, Lock, Object, ObjectId, Pair};

use super::Render;
use super::shared::alter_column;
use crate::context::{Context, Sheet};
use crate::sql::Sql;

impl Render for Default {
    fn create(&self, id: &ObjectId, context: &Context<'_>, sheet: &mut Sheet) {
        set(self, id, sheet);
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
                    go_on_after_rows(id, context, sheet);
                }
            }
        }
    }

    /// The default follows its column.
    fn rename(&self, _: &ObjectId, _: &ObjectId, _: &Context<'_>, _: &mut Sheet) {}
}

fn set(default: &Default, id: &ObjectId, sheet: &mut Sheet) {
    let sql = alter_column(&id.name, id.own_name()).kw("SET DEFAULT").expr(&default.expression);
    sheet.push(sql).lock(Lock::AccessExclusive);
}

/// A new sequence behind an old column starts after the values that are there.
fn go_on_after_rows(id: &ObjectId, context: &Context<'_>, sheet: &mut Sheet) {
    if !context.may_have_rows(&id.name) || context.kept_column(&id.name, id.own_name()).is_none() {
        return;
    }
    let new = context.after().uses(id).find(|used| {
        used.kind == Kind::Sequence
            && context.plan.created_at(used).is_some()
            && matches!(context.after().get(used), Some(Object::Sequence(sequence)) if sequence.options.increment > 0)
    });
    if let Some(sequence) = new {
        let name = Sql::empty().qualified(&sequence.name).into_text();
        let column = Sql::empty().ident(id.own_name());
        let arguments = [Sql::empty().literal(&name), Sql::new("max").punct("(").sql(column).punct(")")];
        sheet.push(Sql::new("SELECT setval").punct("(").list(arguments).punct(")").kw("FROM").name(&id.name));
    }
}
