//! Extensions. A new one gets the version of the wanted schema, where that states one.

use autogen_core::object::Extension;
use autogen_core::object::extension::ExtensionAlteration;
use autogen_core::{HazardKind, ObjectId, Pair};

use super::Render;
use crate::context::{Context, Sheet};
use crate::sql::Sql;

impl Render for Extension {
    fn create(&self, id: &ObjectId, _: &Context<'_>, sheet: &mut Sheet) {
        let sql = Sql::new("CREATE EXTENSION IF NOT EXISTS").ident(&id.name.name);
        let usual = matches!(self.schema.as_str(), "" | "public" | "pg_catalog");
        let sql = if usual { sql } else { sql.kw("SCHEMA").ident(&self.schema) };
        sheet.push(match &self.version {
            Some(version) => sql.kw("VERSION").literal(version),
            None => sql,
        });
    }

    fn drop(&self, id: &ObjectId, _: &Context<'_>, sheet: &mut Sheet) {
        let message = format!("all that {} brought goes; Postgres refuses if anything uses it", id.name.name);
        sheet.push(Sql::new("DROP EXTENSION").ident(&id.name.name)).hazard(HazardKind::MayFail, message);
    }

    fn alter(
        _: Pair<&Self>,
        id: &ObjectId,
        alterations: &[&ExtensionAlteration],
        _: &Context<'_>,
        sheet: &mut Sheet,
    ) {
        for alteration in alterations {
            let sql = Sql::new("ALTER EXTENSION").ident(&id.name.name);
            match alteration {
                ExtensionAlteration::Schema(schema) => sheet.push(sql.kw("SET SCHEMA").ident(schema)),
                ExtensionAlteration::Version(Some(version)) => {
                    sheet.push(sql.kw("UPDATE TO").literal(version))
                }
                ExtensionAlteration::Version(None) => sheet.push(sql.kw("UPDATE")),
            };
        }
    }

    /// Extensions have the names that their authors gave them.
    fn rename(&self, _: &ObjectId, _: &ObjectId, _: &Context<'_>, _: &mut Sheet) {}
}
