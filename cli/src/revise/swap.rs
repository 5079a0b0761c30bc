//! Old folders of migrations out, new ones in, all or none. The new ones are written aside before anything is touched; the
//! old ones are moved, never deleted, until everything is in its place. Whatever ends the process in between, all that
//! was there is still there: in the migrations directory or in the folder of the copies.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::output::migration;
use crate::project::displayed;

/// What is exchanged.
pub(super) struct Swap {
    /// New folders, and where they are to be.
    pub(super) aside: Vec<(tempfile::TempDir, PathBuf)>,
    /// Old folders.
    pub(super) old: Vec<PathBuf>,
    /// Where the old ones are moved to.
    pub(super) copies: PathBuf,
}

impl Swap {
    /// Does it, and returns the new files.
    pub(super) fn run(self) -> Result<Vec<PathBuf>> {
        fs::create_dir_all(&self.copies)
            .with_context(|| format!("cannot create {}; nothing was changed", displayed(&self.copies)))?;
        // New before old, but for a new one whose place is taken by an old one.
        let places: Vec<PathBuf> = self.aside.iter().map(|(_, place)| place.clone()).collect();
        let (first, last): (Vec<PathBuf>, Vec<PathBuf>) =
            self.old.into_iter().partition(|old| places.contains(old));
        let mut moved = Moved { copies: self.copies, done: Vec::new() };
        let result = moved.all(&first).and_then(|()| migration::place(self.aside));
        let result = result.and_then(|files| match moved.all(&last) {
            Ok(()) => Ok(files),
            Err(error) => {
                for place in &places {
                    let _ = fs::remove_dir_all(place);
                }
                Err(error)
            }
        });
        if result.is_err() {
            moved.back();
        }
        result
    }
}

/// Folders that were moved.
struct Moved {
    copies: PathBuf,
    /// From where to where.
    done: Vec<(PathBuf, PathBuf)>,
}

impl Moved {
    fn all(&mut self, folders: &[PathBuf]) -> Result<()> {
        for folder in folders {
            let to = self.copies.join(folder.file_name().unwrap_or_default());
            move_folder(folder, &to)
                .with_context(|| format!("cannot move {}; nothing was changed", displayed(folder)))?;
            self.done.push((folder.clone(), to));
        }
        Ok(())
    }

    fn back(&mut self) {
        for (from, to) in self.done.drain(..) {
            let _ = move_folder(&to, &from);
        }
        // Only if nothing is left in it.
        let _ = fs::remove_dir(&self.copies);
    }
}

/// Renames, or copies to another file system and removes then.
fn move_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    match fs::rename(from, to) {
        Err(error) if error.kind() == std::io::ErrorKind::CrossesDevices => {
            copy_folder(from, to)?;
            fs::remove_dir_all(from)
        }
        other => other,
    }
}

fn copy_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        match entry.file_type()?.is_dir() {
            true => copy_folder(&entry.path(), &to)?,
            false => drop(fs::copy(entry.path(), to)?),
        }
    }
    Ok(())
}
