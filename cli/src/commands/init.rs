//! `autogen init`: writes autogen.toml for a project that exists already, with today's differences as accepted ones, so
//! that `autogen check` is green from the first day and fails on what is new. Nothing else of the project is touched.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use autogen_core::{Catalog, Kind, ObjectId, visible};
use time::OffsetDateTime;
use time::macros::format_description;

use crate::accepted::{object_name, settle};
use crate::args::InitArgs;
use crate::config::{self, Config, write};
use crate::drift::{Drift, drifts};
use crate::filter::Filter;
use crate::output::{Terminal, files};
use crate::pipeline::{Depth, compare_in};
use crate::project::displayed;
use crate::setup::Setup;
use crate::tree::{Tree, WorkingTree};

/// How many differences are listed; all are in the file.
const LISTED: usize = 20;

/// 0 when the file is written.
pub(crate) fn run(args: &InitArgs, terminal: &Terminal) -> Result<ExitCode> {
    let mut comparison = args.comparison();
    let setup = Setup::unconfigured(args.project.as_deref(), terminal)?;
    let file = args.config.clone().unwrap_or_else(|| setup.project.root.join(config::FILE));
    let name = displayed(&file);
    if std::fs::symlink_metadata(&file).is_ok() {
        bail!("{name} exists already; nothing was written");
    }
    if comparison.models.is_empty() {
        comparison.models = find_models(&setup)?;
    }
    let outcome = compare_in(setup, &comparison, Depth::Scripts, terminal)?;

    let all = drifts(&outcome.graph);
    let folder = file.parent().unwrap_or(Path::new(""));
    let models: Vec<String> = comparison.models.iter().map(|path| write::path(path, folder)).collect();
    let date = OffsetDateTime::now_utc()
        .format(format_description!("[year]-[month]-[day]"))
        .context("the date cannot be written")?;
    let text = write::text(&write::NewConfig { models: &models, drifts: &all, date: &date });
    // What is written is what will be read, so it is read back before it is written.
    let written = Config::parse(&file, &text, terminal)?;
    let is_said = |id: &ObjectId| outcome.sources.get(&outcome.graph.hints.renames.follow(id)).is_some();
    let counts = [
        counts(&outcome.graph.catalogs.before, is_said),
        counts(&outcome.graph.catalogs.before, |id| !is_said(id)),
    ];
    let rest = settle(outcome.graph, &written.accept, &[], &Filter::default())?;
    files::write_new(&file, &text)?;

    let mut out = format!("Wrote {name}.\n");
    let [managed, left] = counts;
    let _ = writeln!(out, "Managed, as the models say them: {}.", listed(&managed));
    let _ = writeln!(out, "Left alone until the models say them: {}.", listed(&left));
    if all.is_empty() {
        let _ = writeln!(out, "Models and database agree; `autogen check` watches over that.");
    } else {
        let what = if all.len() == 1 { "difference is" } else { "differences are" };
        let _ = writeln!(out, "{} {what} accepted in it; `autogen check` fails on any other:", all.len());
        for drift in all.iter().take(LISTED) {
            let _ = writeln!(out, "  {}", line(drift));
        }
        if all.len() > LISTED {
            let _ = writeln!(out, "  … and {} more", all.len() - LISTED);
        }
    }
    terminal.print(&out)?;
    if !rest.graph.is_empty() {
        let what = if rest.graph.changes.len() == 1 { "change waits" } else { "changes wait" };
        terminal.note(&format!(
            "warning: {} {what} for a migration and cannot be accepted, such as a rename; see `autogen diff`",
            rest.graph.changes.len()
        ));
    }
    Ok(ExitCode::SUCCESS)
}

fn line(drift: &Drift) -> String {
    format!(
        "{} ({}): the models say {}, the database has {}",
        visible(&object_name(drift)),
        drift.kind().replace('_', " "),
        visible(&drift.model),
        visible(&drift.db)
    )
}

/// The usual places, else all of the crate's code.
fn find_models(setup: &Setup) -> Result<Vec<PathBuf>> {
    if let Ok(found) = setup.project.default_models(&WorkingTree) {
        return Ok(found);
    }
    let src = setup.project.root.join("src");
    if WorkingTree.is_dir(&src) {
        return Ok(vec![src]);
    }
    bail!("no models were found in src/models.rs, src/models or src; name them with --models")
}

/// How many objects of each kind the database has, among those that hold.
fn counts(catalog: &Catalog, holds: impl Fn(&ObjectId) -> bool) -> BTreeMap<Kind, usize> {
    let mut out = BTreeMap::new();
    for id in catalog.ids().filter(|id| !matches!(id.kind, Kind::Schema | Kind::Extension) && holds(id)) {
        *out.entry(id.kind).or_default() += 1;
    }
    out
}

fn listed(counts: &BTreeMap<Kind, usize>) -> String {
    let parts = counts.iter().map(|(kind, count)| match (count, kind) {
        (1, kind) => format!("1 {kind}"),
        (count, Kind::Index) => format!("{count} indexes"),
        (count, Kind::Policy) => format!("{count} policies"),
        (count, Kind::Statistics) => format!("{count} statistics"),
        (count, kind) => format!("{count} {kind}s"),
    });
    let all: Vec<String> = parts.collect();
    if all.is_empty() { "nothing".to_owned() } else { all.join(", ") }
}
