//! Row security policies.

use autogen_core::object::Policy;
use autogen_core::object::policy::{PolicyAlteration, PolicyCommand};
use autogen_core::{Lock, Name, ObjectId, Pair};

use super::Render;
use crate::context::{Context, Sheet};
use crate::sql::Sql;

impl Render for Policy {
    fn create(&self, id: &ObjectId, _: &Context<'_>, sheet: &mut Sheet) {
        let mut sql = on_table(Sql::new("CREATE POLICY"), id).kw_if(!self.permissive, "AS RESTRICTIVE");
        sql = match self.command {
            PolicyCommand::All => sql,
            PolicyCommand::Select => sql.kw("FOR SELECT"),
            PolicyCommand::Insert => sql.kw("FOR INSERT"),
            PolicyCommand::Update => sql.kw("FOR UPDATE"),
            PolicyCommand::Delete => sql.kw("FOR DELETE"),
        };
        if !self.roles.is_empty() {
            sql = to_roles(sql, &self.roles);
        }
        if let Some(using) = &self.using {
            sql = sql.kw("USING").expr_in_parens(using);
        }
        if let Some(check) = &self.check {
            sql = sql.kw("WITH CHECK").expr_in_parens(check);
        }
        sheet.push(sql).lock(Lock::AccessExclusive);
    }

    fn drop(&self, id: &ObjectId, _: &Context<'_>, sheet: &mut Sheet) {
        sheet.push(on_table(Sql::new("DROP POLICY"), id)).lock(Lock::AccessExclusive);
    }

    fn alter(
        _: Pair<&Self>,
        id: &ObjectId,
        alterations: &[&PolicyAlteration],
        _: &Context<'_>,
        sheet: &mut Sheet,
    ) {
        let mut sql = on_table(Sql::new("ALTER POLICY"), id);
        // The grammar wants this order.
        for alteration in alterations {
            if let PolicyAlteration::Roles(roles) = alteration {
                sql = to_roles(sql, roles);
            }
        }
        for alteration in alterations {
            if let PolicyAlteration::Using(using) = alteration {
                sql = sql.kw("USING").expr_in_parens(using);
            }
        }
        for alteration in alterations {
            if let PolicyAlteration::Check(check) = alteration {
                sql = sql.kw("WITH CHECK").expr_in_parens(check);
            }
        }
        sheet.push(sql).lock(Lock::AccessExclusive);
    }

    fn rename(&self, from: &ObjectId, to: &ObjectId, _: &Context<'_>, sheet: &mut Sheet) {
        let sql = Sql::new("ALTER POLICY").ident(from.own_name()).kw("ON").name(&to.name);
        sheet.push(sql.kw("RENAME TO").ident(to.own_name())).lock(Lock::AccessExclusive);
    }
}

fn on_table(sql: Sql, id: &ObjectId) -> Sql {
    sql.ident(id.own_name()).kw("ON").name(&id.name)
}

fn to_roles(sql: Sql, roles: &[Name]) -> Sql {
    if roles.is_empty() {
        return sql.kw("TO PUBLIC");
    }
    sql.kw("TO").list(roles.iter().map(|role| Sql::empty().ident(role)))
}
