//! Collations. They never change in place.

use autogen_core::object::{Collation, Never};
use autogen_core::{ObjectId, Pair};

use super::Render;
use super::shared::rename;
use crate::context::{Context, Sheet};
use crate::sql::Sql;

impl Render for Collation {
    fn create(&self, id: &ObjectId, _: &Context<'_>, sheet: &mut Sheet) {
        let mut parts = vec![Sql::new("provider =").kw(match self.provider.as_str() {
            "icu" => "icu",
            "builtin" => "builtin",
            _ => "libc",
        })];
        let texts =
            [("locale =", &self.locale), ("lc_collate =", &self.lc_collate), ("lc_ctype =", &self.lc_ctype)];
        for (words, text) in texts {
            parts.extend(text.iter().map(|text| Sql::new(words).literal(text)));
        }
        if !self.deterministic {
            parts.push(Sql::new("deterministic = false"));
        }
        sheet.push(Sql::new("CREATE COLLATION").name(&id.name).parens(parts));
    }

    fn drop(&self, id: &ObjectId, _: &Context<'_>, sheet: &mut Sheet) {
        sheet.push(Sql::new("DROP COLLATION").qualified(&id.name));
    }

    fn alter(_: Pair<&Self>, _: &ObjectId, alterations: &[&Never], _: &Context<'_>, _: &mut Sheet) {
        if let Some(alteration) = alterations.first() {
            match **alteration {}
        }
    }

    fn rename(&self, from: &ObjectId, to: &ObjectId, _: &Context<'_>, sheet: &mut Sheet) {
        rename("ALTER COLLATION", from, to, sheet);
    }
}
