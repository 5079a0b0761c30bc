//! The connection while the catalog is read: the settings that pin every deparsed text, and queries as iterators of
//! rows.

use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, Integer, Oid};
use diesel::{PgConnection, sql_query};

use super::query::{Census, Query, query};
use super::row::{FromRow, Positional, row};
use super::{Error, ReadOptions};

/// All of this is SET LOCAL: nothing is left changed on the connection. JIT would compile for longer than it reads, other
/// orders of joins than the written ones cost more to weigh than they spare, and so do parallel workers; the memory lets the
/// largest catalogs sort without files.
const SETTINGS: &str = "\
    SET LOCAL search_path = ''; \
    SET LOCAL TimeZone = 'UTC'; \
    SET LOCAL DateStyle = 'ISO, MDY'; \
    SET LOCAL IntervalStyle = 'postgres'; \
    SET LOCAL extra_float_digits = 1; \
    SET LOCAL bytea_output = 'hex'; \
    SET LOCAL lc_monetary = 'C'; \
    SET LOCAL standard_conforming_strings = on; \
    SET LOCAL quote_all_identifiers = off; \
    SET LOCAL jit = off; \
    SET LOCAL join_collapse_limit = 1; \
    SET LOCAL max_parallel_workers_per_gather = 0; \
    SET LOCAL work_mem = '32MB';";

/// A connection inside the reading transaction.
pub(crate) struct Session<'c> {
    connection: &'c mut PgConnection,
    options: ReadOptions,
    version: u32,
    census: Census,
}

row! {
    struct VersionRow {
        version: i32,
    }
}

row! {
    struct CensusRow {
        catalog: String,
    }
}

impl<'c> Session<'c> {
    /// Pins the settings of the transaction that is open, and asks for the version.
    pub(crate) fn start(connection: &'c mut PgConnection, options: &ReadOptions) -> Result<Self, Error> {
        connection.batch_execute(&format!(
            "{SETTINGS} {}{}",
            timeout("statement_timeout", options.statement_timeout),
            timeout("lock_timeout", options.lock_timeout)
        ))?;
        let mut session = Self { connection, options: *options, version: 0, census: Census::default() };
        let query = Query {
            name: "the server version",
            text: "SELECT pg_catalog.current_setting('server_version_num')::pg_catalog.int4 AS version",
        };
        let version = session.rows::<VersionRow>(query)?.next().transpose()?.map_or(0, |row| row.version);
        session.version = u32::try_from(version).unwrap_or(0);
        if let major @ ..13 = session.major() {
            return Err(Error::Version { major });
        }
        let used = session.rows::<CensusRow>(query!("the catalogs in use", "census.sql"))?;
        session.census = used.map(|row| row.map(|row| row.catalog)).collect::<Result<_, _>>()?;
        Ok(session)
    }

    /// `server_version_num`.
    pub(crate) fn version(&self) -> u32 {
        self.version
    }

    /// The major version.
    pub(crate) fn major(&self) -> u32 {
        self.version / 10_000
    }

    /// Runs a query that takes two arrays.
    pub(crate) fn rows_for<T: FromRow + 'static>(
        &mut self,
        query: Query,
        oids: Vec<u32>,
        modifiers: Vec<i32>,
    ) -> Result<impl Iterator<Item = Result<T, Error>>, Error> {
        let (text, options) = (query.for_version(self.major()), self.options);
        let fail = move |error| Error::query(query.name, &error).with_timeouts(&options);
        let rows = sql_query(text)
            .bind::<Array<Oid>, _>(oids)
            .bind::<Array<Integer>, _>(modifiers)
            .load_iter::<Positional<T>, diesel::connection::DefaultLoadingMode>(self.connection);
        Ok(rows.map_err(fail)?.map(move |row| row.map(|row| row.0).map_err(fail)))
    }

    /// Runs a query about the objects of an array, unless there are none.
    pub(crate) fn rows_of<T: FromRow + 'static>(
        &mut self,
        query: Query,
        oids: Vec<u32>,
    ) -> Result<impl Iterator<Item = Result<T, Error>>, Error> {
        let rows = if oids.is_empty() { None } else { Some(self.run_of::<T>(query, oids)?) };
        Ok(Rows(rows))
    }

    fn run_of<T: FromRow + 'static>(
        &mut self,
        query: Query,
        oids: Vec<u32>,
    ) -> Result<impl Iterator<Item = Result<T, Error>>, Error> {
        let (text, options) = (query.for_version(self.major()), self.options);
        let fail = move |error| Error::query(query.name, &error).with_timeouts(&options);
        let rows = sql_query(text)
            .bind::<Array<Oid>, _>(oids)
            .load_iter::<Positional<T>, diesel::connection::DefaultLoadingMode>(self.connection);
        Ok(rows.map_err(fail)?.map(move |row| row.map(|row| row.0).map_err(fail)))
    }

    /// Runs a query, unless there can be no rows.
    pub(crate) fn rows<T: FromRow + 'static>(
        &mut self,
        query: Query,
    ) -> Result<impl Iterator<Item = Result<T, Error>>, Error> {
        let rows = if query.is_worthwhile(&self.census) { Some(self.run::<T>(query)?) } else { None };
        Ok(Rows(rows))
    }

    /// All rows of a query.
    pub(crate) fn all<T: FromRow + 'static>(&mut self, query: Query) -> Result<Vec<T>, Error> {
        collect(self.rows::<T>(query)?)
    }

    fn run<T: FromRow + 'static>(
        &mut self,
        query: Query,
    ) -> Result<impl Iterator<Item = Result<T, Error>>, Error> {
        let (text, options) = (query.for_version(self.major()), self.options);
        let fail = move |error| Error::query(query.name, &error).with_timeouts(&options);
        let rows = sql_query(text)
            .load_iter::<Positional<T>, diesel::connection::DefaultLoadingMode>(self.connection);
        Ok(rows.map_err(fail)?.map(move |row| row.map(|row| row.0).map_err(fail)))
    }
}

/// All rows. There are very many, and a list that grows is moved over and over.
pub(crate) fn collect<T>(rows: impl Iterator<Item = Result<T, Error>>) -> Result<Vec<T>, Error> {
    let mut all = Vec::with_capacity(rows.size_hint().0);
    for row in rows {
        all.push(row?);
    }
    Ok(all)
}

/// The rows of a query, if it was run. It knows how many there are.
struct Rows<I>(Option<I>);

impl<I: Iterator> Iterator for Rows<I> {
    type Item = I::Item;

    fn next(&mut self) -> Option<I::Item> {
        self.0.as_mut()?.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.as_ref().map_or((0, Some(0)), Iterator::size_hint)
    }
}

/// `SET LOCAL` for a timeout, in milliseconds; zero would switch it off, so a shorter one counts as one.
pub(crate) fn timeout(name: &'static str, duration: Option<Duration>) -> String {
    duration.map_or_else(String::new, |d| {
        format!("SET LOCAL {name} = {}; ", d.as_millis().clamp(1, i32::MAX as u128))
    })
}

impl Error {
    fn with_timeouts(self, options: &ReadOptions) -> Self {
        match self {
            Error::Locked { query, .. } => Error::Locked { query, waited: options.lock_timeout },
            Error::Timeout { query, .. } => Error::Timeout { query, waited: options.statement_timeout },
            other => other,
        }
    }
}
