//! Fills the empty tables of a throwaway database with rows that keep all its rules, always the same ones: types, domains, NOT
//! NULL, unique, checks, foreign keys, exclusion, partitions. Values are guessed and the server decides. What could not be
//! filled is told with the reason; nothing of the schema is changed for it.

mod hints;
mod judge;
mod pool;
mod rows;
mod rules;
mod solve;
#[cfg(test)]
mod tests;
mod values;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use diesel::PgConnection;
use diesel::connection::SimpleConnection;

use super::query;
use super::tables::{self, ForeignKey, Table};
use pool::Pools;
use rows::{Parents, Recipe};
use rules::Becoming;
pub(super) use rules::Rules;

/// More values than rows, as some values will not do.
const SPARE: usize = 10;
/// How many rows of a table others refer to.
const REFERRED: usize = 200;

/// What was filled.
#[derive(Clone, Debug, Default)]
pub(super) struct Filled {
    /// Tables that have rows now, each with their number.
    pub(super) tables: BTreeMap<String, usize>,
    /// Tables without, each with the reason.
    pub(super) empty: BTreeMap<String, String>,
    /// What else there is to know.
    pub(super) notes: Vec<String>,
}

impl Filled {
    /// All rows.
    pub(super) fn rows(&self) -> usize {
        self.tables.values().sum()
    }
}

/// Fills what is empty, with so many rows a table, which keep the rules of a later schema too if there is one.
pub(super) fn fill(connection: &mut PgConnection, wanted: usize, rules: Option<&Rules>) -> Result<Filled> {
    let mut tables = tables::tables(connection)?;
    let becoming = rules.map(|rules| rules.apply(&mut tables, wanted + SPARE)).unwrap_or_default();
    let types = tables::types(connection)?;
    judge::prepare(connection).context("cannot prepare the throwaway database")?;
    let mut filler = Filler {
        tables: &tables,
        pools: Pools::new(types, wanted + SPARE),
        wanted,
        becoming,
        result: Filled::default(),
        promises: BTreeMap::new(),
        done: BTreeSet::new(),
    };
    filler.note_rows(connection)?;
    while let Some(next) = filler.next().filter(|_| wanted > 0) {
        filler.group(connection, &next)?;
    }
    filler.refresh(connection)?;
    Ok(filler.result)
}

struct Filler<'t> {
    tables: &'t [Table],
    pools: Pools,
    wanted: usize,
    becoming: Becoming,
    result: Filled,
    /// Keys that rows will have to have, as other rows refer to them already; by the table's oid.
    promises: BTreeMap<i64, Vec<BTreeMap<i16, String>>>,
    /// Tables that need no more thought.
    done: BTreeSet<i64>,
}

impl<'t> Filler<'t> {
    /// Tables with rows stay as they are.
    fn note_rows(&mut self, connection: &mut PgConnection) -> Result<()> {
        for table in self.tables.iter().filter(|table| table.kind != "f") {
            let count = query::number(connection, &format!("SELECT count(*) AS value FROM {}", table.sql))
                .with_context(|| format!("cannot count the rows of {}", table.shown()))?;
            if count > 0 {
                self.done.insert(table.oid);
                self.result.tables.insert(table.shown(), usize::try_from(count).unwrap_or(0));
            }
        }
        Ok(())
    }

    /// Tables whose parents are all dealt with; else those whose only open parents need not be there; else a cycle, of which
    /// the keys that can wait are promised.
    fn next(&self) -> Option<Vec<&'t Table>> {
        let open: Vec<&Table> = self.tables.iter().filter(|table| !self.done.contains(&table.oid)).collect();
        let is_open = |table: &Table, key: &ForeignKey| {
            key.parent != table.oid && open.iter().any(|other| other.oid == key.parent)
        };
        let ready = |table: &&&Table| !table.foreign_keys.iter().any(|key| is_open(table, key));
        let needs = |table: &Table, key: &ForeignKey| {
            let not_null = |number: &i16| table.column(*number).is_some_and(|column| column.not_null);
            key.columns.iter().all(not_null)
        };
        let possible =
            |table: &&&Table| !table.foreign_keys.iter().any(|key| is_open(table, key) && needs(table, key));
        if let Some(table) = open.iter().find(ready).or_else(|| open.iter().find(possible)) {
            return Some(vec![table]);
        }
        // Everything left hangs on a cycle; whatever is on it goes together.
        let first = open.iter().find(|table| reaches(&open, table.oid, table.oid)).or(open.first())?;
        let on_cycle = |table: &&&Table| {
            table.oid == first.oid
                || (reaches(&open, first.oid, table.oid) && reaches(&open, table.oid, first.oid))
        };
        Some(open.iter().filter(on_cycle).copied().collect())
    }

    /// Fills tables in one transaction, in which what is deferrable is deferred.
    fn group(&mut self, connection: &mut PgConnection, group: &[&'t Table]) -> Result<()> {
        for table in group {
            self.done.insert(table.oid);
        }
        let cycle: BTreeSet<i64> =
            if group.len() > 1 { group.iter().map(|table| table.oid).collect() } else { BTreeSet::new() };
        let is_on_it = |key: &ForeignKey| cycle.contains(&key.parent) && !key.deferrable;
        if group.iter().any(|table| table.foreign_keys.iter().any(is_on_it)) {
            // No order of single rows keeps such keys; once all rows are there they are kept.
            let reasons = self.attempt(connection, group, &cycle, Triggers::Off)?;
            self.give_up(group, reasons);
            return Ok(());
        }
        let mut reasons = self.attempt(connection, group, &cycle, Triggers::On)?;
        let hindered = |table: &&&Table| table.has_triggers && reasons.contains_key(&table.oid);
        if group.iter().any(|table| hindered(&table)) {
            let without = self.attempt(connection, group, &cycle, Triggers::Off)?;
            if without.is_empty() {
                for table in group.iter().filter(hindered) {
                    let reason = reasons.get(&table.oid).map(String::as_str).unwrap_or_default();
                    self.result.notes.push(format!(
                        "{} was filled with its triggers off, as they refuse rows: {reason}",
                        table.shown()
                    ));
                }
            }
            reasons = without;
        }
        self.give_up(group, reasons);
        Ok(())
    }

    /// Notes what stays empty.
    fn give_up(&mut self, group: &[&'t Table], mut reasons: BTreeMap<i64, String>) {
        for table in group {
            if let Some(reason) = reasons.remove(&table.oid) {
                self.result.tables.remove(&table.shown());
                self.result.empty.insert(table.shown(), reason);
            }
        }
        self.promises.clear();
    }

    /// Returns the reasons of those that stay empty. Either all of a cycle are filled or none.
    fn attempt(
        &mut self,
        connection: &mut PgConnection,
        group: &[&'t Table],
        cycle: &BTreeSet<i64>,
        triggers: Triggers,
    ) -> Result<BTreeMap<i64, String>> {
        let open = match triggers {
            Triggers::On => "BEGIN; SET CONSTRAINTS ALL DEFERRED",
            // Foreign keys are not checked then, but kept all the same: rows refer to rows that are there.
            Triggers::Off => "BEGIN; SET LOCAL session_replication_role = replica",
        };
        connection.batch_execute(open).context("cannot fill the throwaway database")?;
        let mut reasons = BTreeMap::new();
        for table in group {
            match self.table(connection, table, cycle, triggers)? {
                Ok(count) => {
                    self.result.tables.insert(table.shown(), count);
                }
                Err(reason) => {
                    reasons.insert(table.oid, reason);
                }
            }
        }
        if triggers == Triggers::Off {
            for table in group {
                if let Some(key) = self.orphans(connection, table)? {
                    reasons.insert(table.oid, format!("no rows were found that keep its foreign key {key}"));
                }
            }
        }
        let failed = !reasons.is_empty() && (!cycle.is_empty() || triggers == Triggers::Off);
        let end = if failed { "ROLLBACK" } else { "SET CONSTRAINTS ALL IMMEDIATE; COMMIT" };
        if let Err(error) = connection.batch_execute(end) {
            connection.batch_execute("ROLLBACK").context("lost the throwaway database")?;
            let reason = crate::postgres::server_message(&error).replace('\n', " ");
            reasons = group.iter().map(|table| (table.oid, reason.clone())).collect();
        } else if failed {
            for table in group {
                reasons.entry(table.oid).or_insert_with(|| {
                    "it is on a cycle of foreign keys with tables that cannot be filled".to_owned()
                });
            }
        }
        Ok(reasons)
    }

    /// A foreign key of the table that a row breaks.
    fn orphans(&self, connection: &mut PgConnection, table: &Table) -> Result<Option<String>> {
        for key in &table.foreign_keys {
            let Some(parent) = self.tables.iter().find(|parent| parent.oid == key.parent) else { continue };
            let pairs = key.columns.iter().zip(&key.parent_columns);
            let pairs = pairs.filter_map(|(own, other)| Some((table.column(*own)?, parent.column(*other)?)));
            let (set, same): (Vec<String>, Vec<String>) = pairs
                .map(|(own, other)| {
                    (format!("c.{} IS NOT NULL", own.sql), format!("c.{} = p.{}", own.sql, other.sql))
                })
                .unzip();
            let sql = format!(
                "SELECT count(*) AS value FROM {} c WHERE {} AND NOT EXISTS (SELECT FROM {} p WHERE {})",
                table.sql,
                set.join(" AND "),
                parent.sql,
                same.join(" AND ")
            );
            if query::number(connection, &sql)? > 0 {
                return Ok(Some(key.name.clone()));
            }
        }
        Ok(None)
    }

    fn table(
        &mut self,
        connection: &mut PgConnection,
        table: &'t Table,
        cycle: &BTreeSet<i64>,
        triggers: Triggers,
    ) -> Result<Result<usize, String>> {
        if table.kind == "f" {
            return Ok(Err("it is a foreign table".to_owned()));
        }
        if table.kind == "p" && table.partitions.is_empty() {
            return Ok(Err("it has no partition".to_owned()));
        }
        let mut parents = Vec::new();
        for key in &table.foreign_keys {
            let is_self = key.parent == table.oid;
            let parent = self.tables.iter().find(|parent| parent.oid == key.parent);
            let mut tuples = match parent {
                Some(parent) if !is_self => rows::tuples(connection, parent, &key.parent_columns, REFERRED)?,
                _ => Vec::new(),
            };
            let may_wait = key.deferrable || triggers == Triggers::Off;
            let is_promised = tuples.is_empty() && may_wait && cycle.contains(&key.parent);
            if let Some(parent) = parent.filter(|_| is_promised) {
                tuples = self.promise(connection, parent, key)?;
            }
            parents.push(Parents { key: key.clone(), tuples, is_self });
        }
        let starved = parents.iter().find(|parents| {
            let not_null = |number: &i16| table.column(*number).is_some_and(|column| column.not_null);
            parents.tuples.is_empty() && !parents.is_self && parents.key.columns.iter().all(not_null)
        });
        if let Some(starved) = starved {
            let parent = self.tables.iter().find(|one| one.oid == starved.key.parent);
            let name = parent.map_or_else(|| "another table".to_owned(), Table::shown);
            return Ok(Err(format!(
                "its foreign key {} needs a row of {name}, which has none",
                starved.key.name
            )));
        }
        let promised = self.promises.get(&table.oid).cloned().unwrap_or_default();
        let recipe =
            Recipe::new(connection, table, &mut self.pools, &self.becoming, parents, promised, self.wanted)?;
        let recipe = match recipe {
            Ok(recipe) => recipe,
            Err(reason) => return Ok(Err(reason)),
        };
        let (count, reason) = recipe.insert(connection, self.wanted)?;
        Ok(match (count, reason) {
            (0, Some(reason)) => Err(reason),
            (0, None) => Err("its triggers or rules take the rows away".to_owned()),
            (count, _) => Ok(count),
        })
    }

    /// Keys that the rows of a table will have when it is its turn.
    fn promise(
        &mut self,
        connection: &mut PgConnection,
        parent: &Table,
        key: &ForeignKey,
    ) -> Result<Vec<Vec<Option<String>>>> {
        let mut columns = Vec::new();
        for number in &key.parent_columns {
            let Some(column) = parent.column(*number) else { return Ok(Vec::new()) };
            let pool = self.pools.of(connection, column.type_oid, column.typmod, &column.spelling)?;
            columns.push(pool);
        }
        let many = columns.iter().map(|pool| pool.len()).min().unwrap_or(0).min(self.wanted);
        let all: Vec<Vec<String>> =
            (0..many).map(|at| columns.iter().filter_map(|pool| pool.get(at).cloned()).collect()).collect();
        let promises = self.promises.entry(parent.oid).or_default();
        promises.resize(promises.len().max(many), BTreeMap::new());
        for (promise, values) in promises.iter_mut().zip(&all) {
            promise.extend(key.parent_columns.iter().copied().zip(values.iter().cloned()));
        }
        Ok(all.into_iter().map(|values| values.into_iter().map(Some).collect()).collect())
    }

    /// Materialized views show the rows, too.
    fn refresh(&mut self, connection: &mut PgConnection) -> Result<()> {
        let views = query::texts(
            connection,
            "SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) AS value FROM pg_catalog.pg_class c \
             JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
             WHERE c.relkind = 'm' AND c.relispopulated AND n.nspname NOT LIKE 'pg\\_%' ORDER BY c.oid",
        )?;
        for view in views.into_iter().flatten() {
            if let Err(error) = connection.batch_execute(&format!("REFRESH MATERIALIZED VIEW {view}")) {
                let reason = crate::postgres::server_message(&error).replace('\n', " ");
                self.result.notes.push(format!("{view} could not be refreshed with the rows: {reason}"));
            }
        }
        Ok(())
    }
}

/// What the triggers of the user's do while a table is filled.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Triggers {
    On,
    Off,
}

/// Whether foreign keys that cannot be NULL lead from one table to the other.
fn reaches(open: &[&Table], from: i64, to: i64) -> bool {
    let mut todo = vec![from];
    let mut seen = BTreeSet::new();
    while let Some(oid) = todo.pop() {
        let Some(table) = open.iter().find(|table| table.oid == oid) else { continue };
        for key in table.foreign_keys.iter().filter(|key| key.parent != oid) {
            if key.parent == to {
                return true;
            }
            if seen.insert(key.parent) {
                todo.push(key.parent);
            }
        }
    }
    false
}
