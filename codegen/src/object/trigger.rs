//! Triggers, in the server's own words.

use autogen_core::object::Trigger;
use autogen_core::object::trigger::{Firing, TriggerAlteration};
use autogen_core::{Lock, ObjectId, Pair};

use super::Render;
use super::shared::alter_table;
use crate::context::{Context, Sheet};
use crate::sql::Sql;

impl Render for Trigger {
    fn create(&self, id: &ObjectId, _: &Context<'_>, sheet: &mut Sheet) {
        sheet.push(Sql::empty().definition(&self.definition)).lock(Lock::ShareRowExclusive);
        if self.enabled != Firing::Origin {
            enable(self.enabled, id, sheet);
        }
    }

    fn drop(&self, id: &ObjectId, _: &Context<'_>, sheet: &mut Sheet) {
        let sql = Sql::new("DROP TRIGGER").ident(id.own_name()).kw("ON").name(&id.name);
        sheet.push(sql).lock(Lock::AccessExclusive);
    }

    fn alter(
        _: Pair<&Self>,
        id: &ObjectId,
        alterations: &[&TriggerAlteration],
        _: &Context<'_>,
        sheet: &mut Sheet,
    ) {
        for TriggerAlteration::Enabled(enabled) in alterations {
            enable(*enabled, id, sheet);
        }
    }

    fn rename(&self, from: &ObjectId, to: &ObjectId, _: &Context<'_>, sheet: &mut Sheet) {
        let sql = Sql::new("ALTER TRIGGER").ident(from.own_name()).kw("ON").name(&to.name);
        sheet.push(sql.kw("RENAME TO").ident(to.own_name())).lock(Lock::AccessExclusive);
    }
}

fn enable(firing: Firing, id: &ObjectId, sheet: &mut Sheet) {
    let words = match firing {
        Firing::Origin => "ENABLE TRIGGER",
        Firing::Disabled => "DISABLE TRIGGER",
        Firing::Replica => "ENABLE REPLICA TRIGGER",
        Firing::Always => "ENABLE ALWAYS TRIGGER",
    };
    sheet.push(alter_table(&id.name).kw(words).ident(id.own_name())).lock(Lock::ShareRowExclusive);
}
