//! Rewrite rules, in the server's own words.

use autogen_core::object::Rule;
use autogen_core::object::rule::RuleAlteration;
use autogen_core::object::trigger::Firing;
use autogen_core::{Expression, Lock, ObjectId, Pair};

use super::Render;
use super::shared::alter_table;
use crate::context::{Context, Sheet};
use crate::sql::Sql;

impl Render for Rule {
    fn create(&self, id: &ObjectId, _: &Context<'_>, sheet: &mut Sheet) {
        sheet.push(Sql::empty().definition(&self.definition)).lock(Lock::AccessExclusive);
        if self.enabled != Firing::Origin {
            enable(self.enabled, id, sheet);
        }
    }

    fn drop(&self, id: &ObjectId, _: &Context<'_>, sheet: &mut Sheet) {
        let sql = Sql::new("DROP RULE").ident(id.own_name()).kw("ON").name(&id.name);
        sheet.push(sql).lock(Lock::AccessExclusive);
    }

    fn alter(
        _: Pair<&Self>,
        id: &ObjectId,
        alterations: &[&RuleAlteration],
        _: &Context<'_>,
        sheet: &mut Sheet,
    ) {
        for alteration in alterations {
            match alteration {
                RuleAlteration::Definition(definition) => {
                    let sql = match definition.as_str().trim_start().strip_prefix("CREATE RULE ") {
                        Some(rest) => Sql::new("CREATE OR REPLACE RULE").definition(&Expression::new(rest)),
                        None => Sql::empty().definition(definition),
                    };
                    sheet.push(sql).lock(Lock::AccessExclusive);
                }
                RuleAlteration::Enabled(enabled) => enable(*enabled, id, sheet),
            }
        }
    }

    fn rename(&self, from: &ObjectId, to: &ObjectId, _: &Context<'_>, sheet: &mut Sheet) {
        let sql = Sql::new("ALTER RULE").ident(from.own_name()).kw("ON").name(&to.name);
        sheet.push(sql.kw("RENAME TO").ident(to.own_name())).lock(Lock::AccessExclusive);
    }
}

fn enable(firing: Firing, id: &ObjectId, sheet: &mut Sheet) {
    let words = match firing {
        Firing::Origin => "ENABLE RULE",
        Firing::Disabled => "DISABLE RULE",
        Firing::Replica => "ENABLE REPLICA RULE",
        Firing::Always => "ENABLE ALWAYS RULE",
    };
    sheet.push(alter_table(&id.name).kw(words).ident(id.own_name())).lock(Lock::AccessExclusive);
}
