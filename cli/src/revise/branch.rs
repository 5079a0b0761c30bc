//! Which migrations are this branch's own, and which it shares with the main branch, as git knows them. What belongs to
//! main's tip is main's, even in the middle of a merge or a rebase, when HEAD does not have it yet.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use autogen_core::visible;

use crate::baseline::{self, Parting};
use crate::git::{NoRepository, Repository};
use crate::output::Terminal;
use crate::postgres::replay::{self, Migration};
use crate::project::{Project, displayed};

/// The migrations of the working directory.
#[derive(Debug)]
pub(super) struct Branch {
    /// The directory.
    pub(super) dir: PathBuf,
    pub(super) repository: Repository,
    /// Those of the main branch that are here.
    pub(super) shared: Vec<Migration>,
    /// All others.
    pub(super) own: Vec<Migration>,
    /// Those that main's tip has and this branch has not got yet.
    pub(super) ahead: Vec<String>,
    /// The main branch, if there is one.
    pub(super) main: Option<String>,
}

impl Branch {
    /// Asks git.
    ///
    /// # Errors
    /// Without a repository, and where a shared migration is missing.
    pub(super) fn of(project: &Project, base: Option<&str>, terminal: &Terminal) -> Result<Branch> {
        let dir = project.migrations();
        if !dir.is_dir() {
            bail!("there is no migrations directory {}; nothing can be revised", displayed(&dir));
        }
        let repository = match Repository::of(&dir) {
            Ok(repository) => repository,
            Err(NoRepository::Ordinary(why) | NoRepository::Refused(why)) => {
                bail!("only git knows which migrations are this branch's own, and {}", visible(&why))
            }
        };
        let Some(Parting { commit, label, main }) = baseline::parting(&repository, base, terminal)? else {
            bail!("the repository has no commit yet, so there is no base to begin from")
        };
        let real = std::fs::canonicalize(&dir).with_context(|| format!("cannot find {}", displayed(&dir)))?;
        let Ok(inside) = real.strip_prefix(&repository.top) else {
            bail!("{} lies outside of the git repository {}", displayed(&dir), displayed(&repository.top));
        };
        let then = names(&repository, &commit, inside)?;
        let tip = match &main {
            Some((_, tip)) => names(&repository, tip, inside)?,
            None => then.clone(),
        };
        let (shared, own): (Vec<Migration>, Vec<Migration>) = replay::all(&dir)?
            .into_iter()
            .partition(|one| then.contains(&one.name) || tip.contains(&one.name));
        replay::distinct(&dir, &shared)?;
        let is_here = |name: &str| shared.iter().any(|one| one.name == name);
        if let Some(gone) = then.iter().find(|name| tip.contains(*name) && !is_here(name)) {
            bail!(
                "{} is a migration of {label} and is missing here; bring it back with `git checkout {} -- {}`",
                displayed(&dir.join(gone)),
                commit.get(..10).unwrap_or(&commit),
                displayed(&dir.join(gone)),
            );
        }
        let ahead = tip.iter().filter(|name| !is_here(name)).cloned().collect();
        Ok(Branch { dir, repository, shared, own, ahead, main: main.map(|(name, _)| name) })
    }

    /// Versions that a new migration must come after.
    pub(super) fn versions(&self) -> Vec<String> {
        let ahead = self.ahead.iter().map(|name| replay::version_of(name));
        self.shared.iter().map(|one| one.version.clone()).chain(ahead).collect()
    }
}

/// The folders with an up.sql in a commit.
fn names(repository: &Repository, commit: &str, dir: &Path) -> Result<BTreeSet<String>> {
    let name = |path: &Path| {
        let below = path.strip_prefix(dir).ok()?;
        let mut parts = below.components();
        let (folder, file) = (parts.next()?, parts.next()?);
        let is_it = file.as_os_str() == "up.sql" && parts.next().is_none();
        is_it.then(|| folder.as_os_str().to_string_lossy().into_owned())
    };
    Ok(repository.entries(commit)?.iter().filter_map(|entry| name(&entry.path)).collect())
}
