//! Roles that a script speaks of and the server does not have: said beforehand, because roles are nothing that a
//! migration of one database should make.

use std::collections::BTreeSet;

use autogen_core::{Action, ChangeGraph, Object, visible};
use diesel::sql_types::{Array, Text};
use diesel::{PgConnection, QueryableByName, RunQueryDsl, sql_query};

#[derive(QueryableByName)]
struct Role {
    #[diesel(sql_type = Text)]
    name: String,
}

/// A note that names those of the way there. A server that does not answer is not asked again: the script will tell.
pub(crate) fn note(graph: &ChangeGraph, connection: &mut PgConnection) -> Option<String> {
    let mut named = BTreeSet::new();
    for change in &graph.changes {
        if matches!(change.action, Action::Create | Action::Alter(_)) {
            named.extend(graph.after(&change.id).into_iter().flat_map(roles));
        }
    }
    if named.is_empty() {
        return None;
    }
    let query = "SELECT u.name FROM pg_catalog.unnest($1) u (name) \
                 WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = u.name)";
    let named: Vec<String> = named.into_iter().collect();
    let missing: Vec<Role> = sql_query(query).bind::<Array<Text>, _>(named).load(connection).ok()?;
    let missing: Vec<String> = missing.iter().map(|role| visible(&role.name)).collect();
    let they = match missing.as_slice() {
        [] => return None,
        [role] => format!("the role {role}"),
        roles => format!("the roles {}", roles.join(", ")),
    };
    Some(format!(
        "the server has not got {they}, which the up script names; it fails until somebody creates what is missing"
    ))
}

fn roles(object: &Object) -> Vec<String> {
    let all = match object {
        Object::Owner(owner) => vec![&owner.role],
        Object::Privilege(privilege) if !privilege.is_owner => {
            std::iter::once(&privilege.grantee).chain(&privilege.grantor).collect()
        }
        Object::DefaultPrivilege(privilege) => vec![&privilege.role, &privilege.grantee],
        _ => Vec::new(),
    };
    all.into_iter().filter(|role| !role.is_empty()).map(|role| role.as_str().to_owned()).collect()
}
