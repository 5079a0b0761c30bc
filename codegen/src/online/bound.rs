//! What the bound of a partition says of its rows, as a condition (`get_qual_from_partbound` in partbounds.c), and the check
//! in which the server leaves it to a partition that was detached concurrently.
//!
//! Conditions are written of lists and ranges of columns, at every level above the partition; of hashes there are none.

use std::collections::BTreeSet;

use autogen_core::object::Table;
use autogen_core::object::choose_name;
use autogen_core::object::table::PartitionOf;
use autogen_core::{Catalog, Kind, Name, Object, ObjectId, Pair, QualName, Token, TokenKind, tokens};

use crate::object::shared::MAX_LEVELS;
use crate::sql::Sql;

/// The condition that all rows of a partition keep.
pub(crate) fn condition(partition: &PartitionOf, catalog: &Catalog) -> Option<Sql> {
    let mut levels = levels(partition, catalog)?;
    levels.reverse();
    let mut all = Vec::new();
    for (bound, key) in levels {
        all.extend(of_one(bound.bound.as_str(), &key)?);
    }
    joined(all, "AND")
}

/// The columns of the keys that the condition is about.
pub(crate) fn columns(partition: &PartitionOf, catalog: &Catalog) -> Option<Vec<Name>> {
    Some(levels(partition, catalog)?.into_iter().flat_map(|(_, key)| key.columns).collect())
}

/// The check that `DETACH PARTITION … CONCURRENTLY` makes (`DetachAddConstraintIfNeeded` in tablecmds.c), by the name that
/// nothing has. None if it cannot be told: what the table is in may not change meanwhile.
pub(crate) fn left_check(
    table: &QualName,
    partition: &PartitionOf,
    catalogs: Pair<&Catalog>,
) -> Option<ObjectId> {
    let above = catalogs.map(|catalog| levels(partition, catalog));
    let (before, after) = (above.before?, above.after?);
    if before != after {
        return None;
    }
    let columns: BTreeSet<Name> = before.into_iter().flat_map(|(_, key)| key.columns).collect();
    let mut parts = vec![table.name.as_str()];
    if columns.len() == 1 {
        parts.extend(columns.iter().map(Name::as_str));
    }
    let mut number = 0_u32;
    loop {
        let label = if number == 0 { "check".to_owned() } else { format!("check{number}") };
        let id = ObjectId::part(Kind::Check, table.clone(), Name::new(choose_name(&parts, &label)));
        match (is_taken(&id, catalogs.before), is_taken(&id, catalogs.after)) {
            (false, false) => return Some(id),
            (true, true) => number += 1,
            // Whether it is taken then is a question of the order.
            (true, false) | (false, true) => return None,
        }
    }
}

/// True if a constraint of the schema has the name.
fn is_taken(id: &ObjectId, catalog: &Catalog) -> bool {
    [Kind::Check, Kind::Unique, Kind::PrimaryKey, Kind::ForeignKey, Kind::Exclusion].into_iter().any(|kind| {
        let mut all = catalog.of_kind(kind);
        all.any(|(other, _)| other.name.schema == id.name.schema && other.own_name() == id.own_name())
    })
}

#[derive(PartialEq, Eq)]
struct Key {
    /// `LIST`, `RANGE` or `HASH`.
    strategy: String,
    columns: Vec<Name>,
}

/// A partition's bound and those of what it is in, from below, each with the key that it is about.
fn levels<'a>(partition: &'a PartitionOf, catalog: &'a Catalog) -> Option<Vec<(&'a PartitionOf, Key)>> {
    let mut all = Vec::new();
    let mut next = Some(partition);
    while let Some(one) = next.filter(|_| all.len() < MAX_LEVELS) {
        let Some(Object::Table(parent)) = catalog.get(&ObjectId::table(&one.parent)) else { return None };
        all.push((one, key(parent)?));
        next = parent.partition_of.as_deref();
    }
    Some(all)
}

/// The key of a partitioned table, if it is made of columns as they are.
fn key(table: &Table) -> Option<Key> {
    let text = table.partition_key.as_ref()?;
    let mut words = Vec::new();
    let _ = text.map_identifiers(|name| {
        words.push(name.to_owned());
        None
    });
    let mut words = words.into_iter();
    let strategy = words.next()?;
    let columns: Vec<Name> = words.map(Name::new).collect();
    let all = significant(text.as_str());
    // `RANGE (a, b)`: a column is one token, and so is what stands between two.
    (all.len() == 2 * columns.len() + 2 && !columns.is_empty()).then_some(Key { strategy, columns })
}

/// What one bound says: conditions that all hold.
fn of_one(bound: &str, key: &Key) -> Option<Vec<Sql>> {
    let all = significant(bound);
    let mut rest = all.as_slice();
    words(&mut rest, &["FOR", "VALUES"])?;
    let found = match (key.strategy.as_str(), key.columns.as_slice()) {
        ("list", [column]) => {
            words(&mut rest, &["IN"])?;
            list(column, values(&mut rest)?)?
        }
        ("range", columns) => {
            words(&mut rest, &["FROM"])?;
            let lower = values(&mut rest)?;
            words(&mut rest, &["TO"])?;
            range(columns, &lower, &values(&mut rest)?)?
        }
        _ => return None,
    };
    rest.is_empty().then_some(found)
}

fn list(column: &Name, values: Vec<Value>) -> Option<Vec<Sql>> {
    let name = || Sql::empty().ident(column);
    let has_null = values.contains(&Value::Null);
    let literals: Vec<Sql> = values
        .iter()
        .filter(|value| **value != Value::Null)
        .map(|value| Some(Sql::empty().literal(value.text()?)))
        .collect::<Option<_>>()?;
    Some(match (has_null, literals.is_empty()) {
        (true, true) => vec![name().kw("IS NULL")],
        (true, false) => {
            vec![Sql::empty().parens([name().kw("IS NULL OR").ident(column).kw("IN").parens(literals)])]
        }
        (false, _) => vec![name().kw("IS NOT NULL"), name().kw("IN").parens(literals)],
    })
}

/// Rows are compared column by column (`get_qual_for_range`): columns of which the bounds say the same first, then what is
/// above the lower bound and below the upper one.
fn range(columns: &[Name], lower: &[Value], upper: &[Value]) -> Option<Vec<Sql>> {
    if columns.len() != lower.len()
        || columns.len() != upper.len()
        || lower.iter().chain(upper).any(|value| *value == Value::Null)
    {
        return None;
    }
    let mut all: Vec<Sql> =
        columns.iter().map(|column| Sql::empty().ident(column).kw("IS NOT NULL")).collect();
    let is_same = |at: &usize| lower[*at] == upper[*at] && lower[*at].text().is_some();
    let same = (0..columns.len() - 1).take_while(is_same).count();
    for (column, value) in columns.iter().zip(lower).take(same) {
        all.push(equal(column, value)?);
    }
    let columns = &columns[same..];
    all.extend(side(columns, &lower[same..], (">", ">="), &Value::Least));
    all.extend(side(columns, &upper[same..], ("<", "<="), &Value::Greatest));
    Some(all)
}

/// What is on one side of a bound: an alternative for each column, with those before it equal. `open` is the value behind
/// which no column counts any more and all are in.
fn side(
    columns: &[Name],
    values: &[Value],
    operators: (&'static str, &'static str),
    open: &Value,
) -> Option<Sql> {
    let (beyond, or_equal) = operators;
    let mut arms = Vec::new();
    for at in 0..columns.len() {
        let text = values[at].text()?;
        let next = values.get(at + 1);
        let is_last = next.is_none_or(|next| next.text().is_none());
        // The lower bound is in, the upper one is not.
        let is_in = next.map_or(beyond == ">", |next| next == open);
        let own = Sql::empty().ident(&columns[at]).kw(if is_in { or_equal } else { beyond }).literal(text);
        let before = columns[..at].iter().zip(values).map(|(column, value)| equal(column, value));
        let parts: Vec<Sql> = before.chain([Some(own)]).collect::<Option<_>>()?;
        arms.push(joined(parts, "AND")?);
        if is_last {
            break;
        }
    }
    let is_one = arms.len() == 1;
    let either = joined(arms, "OR")?;
    Some(if is_one { either } else { Sql::empty().parens([either]) })
}

fn equal(column: &Name, value: &Value) -> Option<Sql> {
    Some(Sql::empty().ident(column).kw("=").literal(value.text()?))
}

fn joined(all: Vec<Sql>, word: &'static str) -> Option<Sql> {
    all.into_iter().reduce(|sql, next| sql.kw(word).sql(next))
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Value {
    Null,
    /// `MINVALUE`.
    Least,
    /// `MAXVALUE`.
    Greatest,
    Text(String),
}

impl Value {
    fn text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            Value::Null | Value::Least | Value::Greatest => None,
        }
    }
}

fn significant(text: &str) -> Vec<Token<'_>> {
    let is_said = |token: &Token<'_>| !matches!(token.kind, TokenKind::Space | TokenKind::Comment);
    tokens(text).into_iter().filter(is_said).collect()
}

/// Takes words from the front.
fn words(rest: &mut &[Token<'_>], wanted: &[&str]) -> Option<()> {
    for word in wanted {
        let (first, tail) = rest.split_first()?;
        if !first.text.eq_ignore_ascii_case(word) {
            return None;
        }
        *rest = tail;
    }
    Some(())
}

/// Takes `(value, …)` from the front. A value is a constant, without a type or an operator.
fn values(rest: &mut &[Token<'_>]) -> Option<Vec<Value>> {
    words(rest, &["("])?;
    let end = rest.iter().position(|token| token.kind == TokenKind::Other && token.text == ")")?;
    let (inside, tail) = rest.split_at(end);
    *rest = tail;
    words(rest, &[")"])?;
    inside.split(|token| token.kind == TokenKind::Other && token.text == ",").map(value).collect()
}

fn value(all: &[Token<'_>]) -> Option<Value> {
    match all {
        [Token { kind: TokenKind::Word, text }] => match text.to_ascii_lowercase().as_str() {
            "null" => Some(Value::Null),
            "minvalue" => Some(Value::Least),
            "maxvalue" => Some(Value::Greatest),
            truth @ ("true" | "false") => Some(Value::Text(truth.to_owned())),
            _ => None,
        },
        [Token { kind: TokenKind::String, text }] => {
            let inner = text.strip_prefix('\'')?.strip_suffix('\'')?;
            Some(Value::Text(inner.replace("''", "'")))
        }
        _ => {
            let text: String = all.iter().map(|token| token.text).collect();
            let is_number = text.parse::<f64>().is_ok() && !text.contains(|c: char| c.is_alphabetic());
            is_number.then_some(Value::Text(text))
        }
    }
}

#[cfg(test)]
mod tests {
    use autogen_core::Expression;

    use super::*;
    use crate::testing::public;

    #[track_caller]
    fn check(key: &str, bound: &str, expect: Option<&str>) {
        let mut catalog = Catalog::default();
        let parent = Table { partition_key: Some(Expression::new(key)), ..Table::default() };
        catalog.insert(ObjectId::table(&public("p")), parent);
        let partition = PartitionOf { parent: public("p"), bound: Expression::new(bound) };
        let found = condition(&partition, &catalog).map(Sql::into_text);
        assert_eq!(found.as_deref(), expect, "{key} {bound}");
    }

    #[test]
    fn bounds_say_what_the_server_makes_of_them() {
        let list = "LIST (region)";
        check(list, "FOR VALUES IN ('eu', 'o''x')", Some("region IS NOT NULL AND region IN ('eu', 'o''x')"));
        check(list, "for values in (NULL)", Some("region IS NULL"));
        check(list, "FOR VALUES IN (1, NULL)", Some("(region IS NULL OR region IN ('1'))"));
        check(list, "FOR VALUES IN (true)", Some("region IS NOT NULL AND region IN ('true')"));
        let range = "RANGE (\"At\")";
        let expect = "\"At\" IS NOT NULL AND \"At\" >= '2020-01-01' AND \"At\" < '2021-01-01'";
        check(range, "FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')", Some(expect));
        check(range, "FOR VALUES FROM (MINVALUE) TO (-1.5)", Some("\"At\" IS NOT NULL AND \"At\" < '-1.5'"));
        let two = "RANGE (a, b)";
        let both = "a IS NOT NULL AND b IS NOT NULL";
        let expect =
            format!("{both} AND (a > '1' OR a = '1' AND b >= '2') AND (a < '2' OR a = '2' AND b < '1')");
        check(two, "FOR VALUES FROM (1, 2) TO (2, 1)", Some(&expect));
        let expect = format!("{both} AND a = '5' AND b >= '2' AND b < '7'");
        check(two, "FOR VALUES FROM (5, 2) TO (5, 7)", Some(&expect));
        let expect = format!("{both} AND a >= '1' AND a <= '2'");
        check(two, "FOR VALUES FROM (1, MINVALUE) TO (2, MAXVALUE)", Some(&expect));
        let expect = format!("{both} AND a > '1' AND a < '2'");
        check(two, "FOR VALUES FROM (1, MAXVALUE) TO (2, MINVALUE)", Some(&expect));
        check(two, "FOR VALUES FROM (MINVALUE, MINVALUE) TO (MAXVALUE, MAXVALUE)", Some(both));
    }

    #[test]
    fn what_cannot_be_said_is_not_guessed() {
        for (key, bound) in [
            ("LIST (region)", "DEFAULT"),
            ("LIST (region)", "FOR VALUES IN (E'\\\\')"),
            ("LIST (region)", "FOR VALUES IN ('a'::text)"),
            ("LIST (region)", "FOR VALUES IN (x)"),
            ("LIST (lower(region))", "FOR VALUES IN ('a')"),
            ("LIST (region COLLATE \"C\")", "FOR VALUES IN ('a')"),
            ("RANGE (a, b)", "FOR VALUES FROM (1) TO (2)"),
            ("HASH (a)", "FOR VALUES WITH (modulus 2, remainder 0)"),
        ] {
            check(key, bound, None);
        }
    }
}
