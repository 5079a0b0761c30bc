//! Owners: `ALTER … OWNER TO`.

use autogen_core::object::Owner;
use autogen_core::object::owner::OwnerAlteration;
use autogen_core::{Kind, Lock, Name, ObjectId, Pair};

use super::{Render, comment};
use crate::context::{Context, Sheet};

impl Render for Owner {
    fn create(&self, _: &ObjectId, context: &Context<'_>, sheet: &mut Sheet) {
        give(&self.on, &self.role, context, sheet);
    }

    /// An object is never without.
    fn drop(&self, _: &ObjectId, _: &Context<'_>, _: &mut Sheet) {}

    fn alter(
        pair: Pair<&Self>,
        _: &ObjectId,
        alterations: &[&OwnerAlteration],
        context: &Context<'_>,
        sheet: &mut Sheet,
    ) {
        for OwnerAlteration::Role(role) in alterations {
            give(&pair.after.on, role, context, sheet);
        }
    }

    /// Owners follow their object.
    fn rename(&self, _: &ObjectId, _: &ObjectId, _: &Context<'_>, _: &mut Sheet) {}
}

fn give(on: &ObjectId, role: &Name, context: &Context<'_>, sheet: &mut Sheet) {
    let Some(target) = comment::target(on, context.after()) else { return };
    let statement = sheet.push(crate::sql::Sql::new("ALTER").sql(target).kw("OWNER TO").ident(role));
    if matches!(on.kind, Kind::Table | Kind::View | Kind::MaterializedView) {
        statement.lock(Lock::AccessExclusive);
    }
}
