//! Domains: everything but the base type and its collation changes in place.

use autogen_core::Pair;
use autogen_core::object::Domain;
use autogen_core::object::domain::{DomainAlteration, NAMES_NOT_NULL};

use crate::compare::{Compare, Comparison, Context, altered};

impl Compare for Domain {
    fn compare(pair: Pair<&Self>, context: Context<'_>) -> Comparison<DomainAlteration> {
        if pair.map(|domain| (&domain.base, &domain.collation)).differs() {
            return Comparison::Replace;
        }
        let mut found = Vec::new();
        for (name, old) in &pair.before.checks {
            match pair.after.checks.get(name) {
                Some(new) if new == old => {}
                Some(new) if new.expression == old.expression && new.validated => {
                    found.push(DomainAlteration::Validate(name.clone()));
                }
                Some(new) => {
                    found.push(DomainAlteration::DropCheck(name.clone()));
                    found.push(DomainAlteration::AddCheck(name.clone(), new.clone()));
                }
                None => found.push(DomainAlteration::DropCheck(name.clone())),
            }
        }
        let defaults = pair.map(|domain| &domain.default);
        if defaults.differs() {
            found.push(DomainAlteration::Default(pair.after.default.clone()));
        }
        if pair.map(|domain| domain.not_null).differs() {
            found.push(DomainAlteration::NotNull(pair.after.not_null));
        }
        let has_names = context.catalogs.map(|catalog| catalog.server_version >= NAMES_NOT_NULL);
        let is_named = pair.after.not_null && has_names.before && has_names.after;
        if is_named && pair.map(|domain| &domain.not_null_name).differs() {
            found.push(DomainAlteration::NotNullName(pair.after.not_null_name.clone()));
        }
        for (name, new) in
            pair.after.checks.iter().filter(|(name, _)| !pair.before.checks.contains_key(*name))
        {
            found.push(DomainAlteration::AddCheck(name.clone(), new.clone()));
        }
        altered(found)
    }
}
