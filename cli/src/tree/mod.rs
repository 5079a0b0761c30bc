//! A tree of source files: the working directory, or what a git revision holds. Which of its files are read is decided
//! once, here and in `model_files`, so that both trees give the same selection; nothing is ever checked out.
//!
//! Paths are given and returned as the user writes them, whichever tree they are looked up in.

mod working;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

pub(crate) use working::WorkingTree;

/// Folders of a crate that hold no models. `tests` holds none wherever it is.
const BESIDE_SRC: [&str; 3] = ["target", "benches", "examples"];

/// Where source files come from.
pub(crate) trait Tree {
    /// True for a file that can be read.
    fn is_file(&self, path: &Path) -> bool;

    /// True for a folder.
    fn is_dir(&self, path: &Path) -> bool;

    /// A file's bytes.
    fn read(&self, path: &Path) -> Result<Vec<u8>>;

    /// What two paths to the same file have in common.
    fn identity(&self, path: &Path) -> PathBuf;

    /// The Rust and SQL files below a folder, without those that git ignores, hidden ones, and folders that [`enters`] leaves
    /// out. Symbolic links are not followed.
    fn source_files(&self, folder: &Path) -> Result<Vec<PathBuf>>;

    /// A file's text.
    fn text(&self, path: &Path) -> Result<String> {
        let quoted = || autogen_core::visible(&path.display().to_string());
        let bytes = self.read(path).with_context(|| format!("cannot read {}", quoted()))?;
        match String::from_utf8(bytes) {
            Ok(text) => Ok(text),
            Err(_) => bail!("{} is not UTF-8", quoted()),
        }
    }
}

/// True for the name of a Rust or SQL file.
pub(crate) fn is_source(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "rs" || extension == "sql")
}

/// False for a folder that holds no models by convention: build output, tests.
pub(crate) fn enters(tree: &(impl Tree + ?Sized), folder: &Path) -> bool {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let beside_src = || folder.parent().is_some_and(|parent| tree.is_file(&parent.join("Cargo.toml")));
    name != "tests" && !(BESIDE_SRC.contains(&&*name) && beside_src())
}
