//! Settings of pieces that are no objects, in the server's own words.

use autogen_core::object::Setting;
use autogen_core::object::setting::SettingAlteration;
use autogen_core::{Lock, ObjectId, Pair};

use super::Render;
use crate::context::{Context, Sheet};
use crate::sql::Sql;

impl Render for Setting {
    fn create(&self, _: &ObjectId, _: &Context<'_>, sheet: &mut Sheet) {
        sheet.push(Sql::empty().definition(&self.set)).lock(Lock::ShareUpdateExclusive);
    }

    fn drop(&self, _: &ObjectId, _: &Context<'_>, sheet: &mut Sheet) {
        sheet.push(Sql::empty().definition(&self.reset)).lock(Lock::ShareUpdateExclusive);
    }

    fn alter(
        _: Pair<&Self>,
        _: &ObjectId,
        alterations: &[&SettingAlteration],
        _: &Context<'_>,
        sheet: &mut Sheet,
    ) {
        for SettingAlteration::Value(setting) in alterations {
            sheet.push(Sql::empty().definition(&setting.set)).lock(Lock::ShareUpdateExclusive);
        }
    }

    /// A setting follows its object.
    fn rename(&self, _: &ObjectId, _: &ObjectId, _: &Context<'_>, _: &mut Sheet) {}
}
