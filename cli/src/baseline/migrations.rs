//! Which migrations a branch has added or edited, and what the main branch has meanwhile: folders compared with git's, name
//! by name and byte by byte. Nothing is checked out.

use std::path::{Path, PathBuf};

use anyhow::Result;
use autogen_core::visible;

use super::revision::Revision;
use super::{Parting, existing_folder, parting};
use crate::git::Repository;
use crate::output::Terminal;
use crate::tree::{Tree, WorkingTree};

/// What git knows of a migrations directory.
pub(crate) struct MigrationsBefore {
    folder: PathBuf,
    then: Revision,
    /// When that was, in words.
    pub(crate) label: String,
    /// True if that is the commit that is checked out, so that only uncommitted files can be new.
    pub(crate) is_head: bool,
    /// The main branch's name, and the folders that it has now.
    pub(crate) main: Option<(String, Vec<String>)>,
}

impl MigrationsBefore {
    /// Of a directory, if it is in a repository with a commit.
    ///
    /// # Errors
    ///
    /// `--base` names no commit, or git cannot read one.
    pub(crate) fn of(
        folder: &Path,
        base: Option<&str>,
        terminal: &Terminal,
    ) -> Result<Option<MigrationsBefore>> {
        let Ok(repository) = Repository::of(&existing_folder(folder)) else {
            return match base {
                Some(base) => anyhow::bail!("--base {}: there is no git repository", visible(base)),
                None => Ok(None),
            };
        };
        let Some(Parting { commit, label, main }) = parting(&repository, base, terminal)? else {
            return Ok(None);
        };
        let main = match main {
            Some((name, tip)) => Some((name, Revision::new(&repository, &tip)?.folders(folder))),
            None => None,
        };
        let then = Revision::new(&repository, &commit)?;
        let is_head = repository.commit("HEAD").is_some_and(|head| head == commit);
        Ok(Some(MigrationsBefore { folder: folder.to_path_buf(), then, label, is_head, main }))
    }

    /// True if the folder of this name has the files that it had.
    pub(crate) fn is_as_it_was(&self, name: &str) -> bool {
        let same = |file: &str| {
            let path = self.folder.join(name).join(file);
            let text = |tree: &dyn Tree| tree.is_file(&path).then(|| tree.read(&path).ok()).flatten();
            text(&self.then) == text(&WorkingTree)
        };
        self.then.is_dir(&self.folder.join(name))
            && ["up.sql", "down.sql", "metadata.toml"].into_iter().all(same)
    }
}
