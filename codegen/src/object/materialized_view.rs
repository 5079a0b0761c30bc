//! Materialized views. Their rows come from their query, so that none are lost with them.

use autogen_core::object::MaterializedView;
use autogen_core::object::materialized_view::MaterializedViewAlteration;
use autogen_core::{Lock, ObjectId, Pair};

use super::Render;
use super::shared::{options, rename, set_tablespace, tablespace, with_options};
use crate::context::{Context, Sheet};
use crate::sql::Sql;

impl Render for MaterializedView {
    fn create(&self, id: &ObjectId, _: &Context<'_>, sheet: &mut Sheet) {
        let mut sql = Sql::new("CREATE MATERIALIZED VIEW").name(&id.name);
        if let Some(method) = &self.access_method {
            sql = sql.kw("USING").ident(method);
        }
        sql = tablespace(with_options(sql, &self.options), self.tablespace.as_ref());
        sql = sql.kw("AS").line().definition(&self.definition);
        sheet.push(if self.populated { sql } else { sql.line().kw("WITH NO DATA") });
    }

    fn drop(&self, id: &ObjectId, _: &Context<'_>, sheet: &mut Sheet) {
        sheet.push(Sql::new("DROP MATERIALIZED VIEW").name(&id.name)).lock(Lock::AccessExclusive);
    }

    fn alter(
        pair: Pair<&Self>,
        id: &ObjectId,
        alterations: &[&MaterializedViewAlteration],
        _: &Context<'_>,
        sheet: &mut Sheet,
    ) {
        let alter = || Sql::new("ALTER MATERIALIZED VIEW").name(&id.name);
        for alteration in alterations {
            match alteration {
                MaterializedViewAlteration::Options(new) => options(alter, &pair.before.options, new, sheet),
                MaterializedViewAlteration::Tablespace(new) => set_tablespace(alter(), new.as_ref(), sheet),
            }
        }
    }

    fn rename(&self, from: &ObjectId, to: &ObjectId, _: &Context<'_>, sheet: &mut Sheet) {
        rename("ALTER MATERIALIZED VIEW", from, to, sheet);
    }
}
