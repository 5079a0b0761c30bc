//! Random pairs of schemas: the one is led to the other and back on a real Postgres, and `pg_dump` is the referee; then
//! `autogen verify` does the same with rows in the tables, and what a script says of rows that are there has to be true.
//!
//! Some dozens are tried by themselves; more by
//!
//!     AUTOGEN_RANDOM_PAIRS=2000 cargo test -p autogen --test suite random:: -- --nocapture
//!     AUTOGEN_RANDOM_PAIRS_WITH_ROWS=500 cargo test -p autogen --test suite random:: -- --nocapture
//!     AUTOGEN_RANDOM_PAIRS_ASKED=500 cargo test -p autogen --test suite random:: -- --nocapture
//!
//! always the same ones, counted from `AUTOGEN_RANDOM_SEED` (0); where that lists several (`7,540`), those alone are tried.
//! A pair that fails is made small and written as a fixture into `target/random/`; copied to `fixtures/<kind>_<what>/` it
//! is tried with the others.

#![allow(clippy::panic, clippy::indexing_slicing, reason = "a test may stop at the first surprise")]

mod databases;
mod draw;
mod judge;
mod prove;
mod rows;
mod schema;
mod search;
mod shrink;
mod sql;

use std::collections::BTreeMap;
use std::sync::Mutex;

use anyhow::{Context, Result, ensure};

use schema::Schema;
use search::Search;

use crate::support;

/// How many pairs are tried where nobody says it: `AUTOGEN_RANDOM_PAIRS`.
const PAIRS: u64 = 48;
/// And how many with rows, which takes five times as long: `AUTOGEN_RANDOM_PAIRS_WITH_ROWS`.
const PAIRS_WITH_ROWS: u64 = 24;
/// And how many whose rows are asked: `AUTOGEN_RANDOM_PAIRS_ASKED`.
const PAIRS_ASKED: u64 = 24;
/// How many share a database.
const PACK: usize = 16;

#[test]
fn random_pairs_go_up_and_down() -> Result<()> {
    let server = support::start()?;
    support::cases::roles(&server)?;
    let judge = |label: &str, pairs: &[_]| judge::judge(&server, label, pairs);
    Search { pack: PACK, judge: &judge }.run(&seeds("AUTOGEN_RANDOM_PAIRS", PAIRS)?)
}

/// What a script that says nothing bad does with rows is what it says: they are all there afterwards.
#[test]
fn random_pairs_keep_their_rows() -> Result<()> {
    let server = support::start()?;
    support::cases::roles(&server)?;
    let seeds = seeds("AUTOGEN_RANDOM_PAIRS_WITH_ROWS", PAIRS_WITH_ROWS)?;
    let came = counted(&seeds, |label, pairs| prove::prove(&server, label, pairs))?;
    let with_rows = came.get(prove::WITH_ROWS).copied().unwrap_or_default();
    let is_some = seeds.len() < 8 || 4 * with_rows >= seeds.len();
    ensure!(is_some, "more than a quarter of the pairs should be proved with rows: {came:?}");
    Ok(())
}

/// What a script says of the rows that are there is true.
#[test]
fn random_pairs_are_told_of_their_rows() -> Result<()> {
    let server = support::start()?;
    support::cases::roles(&server)?;
    let seeds = seeds("AUTOGEN_RANDOM_PAIRS_ASKED", PAIRS_ASKED)?;
    let came = counted(&seeds, |label, pairs| rows::ask(&server, label, pairs))?;
    let is_some =
        |verdict| seeds.len() < 8 || 16 * came.get(verdict).copied().unwrap_or_default() >= seeds.len();
    ensure!(is_some(rows::RUNS) && is_some(rows::MARKED), "both should be frequent: {came:?}");
    Ok(())
}

/// Tries pairs one by one, as what is said of one would hide what there is of another, and counts what comes of them.
fn counted(
    seeds: &[u64],
    try_one: impl Fn(&str, &[[Schema; 2]]) -> Result<&'static str> + Sync,
) -> Result<BTreeMap<&'static str, usize>> {
    let came: Mutex<BTreeMap<&str, usize>> = Mutex::default();
    let judge = |label: &str, pairs: &[[Schema; 2]]| {
        let verdict = try_one(label, pairs)?;
        *search::lock(&came).entry(verdict).or_default() += 1;
        Ok(())
    };
    let result = Search { pack: 1, judge: &judge }.run(seeds);
    let came = came.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    println!("{came:?}");
    result.map(|()| came)
}

/// Which pairs are tried.
fn seeds(name: &str, pairs: u64) -> Result<Vec<u64>> {
    let number = |text: &str| text.trim().parse::<u64>().with_context(|| format!("not a number: {text}"));
    let variable = |name: &str| std::env::var(name).ok().filter(|text| !text.is_empty());
    let pairs = variable(name).map_or(Ok(pairs), |text| number(&text))?;
    let listed: Vec<u64> = variable("AUTOGEN_RANDOM_SEED")
        .unwrap_or_else(|| "0".to_owned())
        .split(',')
        .map(number)
        .collect::<Result<_>>()?;
    Ok(match listed[..] {
        [first] => (first..first + pairs).collect(),
        _ => listed,
    })
}
