//! The wanted schema from Rust models: the one place where models are laid over the current catalog, with the server
//! asked about the expressions whose texts alone decide nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result};
use autogen_core::{Catalog, Diagnostic, Hints, ObjectId, Renames, Severity, SourceMap, visible};
use autogen_introspect::models::grammar::Said;
use autogen_introspect::models::overlay::{
    Asked, Baseline, Canon, Canonical, Coverage, IdStyle, OverlayOptions, Role, UnknownParent,
    overlay as lay_over,
};
use autogen_introspect::models::{self, Models, ReadOptions};
use diesel::PgConnection;

use crate::args::CompareArgs;
use crate::baseline::{self, Before, Request, in_use};
use crate::canon::{Asker, obstacle};
use crate::config::Config;
use crate::describe::object_name;
use crate::diagnostics::Texts;
use crate::drops;
use crate::model_files;
use crate::output::Terminal;
use crate::past::Past;
use crate::project::named;
use crate::prune::prune;
use crate::scratch::Scratch;
use crate::servers::Servers;
use crate::source::{Loaded, throwaway_options};
use crate::spelling;
use crate::sql_models::{self, SqlModels};
use crate::tree::WorkingTree;

/// The finding about an expression that the current database does not understand.
pub(crate) const UNKNOWN_EXPRESSION: &str = "expression";

/// The wanted schema, whoever says it.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    /// The schema.
    pub(crate) catalog: Catalog,
    /// Where the models say what.
    pub(crate) sources: SourceMap,
    /// Renames, backfills, casts.
    pub(crate) hints: Hints,
    /// What is there and nobody models.
    pub(crate) unmanaged: Vec<ObjectId>,
    /// What is dropped because the models had it.
    pub(crate) vanished: Vec<ObjectId>,
    /// When that was, in words.
    pub(crate) baseline: Option<String>,
    /// Columns whose differences the models accept.
    pub(crate) accepted: Vec<Said<ObjectId>>,
    /// Worth knowing.
    pub(crate) notes: Vec<String>,
    /// Findings about the models.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// How much of the schema the models are about, if models say what is wanted.
    pub(crate) coverage: Option<Coverage>,
    /// What foreign keys refer to, where `.sql` files have to bring it.
    pub(crate) unknown_parents: Vec<UnknownParent>,
}

/// Models as read, before any database is looked at.
pub(crate) struct ReadModels {
    models: Models,
    /// What Rust has no shape for.
    sql: SqlModels,
    /// As they were, if that is known and they were others.
    before: Option<Before>,
    /// How both were read.
    options: ReadOptions,
    id_style: IdStyle,
    diagnostics: Vec<Diagnostic>,
    /// The files' texts, for source excerpts.
    pub(crate) texts: Texts,
    /// What to call them.
    pub(crate) label: String,
}

/// Reads the model files, and from git those of the past.
pub(crate) fn read(request: &Request<'_>, config: &Config, terminal: &Terminal) -> Result<ReadModels> {
    let paths = match request.models {
        [] => request.project.default_models(&WorkingTree)?,
        given => given.to_vec(),
    };
    let label = autogen_core::visible(&paths.iter().map(|path| named(path)).collect::<Vec<_>>().join(" "));
    let _progress = terminal.progress(&format!("reading {label}"));
    let files = model_files::read(&WorkingTree, &paths, request.is_explicit.then_some(request.project))?;
    let before = baseline::read(request, &files, terminal)?;
    let rust = files.rust.iter().map(|file| (file.path.clone(), file.text.clone()));
    let sql = files.sql.iter().map(|file| (file.path.clone(), Arc::from(file.text.as_str())));
    let texts = rust.chain(sql);
    let texts: BTreeMap<PathBuf, Arc<str>> = texts.chain(config.text()).collect();
    let (models, diagnostics) = models::read(files.rust, request.options);
    if files.sql.is_empty()
        && models.tables.is_empty()
        && models.free.is_empty()
        && !diagnostics.iter().any(|one| one.severity == Severity::Error)
    {
        terminal.note(&format!("warning: nothing in {label} is bound to a table, so nothing is compared"));
    }
    Ok(ReadModels {
        models,
        sql: SqlModels::new(&files.sql),
        before,
        options: request.options.clone(),
        id_style: config.id_style,
        diagnostics,
        texts: Texts::new(texts),
        label,
    })
}

impl ReadModels {
    /// True if part of the models has to be executed to be understood.
    pub(crate) fn needs_server(&self) -> bool {
        !self.sql.is_empty() || self.before.as_ref().is_some_and(|before| !before.sql.is_empty())
    }
}

/// Lays the models over the current schema, and on top of that what `.sql` files say.
pub(crate) fn overlay(
    read: &ReadModels,
    current: &mut Loaded,
    (renames, past): (Renames, &Past),
    args: &CompareArgs,
    servers: &mut Servers<'_>,
) -> Result<Wanted> {
    let baseline = read.before.as_ref().map(|before| Baseline {
        models: before.models.clone(),
        is_schema_alike: before.is_schema_alike,
        ..Baseline::default()
    });
    let mut options = OverlayOptions {
        renames,
        baseline,
        drops: drops::resolve(&args.drop, &current.catalog)?,
        redefined: read.sql.redefined(&current.catalog),
        given_up: BTreeSet::new(),
        id_style: read.id_style,
    };
    let mut wanted = overlay_rust(read, current, past, &mut options, servers)?;
    if read.needs_server() {
        let around = sql_models::Around {
            before: read.before.as_ref().map(|before| &before.sql),
            drops: &options.drops,
            options: &throwaway_options(&args.with),
        };
        sql_models::lay_over(&read.sql, &mut wanted, around, servers)?;
    }
    let is_missing = |one: &UnknownParent| !one.columns.iter().all(|id| wanted.catalog.contains(id));
    let missing = std::mem::take(&mut wanted.unknown_parents).into_iter().filter(is_missing);
    wanted.diagnostics.extend(missing.map(|one| one.finding));
    spelling::keep(&mut wanted.catalog, &current.catalog);
    if args.prune {
        wanted.notes = prune(&mut wanted);
    }
    Ok(wanted)
}

fn overlay_rust(
    read: &ReadModels,
    current: &mut Loaded,
    past: &Past,
    options: &mut OverlayOptions,
    servers: &mut Servers<'_>,
) -> Result<Wanted> {
    let mut canon = Canon::default();
    let mut refused = Vec::new();
    let mut overlay = lay_over(&read.models, &current.catalog, &canon, options);
    if let (Some(before), Some(baseline)) = (&read.before, &mut options.baseline) {
        baseline.in_use = in_use(&before.top, &overlay.vanished, &read.options)?;
    }
    if !overlay.declared.is_empty() {
        options.given_up = past.given_up(&overlay.declared, servers);
        if !options.given_up.is_empty() {
            drop(overlay);
            overlay = lay_over(&read.models, &current.catalog, &canon, options);
        }
    }
    let is_in_use = options.baseline.as_ref().is_some_and(|baseline| !baseline.in_use.is_empty());
    // Each is as large as the schema, so the next takes the room of the last.
    if is_in_use && overlay.asked.is_empty() {
        drop(overlay);
        overlay = lay_over(&read.models, &current.catalog, &canon, options);
    }
    if !overlay.asked.is_empty() {
        let mut place = Place::choose(current, servers)?;
        // The tables that expressions are about can only be built once their types are known.
        // Where there are SQL files they may be about to make the types, and the server is none the wiser.
        if !read.sql.is_empty() {
            overlay.asked.retain(|one| one.role != Role::Type);
        }
        let types: Vec<Asked> = overlay.asked.iter().filter(|one| one.role == Role::Type).cloned().collect();
        if !types.is_empty() {
            place.ask(&types, current, &overlay.catalog, &mut canon)?;
            drop(overlay);
            overlay = lay_over(&read.models, &current.catalog, &canon, options);
        }
        let asked = std::mem::take(&mut overlay.asked);
        place.ask(&asked, current, &overlay.catalog, &mut canon)?;
        refused = refusals(&asked, &canon);
        if is_in_use || canon.decides(&asked) {
            drop(overlay);
            overlay = lay_over(&read.models, &current.catalog, &canon, options);
        }
    }
    let mut diagnostics = read.diagnostics.clone();
    diagnostics.extend(overlay.diagnostics);
    diagnostics.extend(refused);
    Ok(Wanted {
        vanished: overlay.vanished.into_iter().map(|one| one.id).collect(),
        baseline: read.before.as_ref().map(|before| before.label.clone()),
        catalog: overlay.catalog,
        sources: overlay.sources,
        hints: overlay.hints,
        unmanaged: overlay.unmanaged,
        accepted: overlay.accepted,
        notes: Vec::new(),
        diagnostics,
        coverage: Some(overlay.coverage),
        unknown_parents: overlay.unknown_parents,
    })
}

/// How much is managed, in words.
pub(crate) fn coverage_line(coverage: &Coverage) -> String {
    let count = |n: usize, one: &str, many: &str| format!("{n} {}", if n == 1 { one } else { many });
    let tables = count(coverage.tables, "table", "tables");
    let columns = count(coverage.columns, "column", "columns");
    let line = format!("structs are bound to {tables} and {columns}");
    if coverage.unresolved.is_empty() {
        return line;
    }
    let names: Vec<String> = coverage.unresolved.iter().map(object_name).collect();
    let types = count(names.len(), "column is", "columns are");
    format!("{line}; {types} of a Rust type that cannot be told, so the type stays: {}", names.join(", "))
}

/// Where expressions are parsed.
enum Place {
    /// In the database itself.
    Database,
    /// In one of our own, where that is not possible, with the same types as far as the server there has them. What it
    /// refuses proves nothing.
    Throwaway(PgConnection),
}

impl Place {
    fn choose(current: &mut Loaded, servers: &mut Servers<'_>) -> Result<Self> {
        if let Some(own) = &mut current.connection
            && obstacle(own).is_none()
        {
            return Ok(Self::Database);
        }
        Ok(Self::Throwaway(Scratch::with_types(servers, &current.catalog)?))
    }

    fn ask(
        &mut self,
        asked: &[Asked],
        current: &mut Loaded,
        wanted: &Catalog,
        canon: &mut Canon,
    ) -> Result<()> {
        let existing = &current.catalog;
        match (self, &mut current.connection) {
            (Self::Throwaway(connection), _) => {
                Asker { connection, existing, wanted }
                    .ask(asked, canon)
                    .context("lost the throwaway database while comparing expressions")?;
                canon.forget_refusals();
                Ok(())
            }
            (Self::Database, Some(connection)) => Asker { connection, existing, wanted }
                .ask(asked, canon)
                .with_context(|| format!("lost {} while comparing expressions", current.label)),
            (Self::Database, None) => Ok(()),
        }
    }
}

/// What the models write and the server does not understand. A warning only: what it lacks, a function perhaps, may
/// come with the migration.
fn refusals(asked: &[Asked], canon: &Canon) -> Vec<Diagnostic> {
    let mut all: Vec<Diagnostic> = Vec::new();
    for one in asked {
        let Some(span) = &one.span else { continue };
        // That is an error of the models, and told as such.
        if one.role == Role::Type {
            continue;
        }
        let Some(Canonical::Rejected(reason)) = canon.get(&one.table, &one.role, &one.text) else { continue };
        let message =
            format!("the database does not understand this expression of {}: {}", one.table, visible(reason));
        let warning = Diagnostic::warning(UNKNOWN_EXPRESSION, message).at(span.clone());
        if !all.contains(&warning) {
            all.push(warning);
        }
    }
    all
}
