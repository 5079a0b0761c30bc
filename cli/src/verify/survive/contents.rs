//! The values of all tables at one time, and which table is the same one at another time.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use autogen_core::{Kind, Name, ObjectId, QualName, Renames};

use super::super::bench::Bench;
use super::super::query;
use super::super::tables::{self, Column, Table, Type};

/// The values of all tables at one time.
pub(in crate::verify) struct Contents {
    pub(super) tables: Vec<Filled>,
    /// Labels of enums by their oid.
    pub(super) labels: BTreeMap<String, String>,
    pub(super) types: BTreeMap<i64, Type>,
}

/// A table with its own rows; a partitioned one has those of its partitions, which are here by themselves, too.
pub(super) struct Filled {
    pub(super) table: Table,
    pub(super) rows: Vec<Row>,
}

/// A row.
#[derive(Clone)]
pub(super) struct Row {
    /// The table in which it lies: a partition of the one that it was read from, or that one.
    pub(super) leaf: i64,
    /// In the order of the table's columns.
    pub(super) values: Vec<Option<String>>,
}

/// Where the rows of a table are to be looked for later.
#[derive(Default)]
pub(super) struct Homes {
    /// In the table itself.
    pub(super) own: Vec<Row>,
    /// In what was a partition of it and is a table of its own, by the oid.
    pub(super) strayed: BTreeMap<i64, Vec<Row>>,
    /// Nowhere: they went with the partition in which they lay, in whose place nothing has come; by the oid.
    pub(super) gone: BTreeMap<i64, Vec<Row>>,
}

impl Filled {
    /// A partition with its rows, which are some of those of the table; the columns may be in another order.
    fn part(&self, part: &Table, is_of_it: impl Fn(&Row) -> bool) -> Filled {
        let place = |column: &Column| self.table.columns.iter().position(|own| own.name == column.name);
        let places: Vec<Option<usize>> = part.columns.iter().map(place).collect();
        let row = |row: &Row| Row {
            leaf: row.leaf,
            values: places.iter().map(|at| row.value((*at)?).map(str::to_owned)).collect(),
        };
        let rows = self.rows.iter().filter(|row| is_of_it(row)).map(row).collect();
        Filled { table: part.clone(), rows }
    }
}

impl Row {
    pub(super) fn value(&self, at: usize) -> Option<&str> {
        self.values.get(at).and_then(Option::as_deref)
    }
}

impl Contents {
    /// Reads everything.
    pub(in crate::verify) fn read(bench: &Bench) -> Result<Contents> {
        let mut connection = bench.reader()?;
        let types = tables::types(&mut connection)?;
        let labels = types.iter().flat_map(|one| one.labels.iter().cloned()).collect();
        let types = types.into_iter().map(|one| (one.oid, one)).collect();
        let tables: Vec<Table> =
            tables::with_partitions(&mut connection)?.into_iter().filter(|table| table.kind != "f").collect();
        let mut all = Vec::new();
        for table in tables.iter().filter(|table| table.partition_of.is_none()) {
            let values: Vec<String> =
                table.columns.iter().map(|column| format!("{}::text", column.sql)).collect();
            // The rows of a table that inherits are told with that one.
            let only = if table.kind == "p" { "" } else { "ONLY " };
            let sql = format!(
                "SELECT pg_catalog.json_build_array(tableoid::bigint, ARRAY[{}]::text[])::text AS value FROM {only}{}",
                values.join(", "),
                table.sql
            );
            let rows = query::texts(&mut connection, &sql)
                .with_context(|| format!("cannot read the rows of {}", table.shown()))?;
            let rows = rows.into_iter().flatten().map(|row| {
                let (leaf, values) = serde_json::from_str(&row)?;
                Ok(Row { leaf, values })
            });
            let rows: Result<Vec<Row>> = rows.collect();
            all.push(Filled { table: table.clone(), rows: rows? });
        }
        // The rows of a partition have been read with those of its table.
        let is_within =
            |leaf, root| tables::is_within(leaf, root, &|oid| tables.iter().find(|table| table.oid == oid));
        let parts = tables.iter().filter(|table| table.partition_of.is_some()).filter_map(|part| {
            let whole = all.iter().find(|whole: &&Filled| is_within(part.oid, whole.table.oid))?;
            Some(whole.part(part, |row| is_within(row.leaf, part.oid)))
        });
        let parts: Vec<Filled> = parts.collect();
        all.extend(parts);
        Ok(Contents { tables: all, labels, types })
    }

    /// The same table at another time.
    pub(super) fn counterpart(&self, table: &Table, renames: &Renames) -> Option<&Filled> {
        let name = QualName::new(table.schema.as_str(), table.name.as_str());
        let wanted = renames.follow(&ObjectId::table(&name)).name;
        let is = |other: &Table| other.schema == wanted.schema.as_str() && other.name == wanted.name.as_str();
        self.numbered(table.oid).or_else(|| self.tables.iter().find(|other| is(&other.table)))
    }

    /// A table by its oid.
    pub(super) fn numbered(&self, oid: i64) -> Option<&Filled> {
        self.tables.iter().find(|filled| filled.table.oid == oid)
    }

    /// Where rows of another time are now, their table being this one now, if it is there. What lay in a partition that is
    /// there and has left the table is in it; what lay in one that is gone should have gone to another, if one has come.
    pub(super) fn homes(&self, before: &Contents, rows: Vec<Row>, now: Option<&Table>) -> Homes {
        let mut homes = Homes::default();
        let is_within = |oid| now.is_some_and(|now| self.is_within(oid, now.oid));
        let mut oids = self.tables.iter().map(|one| one.table.oid);
        let has_new = oids.any(|oid| is_within(oid) && before.numbered(oid).is_none());
        let leaves: BTreeSet<i64> = rows.iter().map(|row| row.leaf).collect();
        let is_there = |leaf: &&i64| self.numbered(**leaf).is_some();
        let strayed: BTreeSet<i64> =
            leaves.iter().filter(is_there).copied().filter(|leaf| !is_within(*leaf)).collect();
        let is_part =
            |leaf: &&i64| before.numbered(**leaf).is_some_and(|one| one.table.partition_of.is_some());
        let gone = leaves.iter().filter(|leaf| now.is_some() && !has_new && is_part(leaf) && !is_there(leaf));
        let gone: BTreeSet<i64> = gone.copied().collect();
        for row in rows {
            let home = match (strayed.contains(&row.leaf), gone.contains(&row.leaf)) {
                (true, _) => homes.strayed.entry(row.leaf).or_default(),
                (false, true) => homes.gone.entry(row.leaf).or_default(),
                (false, false) => &mut homes.own,
            };
            home.push(row);
        }
        homes
    }

    /// Whether a table is another one or, over any number of steps, a partition of it.
    fn is_within(&self, leaf: i64, root: i64) -> bool {
        tables::is_within(leaf, root, &|oid| self.numbered(oid).map(|filled| &filled.table))
    }
}

/// The same column at another time.
pub(super) fn counterpart<'n>(
    table: &Table,
    column: &Column,
    now: &'n Table,
    renames: &Renames,
) -> Option<&'n Column> {
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
