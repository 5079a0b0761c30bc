//! Whether rows and values survive. Before, all values are noted as text. Afterwards a table and a column are known again by the
//! server's own identity, so a rename loses nothing, else by name or by what `--rename` says, so one that was dropped and made
//! anew has to have its values back. A value may change its form by a cast to the column's new type; NULL may be filled. The rows
//! of a partition that becomes a table of its own, and of a child that leaves its parent, are where they were.

mod composite;
mod contents;
mod expected;
mod partners;

use std::collections::BTreeSet;

use anyhow::Result;
use autogen_core::{Renames, visible};
use diesel::PgConnection;
use diesel::connection::SimpleConnection;

use super::bench::Bench;
use super::tables::{Column, Table};
pub(super) use contents::Contents;
use contents::{Filled, Row, counterpart};
use expected::{Expected, Passage, expected};
use partners::{is_contained, partners};

/// A value in a message is no longer than this.
const SHOWN: usize = 40;

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
    pub(super) kept: Kept,
}

/// What is as it was.
#[derive(Clone, Debug, Default)]
pub(super) struct Kept {
    /// Columns, by table oid and number, whose values are.
    columns: BTreeSet<(i64, i16)>,
    /// But for the rows of these partitions, by the oid, which went with them.
    without: BTreeSet<i64>,
}

impl Contents {
    /// Compares with a later time in the same database. What is not of `only` is left out, if there is such a limit.
    pub(super) fn compare(
        &self,
        after: &Contents,
        renames: &Renames,
        only: Option<&Kept>,
        bench: &Bench,
    ) -> Result<Outcome> {
        let mut connection = bench.reader()?;
        connection.batch_execute("BEGIN")?;
        let mut outcome = Outcome::default();
        for Filled { table, rows } in self.tables.iter().filter(|one| one.table.partition_of.is_none()) {
            let is_asked =
                |column: &Column| only.is_none_or(|only| only.columns.contains(&(table.oid, column.number)));
            if !table.columns.iter().any(is_asked) {
                continue;
            }
            let now = after.counterpart(table, renames);
            let is_expected = |row: &&Row| only.is_none_or(|only| !only.without.contains(&row.leaf));
            let rows: Vec<Row> = rows.iter().filter(is_expected).cloned().collect();
            let mut homes = after.homes(self, rows, now.map(|now| &now.table));
            if let Some(now) = now {
                self.tell_made_anew(&mut homes.own, now, after, &mut outcome);
            }
            for (leaf, rows) in &homes.gone {
                let name = self.numbered(*leaf).map_or_else(String::new, |filled| filled.table.shown());
                outcome.dropped.push(format!("table {name} with {} rows", rows.len()));
                outcome.kept.without.insert(*leaf);
            }
            if now.is_none() && !homes.own.is_empty() && only.is_none() {
                outcome.dropped.push(format!("table {} with {} rows", table.shown(), homes.own.len()));
            }
            let mut moves: Vec<(&Filled, &[Row])> = Vec::new();
            moves.extend(now.map(|now| (now, homes.own.as_slice())));
            for (leaf, rows) in &homes.strayed {
                let Some(home) = after.numbered(*leaf) else { continue };
                outcome.notes.push(format!(
                    "{} rows of {} are in {} alone, which is no partition of it any more",
                    rows.len(),
                    table.shown(),
                    home.table.shown()
                ));
                moves.push((home, rows));
            }
            let mut changed = BTreeSet::new();
            for (now, rows) in moves {
                let mut pairs = Vec::new();
                for (at, column) in table.columns.iter().enumerate().filter(|(_, column)| is_asked(column)) {
                    match counterpart(table, column, &now.table, renames) {
                        Some(to) if column.generated || to.generated => {}
                        Some(to) => {
                            let at_now = now.table.columns.iter().position(|one| one.number == to.number);
                            pairs.extend(at_now.map(|at_now| Passage { at, at_now, was: column, now: to }));
                        }
                        None if column.generated || rows.is_empty() => {}
                        None => {
                            let name = format!("column {}.{}", table.shown(), visible(&column.name));
                            outcome.dropped.push(name);
                        }
                    }
                }
                let sides = Sides { before: self, after, table, now, rows };
                sides.compare(&pairs, &mut connection, &mut outcome, &mut changed)?;
            }
            outcome.kept.columns.retain(|column| !changed.contains(column));
        }
        outcome.dropped.dedup();
        Ok(outcome)
    }

    /// Where rows of a partitioned table are missing, those of partitions that were made anew under their names are missed in these,
    /// as the script says it of them if it does.
    fn tell_made_anew(&self, rows: &mut Vec<Row>, now: &Filled, after: &Contents, outcome: &mut Outcome) {
        if now.rows.len() >= rows.len() {
            return;
        }
        let is_gone = |filled: &&Filled| {
            filled.table.partition_of.is_some() && after.numbered(filled.table.oid).is_none()
        };
        for part in self.tables.iter().filter(is_gone) {
            let all = rows.len();
            rows.retain(|row| row.leaf != part.table.oid);
            let gone = all - rows.len();
            if gone > 0 {
                let message = format!("the {gone} rows of {} are gone", part.table.shown());
                outcome.losses.push(Loss::of(&part.table, None, message));
                outcome.kept.without.insert(part.table.oid);
            }
        }
    }
}

impl Loss {
    fn of(table: &Table, column: Option<&Column>, message: String) -> Loss {
        let column = column.map(|column| column.name.clone());
        Loss { table: table.shown(), table_name: table.name.clone(), column, message }
    }
}

/// A table before and after, and its rows from before that should be in the one that it is now.
struct Sides<'c> {
    before: &'c Contents,
    after: &'c Contents,
    table: &'c Table,
    now: &'c Filled,
    rows: &'c [Row],
}

impl Sides<'_> {
    /// Tells what is not as it was; columns of which a value is not are in `changed`.
    fn compare(
        &self,
        pairs: &[Passage<'_>],
        connection: &mut PgConnection,
        outcome: &mut Outcome,
        changed: &mut BTreeSet<(i64, i16)>,
    ) -> Result<()> {
        let (rows, rows_now) = (self.rows, &self.now.rows);
        let all = self.table.columns.iter().map(|column| (self.table.oid, column.number));
        if rows_now.len() < rows.len() {
            let gone = rows.len() - rows_now.len();
            let message = format!("{gone} of {} rows of {} are gone", rows.len(), self.table.shown());
            outcome.losses.push(Loss::of(self.table, None, message));
            changed.extend(all);
            return Ok(());
        }
        if rows_now.len() > rows.len() && self.table.oid == self.now.table.oid {
            let more = rows_now.len() - rows.len();
            outcome.notes.push(format!("{} has {more} more rows", self.table.shown()));
        }
        // Each column as it should be now; nothing where that cannot be told.
        let mut wanted: Vec<Vec<Expected>> = Vec::new();
        for pair in pairs {
            wanted.push(expected(self.before, self.after, pair, rows, connection)?);
        }
        let columns = pairs.iter().zip(&wanted).map(|(pair, wanted)| (wanted.as_slice(), pair.at_now));
        let stable: Vec<(&[Expected], usize)> =
            columns.filter(|(wanted, at_now)| is_contained(wanted, rows_now, *at_now)).collect();
        let Some(partners) = partners(&stable, rows.len(), rows_now) else {
            let message = format!("values of {} are in other rows than before", self.table.shown());
            outcome.losses.push(Loss::of(self.table, None, message));
            changed.extend(all);
            return Ok(());
        };
        for (pair, wanted) in pairs.iter().zip(&wanted) {
            self.column(pair, wanted, &partners, outcome, changed);
        }
        Ok(())
    }

    fn column(
        &self,
        pair: &Passage<'_>,
        wanted: &[Expected],
        partners: &[usize],
        outcome: &mut Outcome,
        changed: &mut BTreeSet<(i64, i16)>,
    ) {
        let mut lost: Vec<(Option<&str>, Option<&str>)> = Vec::new();
        let (mut untold, mut filled) = (0usize, 0usize);
        for ((row, partner), wanted) in self.rows.iter().zip(partners).zip(wanted) {
            let was = row.value(pair.at);
            let value = self.now.rows.get(*partner).and_then(|row| row.value(pair.at_now));
            match wanted {
                Expected::Value(wanted) if wanted.as_deref() == value => {}
                Expected::Value(None) => filled += 1,
                Expected::Value(Some(_)) => lost.push((was, value)),
                Expected::Untold if value.is_none() => lost.push((was, value)),
                Expected::Untold => untold += 1,
            }
        }
        let name = format!("{}.{}", self.table.shown(), visible(&pair.was.name));
        if filled > 0 {
            outcome.notes.push(format!("{filled} NULLs of {name} are filled"));
        }
        if untold > 0 {
            outcome.notes.push(match pair.was.type_oid == pair.now.type_oid {
                true => format!("{untold} values of {name} look otherwise, as what they are made of does"),
                false => format!(
                    "{untold} values of {name} are converted in a way that no cast from {} to {} tells",
                    pair.was.spelling, pair.now.spelling
                ),
            });
        }
        let column = (self.table.oid, pair.was.number);
        let gone = self.attributes_gone(pair);
        if !self.rows.is_empty() {
            outcome.dropped.extend(gone.iter().map(|attribute| format!("attribute {attribute} of {name}")));
        }
        match lost.first() {
            None if gone.is_empty() => {
                outcome.kept.columns.insert(column);
            }
            None => {
                changed.insert(column);
            }
            Some((was, is)) => {
                let message = format!(
                    "{} of {} values of {name} are lost: {} has become {}",
                    lost.len(),
                    self.rows.len(),
                    shown(*was),
                    shown(*is)
                );
                outcome.losses.push(Loss::of(self.table, Some(pair.was), message));
                changed.insert(column);
            }
        }
    }

    /// Attributes of a composite type that it has no more.
    fn attributes_gone(&self, pair: &Passage<'_>) -> Vec<String> {
        let types = (self.before.types.get(&pair.was.type_oid), self.after.types.get(&pair.now.type_oid));
        let (Some(was), Some(now)) = types else { return Vec::new() };
        if was.oid != now.oid {
            return Vec::new();
        }
        let gone = was.fields.iter().filter(|field| !now.fields.iter().any(|one| one.number == field.number));
        gone.map(|field| visible(&field.name)).collect()
    }
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
