//! Privileges: the `GRANT`s and `REVOKE`s that lead from what a role has to what it is to have.

pub(crate) mod remade;

use std::collections::BTreeMap;

use autogen_core::object::function::Routine;
use autogen_core::object::privilege::PrivilegeAlteration;
use autogen_core::object::{Owner, Privilege, sequence};
use autogen_core::{Catalog, Kind, Name, Object, ObjectId, Pair};

use super::{Render, defined, function};
use crate::context::{Context, Sheet};
use crate::sql::Sql;

/// What a role has: each privilege, true with grant option.
pub(crate) type Grants = BTreeMap<String, bool>;

impl Render for Privilege {
    fn create(&self, _: &ObjectId, context: &Context<'_>, sheet: &mut Sheet) {
        let mut role = role(self, context.after());
        // Its maker is the one who runs the script.
        if self.is_owner && said_owner(self, context.after()).is_none() {
            role = Sql::new("CURRENT_USER");
        }
        let start = remade::start(self, context);
        lead(self, Pair::new(&start, &self.granted), &role, context.after(), sheet);
    }

    fn drop(&self, _: &ObjectId, context: &Context<'_>, sheet: &mut Sheet) {
        let catalog = context.before();
        lead(self, Pair::new(&self.granted, &self.by_default), &role(self, catalog), catalog, sheet);
    }

    fn alter(
        pair: Pair<&Self>,
        _: &ObjectId,
        alterations: &[&PrivilegeAlteration],
        context: &Context<'_>,
        sheet: &mut Sheet,
    ) {
        for PrivilegeAlteration::Granted(granted) in alterations {
            let catalog = context.after();
            let role = role(pair.after, catalog);
            lead(pair.after, Pair::new(&pair.before.granted, granted), &role, catalog, sheet);
        }
    }

    /// Privileges follow their object.
    fn rename(&self, _: &ObjectId, _: &ObjectId, _: &Context<'_>, _: &mut Sheet) {}
}

fn lead(privilege: &Privilege, grants: Pair<&Grants>, role: &Sql, catalog: &Catalog, sheet: &mut Sheet) {
    let Some(target) = target(&privilege.on, catalog) else { return };
    let column = (privilege.on.kind == Kind::Column).then(|| privilege.on.own_name());
    let statements = steps(grants, column, &target, role);
    // Only the grantor can do it, or whoever may become him.
    let grantor = privilege.grantor.as_ref().filter(|_| !statements.is_empty());
    if let Some(grantor) = grantor {
        sheet.push(Sql::new("SET ROLE").ident(grantor));
    }
    for statement in statements {
        sheet.push(statement);
    }
    if grantor.is_some() {
        sheet.push(Sql::new("RESET ROLE"));
    }
}

/// The role in the words of `GRANT`.
fn role(privilege: &Privilege, catalog: &Catalog) -> Sql {
    let owner = said_owner(privilege, catalog).filter(|_| privilege.is_owner);
    named(owner.unwrap_or(&privilege.grantee))
}

/// The owner, where owners are compared.
fn said_owner<'a>(privilege: &Privilege, catalog: &'a Catalog) -> Option<&'a Name> {
    match catalog.get(&Owner::id(&privilege.whole(catalog))) {
        Some(Object::Owner(owner)) => Some(&owner.role),
        _ => None,
    }
}

/// A grantee by name; the empty one is everybody.
pub(crate) fn named(role: &Name) -> Sql {
    if role.is_empty() { Sql::new("PUBLIC") } else { Sql::empty().ident(role) }
}

/// The statements that lead from one set of privileges to the other.
pub(crate) fn steps(grants: Pair<&Grants>, column: Option<&Name>, target: &Sql, role: &Sql) -> Vec<Sql> {
    let Pair { before, after } = grants;
    let words = |names: Vec<&'static str>| {
        Sql::empty().list(names.into_iter().map(|name| match column {
            Some(column) => Sql::new(name).parens([Sql::empty().ident(column)]),
            None => Sql::new(name),
        }))
    };
    let some = |from: &Grants, keep: &dyn Fn(&str, bool) -> bool| -> Vec<&'static str> {
        from.iter()
            .filter(|(name, option)| keep(name, **option))
            .filter_map(|(name, _)| keyword(name))
            .collect()
    };
    let revoked = some(before, &|name, _| !after.contains_key(name));
    let demoted = some(before, &|name, option| option && after.get(name) == Some(&false));
    let granted = some(after, &|name, option| !option && !before.contains_key(name));
    let optional = some(after, &|name, option| option && before.get(name) != Some(&true));
    let mut all = Vec::new();
    let mut push =
        |begin: &'static str, names: Vec<&'static str>, preposition: &'static str, end: &'static str| {
            if !names.is_empty() {
                let sql = Sql::new(begin).sql(words(names)).kw("ON").sql(target.clone()).kw(preposition);
                all.push(sql.sql(role.clone()).kw_if(!end.is_empty(), end));
            }
        };
    push("REVOKE", revoked, "FROM", "");
    push("REVOKE GRANT OPTION FOR", demoted, "FROM", "");
    push("GRANT", granted, "TO", "");
    push("GRANT", optional, "TO", "WITH GRANT OPTION");
    all
}

/// The privileges that there are (manual, "Privileges"); another name reaches no SQL.
fn keyword(name: &str) -> Option<&'static str> {
    const ALL: [&str; 14] = [
        "SELECT",
        "INSERT",
        "UPDATE",
        "DELETE",
        "TRUNCATE",
        "REFERENCES",
        "TRIGGER",
        "CREATE",
        "CONNECT",
        "TEMPORARY",
        "EXECUTE",
        "USAGE",
        "SET",
        "MAINTAIN",
    ];
    ALL.into_iter().find(|keyword| keyword.eq_ignore_ascii_case(name))
}

/// The object in the words of `GRANT`; `None` for what has no privileges.
fn target(on: &ObjectId, catalog: &Catalog) -> Option<Sql> {
    match on.kind {
        Kind::Table | Kind::View | Kind::MaterializedView | Kind::Column => {
            Some(Sql::new("TABLE").name(&on.name))
        }
        Kind::Sequence => Some(Sql::new("SEQUENCE").name(&sequence::by_name(on, catalog).name)),
        Kind::Schema => Some(Sql::new("SCHEMA").ident(&on.name.name)),
        Kind::EnumType | Kind::CompositeType | Kind::RangeType => Some(Sql::new("TYPE").name(&on.name)),
        Kind::Domain => Some(Sql::new("DOMAIN").name(&on.name)),
        Kind::Function => match catalog.get(on) {
            Some(Object::Function(routine)) => {
                let words = if routine.routine == Routine::Procedure { "PROCEDURE" } else { "FUNCTION" };
                // Here an aggregate is a function like any other, whose arguments have no ORDER BY.
                let mut plain = routine.clone();
                if routine.routine == Routine::Aggregate {
                    plain.routine = Routine::Function;
                    on.own_name().as_str().clone_into(&mut plain.identity_arguments);
                }
                Some(function::with_arguments(Sql::new(words), &on.name, &plain))
            }
            _ => None,
        },
        Kind::Defined(_) => match catalog.get(on) {
            Some(Object::Defined(object)) => defined::granted(object),
            _ => None,
        },
        Kind::Extension
        | Kind::Collation
        | Kind::Default
        | Kind::PrimaryKey
        | Kind::Unique
        | Kind::Check
        | Kind::ForeignKey
        | Kind::Exclusion
        | Kind::Index
        | Kind::Trigger
        | Kind::Policy
        | Kind::Rule
        | Kind::Statistics
        | Kind::Setting
        | Kind::Owner
        | Kind::Privilege
        | Kind::DefaultPrivilege
        | Kind::Comment => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(before: &[(&str, bool)], after: &[(&str, bool)], role: &str, expect: &[&str]) {
        let grants = |all: &[(&str, bool)]| -> Grants {
            all.iter().map(|(name, option)| ((*name).to_owned(), *option)).collect()
        };
        let (before, after) = (grants(before), grants(after));
        let role = named(&Name::new(role));
        let steps = steps(Pair::new(&before, &after), None, &Sql::new("TABLE t"), &role);
        assert_eq!(steps.into_iter().map(Sql::into_text).collect::<Vec<_>>(), expect);
    }

    #[test]
    fn grants_and_revokes() {
        check(
            &[],
            &[("SELECT", false), ("INSERT", false)],
            "Bob",
            &["GRANT INSERT, SELECT ON TABLE t TO \"Bob\""],
        );
        check(&[("SELECT", false)], &[], "", &["REVOKE SELECT ON TABLE t FROM PUBLIC"]);
        check(
            &[("SELECT", true), ("UPDATE", false)],
            &[("SELECT", false), ("UPDATE", true)],
            "bob",
            &[
                "REVOKE GRANT OPTION FOR SELECT ON TABLE t FROM bob",
                "GRANT UPDATE ON TABLE t TO bob WITH GRANT OPTION",
            ],
        );
        check(&[], &[("ALL; DROP TABLE t", false)], "bob", &[]);
    }
}
