//! Schemas.

use autogen_core::object::{Never, Schema};
use autogen_core::{ObjectId, Pair};

use super::Render;
use crate::context::{Context, Sheet};
use crate::sql::Sql;

impl Render for Schema {
    fn create(&self, id: &ObjectId, _: &Context<'_>, sheet: &mut Sheet) {
        sheet.push(Sql::new("CREATE SCHEMA").ident(&id.name.name));
    }

    /// Without `CASCADE`: what autogen does not manage in it stays, and so does the schema.
    fn drop(&self, id: &ObjectId, _: &Context<'_>, sheet: &mut Sheet) {
        sheet.push(Sql::new("DROP SCHEMA").ident(&id.name.name));
    }

    fn alter(_: Pair<&Self>, _: &ObjectId, alterations: &[&Never], _: &Context<'_>, _: &mut Sheet) {
        if let Some(alteration) = alterations.first() {
            match **alteration {}
        }
    }

    fn rename(&self, from: &ObjectId, to: &ObjectId, _: &Context<'_>, sheet: &mut Sheet) {
        sheet.push(Sql::new("ALTER SCHEMA").ident(&from.name.name).kw("RENAME TO").ident(&to.name.name));
    }
}
