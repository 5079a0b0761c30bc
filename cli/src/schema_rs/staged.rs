//! Generated files on their way to the disk: all are written aside first, then each takes its place at once. A file
//! that would not change is left alone, so that builds see no news in it.

use std::fs::{self, Permissions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::project::displayed;
use anyhow::{Context, Result};
use tempfile::NamedTempFile;

/// Files that lie beside their places.
#[derive(Debug, Default)]
pub(crate) struct Staged {
    files: Vec<(NamedTempFile, PathBuf)>,
}

impl Staged {
    /// Writes the texts aside whose files do not hold them yet. Dropped, they leave no trace but folders.
    pub(crate) fn new<'a>(texts: impl IntoIterator<Item = (&'a Path, &'a str)>) -> Result<Staged> {
        let mut files = Vec::new();
        for (path, text) in texts {
            // The file behind a symbolic link is what is replaced.
            let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
            if fs::read(&target).is_ok_and(|old| old == text.as_bytes()) {
                continue;
            }
            let folder = match target.parent() {
                Some(parent) if !parent.as_os_str().is_empty() => parent,
                _ => Path::new("."),
            };
            fs::create_dir_all(folder).with_context(|| format!("cannot create {}", displayed(folder)))?;
            let mode = Permissions::from_mode(0o666);
            let mut file = tempfile::Builder::new()
                .prefix(".autogen-")
                .permissions(mode)
                .tempfile_in(folder)
                .with_context(|| format!("cannot write into {}", displayed(folder)))?;
            file.write_all(text.as_bytes()).with_context(|| format!("cannot write {}", displayed(path)))?;
            if let Ok(old) = fs::metadata(&target) {
                file.as_file()
                    .set_permissions(old.permissions())
                    .with_context(|| format!("cannot give {} its mode", displayed(path)))?;
            }
            files.push((file, target));
        }
        Ok(Staged { files })
    }

    /// Puts the files into their places, and returns these.
    pub(crate) fn persist(self) -> Result<Vec<PathBuf>> {
        self.files
            .into_iter()
            .map(|(file, path)| {
                file.persist(&path)
                    .map_err(|error| error.error)
                    .with_context(|| format!("cannot replace {}", displayed(&path)))?;
                Ok(path)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_replaced_whole_and_keep_their_mode() {
        let dir = tempfile::tempdir().unwrap();
        let (old, new) = (dir.path().join("old.rs"), dir.path().join("sub/new.rs"));
        fs::write(&old, "1").unwrap();
        fs::set_permissions(&old, Permissions::from_mode(0o640)).unwrap();
        let link = dir.path().join("link.rs");
        std::os::unix::fs::symlink(&old, &link).unwrap();

        let stage = || Staged::new([(link.as_path(), "2"), (new.as_path(), "3")]).unwrap();
        drop(stage());
        assert_eq!(fs::read_to_string(&old).unwrap(), "1");
        assert!(!new.exists());

        assert_eq!(stage().persist().unwrap().len(), 2);
        assert_eq!(fs::read_to_string(&old).unwrap(), "2");
        assert_eq!(fs::metadata(&old).unwrap().permissions().mode() & 0o777, 0o640);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&new).unwrap(), "3");

        // Nothing is new now.
        assert!(stage().persist().unwrap().is_empty());
        let left = fs::read_dir(dir.path()).unwrap().count();
        assert_eq!(left, 3, "a file aside is left over");
    }
}
