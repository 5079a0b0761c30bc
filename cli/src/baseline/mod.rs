//! The models as they were: at the merge base of HEAD with the main branch, read from git without a checkout. They are
//! the evidence that something was wanted away, so that whatever goes wrong here drops nothing: the fewer models are
//! found, the less there is to miss.

mod in_use;
mod migrations;
mod revision;

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use autogen_core::visible;
use autogen_introspect::models::{self, Models, ReadOptions, SourceFile};

use crate::git::{NoRepository, Repository};
use crate::model_files::{self, ModelFiles};
use crate::output::Terminal;
use crate::project::Project;
use crate::sql_models::SqlModels;
use crate::tree::{Tree, WorkingTree};
use revision::Revision;

pub(crate) use in_use::in_use;
pub(crate) use migrations::MigrationsBefore;

/// Where the main branch is looked for when nobody names it.
const MAIN_BRANCHES: [&str; 5] = [
    "refs/remotes/origin/HEAD",
    "refs/remotes/origin/main",
    "refs/remotes/origin/master",
    "refs/heads/main",
    "refs/heads/master",
];

/// What is to be looked up in the past.
pub(crate) struct Request<'a> {
    /// The paths given to `--models`; none for the project's own.
    pub(crate) models: &'a [PathBuf],
    /// The project.
    pub(crate) project: &'a Project,
    /// True if its folder was given, so that its schema files are read whatever the paths.
    pub(crate) is_explicit: bool,
    /// How they are read.
    pub(crate) options: &'a ReadOptions,
    /// `--base`.
    pub(crate) base: Option<&'a str>,
}

/// The models of the merge base.
#[derive(Debug)]
pub(crate) struct Before {
    /// The models.
    pub(crate) models: Models,
    /// What their `.sql` files said.
    pub(crate) sql: SqlModels,
    /// True if diesel.toml is what it was.
    pub(crate) is_schema_alike: bool,
    /// When that was, in words.
    pub(crate) label: String,
    /// The top of the working directory, below which other code may use what they had.
    pub(crate) top: PathBuf,
}

/// Reads the models of the merge base, where there is one and they differ from today's.
///
/// # Errors
///
/// Only what was asked for by `--base` and cannot be had is an error.
pub(crate) fn read(request: &Request<'_>, today: &ModelFiles, terminal: &Terminal) -> Result<Option<Before>> {
    let folder = existing_folder(request.models.first().map_or(&request.project.root, |path| path));
    let repository = match Repository::of(&folder) {
        Ok(repository) => repository,
        Err(NoRepository::Ordinary(why) | NoRepository::Refused(why)) if request.base.is_some() => {
            bail!("--base cannot be used: {why}")
        }
        Err(NoRepository::Ordinary(why)) => {
            if terminal.is_verbose() {
                terminal.note(&format!("no baseline: {}", visible(&why)));
            }
            return Ok(None);
        }
        Err(NoRepository::Refused(why)) => {
            terminal.note(&format!(
                "no baseline, so nothing is dropped for its sake: git says: {}",
                visible(&why)
            ));
            return Ok(None);
        }
    };
    let Some(Parting { commit, label, .. }) = parting(&repository, request.base, terminal)? else {
        return Ok(None);
    };
    let read = || -> Result<(ModelFiles, bool)> {
        let tree = Revision::new(&repository, &commit)?;
        Ok((files(&tree, request)?, is_schema_alike(&tree, request.project)))
    };
    let (then, is_schema_alike) = match read() {
        Ok(read) => read,
        Err(error) if request.base.is_some() => {
            return Err(error.context("the models of --base cannot be read"));
        }
        Err(error) => {
            let why = visible(&format!("{error:#}"));
            terminal.note(&format!("no baseline, so nothing is dropped for its sake: {why}"));
            return Ok(None);
        }
    };
    let same = |(then, now): (&SourceFile, &SourceFile)| then.module == now.module && then.text == now.text;
    let same_rust = then.rust.len() == today.rust.len() && then.rust.iter().zip(&today.rust).all(same);
    let texts = |files: &ModelFiles| files.sql.iter().map(|file| file.text.clone()).collect::<Vec<_>>();
    let same_sql = texts(&then) == texts(today);
    let is_empty = then.rust.is_empty() && then.sql.is_empty();
    if is_empty || (same_rust && same_sql) {
        return Ok(None);
    }
    // Their mistakes are of the past.
    let (models, _) = models::read(then.rust, request.options);
    Ok(Some(Before { models, sql: SqlModels::new(&then.sql), is_schema_alike, label, top: repository.top }))
}

/// Where HEAD and the main branch part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Parting {
    /// The merge base; HEAD where that cannot be told.
    pub(crate) commit: String,
    /// What to call it.
    pub(crate) label: String,
    /// The tip of the main branch, where there is one.
    pub(crate) main: Option<(String, String)>,
}

/// Finds the merge base with the main branch, or with what is named instead; `None` in a repository without a commit.
pub(crate) fn parting(
    repository: &Repository,
    base: Option<&str>,
    terminal: &Terminal,
) -> Result<Option<Parting>> {
    let Some(head) = repository.commit("HEAD") else {
        if base.is_some() {
            bail!("--base cannot be used: the repository has no commit yet");
        }
        return Ok(None);
    };
    let of_head = |head: String| Parting { commit: head, label: "HEAD".to_owned(), main: None };
    let (name, main) = match base {
        Some(name) => match repository.commit(name) {
            Some(commit) => (name, Some(commit)),
            None => bail!("--base {}: git knows no such commit", visible(name)),
        },
        None => MAIN_BRANCHES
            .into_iter()
            .find_map(|name| Some((name, Some(repository.commit(name)?))))
            .unwrap_or(("", None)),
    };
    let name = visible(name.trim_start_matches("refs/remotes/").trim_start_matches("refs/heads/"));
    let deeper = "fetch more of it, in GitHub Actions with fetch-depth: 0";
    let Some(main) = main else {
        if repository.is_shallow() {
            terminal.note(&format!(
                "the baseline is HEAD: this clone is shallow and has no main branch; {deeper}, or name a commit with --base"
            ));
        } else if terminal.is_verbose() {
            terminal.note("the baseline is HEAD: there is no branch main or master; --base names another");
        }
        return Ok(Some(of_head(head)));
    };
    let Some(found) = repository.merge_base(&head, &main) else {
        let (why, then) = match repository.is_shallow() {
            true => ("in this shallow clone", format!("; {deeper}")),
            false => ("at all", String::new()),
        };
        terminal.note(&format!("the baseline is HEAD: it has no history in common with {name} {why}{then}"));
        return Ok(Some(Parting { main: Some((name, main)), ..of_head(head) }));
    };
    let short = found.get(..10).unwrap_or(&found).to_owned();
    let label = match found == head {
        true => "HEAD".to_owned(),
        false => format!("{short}, where HEAD and {name} part"),
    };
    if terminal.is_verbose() {
        terminal.note(&format!("the baseline is {label}"));
    }
    Ok(Some(Parting { commit: found, label, main: Some((name, main)) }))
}

/// The files that the same options would have selected then.
fn files(tree: &Revision, request: &Request<'_>) -> Result<ModelFiles> {
    let project = request.project.in_tree(tree)?;
    let paths = match request.models {
        [] => project.default_models(tree).unwrap_or_default(),
        given => given.iter().filter_map(|path| as_it_was(tree, path)).collect(),
    };
    match paths.is_empty() {
        true => Ok(ModelFiles::default()),
        false => model_files::read(tree, &paths, request.is_explicit.then_some(&project)),
    }
}

/// True if `diesel print-schema` was told the same.
fn is_schema_alike(tree: &Revision, project: &Project) -> bool {
    let file = project.root.join("diesel.toml");
    let text = |tree: &dyn Tree| tree.is_file(&file).then(|| tree.text(&file).ok()).flatten();
    text(tree) == text(&WorkingTree)
}

/// The path, or the same module's other form: `models.rs` may have become `models/`.
fn as_it_was(tree: &dyn Tree, path: &Path) -> Option<PathBuf> {
    let exists = |path: &PathBuf| tree.is_file(path) || tree.is_dir(path);
    let other = match path.file_name()?.to_str() {
        Some("mod.rs") => path.parent().map(Path::to_path_buf),
        _ if path.extension().is_some_and(|extension| extension == "rs") => Some(path.with_extension("")),
        _ => Some(path.with_extension("rs")),
    };
    [Some(path.to_path_buf()), other].into_iter().flatten().find(exists)
}

/// The folder that a path is or lies in, as far as it exists.
fn existing_folder(path: &Path) -> PathBuf {
    // Nothing, as a path, is the current folder.
    let absolute = std::path::absolute(Path::new(".").join(path)).unwrap_or_else(|_| path.to_path_buf());
    absolute.ancestors().find(|path| path.is_dir()).unwrap_or(Path::new("/")).to_path_buf()
}
