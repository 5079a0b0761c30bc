//! Whether rows and values survive. Before, all values are noted as text. Afterwards a table and a column are known again by the
//! server's own identity, so a rename loses nothing, else by name or by what `--rename` says, so one that was dropped and made
//! anew has to have its values back. A value may change its form by a cast to the column's new type; NULL may be filled.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use autogen_core::{Kind, Name, ObjectId, QualName, Renames, visible};
use diesel::PgConnection;
use diesel::connection::SimpleConnection;

use super::bench::Bench;
use super::query;
use super::tables::{self, Column, Table, Type};

/// A value in a message is no longer than this.
const SHOWN: usize = 40;

/// The values of all tables at one time.
pub(super) struct Contents {
    tables: Vec<(Table, Vec<Row>)>,
    /// Labels of enums by their oid.
    labels: BTreeMap<String, String>,
    types: BTreeMap<i64, Type>,
}

/// The values of a row in the order of the table's columns.
type Row = Vec<Option<String>>;

/// Something that is not as it was.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Loss {
    /// The table, by the name that it had.
    pub(super) table: String,
    /// The name alone, to be looked for in scripts.
    pub(super) table_name: String,
    /// The column, if it is about one.
    pub(super) column: Option<String>,
    /// One sentence.
    pub(super) message: String,
}

/// What came of the values.
#[derive(Clone, Debug, Default)]
pub(super) struct Outcome {
    /// Columns and tables that the script drops, with their values.
    pub(super) dropped: Vec<String>,
    /// What should have survived and has not.
    pub(super) losses: Vec<Loss>,
    /// Worth knowing.
    pub(super) notes: Vec<String>,
    /// Columns, by table oid and number, whose values are as they were.
    pub(super) kept: BTreeSet<(i64, i16)>,
}

impl Contents {
    /// Reads everything.
    pub(super) fn read(bench: &Bench) -> Result<Contents> {
        let mut connection = bench.reader()?;
        let types = tables::types(&mut connection)?;
        let labels = types.iter().flat_map(|one| one.labels.iter().cloned()).collect();
        let types = types.into_iter().map(|one| (one.oid, one)).collect();
        let mut all = Vec::new();
        for table in tables::tables(&mut connection)? {
            if table.kind == "f" {
                continue;
            }
            let values: Vec<String> =
                table.columns.iter().map(|column| format!("{}::text", column.sql)).collect();
            let sql = format!(
                "SELECT pg_catalog.to_json(ARRAY[{}]::text[])::text AS value FROM {}",
                values.join(", "),
                table.sql
            );
            let rows = query::texts(&mut connection, &sql)
                .with_context(|| format!("cannot read the rows of {}", table.shown()))?;
            let rows = rows.into_iter().flatten().map(|row| Ok(serde_json::from_str(&row)?));
            let rows: Result<Vec<Row>> = rows.collect();
            all.push((table, rows?));
        }
        Ok(Contents { tables: all, labels, types })
    }

    /// Compares with a later time in the same database. Columns outside of `only` are left out, if there is such a set.
    pub(super) fn compare(
        &self,
        after: &Contents,
        renames: &Renames,
        only: Option<&BTreeSet<(i64, i16)>>,
        bench: &Bench,
    ) -> Result<Outcome> {
        let mut connection = bench.reader()?;
        connection.batch_execute("BEGIN")?;
        let mut outcome = Outcome::default();
        for (table, rows) in &self.tables {
            let is_asked =
                |column: &Column| only.is_none_or(|only| only.contains(&(table.oid, column.number)));
            if !table.columns.iter().any(is_asked) {
                continue;
            }
            let Some((now, rows_now)) = after.counterpart(table, renames) else {
                if !rows.is_empty() && only.is_none() {
                    outcome.dropped.push(format!("table {} with {} rows", table.shown(), rows.len()));
                }
                continue;
            };
            let mut pairs = Vec::new();
            for (at, column) in table.columns.iter().enumerate() {
                if !is_asked(column) {
                    continue;
                }
                match counterpart(table, column, now, renames) {
                    Some(to) if column.generated || to.generated => {}
                    Some(to) => {
                        let at_now = now.columns.iter().position(|one| one.number == to.number);
                        pairs.extend(at_now.map(|at_now| (at, at_now)));
                    }
                    None if column.generated || rows.is_empty() => {}
                    None => {
                        outcome.dropped.push(format!("column {}.{}", table.shown(), visible(&column.name)))
                    }
                }
            }
            let sides = Sides { table, now, pairs };
            self.table(after, &sides, rows, rows_now, &mut connection, &mut outcome)?;
        }
        Ok(outcome)
    }

    /// The same table at another time.
    fn counterpart(&self, table: &Table, renames: &Renames) -> Option<&(Table, Vec<Row>)> {
        let by_identity = self.tables.iter().find(|(other, _)| other.oid == table.oid);
        let name = QualName::new(table.schema.as_str(), table.name.as_str());
        let wanted = renames.follow(&ObjectId::table(&name)).name;
        let is = |other: &Table| other.schema == wanted.schema.as_str() && other.name == wanted.name.as_str();
        by_identity.or_else(|| self.tables.iter().find(|(other, _)| is(other)))
    }

    fn table(
        &self,
        after: &Contents,
        sides: &Sides<'_>,
        rows: &[Row],
        rows_now: &[Row],
        connection: &mut PgConnection,
        outcome: &mut Outcome,
    ) -> Result<()> {
        let loss = |column: Option<&Column>, message: String| Loss {
            table: sides.table.shown(),
            table_name: sides.table.name.clone(),
            column: column.map(|column| column.name.clone()),
            message,
        };
        if rows_now.len() < rows.len() {
            let gone = rows.len() - rows_now.len();
            let message = format!("{gone} of {} rows of {} are gone", rows.len(), sides.table.shown());
            outcome.losses.push(loss(None, message));
            return Ok(());
        }
        if rows_now.len() > rows.len() {
            let more = rows_now.len() - rows.len();
            outcome.notes.push(format!("{} has {more} more rows", sides.table.shown()));
        }
        // Each column as it should be now; nothing where that cannot be told.
        let mut wanted: Vec<Vec<Expected>> = Vec::new();
        for (at, at_now) in &sides.pairs {
            wanted.push(self.expected(after, sides, *at, *at_now, rows, connection)?);
        }
        let columns = sides.pairs.iter().zip(&wanted);
        let stable: Vec<usize> = columns
            .enumerate()
            .filter(|(_, ((_, at_now), wanted))| is_contained(wanted, rows_now, *at_now))
            .map(|(number, _)| number)
            .collect();
        let Some(partners) = partners(&stable, sides, &wanted, rows.len(), rows_now) else {
            let message = format!("values of {} are in other rows than before", sides.table.shown());
            outcome.losses.push(loss(None, message));
            return Ok(());
        };
        for (number, (at, at_now)) in sides.pairs.iter().enumerate() {
            let (Some(column), Some(now)) = (sides.table.columns.get(*at), sides.now.columns.get(*at_now))
            else {
                continue;
            };
            let mut lost: Vec<(Option<&str>, Option<&str>)> = Vec::new();
            let (mut untold, mut filled) = (0usize, 0usize);
            for (row, partner) in partners.iter().enumerate() {
                let value =
                    rows_now.get(*partner).and_then(|row| row.get(*at_now)).and_then(Option::as_deref);
                let was = rows.get(row).and_then(|row| row.get(*at)).and_then(Option::as_deref);
                match &wanted[number][row] {
                    Expected::Value(wanted) if wanted.as_deref() == value => {}
                    Expected::Value(None) => filled += 1,
                    Expected::Value(Some(_)) => lost.push((was, value)),
                    Expected::Untold if value.is_none() => lost.push((was, value)),
                    Expected::Untold => untold += 1,
                }
            }
            let name = format!("{}.{}", sides.table.shown(), visible(&column.name));
            if filled > 0 {
                outcome.notes.push(format!("{filled} NULLs of {name} are filled"));
            }
            if untold > 0 {
                outcome.notes.push(format!(
                    "{untold} values of {name} are converted in a way that no cast from {} to {} tells",
                    column.spelling, now.spelling
                ));
            }
            match lost.first() {
                None => {
                    outcome.kept.insert((sides.table.oid, column.number));
                }
                Some((was, is)) => {
                    let message = format!(
                        "{} of {} values of {name} are lost: {} has become {}",
                        lost.len(),
                        rows.len(),
                        shown(*was),
                        shown(*is)
                    );
                    outcome.losses.push(loss(Some(column), message));
                }
            }
        }
        Ok(())
    }

    /// What the values of a column should be in its new type.
    fn expected(
        &self,
        after: &Contents,
        sides: &Sides<'_>,
        at: usize,
        at_now: usize,
        rows: &[Row],
        connection: &mut PgConnection,
    ) -> Result<Vec<Expected>> {
        let (Some(column), Some(now)) = (sides.table.columns.get(at), sides.now.columns.get(at_now)) else {
            return Ok(Vec::new());
        };
        let mut known: BTreeMap<&str, Expected> = BTreeMap::new();
        for value in rows.iter().filter_map(|row| row.get(at)).flatten() {
            if known.contains_key(value.as_str()) {
                continue;
            }
            let same = column.type_oid == now.type_oid && column.typmod == now.typmod;
            let expected = match (same, self.label(after, column, now, value)) {
                (_, Some(label)) => Expected::Value(Some(label)),
                (true, None) => Expected::Value(Some(value.clone())),
                (false, None) => cast(connection, value, column, now)?,
            };
            known.insert(value, expected);
        }
        let one = |row: &Row| match row.get(at).and_then(Option::as_deref) {
            None => Expected::Value(None),
            Some(value) => known.get(value).cloned().unwrap_or(Expected::Untold),
        };
        Ok(rows.iter().map(one).collect())
    }

    /// A label of an enum that is called otherwise now.
    fn label(&self, after: &Contents, column: &Column, now: &Column, value: &str) -> Option<String> {
        if column.type_oid != now.type_oid {
            return None;
        }
        let (oid, _) = self.types.get(&column.type_oid)?.labels.iter().find(|(_, label)| label == value)?;
        self.labels.get(oid)?;
        after.labels.get(oid).cloned()
    }
}

/// A table before and after, and which columns are the same.
struct Sides<'c> {
    table: &'c Table,
    now: &'c Table,
    pairs: Vec<(usize, usize)>,
}

/// What a value should be.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Expected {
    Value(Option<String>),
    /// No cast leads to the new type.
    Untold,
}

/// The same column at another time.
fn counterpart<'n>(table: &Table, column: &Column, now: &'n Table, renames: &Renames) -> Option<&'n Column> {
    let name = QualName::new(table.schema.as_str(), table.name.as_str());
    let old = ObjectId::part(Kind::Column, name, Name::new(column.name.as_str()));
    let followed = renames.follow(&old);
    let said = followed.part.filter(|part| part.as_str() != column.name);
    if let Some(named) = said.and_then(|part| now.named(part.as_str())) {
        return Some(named);
    }
    let by_identity = if table.oid == now.oid { now.column(column.number) } else { None };
    by_identity.or_else(|| now.named(&column.name))
}

/// A value in the new type, by the cast that the server has.
fn cast(connection: &mut PgConnection, value: &str, from: &Column, to: &Column) -> Result<Expected> {
    let by_cast = format!("({})::{}", query::constant(Some(value), &from.spelling), to.spelling);
    let by_text = query::constant(Some(value), &to.spelling);
    for expression in [by_cast, by_text] {
        let sql = format!("SELECT ({expression})::text AS value");
        let found = query::attempt(connection, |connection| query::texts(connection, &sql));
        if let Ok(found) = found {
            return Ok(Expected::Value(found.into_iter().next().flatten()));
        }
    }
    connection.batch_execute("SELECT 1").context("lost the throwaway database")?;
    Ok(Expected::Untold)
}

/// Whether all expected values are there, each as often.
fn is_contained(wanted: &[Expected], rows: &[Row], at: usize) -> bool {
    let mut counts: BTreeMap<Option<&str>, usize> = BTreeMap::new();
    for row in rows {
        *counts.entry(row.get(at).and_then(Option::as_deref)).or_default() += 1;
    }
    wanted.iter().all(|one| match one {
        Expected::Untold => false,
        Expected::Value(value) => counts.get_mut(&value.as_deref()).is_some_and(|count| {
            let has = *count > 0;
            *count = count.saturating_sub(1);
            has
        }),
    })
}

/// For each row the one that it is now, known by the columns that are as they were.
fn partners(
    stable: &[usize],
    sides: &Sides<'_>,
    wanted: &[Vec<Expected>],
    count: usize,
    rows_now: &[Row],
) -> Option<Vec<usize>> {
    let mut free: BTreeMap<Vec<Option<&str>>, Vec<usize>> = BTreeMap::new();
    for (at, row) in rows_now.iter().enumerate().rev() {
        let key = stable.iter().map(|number| {
            sides.pairs.get(*number).and_then(|(_, now)| row.get(*now)).and_then(Option::as_deref)
        });
        free.entry(key.collect()).or_default().push(at);
    }
    (0..count)
        .map(|row| {
            let key =
                stable.iter().map(|number| match wanted.get(*number).and_then(|column| column.get(row)) {
                    Some(Expected::Value(value)) => value.as_deref(),
                    Some(Expected::Untold) | None => None,
                });
            free.get_mut(&key.collect::<Vec<_>>()).and_then(Vec::pop)
        })
        .collect()
}

fn shown(value: Option<&str>) -> String {
    match value {
        None => "NULL".to_owned(),
        Some(value) => {
            let text: String = value.chars().take(SHOWN).collect();
            let more = if text.len() < value.len() { "…" } else { "" };
            format!("'{}{more}'", visible(&text))
        }
    }
}
