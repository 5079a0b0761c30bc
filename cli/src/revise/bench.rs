//! The base of a branch in a throwaway database, and copies of it in which scripts are tried: what they make of it, and
//! which of their statements the server refuses.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use autogen_core::{Catalog, Object, ObjectId};
use autogen_introspect::catalog::ReadOptions;
use diesel::Connection;
use diesel::connection::SimpleConnection;

use crate::args::With;
use crate::output::migration::Texts;
use crate::postgres::replay::{self, Migration};
use crate::postgres::{self, server_message};
use crate::scratch::Scratch;
use crate::servers::{Database, Servers};
use crate::source::{forget_migrations_table, throwaway_options};

/// The base.
pub(super) struct Bench<'a> {
    servers: Servers<'a>,
    base: Database,
    options: ReadOptions,
    /// The schema of the base.
    pub(super) catalog: Catalog,
}

/// A copy of the base.
pub(super) struct Copy {
    database: Database,
    scratch: Scratch,
}

/// What came of a script.
pub(super) struct Trial {
    /// The statements that the server refused, by their numbers, with its reasons.
    pub(super) refused: BTreeMap<usize, String>,
    /// The schema after the others.
    pub(super) catalog: Catalog,
}

impl<'a> Bench<'a> {
    /// Replays the base's migrations.
    pub(super) fn new(mut servers: Servers<'a>, shared: &[Migration], with: &[With]) -> Result<Bench<'a>> {
        let base = servers.empty()?;
        replay::run(&mut postgres::connect(&base.url)?, shared)?;
        let mut bench =
            Bench { servers, base, options: throwaway_options(with), catalog: Catalog::default() };
        let mut copy = bench.copy()?;
        bench.catalog = copy.read()?;
        bench.discard(copy)?;
        Ok(bench)
    }

    /// A copy to work in.
    pub(super) fn copy(&mut self) -> Result<Copy> {
        let database = self.servers.copy(&self.base)?;
        let scratch = Scratch::over(&self.servers, database.url.clone(), self.options)?;
        Ok(Copy { database, scratch })
    }

    /// Drops a copy.
    pub(super) fn discard(&mut self, copy: Copy) -> Result<()> {
        drop(copy.scratch);
        self.servers.discard(copy.database)
    }

    /// Runs statements in a copy, each for itself.
    pub(super) fn run<'s>(&mut self, steps: impl Iterator<Item = &'s str>) -> Result<(Trial, Copy)> {
        let mut copy = self.copy()?;
        let mut refused = BTreeMap::new();
        for (number, sql) in steps.enumerate() {
            if let Err(why) = copy.run(sql)? {
                refused.insert(number, why);
            }
        }
        let catalog = copy.read()?;
        Ok((Trial { refused, catalog }, copy))
    }

    /// Runs the up scripts of migrations in a copy as Diesel does; what the server refuses is its reason.
    pub(super) fn migrate(&mut self, all: &[Texts]) -> Result<Result<(), String>> {
        let database = self.servers.copy(&self.base)?;
        let mut connection = postgres::connect(&database.url)?;
        let mut run = |texts: &Texts| {
            if texts.transaction {
                return connection.transaction(|connection| connection.batch_execute(&texts.up));
            }
            let (pieces, _) = super::draft::pieces(&texts.up);
            pieces.iter().try_for_each(|piece| connection.batch_execute(&piece.sql))
        };
        let result = all.iter().try_for_each(&mut run);
        drop(connection);
        self.servers.discard(database)?;
        Ok(result.map_err(|error| server_message(&error)))
    }
}

impl Copy {
    /// Runs a statement; what the server refuses is its reason.
    pub(super) fn run(&mut self, sql: &str) -> Result<Result<(), String>> {
        Ok(self.scratch.run(&[], sql)?.map_err(|refusal| refusal.message))
    }

    /// What is there.
    pub(super) fn read(&mut self) -> Result<Catalog> {
        let mut catalog = self.scratch.read().context("cannot read what the scripts have made")?;
        forget_migrations_table(&mut catalog);
        Ok(catalog)
    }

    /// How to connect to it.
    pub(super) fn url(&self) -> &str {
        &self.database.url
    }
}

/// The objects that are not the same in both; the order of columns is none of them.
pub(super) fn differing(one: &Catalog, other: &Catalog) -> BTreeSet<ObjectId> {
    let all = one.ids().chain(other.ids());
    all.filter(|id| !is_same(one.get(id), other.get(id))).cloned().collect()
}

/// True for equal objects, and for two columns that only their place in the table tells apart.
pub(super) fn is_same(one: Option<&Object>, other: Option<&Object>) -> bool {
    match (one, other) {
        (Some(Object::Column(one)), Some(Object::Column(other))) => {
            let mut moved = other.clone();
            moved.position = one.position;
            *one == moved
        }
        (one, other) => one == other,
    }
}
