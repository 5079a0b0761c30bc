//! Making and dropping databases on a server where the tool may do so: a throwaway one, or that of `--scratch`. Which
//! names are taken, and who drops what when, is their owners' business.

use autogen_codegen::sql::Sql;
use autogen_core::Name;
use diesel::connection::SimpleConnection;
use diesel::{PgConnection, QueryResult};

/// How a new database gets its files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Strategy {
    /// As the server likes it.
    Default,
    /// `STRATEGY file_copy`, from 15 on: faster by far on a server without fsync, as the default logs every page to WAL.
    FileCopy,
}

/// Makes a database as a copy of `template`, to which nobody may be connected.
pub(crate) fn create(
    connection: &mut PgConnection,
    name: &str,
    template: &str,
    strategy: Strategy,
) -> QueryResult<()> {
    let sql = Sql::new("CREATE DATABASE")
        .ident(&Name::new(name))
        .kw("TEMPLATE")
        .ident(&Name::new(template))
        .kw_if(strategy == Strategy::FileCopy, "STRATEGY file_copy");
    connection.batch_execute(sql.as_str())
}

/// Drops a database, if it is there, and ends the sessions of whoever is connected to it.
pub(crate) fn drop(connection: &mut PgConnection, name: &str) -> QueryResult<()> {
    let sql = Sql::new("DROP DATABASE IF EXISTS").ident(&Name::new(name)).kw("WITH (FORCE)");
    connection.batch_execute(sql.as_str())
}
