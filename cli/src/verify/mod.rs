//! Proving migrations before they meet real data: on a throwaway Postgres that has the schema of the start and rows in its tables,
//! each migration is run up, down and up again, the way Diesel runs it. Afterwards schema, rows and values must be what they
//! should be. This file is the course of it all; the database that the user names is only read.

mod bench;
mod fill;
mod gate;
mod locate;
mod observe;
mod parts;
mod plan;
mod proof;
mod prove;
mod query;
pub(crate) mod report;
mod start;
mod step;
mod survive;
mod tables;

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use autogen_core::{Catalog, Hints, Pair, Renames, visible};

use crate::args::{CompareArgs, TerminalArgs, VerifyArgs, With};
use crate::describe;
use crate::names::{self, Rename};
use crate::output::{Findings, Terminal};
use crate::past;
use crate::pipeline::{Depth, Purpose, compare_as};
use crate::postgres::replay;
use crate::servers::Servers;
use crate::setup::Setup;
use crate::source::{Source, preferred_major};
use bench::Bench;
use fill::{Filled, Rules};
use plan::Wanted;
use proof::{Broken, Phase, Proof, Verdict};
use prove::{Proved, Scene};
use step::Step;

/// How many differences a note names.
const NAMED: usize = 3;

/// All there is to tell.
#[derive(Debug)]
pub(crate) struct Report {
    /// What was started from.
    pub(crate) start: String,
    pub(crate) proofs: Vec<Proof>,
    /// Steps that were not reached.
    pub(crate) left: Vec<String>,
    /// Tables with rows, at the end.
    pub(crate) filled: BTreeMap<String, usize>,
    /// Tables without, and why.
    pub(crate) empty: BTreeMap<String, String>,
    pub(crate) notes: Vec<String>,
}

/// What it comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sum {
    Nothing,
    Proven,
    Broken,
    Untold,
}

impl Sum {
    /// As the process ends with it.
    pub(crate) fn code(self) -> u8 {
        match self {
            Sum::Nothing | Sum::Proven => 0,
            Sum::Broken => 1,
            Sum::Untold => 2,
        }
    }
}

impl Report {
    /// The worst of the steps.
    pub(crate) fn verdict(&self) -> Sum {
        match self.proofs.last().map(|proof| &proof.verdict) {
            None => Sum::Nothing,
            Some(Verdict::Proven | Verdict::Irreversible { .. }) => Sum::Proven,
            Some(Verdict::Broken(_)) => Sum::Broken,
            Some(Verdict::Untold { .. }) => Sum::Untold,
        }
    }
}

/// Does what the options say.
pub(crate) fn run(args: &VerifyArgs, terminal: &Terminal) -> Result<Report> {
    let given = args.rename.iter().map(|text| Rename::parse(text)).collect::<Result<Vec<_>>>()?;
    let plan = plan::plan(args, terminal)?;
    let mut report = Report {
        start: plan.label.clone(),
        proofs: Vec::new(),
        left: Vec::new(),
        filled: BTreeMap::new(),
        empty: BTreeMap::new(),
        notes: plan.notes.clone(),
    };
    if plan.steps.is_empty() {
        return Ok(report);
    }
    let mut servers = Servers::new(&args.servers, terminal);
    servers.major = preferred_major(&[&plan.source], terminal)?;
    let start = start::build(&plan.source, &plan.applied, &plan.with, &mut servers, terminal)?;
    let mut bench = start.bench;
    if !plan.pending.is_empty() {
        replay::run(&mut bench.session()?, &plan.pending)
            .with_context(|| format!("a migration that {} has not applied cannot be run", plan.label))?;
    }
    for reason in &start.missing {
        report.notes.push(format!("{} cannot be built here as it is: {}", plan.label, visible(reason)));
    }
    let first = bench.catalog()?;
    let mut catalog = first.clone();
    let mut steps = plan.steps.iter();
    for step in steps.by_ref() {
        let renames = resolved(&given, &catalog)?;
        let stage = Stage { args, terminal, renames: &renames };
        let Proved { mut proof, reached, .. } = stage.prove(step, &mut bench, &mut servers, &mut report)?;
        if let (Verdict::Broken(broken), false) = (&proof.verdict, start.missing.is_empty()) {
            let because = format!("the start could not be built as it is, and then: {}", broken.message);
            proof.verdict = Verdict::Untold { because };
        }
        report.proofs.push(proof);
        match reached {
            Some(reached) => catalog = reached,
            None => break,
        }
    }
    report.left = steps.map(Step::shown).collect();
    if report.verdict() == Sum::Proven {
        match &plan.wanted {
            Wanted::Comparison(comparison) => {
                if let Some(broken) = reaches(comparison, (&first, &catalog), &bench, terminal)? {
                    let verdict = Verdict::Broken(broken);
                    let last = report.proofs.pop();
                    report.proofs.extend(last.map(|proof| Proof { verdict, ..proof }));
                }
            }
            Wanted::History(all) => {
                report.notes.extend(drift(all, &catalog, &plan.with, &mut servers)?);
            }
            Wanted::Nothing => {}
        }
    }
    Ok(report)
}

/// What all steps have in common.
struct Stage<'s> {
    args: &'s VerifyArgs,
    terminal: &'s Terminal,
    renames: &'s Renames,
}

impl<'s> Stage<'s> {
    /// Proves a step with rows that the schema allows; if the script says that it does not take them all, once more with rows
    /// that it takes. The database is another one then.
    fn prove<'a>(
        &self,
        step: &Step,
        bench: &mut Bench,
        servers: &mut Servers<'a>,
        report: &mut Report,
    ) -> Result<Proved> {
        let spare = bench.copy(servers)?;
        let filled = self.fill(bench, self.rows(), None, report)?;
        let proved = self.attempt(step, bench, servers, &filled)?;
        if let (Some(reason), Verdict::Broken(broken)) = (&proved.choosy, &proved.proof.verdict) {
            spare.empty()?;
            let why = format!("it refuses some that the schema allows, {reason} ({})", broken.message);
            if let Some(again) = self.choosily(step, (broken, &why), &spare, bench, servers, report)? {
                servers.discard(spare.database)?;
                return Ok(again);
            }
        }
        servers.discard(spare.database)?;
        Ok(proved)
    }

    /// Proves a step that refuses some rows, as it says, with rows that it takes; if none are found, with one a table, which is
    /// like no other, and at last without. Nothing where it does not even run without rows.
    fn choosily<'a>(
        &self,
        step: &Step,
        (broken, why): (&Broken, &str),
        empty: &Bench,
        bench: &mut Bench,
        servers: &mut Servers<'a>,
        report: &mut Report,
    ) -> Result<Option<Proved>> {
        let trial = empty.copy(servers)?;
        let rules = prove::rules(step, &trial)?;
        servers.discard(trial.database)?;
        let Some(rules) = rules else { return Ok(None) };
        let place = broken.place.as_ref().map(proof::Spot::shown).unwrap_or_default();
        let rounds = [
            (self.rows(), format!("proved with rows that {place} takes: {why}")),
            (1, format!("proved with one row a table, as no others were found that {place} takes: {why}")),
            (0, format!("proved without rows, as none were found that {place} takes: {why}")),
        ];
        let mut last = None;
        for (rows, note) in rounds {
            let trial = empty.copy(servers)?;
            let filled = self.fill(&trial, rows, Some(&rules), report)?;
            let mut proved = self.attempt(step, &trial, servers, &filled)?;
            proved.proof.notes.push(note);
            servers.discard(std::mem::replace(bench, trial).database)?;
            let is_choosy = proved.choosy.is_some();
            last = Some(proved);
            if !is_choosy {
                break;
            }
        }
        Ok(last)
    }

    fn attempt(
        &self,
        step: &Step,
        bench: &Bench,
        servers: &mut Servers<'_>,
        filled: &Filled,
    ) -> Result<Proved> {
        let allow_todo = self.args.allow_todo;
        let mut scene =
            Scene { bench, servers, terminal: self.terminal, renames: self.renames, filled, allow_todo };
        prove::prove(step, &mut scene)
    }

    /// How many rows a table is to get.
    fn rows(&self) -> usize {
        usize::try_from(self.args.rows).unwrap_or(usize::MAX)
    }

    /// Fills what has no rows yet.
    fn fill(&self, bench: &Bench, rows: usize, rules: Option<&Rules>, report: &mut Report) -> Result<Filled> {
        let _progress = self.terminal.progress("filling the tables with rows");
        let filled = fill::fill(&mut bench.session()?, rows, rules)?;
        report.filled = filled.tables.clone();
        report.empty = filled.empty.clone();
        for note in &filled.notes {
            if !report.notes.contains(note) {
                report.notes.push(note.clone());
            }
        }
        Ok(filled)
    }
}

/// The renames that concern the schema as it is now; of several migrations each has its own.
fn resolved(given: &[Rename], catalog: &Catalog) -> Result<Renames> {
    let mut known = Vec::new();
    for one in given {
        if names::resolve(std::slice::from_ref(one), catalog).is_ok() {
            known.push(one.clone());
        }
    }
    names::resolve(&known, catalog)
}

/// Whether the wanted schema is reached.
fn reaches(
    comparison: &CompareArgs,
    (first, reached): (&Catalog, &Catalog),
    bench: &Bench,
    terminal: &Terminal,
) -> Result<Option<Broken>> {
    let _progress = terminal.progress("comparing with what is wanted");
    let args = CompareArgs { rename: Vec::new(), drop: Vec::new(), no_pending: true, ..comparison.clone() };
    // What there is to say about the models has been said, or is said by `check`.
    let quiet = Terminal::new(
        &TerminalArgs { quiet: true, no_input: true, ..TerminalArgs::default() },
        Findings::Excerpts,
    );
    let purpose = Purpose { dropped: past::lost(first, reached), ..Depth::Scripts.into() };
    let setup = Setup::new(args.project.as_deref(), args.config.as_deref(), &quiet)?;
    let source = Source::Live(bench.database.url.clone());
    let outcome = compare_as(source, setup, &args, purpose, &quiet)
        .context("the schema after up cannot be compared")?;
    if outcome.is_in_sync() {
        return Ok(None);
    }
    let mut lines = describe::residue(&outcome.graph).into_iter().map(|(_, line)| line);
    let first = lines.next().unwrap_or_else(|| "an accepted difference has changed".to_owned());
    let message = format!("up does not lead to {}: {first}", outcome.labels.after);
    Ok(Some(Broken { details: lines.collect(), ..Broken::new(Phase::Wanted, message) }))
}

/// What tells the schema from the one that all migrations make from nothing.
fn drift(
    all: &[replay::Migration],
    reached: &Catalog,
    with: &[With],
    servers: &mut Servers<'_>,
) -> Result<Option<String>> {
    let bench = start::empty(with, servers)?;
    let replayed = crate::postgres::connect(&bench.database.url)
        .and_then(|mut connection| replay::run(&mut connection, all));
    if replayed.is_err() {
        return Ok(None);
    }
    let graph = autogen_diff::diff(Pair::new(reached, &bench.catalog()?), &Hints::default())?;
    let lines = describe::residue(&graph);
    if lines.is_empty() {
        return Ok(None);
    }
    let named: Vec<&str> = lines.iter().take(NAMED).map(|(_, line)| line.as_str()).collect();
    let more = if lines.len() > NAMED { " …" } else { "" };
    Ok(Some(format!(
        "the database has drifted: after the migrations its schema is not the one that all migrations make from an empty \
         database ({} differences: {}{more})",
        lines.len(),
        named.join("; ")
    )))
}
