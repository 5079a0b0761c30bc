//! Migrations directories that lie deeper in a project than where they are looked for, for an error's hint.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::tree::{Tree, WorkingTree};

/// The folders with migrations below a folder; none where it cannot be walked, as this is but a hint.
pub(crate) fn migrations_below(folder: &Path) -> Vec<PathBuf> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let files = WorkingTree.source_files(folder).unwrap_or_default();
    let is_script = |file: &&PathBuf| file.file_name().is_some_and(|name| name == "up.sql");
    let found = files.iter().filter(is_script).filter_map(|file| file.parent()?.parent());
    Vec::from_iter(found.collect::<BTreeSet<_>>()).into_iter().map(Path::to_path_buf).collect()
}
