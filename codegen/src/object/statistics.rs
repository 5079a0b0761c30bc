//! Extended statistics, in the server's own words.

use autogen_core::object::Statistics;
use autogen_core::object::statistics::StatisticsAlteration;
use autogen_core::{Lock, ObjectId, Pair};

use super::Render;
use super::shared::rename;
use crate::context::{Context, Sheet};
use crate::sql::Sql;

impl Render for Statistics {
    fn create(&self, id: &ObjectId, _: &Context<'_>, sheet: &mut Sheet) {
        sheet.push(Sql::empty().definition(&self.definition)).lock(Lock::ShareUpdateExclusive);
        if self.target.is_some() {
            set_target(self.target, id, sheet);
        }
    }

    fn drop(&self, id: &ObjectId, _: &Context<'_>, sheet: &mut Sheet) {
        sheet.push(Sql::new("DROP STATISTICS").name(&id.name)).lock(Lock::ShareUpdateExclusive);
    }

    fn alter(
        _: Pair<&Self>,
        id: &ObjectId,
        alterations: &[&StatisticsAlteration],
        _: &Context<'_>,
        sheet: &mut Sheet,
    ) {
        for StatisticsAlteration::Target(target) in alterations {
            set_target(*target, id, sheet);
        }
    }

    fn rename(&self, from: &ObjectId, to: &ObjectId, _: &Context<'_>, sheet: &mut Sheet) {
        rename("ALTER STATISTICS", from, to, sheet);
    }
}

fn set_target(target: Option<i32>, id: &ObjectId, sheet: &mut Sheet) {
    let number = i64::from(target.unwrap_or(-1));
    sheet.push(Sql::new("ALTER STATISTICS").name(&id.name).kw("SET STATISTICS").number(number));
}
