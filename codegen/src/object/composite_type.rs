//! Stand-alone composite types.

use autogen_core::object::CompositeType;
use autogen_core::object::composite_type::{Attribute, CompositeTypeAlteration};
use autogen_core::{HazardKind, Kind, Object, ObjectId, Pair};

use super::Render;
use super::shared::{collate, rename};
use crate::context::{Context, Sheet};
use crate::sql::Sql;

impl Render for CompositeType {
    fn create(&self, id: &ObjectId, _: &Context<'_>, sheet: &mut Sheet) {
        let attributes = self
            .attributes
            .iter()
            .map(|a| collate(Sql::empty().ident(&a.name).data_type(&a.data_type), a.collation.as_ref()));
        sheet.push(Sql::new("CREATE TYPE").name(&id.name).kw("AS").block(attributes));
    }

    fn drop(&self, id: &ObjectId, _: &Context<'_>, sheet: &mut Sheet) {
        sheet.push(Sql::new("DROP TYPE").name(&id.name));
    }

    fn alter(
        _: Pair<&Self>,
        id: &ObjectId,
        alterations: &[&CompositeTypeAlteration],
        context: &Context<'_>,
        sheet: &mut Sheet,
    ) {
        let has_tables = context.before().of_kind(Kind::Table).any(
            |(_, object)| matches!(object, Object::Table(table) if table.of_type.as_ref() == Some(&id.name)),
        );
        // Tables that are made of the type follow.
        let cascade = |sql: Sql| sql.kw_if(has_tables, "CASCADE");
        for alteration in alterations {
            let sql = Sql::new("ALTER TYPE").name(&id.name);
            match alteration {
                CompositeTypeAlteration::Add(attribute) => {
                    sheet.push(cascade(of_type(sql.kw("ADD ATTRIBUTE").ident(&attribute.name), attribute)));
                }
                CompositeTypeAlteration::Drop(name) => {
                    let message =
                        format!("the values of {}.{name} are lost wherever the type is stored", id.name);
                    sheet
                        .push(cascade(sql.kw("DROP ATTRIBUTE").ident(name)))
                        .hazard(HazardKind::DataLoss, message)
                        .hazard(HazardKind::Irreversible, "down.sql cannot bring the values back");
                }
                CompositeTypeAlteration::Change(attribute) => {
                    let sql = sql.kw("ALTER ATTRIBUTE").ident(&attribute.name).kw("TYPE");
                    let message = format!("Postgres refuses it while a column has the type {}", id.name);
                    sheet.push(cascade(of_type(sql, attribute))).hazard(HazardKind::MayFail, message);
                }
            }
        }
    }

    fn rename(&self, from: &ObjectId, to: &ObjectId, _: &Context<'_>, sheet: &mut Sheet) {
        rename("ALTER TYPE", from, to, sheet);
    }
}

fn of_type(sql: Sql, attribute: &Attribute) -> Sql {
    collate(sql.data_type(&attribute.data_type), attribute.collation.as_ref())
}
