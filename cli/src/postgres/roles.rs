//! Roles that SQL names and a throwaway server does not have: owners and grantees of another cluster. They are
//! made on the spot, without login, so that ownership and privileges come out as they were written. What nobody writes
//! an owner of belongs to a role of ours, if owners matter.

use autogen_codegen::sql::Sql;
use autogen_core::Name;
use diesel::PgConnection;
use diesel::connection::SimpleConnection;
use diesel::result::Error as DieselError;

/// The role that an error says is missing. Diesel hides the SQLSTATE, so this reads the message, which is
/// English on our own servers (`lc_messages=C`).
pub(crate) fn missing(error: &DieselError) -> Option<String> {
    let DieselError::DatabaseError(_, info) = error else { return None };
    let name = info.message().strip_prefix("role \"")?.strip_suffix("\" does not exist")?;
    Some(name.to_owned())
}

/// A role that no SQL names, so that what belongs to it was given to nobody.
const NOBODY: &str = "autogen throwaway";

/// Lets a session on a server of our own act as that role, with all rights, until it resets its authorization.
pub(crate) fn become_nobody(connection: &mut PgConnection) -> Result<(), DieselError> {
    let role = || Sql::empty().ident(&Name::new(NOBODY));
    let become_it = Sql::new("SET SESSION AUTHORIZATION").sql(role());
    match connection.batch_execute(become_it.as_str()) {
        Err(error) if missing(&error).is_some() => {
            let make = Sql::new("CREATE ROLE").sql(role()).kw("SUPERUSER NOLOGIN");
            connection.batch_execute(make.as_str())?;
            connection.batch_execute(become_it.as_str())
        }
        result => result,
    }
}

/// Makes a role; false if the server refuses the name, as it does for `pg_…` roles of newer versions.
pub(crate) fn create(connection: &mut PgConnection, name: &str) -> bool {
    let sql = Sql::new("CREATE ROLE").ident(&Name::new(name)).kw("NOLOGIN");
    connection.batch_execute(sql.as_str()).is_ok()
}
