//! `autogen pull --annotate`: what a database has beyond the structs that are there, put into them as attributes. No
//! other byte of the files changes, and what an attribute speaks of already is left alone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Result, bail};
use autogen_codegen::rust::models::{AttributeForm, part};
use autogen_core::{Catalog, Object, ObjectId, QualName, Severity, visible};
use autogen_introspect::models::overlay::{Canon, OverlayOptions, Places, overlay, places};
use autogen_introspect::models::{self, Models, ReadOptions, SourceFile};

use crate::annotate::{Edits, Plan};
use crate::args::PullArgs;
use crate::diagnostics::Texts;
use crate::filter::Filter;
use crate::model_files;
use crate::output::{Terminal, files};
use crate::project::displayed;
use crate::servers::Servers;
use crate::setup::Setup;
use crate::source::preferred_major;
use crate::tree::WorkingTree;

/// Always 0: what cannot be said is a note.
pub(crate) fn run(args: &PullArgs, terminal: &Terminal) -> Result<ExitCode> {
    let filter = Filter::new(&args.include, &args.exclude)?;
    let setup = Setup::new(args.project.as_deref(), args.config.as_deref(), terminal)?;
    let source = setup.current(args.db.as_deref(), terminal)?;
    let paths = match (args.models.as_slice(), setup.config.models.as_slice()) {
        ([], []) => setup.project.default_models(&WorkingTree)?,
        ([], configured) => configured.to_vec(),
        (given, _) => given.to_vec(),
    };
    let project = args.project.is_some().then_some(&setup.project);
    let files = model_files::read(&WorkingTree, &paths, project)?.rust;
    let options = setup.config.read_options();
    let before = read(&files, &options, terminal)?;

    let mut servers = Servers::new(&args.servers, terminal);
    servers.major = preferred_major(&[&source], terminal)?;
    let mut catalog = source.load(&[], &mut servers, terminal)?.catalog;
    filter.apply(&mut catalog);

    let attribute = if args.cfg_attr { AttributeForm::CfgAttr } else { AttributeForm::Derive };
    let all = places(&before, &catalog);
    let mut plan = Plan {
        attribute,
        catalog: &all.live,
        said: part(&all.live),
        files: files.iter().filter(|file| is_editable(file, &paths)).collect(),
        without: BTreeSet::new(),
    };
    let edits = settled(&mut plan, &all, &files, &before, &options)?;
    if args.dry_run {
        let texts = edits.files.iter().map(|(path, (old, new))| patch(path, old, new));
        terminal.print(&texts.collect::<String>())?;
    } else {
        for path in files::replace_all(&edits.files)? {
            terminal.note(&format!("annotated {}", displayed(&path)));
        }
    }
    if edits.files.is_empty() {
        terminal.note("the structs say all that attributes can say of their tables");
    }
    for note in edits.notes.iter().chain(&bare_tables(&all)) {
        terminal.note(&format!("note: {}", visible(note)));
    }
    Ok(ExitCode::SUCCESS)
}

/// The edits after which the models differ from the database in nothing in which they did not before. Tables that stand
/// in the way of that are left as they are.
fn settled(
    plan: &mut Plan<'_>,
    all: &Places,
    files: &[SourceFile],
    before: &Models,
    options: &ReadOptions,
) -> Result<Edits> {
    let known = differing(before, plan.catalog);
    loop {
        let edits = plan.edits(all);
        let edited = files.iter().cloned().map(|mut file| {
            if let Some((_, new)) = edits.files.get(&file.path) {
                file.text = new.as_str().into();
            }
            file
        });
        let (after, diagnostics) = models::read(edited.collect(), options);
        if let Some(error) = diagnostics.iter().find(|one| one.severity == Severity::Error) {
            bail!("the attributes cannot be written; nothing was changed: {}", visible(&error.message));
        }
        let new: Vec<ObjectId> = differing(&after, plan.catalog).difference(&known).cloned().collect();
        if new.is_empty() {
            return Ok(edits);
        }
        let guilty: Vec<QualName> = new.iter().map(|id| table_of(plan.catalog, id)).collect();
        let count = plan.without.len();
        plan.without.extend(guilty);
        if plan.without.len() == count {
            bail!("{} would be said otherwise than the database has it; nothing was changed", new[0]);
        }
    }
}

/// The objects that the models want otherwise than they live.
fn differing(models: &Models, live: &Catalog) -> BTreeSet<ObjectId> {
    let wanted = overlay(models, live, &Canon::default(), &OverlayOptions::default()).catalog;
    let ids = live.ids().chain(wanted.ids());
    ids.filter(|id| live.get(id) != wanted.get(id)).cloned().collect()
}

fn table_of(catalog: &Catalog, id: &ObjectId) -> QualName {
    match catalog.get(id) {
        Some(Object::Index(index)) => index.table.clone(),
        Some(Object::Sequence(sequence)) => {
            sequence.owned_by.as_ref().map_or_else(|| id.name.clone(), |column| column.name.clone())
        }
        _ => id.name.clone(),
    }
}

fn read(files: &[SourceFile], options: &ReadOptions, terminal: &Terminal) -> Result<Models> {
    let (models, diagnostics) = models::read(files.to_vec(), options);
    let texts: BTreeMap<PathBuf, Arc<str>> =
        files.iter().map(|file| (file.path.clone(), file.text.clone())).collect();
    terminal.diagnostics(&diagnostics, &Texts::new(texts));
    if diagnostics.iter().any(|one| one.severity == Severity::Error) {
        bail!("the models cannot be used because of the errors above; nothing was changed");
    }
    Ok(models)
}

/// True for a file of models below what was named; neither a schema.rs, nor what is only read for its types, nor what a
/// link leads to from there.
fn is_editable(file: &SourceFile, paths: &[PathBuf]) -> bool {
    let Ok(real) = file.path.canonicalize() else { return false };
    let is_below = |path: &PathBuf| path.canonicalize().is_ok_and(|path| real.starts_with(path));
    !file.is_schema && !file.is_context && paths.iter().any(is_below)
}

/// A patch that `git apply` and `patch` take.
fn patch(path: &Path, old: &str, new: &str) -> String {
    let name = path.display().to_string();
    let mut options = diffy::DiffOptions::new();
    options.set_original_filename(format!("a/{name}")).set_modified_filename(format!("b/{name}"));
    options.create_patch(old, new).to_string()
}

/// One line on the live tables that no struct is bound to.
fn bare_tables(all: &Places) -> Option<String> {
    let catalog = &all.live;
    let bound: BTreeSet<&QualName> = all.tables.iter().map(|place| &place.table).collect();
    let bare: Vec<String> = catalog
        .of_kind(autogen_core::Kind::Table)
        .filter(|(id, _)| !bound.contains(&id.name) && !catalog.extension_owned.contains(id))
        .filter(|(id, _)| id.name.name.as_str() != crate::postgres::replay::TABLE)
        .map(|(id, _)| id.name.to_string())
        .collect();
    (!bare.is_empty()).then(|| format!("no struct is bound to {}", bare.join(", ")))
}
