//! Rows for a script that says itself that it does not take all rows: they keep the rules of the schema that it leads to as well,
//! as far as these are about columns that are there already, and its own once the columns that go have come back empty.

use std::collections::BTreeMap;

use super::super::tables::{Check, Column, Table, Type};
use super::pool::Pools;

/// The schema that is led to.
pub(in crate::verify) struct Rules {
    pub(in crate::verify) tables: Vec<Table>,
    pub(in crate::verify) types: Vec<Type>,
    /// The way back refuses rows too: in columns that it makes anew they have the default or NULL.
    pub(in crate::verify) way_back: bool,
}

/// Values for columns whose type will be another one, by table and column.
pub(super) type Becoming = BTreeMap<(i64, i16), Vec<String>>;

impl Rules {
    /// Adds what the later schema demands to what the present one does.
    pub(super) fn apply(&self, tables: &mut [Table], count: usize) -> Becoming {
        let mut becoming = Becoming::new();
        let pools = Pools::new(self.types.clone(), count);
        for table in tables {
            let Some(later) = self.tables.iter().find(|later| later.oid == table.oid) else { continue };
            for column in &mut table.columns {
                let Some(other) = later.column(column.number) else { continue };
                column.not_null |= other.not_null && !other.generated;
                if (other.type_oid, other.typmod) != (column.type_oid, column.typmod) {
                    becoming.insert((table.oid, column.number), pools.possible(other.type_oid, other.typmod));
                }
            }
            let is_here = |number: &i16| match (table.column(*number), later.column(*number)) {
                (Some(column), Some(other)) => column.name == other.name && !column.generated,
                (None | Some(_), None | Some(_)) => false,
            };
            let checks = later.checks.iter().filter_map(|check| presently(check, table, later));
            let unique = later.unique.iter().filter(|key| key.iter().all(is_here));
            let keys = later.foreign_keys.iter().filter(|key| key.columns.iter().all(is_here));
            let known = |oid: i64| self.tables.iter().any(|table| table.oid == oid);
            let added = (
                checks.collect::<Vec<_>>(),
                unique.filter(|key| !table.unique.contains(*key)).cloned().collect::<Vec<_>>(),
                keys.filter(|key| {
                    known(key.parent) && !table.foreign_keys.iter().any(|own| own.columns == key.columns)
                })
                .cloned()
                .collect::<Vec<_>>(),
            );
            let back = table
                .checks
                .iter()
                .filter(|_| self.way_back)
                .filter_map(|check| afterwards(check, table, later));
            let back: Vec<Check> = back.collect();
            table.checks.extend(back);
            table.checks.extend(added.0);
            table.unique.extend(added.1);
            table.foreign_keys.extend(added.2);
        }
        becoming
    }
}

/// Types that every database has.
const FIRST_OWN_OID: i64 = 16_384;

/// A check of the later schema as one on the columns that are there already: in those that are still to come rows have the
/// default or NULL. Nothing where it is the same as before, or about other columns alone.
fn presently(check: &Check, table: &Table, later: &Table) -> Option<Check> {
    if table.checks.iter().any(|own| own.sql == check.sql) {
        return None;
    }
    let mut columns = Vec::new();
    let mut coming = Vec::new();
    for number in &check.columns {
        let column = later.column(*number)?;
        match table.column(*number) {
            Some(own) if own.name == column.name && !own.generated => columns.push(*number),
            Some(_) => return None,
            None => coming.push(unset(column)?),
        }
    }
    with(check, columns, &coming)
}

/// A check of the present schema as it is when the columns that go have come back. Nothing where it is about none of them.
fn afterwards(check: &Check, table: &Table, later: &Table) -> Option<Check> {
    let (stay, go): (Vec<i16>, Vec<i16>) =
        check.columns.iter().partition(|number| later.column(**number).is_some());
    let coming = go.iter().map(|number| unset(table.column(*number)?)).collect::<Option<Vec<_>>>()?;
    if coming.is_empty() { None } else { with(check, stay, &coming) }
}

/// What a new column has in rows that are there. Nothing where it cannot be told by itself.
fn unset(column: &Column) -> Option<String> {
    if column.type_oid >= FIRST_OWN_OID || column.generated || column.counts {
        return None;
    }
    let value = column.default.as_deref().unwrap_or("NULL");
    Some(format!("({value})::{} AS {}", column.spelling, column.sql))
}

/// A check on some columns, the others having these values.
fn with(check: &Check, columns: Vec<i16>, others: &[String]) -> Option<Check> {
    if columns.is_empty() {
        return None;
    }
    let sql = match others.is_empty() {
        true => check.sql.clone(),
        false => format!("(SELECT {} FROM (SELECT {}) AS autogen_coming)", check.sql, others.join(", ")),
    };
    Some(Check { columns, sql })
}
