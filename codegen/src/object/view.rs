//! Views, by their query in the server's own words, which name the columns too.

use autogen_core::object::View;
use autogen_core::object::view::ViewAlteration;
use autogen_core::{ObjectId, Pair};

use super::Render;
use super::shared::{options, rename, with_options};
use crate::context::{Context, Sheet};
use crate::sql::Sql;

impl Render for View {
    fn create(&self, id: &ObjectId, _: &Context<'_>, sheet: &mut Sheet) {
        sheet.push(definition(Sql::new("CREATE VIEW"), id, self));
    }

    fn drop(&self, id: &ObjectId, _: &Context<'_>, sheet: &mut Sheet) {
        sheet.push(Sql::new("DROP VIEW").name(&id.name));
    }

    fn alter(
        pair: Pair<&Self>,
        id: &ObjectId,
        alterations: &[&ViewAlteration],
        _: &Context<'_>,
        sheet: &mut Sheet,
    ) {
        for alteration in alterations {
            match alteration {
                ViewAlteration::Definition(view) => {
                    sheet.push(definition(Sql::new("CREATE OR REPLACE VIEW"), id, view));
                }
                ViewAlteration::Options(new) => {
                    options(|| Sql::new("ALTER VIEW").name(&id.name), &pair.before.options, new, sheet);
                }
            }
        }
    }

    fn rename(&self, from: &ObjectId, to: &ObjectId, _: &Context<'_>, sheet: &mut Sheet) {
        rename("ALTER VIEW", from, to, sheet);
    }
}

fn definition(sql: Sql, id: &ObjectId, view: &View) -> Sql {
    with_options(sql.name(&id.name), &view.options).kw("AS").line().definition(&view.definition)
}
