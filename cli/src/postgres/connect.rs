//! Opening a connection from a URL or keyword string. libpq does the work, so sockets, TLS, .pgpass, service
//! files and PG* variables all count; added here are a timeout, the second usual socket folder, and messages
//! that help and never hold a password.

use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::{Connection, ConnectionError, PgConnection};

use super::conninfo::ConnInfo;
pub(crate) use super::conninfo::percent_encode;
use super::error::Error;

/// Seconds, where neither the source nor PGCONNECT_TIMEOUT says otherwise. libpq alone waits for ever.
const CONNECT_TIMEOUT: u32 = 10;

/// Whether a SOURCE is a connection string: a Postgres URL or a libpq keyword string.
#[must_use]
pub fn is_source(source: &str) -> bool {
    super::conninfo::is_conninfo(source)
}

/// A display of a connection string without any secret, such as `postgresql://user@host:5432/db`.
#[must_use]
pub fn describe(source: &str) -> String {
    match ConnInfo::parse(source) {
        Ok(info) if !info.ambiguous => info.display(),
        // What looks like a host may be the rest of a password.
        Ok(_) | Err(_) => {
            "the connection string (not shown, as its password may be in the wrong place)".into()
        }
    }
}

/// Connects. The session is as Diesel leaves it; see [`pin_session`].
///
/// # Errors
/// [`Error::BadSource`] for a string that cannot be understood, [`Error::Connect`] with the reason and, for the
/// usual reasons, what to do.
pub fn connect(source: &str) -> Result<PgConnection, Error> {
    let target = describe(source);
    let info =
        ConnInfo::parse(source).map_err(|reason| Error::BadSource { target: target.clone(), reason })?;
    PgConnection::establish(&complete(source, &info)).map_err(|error| {
        if info.ambiguous {
            return Error::BadSource {
                target,
                reason: "in a URL, the characters / @ : ? # % of a password must be written as \
                         %2F %40 %3A %3F %23 %25"
                    .into(),
            };
        }
        let message = match error {
            // libpq indents its advice with a tab, which a terminal is not shown.
            ConnectionError::BadConnection(message) => message.replace('\t', "  "),
            other => other.to_string(),
        };
        Error::Connect { target, help: help_for(&message), reason: info.redact(&message) }
    })
}

/// Adds what the source and the environment leave open.
fn complete(source: &str, info: &ConnInfo) -> String {
    let env = |name: &str| std::env::var_os(name).is_some_and(|v| !v.is_empty());
    let mut extra = Vec::new();
    // libpq's name for an application name that gives way to the user's own.
    extra.push(("fallback_application_name", "autogen".to_owned()));
    if info.get("connect_timeout").is_none() && !env("PGCONNECT_TIMEOUT") {
        extra.push(("connect_timeout", CONNECT_TIMEOUT.to_string()));
    }
    let has_host =
        info.get("host").is_some() || info.get("hostaddr").is_some() || info.get("service").is_some();
    if !has_host && !env("PGHOST") && !env("PGHOSTADDR") && !env("PGSERVICE") {
        let port = info.get("port").map(String::from).or_else(|| std::env::var("PGPORT").ok());
        extra.extend(socket_folder(port.as_deref().unwrap_or("5432")).map(|dir| ("host", dir.to_owned())));
    }
    let mut text = source.to_owned();
    for (key, value) in extra {
        if info.is_url {
            text.push(if text.contains('?') { '&' } else { '?' });
            text.push_str(&format!("{key}={}", percent_encode(&value)));
        } else {
            text.push_str(&format!(" {key}='{value}'"));
        }
    }
    text
}

/// The bundled libpq looks into /tmp; Debian's and Red Hat's servers have their socket in /var/run/postgresql.
fn socket_folder(port: &str) -> Option<&'static str> {
    let has = |dir: &str| Path::new(dir).join(format!(".s.PGSQL.{port}")).exists();
    if has("/tmp") {
        return None;
    }
    ["/var/run/postgresql", "/run/postgresql"].into_iter().find(|dir| has(dir))
}

/// What to do about the usual reasons. The text is libpq's own or the server's in English; in another language
/// the reason stands alone.
fn help_for(message: &str) -> Option<&'static str> {
    let helps: [(&str, &str); 11] = [
        ("password authentication failed", "The user name or the password is wrong."),
        ("no password supplied", "The server wants a password: in the URL, in PGPASSWORD, or in ~/.pgpass."),
        (
            "Peer authentication failed",
            "The server takes the system user for the role; connect over TCP, or as that user.",
        ),
        (
            "no pg_hba.conf entry",
            "The server's pg_hba.conf does not admit this user from this address, or only with TLS (sslmode=require).",
        ),
        ("could not translate host name", "The host name is unknown; check its spelling and the network."),
        ("Connection refused", "No server listens there; check host and port, and whether it runs."),
        (
            "No such file or directory",
            "No server listens on that socket; name a host, or check whether it runs.",
        ),
        (
            "timeout expired",
            "No answer in time; a firewall may drop the packets. connect_timeout sets the seconds to wait.",
        ),
        ("too many clients", "All connections of the server are in use."),
        (
            "certificate verify failed",
            "The server's certificate is not trusted; sslrootcert names the authority's certificate.",
        ),
        ("the database system is starting up", "Try again in a moment."),
    ];
    if message.contains("database \"") && message.contains("\" does not exist") {
        return Some("The server was reached, but it has no such database.");
    }
    if message.contains("role \"") && message.contains("\" does not exist") {
        return Some("The server was reached, but it has no such user.");
    }
    helps.iter().find(|(part, _)| message.contains(part)).map(|(_, help)| *help)
}

/// Pins the settings that change how the server prints values and what it tells, so that the same catalog gives
/// the same text in every session.
///
/// # Errors
/// [`Error::Server`] if the server refuses one of them.
pub fn pin_session(connection: &mut PgConnection) -> Result<(), Error> {
    connection
        .batch_execute(
            "SET client_encoding = 'UTF8';\n\
             SET standard_conforming_strings = on;\n\
             SET TimeZone = 'UTC';\n\
             SET DateStyle = 'ISO, MDY';\n\
             SET IntervalStyle = 'postgres';\n\
             SET extra_float_digits = 1;\n\
             SET quote_all_identifiers = off;\n\
             SET client_min_messages = 'warning'",
        )
        .map_err(Error::server("pin the session's settings"))
}

/// Empties the search path, so that everything outside of pg_catalog is printed with its schema. For sessions
/// that read only: SQL of the user's expects his own path.
///
/// # Errors
/// [`Error::Server`] if the server refuses.
pub fn pin_search_path(connection: &mut PgConnection) -> Result<(), Error> {
    connection.batch_execute("SET search_path = ''").map_err(Error::server("empty the search path"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_open_is_filled_in() {
        let full = |s: &str| complete(s, &ConnInfo::parse(s).unwrap());
        assert_eq!(
            full("postgres://h/d?connect_timeout=3"),
            "postgres://h/d?connect_timeout=3&fallback_application_name=autogen"
        );
        assert_eq!(full("host=h"), "host=h fallback_application_name='autogen' connect_timeout='10'");
    }

    #[test]
    fn an_unreachable_server_is_explained_without_the_password() {
        for source in [
            "postgres://u:s3cret@127.0.0.1:1/d",
            "host=127.0.0.1 port=1 user=u password=s3cret",
            "postgres://u:s3cret/x@127.0.0.1:1/d",
            "postgres://u:x@s3cret@127.0.0.1:1/d",
            "host=127.0.0.1 password=x s3cret",
        ] {
            let error = connect(source).err().unwrap();
            let text = format!("{error} {error:?}");
            assert!(!text.contains("s3cret"), "{text}");
        }
        let error = connect("postgres://u:s3cret@127.0.0.1:1/d").err().unwrap().to_string();
        assert!(
            error.contains("postgresql://u@127.0.0.1:1/d") && error.contains("No server listens"),
            "{error}"
        );
    }
}
