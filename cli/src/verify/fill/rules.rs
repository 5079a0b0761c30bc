//! Rows for a script that says itself that it does not take all rows: they keep the rules of the schema that it leads to as well,
//! as far as these are about columns that are there already, and its own once the columns that go have come back empty.

use std::collections::BTreeMap;

use super::super::tables::{Check, Column, ForeignKey, Table, Type, is_within};
use super::pool::Pools;

/// The schema that is led to.
pub(in crate::verify) struct Rules {
    /// With partitions.
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
            let back = table.checks.iter().filter(|_| self.way_back);
            let mut checks: Vec<Check> = back.filter_map(|check| afterwards(check, table, later)).collect();
            let (mut unique, mut keys) = (Vec::new(), Vec::new());
            for part in self.tables.iter().filter(|one| self.is_within(one, later)) {
                let known = Known { table, later, part };
                let demanded = part.checks.iter().cloned().chain(part.bounds());
                // What a partition demands concerns the rows that go there.
                let demanded = demanded.map(|check| match (&part.bound, part.oid == later.oid) {
                    (Some(bound), false) => part.check(format!("({bound}) IS NOT TRUE OR ({})", check.sql)),
                    (None | Some(_), _) => check,
                });
                let bound = part.bound.iter().filter(|_| part.oid == later.oid);
                let demanded = demanded.chain(bound.map(|bound| part.check(bound.clone())));
                checks.extend(demanded.filter_map(|check| known.presently(&check)));
                unique.extend(part.unique.iter().filter_map(|key| known.key(key)));
            }
            let is_known = |key: &&ForeignKey| {
                self.tables.iter().any(|table| table.oid == key.parent)
                    && !table.foreign_keys.iter().any(|own| own.columns == key.columns)
            };
            let known = Known { table, later, part: later };
            keys.extend(
                later.foreign_keys.iter().filter(is_known).filter(|key| known.key(&key.columns).is_some()),
            );
            unique.retain(|key| !table.unique.contains(key));
            unique.dedup();
            table.checks.extend(checks);
            table.unique.extend(unique);
            table.foreign_keys.extend(keys.into_iter().cloned());
        }
        becoming
    }

    /// Whether a table is another one or a partition of it.
    fn is_within(&self, table: &Table, root: &Table) -> bool {
        is_within(table.oid, root.oid, &|oid| self.tables.iter().find(|one| one.oid == oid))
    }
}

/// A table as it is and as it will be, and what demands something of its rows: the latter or one of its partitions.
struct Known<'t> {
    table: &'t Table,
    later: &'t Table,
    part: &'t Table,
}

impl Known<'_> {
    /// A column of the part as it will be, and as it is if it is there already.
    fn column(&self, number: i16) -> Option<(&Column, Option<&Column>)> {
        let column = self.later.named(&self.part.column(number)?.name)?;
        Some((column, self.table.column(column.number)))
    }

    /// A unique or foreign key, if all its columns are there already.
    fn key(&self, key: &[i16]) -> Option<Vec<i16>> {
        let one = |number: &i16| match self.column(*number)? {
            (column, Some(own)) if own.name == column.name && !own.generated => Some(own.number),
            (_, None | Some(_)) => None,
        };
        key.iter().map(one).collect()
    }

    /// A check as one on the columns that are there already: in those that are still to come rows have the default or NULL.
    /// Nothing where it is the same as before, or about other columns alone.
    fn presently(&self, check: &Check) -> Option<Check> {
        let bounds = self.table.bounds();
        if self.table.checks.iter().chain(&bounds).any(|own| own.sql == check.sql) {
            return None;
        }
        let mut columns = Vec::new();
        let mut coming = Vec::new();
        for number in &check.columns {
            match self.column(*number)? {
                (column, Some(own)) if own.name == column.name && !own.generated => columns.push(own.number),
                (_, Some(_)) => return None,
                (column, None) => coming.push(unset(column)?),
            }
        }
        with(check, columns, &coming)
    }
}

/// Types that every database has.
const FIRST_OWN_OID: i64 = 16_384;

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
