//! Domains with their checks.

mod values;

pub(crate) use values::{of_column, of_value};

use autogen_core::object::Domain;
use autogen_core::object::domain::{DomainAlteration, DomainCheck, NAMES_NOT_NULL};
use autogen_core::{Kind, Name, ObjectId, Pair};
use values::Demand;

use super::Render;
use super::shared::{collate, rename};
use crate::context::{Context, Questions, Sheet};
use crate::sql::Sql;

impl Render for Domain {
    fn create(&self, id: &ObjectId, context: &Context<'_>, sheet: &mut Sheet) {
        let sql = Sql::new("CREATE DOMAIN").name(&id.name).kw("AS").data_type(&self.base);
        let mut sql = collate(sql, self.collation.as_ref());
        if let Some(default) = &self.default {
            sql = sql.kw("DEFAULT").expr(default);
        }
        if self.not_null {
            sql = sql.sql(not_null_name(self, id, context).unwrap_or_else(Sql::empty)).kw("NOT NULL");
        }
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

    fn ask_alter(
        pair: Pair<&Self>,
        id: &ObjectId,
        alterations: &[&DomainAlteration],
        context: &Context<'_>,
        questions: &mut Questions,
    ) {
        for alteration in alterations {
            if let Some(demand) = demand(alteration, pair.after) {
                values::ask(&demand, id, context, questions);
            }
        }
    }

    fn alter(
        pair: Pair<&Self>,
        id: &ObjectId,
        alterations: &[&DomainAlteration],
        context: &Context<'_>,
        sheet: &mut Sheet,
    ) {
        for alteration in alterations {
            let sql = alter(id);
            if matches!(alteration, DomainAlteration::NotNullName(_)) && !pair.before.not_null {
                // It comes with its name.
                continue;
            }
            let statement = sheet.push(match alteration {
                DomainAlteration::NotNull(true) => match not_null_name(pair.after, id, context) {
                    Some(name) => sql.kw("ADD").sql(name).kw("NOT NULL"),
                    None => sql.kw("SET NOT NULL"),
                },
                DomainAlteration::NotNullName(_) => {
                    let names = pair.map(|domain| domain.not_null_name(&id.name));
                    sql.kw("RENAME CONSTRAINT").ident(&names.before).kw("TO").ident(&names.after)
                }
                DomainAlteration::NotNull(false) => sql.kw("DROP NOT NULL"),
                DomainAlteration::Default(Some(default)) => sql.kw("SET DEFAULT").expr(default),
                DomainAlteration::Default(None) => sql.kw("DROP DEFAULT"),
                DomainAlteration::DropCheck(name) => sql.kw("DROP CONSTRAINT").ident(name),
                DomainAlteration::AddCheck(name, check) => sql.kw("ADD").sql(constraint(name, check)),
                DomainAlteration::Validate(name) => sql.kw("VALIDATE CONSTRAINT").ident(name),
            });
            if let Some(demand) = demand(alteration, pair.after) {
                values::judge(&demand, id, context, statement);
            }
        }
    }

    fn rename(&self, from: &ObjectId, to: &ObjectId, _: &Context<'_>, sheet: &mut Sheet) {
        rename("ALTER DOMAIN", from, to, sheet);
    }
}

/// What an alteration demands of all values, if it looks at them.
fn demand<'a>(alteration: &'a DomainAlteration, after: &'a Domain) -> Option<Demand<'a>> {
    match alteration {
        DomainAlteration::NotNull(true) => Some(Demand::NotNull),
        DomainAlteration::AddCheck(name, check) => {
            check.validated.then_some(Demand::Check(name, &check.expression))
        }
        DomainAlteration::Validate(name) => Some(Demand::Check(name, &after.checks.get(name)?.expression)),
        DomainAlteration::NotNull(false)
        | DomainAlteration::NotNullName(_)
        | DomainAlteration::Default(_)
        | DomainAlteration::DropCheck(_) => None,
    }
}

/// `CONSTRAINT name`, if the constraint behind NOT NULL is to have another name than the server would choose.
fn not_null_name(domain: &Domain, id: &ObjectId, context: &Context<'_>) -> Option<Sql> {
    let name = domain.not_null_name(&id.name);
    let is_told = context.options.server_version >= NAMES_NOT_NULL
        && (domain.not_null_name.is_some()
            || context.plan.shares_name(&ObjectId::part(Kind::Domain, id.name.clone(), name.clone())));
    is_told.then(|| Sql::new("CONSTRAINT").ident(&name))
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
