//! Combinations of values that the checks of a table, and the bounds of its partitions, allow. Checks that share a column are
//! solved together. Candidates come from the constants in the checks, from the pools and NULL; the server says which
//! combinations hold. No theory: enough of them are tried.

use std::collections::{BTreeMap, BTreeSet};

use diesel::{PgConnection, QueryResult};

use super::super::query;
use super::super::tables::Table;
use super::{hints, judge};

/// How many combinations are tried in a round, and how likely NULL is in each round, in percent.
const TRIED: usize = 1500;
const ROUNDS: [u64; 3] = [15, 50, 85];

/// Columns that are chosen together.
#[derive(Debug, Default)]
pub(super) struct Group {
    pub(super) columns: Vec<i16>,
    /// Values for the columns, each allowed by the checks.
    pub(super) solutions: Vec<Vec<Option<String>>>,
}

/// What a column may be, beside what the checks speak of.
pub(super) type Candidates = BTreeMap<i16, Vec<Option<String>>>;

/// A condition on columns of one row.
struct Condition {
    columns: BTreeSet<i16>,
    sql: String,
}

/// The groups of columns on which conditions lie.
pub(super) fn groups(table: &Table) -> Vec<(Vec<i16>, Vec<String>)> {
    let usable =
        |number: &i16| table.column(*number).is_some_and(|column| !column.generated && !column.counts);
    let mut conditions: Vec<Condition> = table
        .checks
        .iter()
        .chain(table.bounds().as_ref())
        .map(|check| Condition { columns: check.columns.iter().copied().collect(), sql: check.sql.clone() })
        .collect();
    // What the server fills in is only known when the row is there.
    conditions.retain(|condition| !condition.columns.is_empty() && condition.columns.iter().all(usable));
    let mut groups: Vec<(BTreeSet<i16>, Vec<String>)> = Vec::new();
    for condition in conditions {
        let (touched, mut rest): (Vec<_>, Vec<_>) =
            groups.into_iter().partition(|(columns, _)| !columns.is_disjoint(&condition.columns));
        let mut one = (condition.columns, vec![condition.sql]);
        for (columns, conditions) in touched {
            one.0.extend(columns);
            one.1.extend(conditions);
        }
        rest.push(one);
        groups = rest;
    }
    groups.into_iter().map(|(columns, conditions)| (columns.into_iter().collect(), conditions)).collect()
}

/// Solves one group.
pub(super) fn solve(
    connection: &mut PgConnection,
    table: &Table,
    (columns, conditions): (Vec<i16>, Vec<String>),
    candidates: &Candidates,
    enough: usize,
) -> QueryResult<Group> {
    let guesses: Vec<String> = conditions.iter().flat_map(|sql| hints::guesses(sql)).collect();
    let mut choices: Vec<Vec<Option<String>>> = Vec::new();
    for number in &columns {
        let mut all = candidates.get(number).cloned().unwrap_or_default();
        if let Some(column) = table.column(*number) {
            let fitting = judge::fitting(connection, guesses.clone(), &column.spelling)?;
            // What the condition speaks of comes first; NULL last.
            let mut first: Vec<Option<String>> = fitting.into_iter().map(Some).collect();
            first.retain(|value| !all.contains(value));
            first.append(&mut all);
            all = first;
        }
        choices.push(all);
    }
    let mut group = Group { columns, solutions: Vec::new() };
    let mut known = BTreeSet::new();
    for (round, nulls) in ROUNDS.into_iter().enumerate() {
        let tried = combinations(&choices, round, nulls);
        for found in allowed(connection, table, &group.columns, &conditions, tried)? {
            if known.insert(found.clone()) {
                group.solutions.push(found);
            }
        }
        if group.solutions.len() >= enough {
            break;
        }
    }
    Ok(group)
}

/// All of them where they are few, else as many as are tried, drawn always the same way.
fn combinations(choices: &[Vec<Option<String>>], round: usize, nulls: u64) -> Vec<Vec<Option<String>>> {
    let total = choices.iter().try_fold(1usize, |product, all| product.checked_mul(all.len()));
    if let Some(total) = total.filter(|total| *total <= TRIED) {
        if round > 0 {
            return Vec::new();
        }
        let pick = |mut at: usize| {
            let one = |all: &Vec<Option<String>>| {
                let value = all[at % all.len()].clone();
                at /= all.len();
                value
            };
            choices.iter().map(one).collect()
        };
        return (0..total).map(pick).collect();
    }
    let mut state = 1 + round as u64;
    let mut draw = |bound: usize| {
        state = mixed(state);
        usize::try_from(state % bound.max(1) as u64).unwrap_or(0)
    };
    (0..TRIED)
        .map(|_| {
            let one = |all: &Vec<Option<String>>| {
                let takes_null = draw(100) < usize::try_from(nulls).unwrap_or(0);
                match all.last() {
                    Some(None) if takes_null || all.len() == 1 => None,
                    Some(None) => all[draw(all.len() - 1)].clone(),
                    _ => all.get(draw(all.len())).cloned().flatten(),
                }
            };
            choices.iter().map(one).collect()
        })
        .collect()
}

/// A number that looks like chance and is always the same (Steele et al., SplitMix).
pub(super) fn mixed(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Those that meet all conditions: in one query, and where one value makes that fail, one by one.
fn allowed(
    connection: &mut PgConnection,
    table: &Table,
    columns: &[i16],
    conditions: &[String],
    tried: Vec<Vec<Option<String>>>,
) -> QueryResult<Vec<Vec<Option<String>>>> {
    if tried.is_empty() {
        return Ok(Vec::new());
    }
    let spellings: Vec<&str> = columns
        .iter()
        .map(|number| table.column(*number).map_or("text", |column| &column.spelling))
        .collect();
    let names: Vec<&str> =
        columns.iter().map(|number| table.column(*number).map_or("?", |column| &column.sql)).collect();
    let holds: Vec<String> = conditions.iter().map(|sql| format!("({sql}) IS NOT FALSE")).collect();
    let holds = holds.join(" AND ");
    let row = |values: &Vec<Option<String>>| {
        let all = values
            .iter()
            .zip(&spellings)
            .map(|(value, spelling)| query::constant(value.as_deref(), spelling));
        all.collect::<Vec<_>>().join(", ")
    };
    let rows: Vec<String> =
        tried.iter().enumerate().map(|(at, values)| format!("({at}, {})", row(values))).collect();
    let sql = format!(
        "SELECT autogen_number::text AS value FROM (VALUES {}) AS autogen_row(autogen_number, {}) WHERE {holds} \
         ORDER BY autogen_number",
        rows.join(", "),
        names.join(", ")
    );
    let found = query::attempt(connection, |connection| query::texts(connection, &sql));
    let good: BTreeSet<usize> = match found {
        Ok(numbers) => numbers.into_iter().flatten().filter_map(|number| number.parse().ok()).collect(),
        Err(_) => {
            let question = |values: &Vec<Option<String>>| {
                format!("SELECT {holds} FROM (VALUES ({})) AS autogen_row({})", row(values), names.join(", "))
            };
            let questions: Vec<String> = tried.iter().map(question).collect();
            let answers = judge::hold(connection, &questions)?;
            answers.into_iter().enumerate().filter(|(_, holds)| *holds).map(|(at, _)| at).collect()
        }
    };
    Ok(tried.into_iter().enumerate().filter(|(at, _)| good.contains(at)).map(|(_, values)| values).collect())
}
