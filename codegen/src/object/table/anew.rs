//! A table that is made anew because no statement changes it: its rows go with it, unless somebody puts them aside.

use autogen_core::object::choose_name;
use autogen_core::object::column::in_order;
use autogen_core::{ObjectId, QualName};

use crate::context::Context;
use crate::script::Statement;
use crate::sql::Sql;

/// Asks what is to become of rows that are there, or may be.
pub(super) fn ask_for_rows(id: &ObjectId, context: &Context<'_>, drop: &mut Statement) {
    if context.change.replaces && context.after().contains(id) {
        let message = format!(
            "nothing changes {} in place, so its rows go; to keep them, put them aside before, and back when all is there again.",
            id.name
        );
        drop.todo(message, Some(template(&id.name, context)));
    }
}

fn template(table: &QualName, context: &Context<'_>) -> Sql {
    let aside = table.sibling(choose_name(&[table.name.as_str()], "autogen_rows"));
    let after = in_order(context.after(), table);
    let kept = after.iter().filter(|(name, column)| {
        column.generated.is_none() && context.before().contains(&ObjectId::column(table, name))
    });
    let is_supplied = kept.clone().any(|(_, column)| column.identity.is_some());
    let names = || kept.clone().map(|(name, _)| Sql::empty().ident(name));
    Sql::new("CREATE TABLE")
        .name(&aside)
        .kw("AS TABLE")
        .name(table)
        .punct(";")
        .line()
        .kw("INSERT INTO")
        .name(table)
        .parens(names())
        .kw_if(is_supplied, "OVERRIDING SYSTEM VALUE")
        .kw("SELECT")
        .list(names())
        .kw("FROM")
        .name(&aside)
        .punct(";")
        .line()
        .kw("DROP TABLE")
        .name(&aside)
}
