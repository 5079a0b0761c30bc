//! The rows of one table: which values a row gets, and its way into the table. All rows are tried in one statement first; where
//! that fails, each by itself and several times with other values, and the server says which are taken.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use anyhow::{Context, Result};
use diesel::connection::SimpleConnection;
use diesel::{PgConnection, QueryResult, RunQueryDsl, sql_query};

use super::super::query;
use super::super::tables::{Column, ForeignKey, Table};
use super::judge;
use super::pool::Pools;
use super::rules::Becoming;
use super::solve::{self, Group, mixed};
use crate::postgres::server_message;

/// How often a row is tried with other values.
const ATTEMPTS: usize = 16;
/// Rows that fail in spite of that before the table is given up.
const PATIENCE: usize = 4;
/// How many values of a column are candidates where a check speaks of it.
const CANDIDATES: usize = 8;
/// One row in so many has NULL in a column that may have it.
const NULLS: u64 = 5;

/// What a foreign key may say: the keys of the table that it refers to.
pub(super) struct Parents {
    pub(super) key: ForeignKey,
    pub(super) tuples: Vec<Vec<Option<String>>>,
    /// It refers to rows of its own table.
    pub(super) is_self: bool,
}

/// Everything that a row of the table is made from.
pub(super) struct Recipe<'t> {
    table: &'t Table,
    pools: BTreeMap<i16, Rc<Vec<String>>>,
    groups: Vec<Group>,
    parents: Vec<Parents>,
    /// So many rows have values of their own.
    different: usize,
    /// Values that a key of the first rows must have, as rows of other tables refer to it already.
    promised: Vec<BTreeMap<i16, String>>,
}

/// A row: values by column; what is not in it is left to the server.
type Row = BTreeMap<i16, Option<String>>;

/// The values that unique keys have.
type Keys = BTreeSet<(usize, Vec<String>)>;

impl<'t> Recipe<'t> {
    /// Asks for values. The error is a reason why there can be no rows.
    pub(super) fn new(
        connection: &mut PgConnection,
        table: &'t Table,
        pools: &mut Pools,
        becoming: &Becoming,
        parents: Vec<Parents>,
        promised: Vec<BTreeMap<i16, String>>,
        rows: usize,
    ) -> Result<Result<Recipe<'t>, String>> {
        let different = (rows - rows / 3).max(1);
        let mut recipe =
            Recipe { table, pools: BTreeMap::new(), groups: Vec::new(), parents, different, promised };
        let mut candidates = solve::Candidates::new();
        for column in table.columns.iter().filter(|column| !column.generated) {
            let pool = match becoming.get(&(table.oid, column.number)) {
                None => pools.of(connection, column.type_oid, column.typmod, &column.spelling)?,
                Some(possible) => Rc::new(judge::fitting(connection, possible.clone(), &column.spelling)?),
            };
            if pool.is_empty() && column.not_null && !column.counts {
                return Ok(Err(format!("no value is known for {} of type {}", column.name, column.spelling)));
            }
            let of_parent = recipe.referred(column.number);
            let many = if recipe.is_unique(column) { rows + CANDIDATES } else { CANDIDATES };
            let mut some: Vec<Option<String>> = match of_parent {
                Some(values) => values.into_iter().take(many).map(Some).collect(),
                None => pool.iter().take(many).cloned().map(Some).collect(),
            };
            if !column.not_null {
                some.push(None);
            }
            candidates.insert(column.number, some);
            recipe.pools.insert(column.number, pool);
        }
        for group in solve::groups(table) {
            let solved = solve::solve(connection, table, group, &candidates, rows * 2)?;
            if solved.solutions.is_empty() {
                let names: Vec<&str> = solved
                    .columns
                    .iter()
                    .filter_map(|number| table.column(*number))
                    .map(|c| c.name.as_str())
                    .collect();
                return Ok(Err(format!("no values found that its checks on {} allow", names.join(", "))));
            }
            recipe.groups.push(solved);
        }
        Ok(Ok(recipe))
    }

    /// What a foreign key of this column alone may say.
    fn referred(&self, number: i16) -> Option<Vec<String>> {
        let parents = self.parents.iter().find(|parents| parents.key.columns == [number])?;
        Some(parents.tuples.iter().filter_map(|tuple| tuple.first().cloned().flatten()).collect())
    }

    fn is_unique(&self, column: &Column) -> bool {
        self.table.unique.iter().any(|key| key.contains(&column.number))
    }

    /// Where the values of a row are taken from. In columns that no key forbids it in, the last third of the rows repeats the
    /// first ones: real rows have duplicates.
    fn place(&self, columns: &[&Column], at: usize) -> usize {
        let is_free = !columns.iter().any(|column| self.is_unique(column));
        if is_free { at % self.different } else { at }
    }

    /// Inserts rows until so many are there; returns how many are, and the last reason for one that is not.
    pub(super) fn insert(
        &self,
        connection: &mut PgConnection,
        wanted: usize,
    ) -> Result<(usize, Option<String>)> {
        let has_self = self.parents.iter().any(|parents| parents.is_self);
        if !has_self {
            let rows: Vec<Row> = (0..wanted).map(|at| self.row(at, 0, &[])).collect();
            let mut keys = Keys::new();
            if rows.iter().all(|row| self.is_new(row, &mut keys)) {
                let sql = self.statement(&rows);
                let all = query::attempt(connection, |connection| sql_query(&sql).execute(connection));
                if let Ok(count) = all {
                    return Ok((count, None));
                }
            }
        }
        let (mut done, mut failed, mut reason) = (0, 0, None);
        let mut own: Vec<Row> = Vec::new();
        let mut keys = Keys::new();
        for at in 0..wanted {
            let before = done;
            for again in 0..ATTEMPTS {
                let row = self.row(at, again, &own);
                if !self.is_new(&row, &mut keys) {
                    reason.get_or_insert_with(|| "there are not enough different values".to_owned());
                    continue;
                }
                let sql = self.statement(std::slice::from_ref(&row));
                match query::attempt(connection, |connection| sql_query(&sql).execute(connection)) {
                    Ok(count) => {
                        done += count;
                        own.push(row);
                        break;
                    }
                    Err(error) => {
                        connection.batch_execute("SELECT 1").context("lost the throwaway database")?;
                        reason = Some(server_message(&error).replace('\n', " "));
                    }
                }
            }
            if done == before {
                failed += 1;
            }
            if failed >= PATIENCE && done == 0 {
                break;
            }
        }
        Ok((done, reason))
    }

    /// Whether no unique key has the row's values yet, which are noted. Keys that are to come are not known to the server.
    fn is_new(&self, row: &Row, keys: &mut Keys) -> bool {
        let values = |key: &Vec<i16>| {
            let all = key.iter().map(|number| row.get(number).cloned().flatten());
            all.collect::<Option<Vec<String>>>()
        };
        let all: Vec<(usize, Vec<String>)> = self
            .table
            .unique
            .iter()
            .enumerate()
            .filter_map(|(number, key)| Some((number, values(key)?)))
            .collect();
        if all.iter().any(|one| keys.contains(one)) {
            return false;
        }
        keys.extend(all);
        true
    }

    /// The values of a row; `again` counts the attempts, and `own` are the rows that are there already.
    fn row(&self, at: usize, again: usize, own: &[Row]) -> Row {
        let mut row = Row::new();
        // The first rows have a value everywhere, the fourth only where it must.
        let chance =
            |number: i16| mixed((at * 31 + again * 7919) as u64 ^ (u64::from(number.unsigned_abs()) << 32));
        let is_null = |column: &Column| {
            !column.not_null && again % 4 != 3 && (at == 3 || (at > 3 && chance(column.number) % NULLS == 0))
        };
        for (name, value) in self.promised.get(at).into_iter().flatten() {
            row.insert(*name, Some(value.clone()));
        }
        for (number, group) in self.groups.iter().enumerate() {
            let columns: Vec<&Column> =
                group.columns.iter().filter_map(|number| self.table.column(*number)).collect();
            let step = self.place(&columns, at) + again * 13 + number * again;
            if let Some(solution) = group.solutions.get(step % group.solutions.len().max(1)) {
                for (column, value) in group.columns.iter().zip(solution) {
                    row.entry(*column).or_insert_with(|| value.clone());
                }
            }
        }
        for (number, parents) in self.parents.iter().enumerate() {
            self.refer(&mut row, parents, at, again, number, own, &is_null);
        }
        for column in self.table.columns.iter().filter(|column| !column.generated) {
            if row.contains_key(&column.number) || column.counts {
                continue;
            }
            let pool = self.pools.get(&column.number).map(|pool| pool.as_slice()).unwrap_or_default();
            let unique = self.is_unique(column);
            let value = if pool.is_empty() || (is_null(column) && !unique) {
                None
            } else {
                let place = if unique {
                    at + again * 20
                } else {
                    // Special values of different columns shall not all meet in the first rows.
                    let offset = usize::try_from(column.number).unwrap_or(0) * 3;
                    (self.place(&[column], at) + offset) % self.different + again
                };
                pool.get(place % pool.len()).cloned()
            };
            row.insert(column.number, value);
        }
        row
    }

    /// Sets the columns of a foreign key to a row that it may refer to and that suits what is decided.
    #[allow(clippy::too_many_arguments, reason = "one step of making a row, which has them all")]
    fn refer(
        &self,
        row: &mut Row,
        parents: &Parents,
        at: usize,
        again: usize,
        number: usize,
        own: &[Row],
        is_null: &dyn Fn(&Column) -> bool,
    ) {
        let columns: Vec<&Column> =
            parents.key.columns.iter().filter_map(|number| self.table.column(*number)).collect();
        let open: Vec<&&Column> = columns.iter().filter(|column| !row.contains_key(&column.number)).collect();
        if open.is_empty() {
            return;
        }
        let may_be_null = open.iter().any(|column| !column.not_null);
        let wants_null = open.iter().any(|column| is_null(column));
        let tuples: Vec<Vec<Option<String>>> = if parents.is_self {
            let of = |row: &Row| {
                parents.key.parent_columns.iter().map(|number| row.get(number).cloned().flatten()).collect()
            };
            own.iter().map(of).collect()
        } else {
            parents.tuples.clone()
        };
        let suits = |tuple: &&Vec<Option<String>>| {
            let fits = |(column, value): (&&Column, &Option<String>)| {
                row.get(&column.number).is_none_or(|decided| decided == value)
            };
            tuple.iter().all(Option::is_some) && columns.iter().zip(tuple.iter()).all(fits)
        };
        let suiting: Vec<&Vec<Option<String>>> = tuples.iter().filter(suits).collect();
        if (suiting.is_empty() || wants_null) && may_be_null {
            for column in open {
                if !column.not_null {
                    row.insert(column.number, None);
                }
            }
            return;
        }
        let length = suiting.len().max(1);
        // The second key of a table that joins two others moves on when the first has gone round.
        let at = self.place(&columns, at);
        let step = at + (at / length) * number + again * (number + 1);
        match suiting.get(step % length) {
            Some(tuple) => {
                for (column, value) in columns.iter().zip(tuple.iter()) {
                    row.entry(column.number).or_insert_with(|| value.clone());
                }
            }
            // A row may refer to itself.
            None if parents.is_self => {
                let pairs = parents.key.parent_columns.iter().zip(&columns);
                for (parent, column) in pairs {
                    let pool = self.pools.get(parent).map(|pool| pool.as_slice()).unwrap_or_default();
                    let value = pool.get((at + again * 20) % pool.len().max(1)).cloned();
                    let value = row.entry(*parent).or_insert(value).clone();
                    row.insert(column.number, value);
                }
            }
            None => {}
        }
    }

    fn statement(&self, rows: &[Row]) -> String {
        let columns: Vec<&Column> = self
            .table
            .columns
            .iter()
            .filter(|column| rows.iter().any(|row| row.contains_key(&column.number)))
            .collect();
        if columns.is_empty() {
            return format!("INSERT INTO {} DEFAULT VALUES", self.table.sql);
        }
        let names: Vec<&str> = columns.iter().map(|column| column.sql.as_str()).collect();
        let tuple = |row: &Row| {
            let value = |column: &&Column| match row.get(&column.number) {
                Some(value) => query::constant(value.as_deref(), &column.spelling),
                None => "DEFAULT".to_owned(),
            };
            format!("({})", columns.iter().map(value).collect::<Vec<_>>().join(", "))
        };
        let tuples: Vec<String> = rows.iter().map(tuple).collect();
        format!(
            "INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE VALUES {}",
            self.table.sql,
            names.join(", "),
            tuples.join(", ")
        )
    }
}

/// The rows that a foreign key may refer to.
pub(super) fn tuples(
    connection: &mut PgConnection,
    parent: &Table,
    columns: &[i16],
    limit: usize,
) -> QueryResult<Vec<Vec<Option<String>>>> {
    let names: Vec<&str> =
        columns.iter().map(|number| parent.column(*number).map_or("NULL", |column| &column.sql)).collect();
    let texts: Vec<String> = names.iter().map(|name| format!("{name}::text")).collect();
    let sql = format!(
        "SELECT pg_catalog.to_json(ARRAY[{}]::text[])::text AS value FROM {} ORDER BY 1 LIMIT {limit}",
        texts.join(", "),
        parent.sql
    );
    let rows = query::texts(connection, &sql)?;
    let parsed = rows.into_iter().flatten().map(|row| serde_json::from_str(&row).unwrap_or_default());
    Ok(parsed.collect())
}
