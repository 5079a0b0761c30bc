//! Range types. They never change in place.

use autogen_core::object::{Never, RangeType};
use autogen_core::{ObjectId, Pair};

use super::Render;
use super::shared::rename;
use crate::context::{Context, Sheet};
use crate::sql::Sql;

impl Render for RangeType {
    fn create(&self, id: &ObjectId, _: &Context<'_>, sheet: &mut Sheet) {
        let mut parts = vec![Sql::new("subtype =").data_type(&self.subtype)];
        let named = [
            ("subtype_opclass =", &self.opclass),
            ("collation =", &self.collation),
            ("canonical =", &self.canonical),
            ("subtype_diff =", &self.subtype_diff),
        ];
        for (words, name) in named {
            parts.extend(name.iter().map(|name| Sql::new(words).qualified(name)));
        }
        if let Some(multirange) = &self.multirange {
            parts.push(Sql::new("multirange_type_name =").name(multirange));
        }
        sheet.push(Sql::new("CREATE TYPE").name(&id.name).kw("AS RANGE").parens(parts));
    }

    fn drop(&self, id: &ObjectId, _: &Context<'_>, sheet: &mut Sheet) {
        sheet.push(Sql::new("DROP TYPE").name(&id.name));
    }

    fn alter(_: Pair<&Self>, _: &ObjectId, alterations: &[&Never], _: &Context<'_>, _: &mut Sheet) {
        if let Some(alteration) = alterations.first() {
            match **alteration {}
        }
    }

    fn rename(&self, from: &ObjectId, to: &ObjectId, _: &Context<'_>, sheet: &mut Sheet) {
        rename("ALTER TYPE", from, to, sheet);
    }
}
