//! The main job from end to end: current schema, wanted schema, their difference, a look at the rows, and the scripts of
//! both directions. Nothing is printed or written here but progress and questions.

use std::collections::{BTreeSet, HashSet};

use anyhow::{Context, Result};
use autogen_codegen::{Direction, LabelCandidate, RenameCandidate, RenderOptions, Script, render_both};
use autogen_core::{
    Action, Answers, Catalog, ChangeGraph, Diagnostic, Hints, Object, ObjectId, Pair, Renames, Severity,
};

use crate::accepted::settle;
use crate::args::CompareArgs;
use crate::baseline::Request;
use crate::filter::Filter;
use crate::keeping::{self, Ways};
use crate::missing_roles;
use crate::names::{self, Rename};
use crate::outcome::{Outcome, skipped};
use crate::output::Terminal;
use crate::past::Past;
use crate::pending;
use crate::probe;
use crate::servers::Servers;
use crate::setup::Setup;
use crate::source::{Loaded, Source, preferred_major};
use crate::traffic::{self, Manner, Traffic};
use crate::wanted::{self, ReadModels, Wanted};

/// How far a comparison goes: whoever only asks whether there is a difference need not wait for the way back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Depth {
    /// The differences. Both scripts are left empty.
    Differences,
    /// The scripts too, whatever the rows are.
    Scripts,
    /// The scripts, as the rows of a live database want them.
    Rows,
}

/// What a comparison is made for.
pub(crate) struct Purpose {
    /// How far it goes.
    pub(crate) depth: Depth,
    /// Which tables others use.
    pub(crate) traffic: Traffic,
    /// What a migration has just dropped: a `table!` that still has it wants it no more.
    pub(crate) dropped: BTreeSet<ObjectId>,
}

impl From<Depth> for Purpose {
    fn from(depth: Depth) -> Self {
        Self { depth, traffic: Traffic::WhereRowsAre, dropped: BTreeSet::new() }
    }
}

/// Where the wanted schema comes from.
enum Wish {
    Models(Box<ReadModels>),
    Target(Source),
}

/// Compares, in the project that the options name. Findings about the models are printed; an error among them ends the
/// run.
pub(crate) fn compare(args: &CompareArgs, depth: Depth, terminal: &Terminal) -> Result<Outcome> {
    compare_in(Setup::new(args.project.as_deref(), args.config.as_deref(), terminal)?, args, depth, terminal)
}

/// Compares, and writes for a traffic that somebody knows.
pub(crate) fn compare_with(
    args: &CompareArgs,
    depth: Depth,
    manner: Manner,
    terminal: &Terminal,
) -> Result<Outcome> {
    let mut setup = Setup::new(args.project.as_deref(), args.config.as_deref(), terminal)?;
    let source = setup.current(args.db.as_deref(), terminal)?;
    let configured = setup.config.lock_timeout;
    setup.config.lock_timeout = manner.lock_timeout.unwrap_or(configured);
    compare_as(source, setup, args, Purpose { traffic: manner.traffic, ..depth.into() }, terminal)
}

/// Compares, in a project whose configuration is known.
pub(crate) fn compare_in(
    setup: Setup,
    args: &CompareArgs,
    depth: Depth,
    terminal: &Terminal,
) -> Result<Outcome> {
    let source = setup.current(args.db.as_deref(), terminal)?;
    compare_from(source, setup, args, depth, terminal)
}

/// Compares what a source has, whatever `--db` says.
pub(crate) fn compare_from(
    source: Source,
    setup: Setup,
    args: &CompareArgs,
    depth: Depth,
    terminal: &Terminal,
) -> Result<Outcome> {
    compare_as(source, setup, args, depth.into(), terminal)
}

/// The same, where more is known.
pub(crate) fn compare_as(
    source: Source,
    setup: Setup,
    args: &CompareArgs,
    Purpose { depth, traffic, dropped }: Purpose,
    terminal: &Terminal,
) -> Result<Outcome> {
    // All input is understood before a server is touched.
    let args = &setup.applied(args);
    let filter = Filter::new(&args.include, &args.exclude)?;
    let given = args.rename.iter().map(|text| Rename::parse(text)).collect::<Result<Vec<_>>>()?;
    let wish = match &args.target {
        Some(text) => Wish::Target(setup.source(text, "--target", terminal)?),
        None => {
            let request = Request {
                options: &setup.config.read_options(),
                models: &args.models,
                project: &setup.project,
                is_explicit: args.project.is_some(),
                base: args.base.as_deref(),
            };
            Wish::Models(Box::new(wanted::read(&request, &setup.config, terminal)?))
        }
    };
    let mut servers = Servers::new(&args.servers, terminal);
    if needs_server(&source, &wish) {
        let target = if let Wish::Target(target) = &wish { Some(target) } else { None };
        let all: Vec<&Source> = std::iter::once(&source).chain(target).collect();
        servers.major = preferred_major(&all, terminal)?;
    }
    let mut current = source.load(&args.with, &mut servers, terminal)?;
    if matches!(wish, Wish::Models(_)) && !args.no_pending {
        current = pending::replayed(current, &setup.project, &args.with, &mut servers, terminal)?;
    }
    let mut renames = names::resolve(&given, &current.catalog)?;
    let past = Past {
        migrations: match &source {
            Source::Migrations(dir) | Source::Part(dir, _) => dir.clone(),
            Source::Live(_) | Source::SqlFile(_) | Source::Snapshot(_) => setup.project.migrations(),
        },
        dropped,
    };

    let (mut wanted, label) = match &wish {
        Wish::Models(read) => (
            wanted::overlay(read, &mut current, (renames.clone(), &past), args, &mut servers)?,
            read.label.clone(),
        ),
        Wish::Target(target) => {
            let loaded = target.load(&args.with, &mut servers, terminal)?;
            let hints = Hints { renames: renames.clone(), to_the_letter: true, ..Hints::default() };
            (Wanted { catalog: loaded.catalog, hints, ..Wanted::default() }, loaded.label)
        }
    };
    report(&wanted.diagnostics, &wish, terminal)?;
    check_renames(&renames, &wanted.catalog)?;
    let mut graph = difference(&filter, &current.catalog, &mut wanted)?;

    if terminal.may_ask() {
        let agreed = ask_renames(&graph, &mut renames, terminal);
        if agreed {
            match &wish {
                Wish::Models(read) => {
                    wanted = wanted::overlay(read, &mut current, (renames, &past), args, &mut servers)?
                }
                Wish::Target(_) => wanted.hints.renames = renames,
            }
            graph = difference(&filter, &current.catalog, &mut wanted)?;
        }
    }
    let entries = match &wish {
        Wish::Models(_) => setup.config.accept.clone(),
        // They are about the models.
        Wish::Target(_) => Vec::new(),
    };
    let settled = settle(graph, &entries, &wanted.accepted, &filter)?;
    let vanished = settled.vanished.len();
    let findings: Vec<Diagnostic> = settled.vanished.into_iter().chain(settled.idle).collect();
    report(&findings, &wish, terminal)?;
    wanted.diagnostics.extend(findings);
    let ways = match depth {
        Depth::Differences => Ways { there: settled.graph, back: ChangeGraph::default() },
        Depth::Scripts | Depth::Rows => keeping::keep(settled.graph, &mut current, &args.with)?,
    };
    let outcome = write(current, wanted, ways, (depth, traffic), label, setup, terminal)?;
    let outcome = Outcome { spent: Some(Box::new(wish)), ..outcome };
    Ok(Outcome { accepted: settled.accepted, vanished, ..outcome })
}

/// Filters both sides and compares what is left.
fn difference(filter: &Filter, current: &Catalog, wanted: &mut Wanted) -> Result<ChangeGraph> {
    wanted.unmanaged.retain(|id| filter.keeps(current, id));
    filter.apply(&mut wanted.catalog);
    // The current schema stays whole: models may have to be laid over it once more.
    let current = filter.applied(current);
    autogen_diff::align(&current, &mut wanted.catalog);
    autogen_diff::diff(Pair::new(&current, &wanted.catalog), &wanted.hints)
        .context("the schemas could not be compared")
}

fn write(
    mut current: Loaded,
    wanted: Wanted,
    Ways { there: graph, back }: Ways,
    (depth, traffic): (Depth, Traffic),
    label: String,
    setup: Setup,
    terminal: &Terminal,
) -> Result<Outcome> {
    let mut notes: Vec<String> = evidence(&wanted, &graph).into_iter().collect();
    notes.extend(wanted.notes.iter().cloned());
    notes.splice(0..0, current.notes.iter().cloned());
    let scripts = match depth {
        Depth::Differences => Scripts::default(),
        Depth::Scripts | Depth::Rows => {
            scripts(&mut current, &wanted, (&graph, &back), (depth, traffic), &setup, &mut notes, terminal)
        }
    };
    notes.extend(current.live().and_then(|(connection, _)| missing_roles::note(&graph, connection)));
    notes.extend(versions(&graph));
    let skipped = skipped(&graph);
    let left_out = left_out(&current.catalog, &graph.catalogs.before);
    Ok(Outcome {
        graph,
        back,
        up: scripts.up,
        down: scripts.down,
        answers: scripts.answers,
        sources: wanted.sources,
        unmanaged: wanted.unmanaged,
        accepted: Vec::new(),
        vanished: 0,
        skipped,
        notes,
        diagnostics: wanted.diagnostics,
        coverage: wanted.coverage,
        labels: Pair::new(current.label, label),
        pending: current.pending,
        setup,
        left_out,
        spent: None,
    })
}

/// The scripts there and back, and what the rows said before.
#[derive(Default)]
struct Scripts {
    up: Script,
    down: Script,
    answers: Answers,
}

/// Writes the scripts.
fn scripts(
    current: &mut Loaded,
    wanted: &Wanted,
    (graph, back): (&ChangeGraph, &ChangeGraph),
    (depth, traffic): (Depth, Traffic),
    setup: &Setup,
    notes: &mut Vec<String>,
    terminal: &Terminal,
) -> Scripts {
    let answers = match current.live() {
        Some((connection, today)) if depth == Depth::Rows && !graph.is_empty() => {
            let _progress = terminal.progress("looking at the rows");
            probe::ask(connection, today, graph, notes)
        }
        _ => Answers::default(),
    };
    let in_use = traffic.in_use(&answers);
    let options = |graph: &ChangeGraph, direction, answers, in_use| RenderOptions {
        answers,
        sources: wanted.sources.clone(),
        candidates: candidates(graph),
        labels: label_candidates(graph),
        direction,
        server_version: current.catalog.server_version,
        in_use,
        lock_timeout: setup.config.lock_timeout.clone(),
    };
    let after = traffic::renamed(&in_use, graph);
    let options = (
        options(graph, Direction::Up, answers, in_use),
        options(back, Direction::Down, Answers::default(), after),
    );
    let (up, down) = render_both((graph, &options.0), (back, &options.1));
    Scripts { up, down, answers: options.0.answers }
}

/// What is there and was not compared.
fn left_out(current: &Catalog, compared: &Catalog) -> Vec<(ObjectId, Object)> {
    if compared.has_same_objects(current) {
        return Vec::new();
    }
    let out = current.iter().filter(|(id, _)| !compared.contains(id));
    out.map(|(id, object)| (id.clone(), object.clone())).collect()
}

/// Why something is dropped that nobody named.
fn evidence(wanted: &Wanted, graph: &ChangeGraph) -> Option<String> {
    let dropped = graph.changes.iter().filter(|change| matches!(change.action, Action::Drop));
    let dropped: HashSet<&ObjectId> = dropped.map(|change| &change.id).collect();
    let goes = |id: &&ObjectId| dropped.contains(*id);
    let going: Vec<String> = wanted.vanished.iter().filter(goes).map(ToString::to_string).collect();
    let baseline = wanted.baseline.as_ref().filter(|_| !going.is_empty())?;
    Some(format!("dropped because the models of {baseline} had it: {}", going.join(", ")))
}

/// Servers of different versions print the same expression differently.
fn versions(graph: &ChangeGraph) -> Option<String> {
    let majors = graph.catalogs.as_ref().map(|catalog| catalog.server_version / 10_000);
    let differ = majors.differs() && majors.before > 0 && majors.after > 0 && !graph.is_empty();
    differ.then(|| {
        format!(
            "Postgres {} and {} are compared: expressions may differ only in how these print them",
            majors.before, majors.after
        )
    })
}

fn candidates(graph: &ChangeGraph) -> Vec<RenameCandidate> {
    autogen_diff::candidates(graph)
        .into_iter()
        .map(|one| RenameCandidate { from: one.from, to: one.to })
        .collect()
}

fn label_candidates(graph: &ChangeGraph) -> Vec<LabelCandidate> {
    autogen_diff::label_candidates(graph)
        .into_iter()
        .map(|one| LabelCandidate { enum_type: one.enum_type, from: one.from, to: one.to })
        .collect()
}

/// Prints findings; any error among them ends the run, after all have been shown.
fn report(diagnostics: &[Diagnostic], wish: &Wish, terminal: &Terminal) -> Result<()> {
    let texts = match wish {
        Wish::Models(read) => &read.texts,
        Wish::Target(_) => return Ok(()),
    };
    terminal.diagnostics(diagnostics, texts);
    let errors = diagnostics.iter().filter(|one| one.severity == Severity::Error).count();
    match errors {
        0 => Ok(()),
        1 => anyhow::bail!("the models cannot be used because of the error above"),
        _ => anyhow::bail!("the models cannot be used because of the {errors} errors above"),
    }
}

/// A rename to something that nobody wants is a slip.
fn check_renames(renames: &Renames, wanted: &Catalog) -> Result<()> {
    for (old, new) in renames.iter() {
        if !wanted.contains(new) {
            anyhow::bail!("--rename of {old}: the wanted schema has no {new}");
        }
    }
    Ok(())
}

fn ask_renames(graph: &ChangeGraph, renames: &mut Renames, terminal: &Terminal) -> bool {
    let mut agreed = false;
    for one in candidates(graph) {
        let question = format!("Is {} the renamed {}?", one.to, one.from);
        if terminal.ask(&question) {
            // The part of a renamed table is known by the table's old name.
            let old = renames.inverted().follow(&one.from);
            renames.insert(old, one.to);
            agreed = true;
        }
    }
    for one in label_candidates(graph) {
        let question = format!("Is the label {} of {} the renamed {}?", one.to, one.enum_type, one.from);
        if terminal.ask(&question) {
            renames.insert_label(one.enum_type, one.from, one.to);
            agreed = true;
        }
    }
    agreed
}

/// True if a throwaway server will be needed. A live database is asked about expressions itself.
fn needs_server(source: &Source, wish: &Wish) -> bool {
    let is_loaded =
        |source: &Source| matches!(source, Source::Migrations(_) | Source::Part(_, _) | Source::SqlFile(_));
    let is_read_alone = matches!(source, Source::Snapshot(_));
    is_loaded(source)
        || match wish {
            Wish::Models(read) => is_read_alone || read.needs_server(),
            Wish::Target(target) => is_loaded(target),
        }
}
