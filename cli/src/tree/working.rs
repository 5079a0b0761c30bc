//! The working directory as a tree: files as they lie on disk, saved or staged or neither.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use autogen_core::visible;

use super::{Tree, enters, is_source};

/// The file system.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WorkingTree;

impl Tree for WorkingTree {
    fn is_file(&self, path: &Path) -> bool {
        path.is_file()
    }

    fn is_dir(&self, path: &Path) -> bool {
        path.is_dir()
    }

    fn read(&self, path: &Path) -> Result<Vec<u8>> {
        Ok(std::fs::read(path)?)
    }

    fn identity(&self, path: &Path) -> PathBuf {
        std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf())
    }

    fn source_files(&self, folder: &Path) -> Result<Vec<PathBuf>> {
        // The folder that was named is walked whatever its name.
        let is_walked = |entry: &ignore::DirEntry| {
            let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
            entry.depth() == 0 || !is_folder || enters(&WorkingTree, entry.path())
        };
        let mut found = Vec::new();
        for entry in ignore::WalkBuilder::new(folder).require_git(false).filter_entry(is_walked).build() {
            let entry = entry
                .with_context(|| format!("cannot read all of {}", visible(&folder.display().to_string())))?;
            let is_file = entry.file_type().is_some_and(|kind| kind.is_file());
            if is_file && is_source(entry.path()) {
                found.push(entry.into_path());
            }
        }
        Ok(found)
    }
}
