//! Domains with their checks. What breaks a new check in the rows of all columns of the domain is not looked for.

use autogen_core::object::Domain;
use autogen_core::object::domain::{DomainAlteration, DomainCheck};
use autogen_core::{HazardKind, Kind, Name, Object, ObjectId, Pair};

use super::Render;
use super::shared::{collate, rename};
use crate::context::{Context, Sheet};
use crate::sql::Sql;

impl Render for Domain {
    fn create(&self, id: &ObjectId, _: &Context<'_>, sheet: &mut Sheet) {
        let sql = Sql::new("CREATE DOMAIN").name(&id.name).kw("AS").data_type(&self.base);
        let mut sql = collate(sql, self.collation.as_ref());
        if let Some(default) = &self.default {
            sql = sql.kw("DEFAULT").expr(default);
        }
        sql = sql.kw_if(self.not_null, "NOT NULL");
        let (now, late): (Vec<_>, Vec<_>) = self.checks.iter().partition(|(_, check)| check.validated);
        for (name, check) in now {
            sql = sql.sql(constraint(name, check));
        }
        sheet.push(sql);
        for (name, check) in late {
            sheet.push(alter(id).kw("ADD").sql(constraint(name, check)));
        }
    }

    fn drop(&self, id: &ObjectId, _: &Context<'_>, sheet: &mut Sheet) {
        sheet.push(Sql::new("DROP DOMAIN").name(&id.name));
    }

    fn alter(
        _: Pair<&Self>,
        id: &ObjectId,
        alterations: &[&DomainAlteration],
        context: &Context<'_>,
        sheet: &mut Sheet,
    ) {
        let in_use = context.before().of_kind(Kind::Column).any(|(column, object)| {
            matches!(object, Object::Column(of) if of.data_type.base == id.name) && context.may_have_rows(&column.name)
        });
        let warn = |statement: &mut crate::Statement, what: &str| {
            if in_use {
                let message = format!("it fails if values of {} {what}", id.name);
                statement.hazard(HazardKind::MayFail, message);
                let message = format!("all rows of the tables that use {} are read", id.name);
                statement.hazard(HazardKind::FullScan, message);
            }
        };
        for alteration in alterations {
            match alteration {
                DomainAlteration::NotNull(true) => warn(sheet.push(alter(id).kw("SET NOT NULL")), "are NULL"),
                DomainAlteration::NotNull(false) => {
                    sheet.push(alter(id).kw("DROP NOT NULL"));
                }
                DomainAlteration::Default(Some(default)) => {
                    sheet.push(alter(id).kw("SET DEFAULT").expr(default));
                }
                DomainAlteration::Default(None) => {
                    sheet.push(alter(id).kw("DROP DEFAULT"));
                }
                DomainAlteration::DropCheck(name) => {
                    sheet.push(alter(id).kw("DROP CONSTRAINT").ident(name));
                }
                DomainAlteration::AddCheck(name, check) => {
                    let statement = sheet.push(alter(id).kw("ADD").sql(constraint(name, check)));
                    if check.validated {
                        warn(statement, &format!("break {name}"));
                    }
                }
                DomainAlteration::Validate(name) => {
                    let statement = sheet.push(alter(id).kw("VALIDATE CONSTRAINT").ident(name));
                    warn(statement, &format!("break {name}"));
                }
            }
        }
    }

    fn rename(&self, from: &ObjectId, to: &ObjectId, _: &Context<'_>, sheet: &mut Sheet) {
        rename("ALTER DOMAIN", from, to, sheet);
    }
}

fn alter(id: &ObjectId) -> Sql {
    Sql::new("ALTER DOMAIN").name(&id.name)
}

fn constraint(name: &Name, check: &DomainCheck) -> Sql {
    Sql::new("CONSTRAINT")
        .ident(name)
        .kw("CHECK")
        .expr_in_parens(&check.expression)
        .kw_if(!check.validated, "NOT VALID")
}
