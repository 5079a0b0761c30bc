//! For programs: one document, described in cli/schema/verify.schema.json.

use anyhow::{Context, Result};
use serde::Serialize;

use super::super::observe::Held;
use super::super::proof::{Proof, Verdict};
use super::super::{Report, Sum};
use super::path;

const VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    verdict: &'static str,
    start: &'a str,
    steps: Vec<Step<'a>>,
    /// Steps behind the one that is broken.
    not_reached: &'a [String],
    filled: Vec<Filled<'a>>,
    not_filled: Vec<Empty<'a>>,
    notes: &'a [String],
}

#[derive(Serialize)]
struct Step<'a> {
    migration: &'a str,
    verdict: &'static str,
    /// Why there is no way back, or why nothing can be told.
    reason: Option<&'a str>,
    broken: Option<Broken<'a>>,
    rows: usize,
    tables: usize,
    statements: Vec<Statement<'a>>,
    dropped: &'a [String],
    notes: &'a [String],
}

#[derive(Serialize)]
struct Broken<'a> {
    phase: &'static str,
    message: &'a str,
    details: &'a [String],
    file: Option<String>,
    line: Option<usize>,
    column: Option<usize>,
    help: Option<&'a str>,
}

#[derive(Serialize)]
struct Statement<'a> {
    direction: &'static str,
    file: String,
    line: usize,
    sql: &'a str,
    milliseconds: f64,
    /// Null where the statement could not be observed.
    locks: Option<Vec<Lock<'a>>>,
    rewritten: Option<&'a [String]>,
}

#[derive(Serialize)]
struct Lock<'a> {
    relation: &'a str,
    mode: &'static str,
    /// Made by the migration itself.
    new: bool,
}

#[derive(Serialize)]
struct Filled<'a> {
    table: &'a str,
    rows: usize,
}

#[derive(Serialize)]
struct Empty<'a> {
    table: &'a str,
    reason: &'a str,
}

/// The document.
pub(crate) fn json(report: &Report) -> Result<String> {
    let document = Document {
        version: VERSION,
        verdict: match report.verdict() {
            Sum::Nothing => "nothing",
            Sum::Proven => "proved",
            Sum::Broken => "broken",
            Sum::Untold => "untold",
        },
        start: &report.start,
        steps: report.proofs.iter().map(step).collect(),
        not_reached: &report.left,
        filled: report.filled.iter().map(|(table, rows)| Filled { table, rows: *rows }).collect(),
        not_filled: report.empty.iter().map(|(table, reason)| Empty { table, reason }).collect(),
        notes: &report.notes,
    };
    let text = serde_json::to_string_pretty(&document).context("cannot write the document")?;
    Ok(text + "\n")
}

fn step(proof: &Proof) -> Step<'_> {
    let (verdict, reason, broken) = match &proof.verdict {
        Verdict::Proven => ("proved", None, None),
        Verdict::Irreversible { because } => ("irreversible", Some(because.as_str()), None),
        Verdict::Untold { because } => ("untold", Some(because.as_str()), None),
        Verdict::Broken(broken) => {
            let place = broken.place.as_ref();
            let broken = Broken {
                phase: broken.phase.as_str(),
                message: &broken.message,
                details: &broken.details,
                file: place.map(|place| path(&place.path)),
                line: place.map(|place| place.start.line),
                column: place.map(|place| place.start.column),
                help: broken.help.as_deref(),
            };
            ("broken", None, Some(broken))
        }
    };
    let statements = proof.statements.iter().map(|told| Statement {
        direction: told.direction,
        file: path(&told.path),
        line: told.line,
        sql: &told.sql,
        milliseconds: (told.time.as_secs_f64() * 1e6).round() / 1000.0,
        locks: told.seen.as_ref().map(|seen| seen.locks.iter().map(lock).collect()),
        rewritten: told.seen.as_ref().map(|seen| seen.rewritten.as_slice()),
    });
    Step {
        migration: &proof.name,
        verdict,
        reason,
        broken,
        rows: proof.rows,
        tables: proof.tables,
        statements: statements.collect(),
        dropped: &proof.dropped,
        notes: &proof.notes,
    }
}

fn lock(held: &Held) -> Lock<'_> {
    Lock { relation: &held.relation, mode: held.mode.as_str(), new: held.is_new }
}
