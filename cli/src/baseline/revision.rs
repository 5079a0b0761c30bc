//! A git revision as a tree of source files. It selects what the working directory would: hidden files and those that
//! the revision's own .gitignore names are passed over, even if somebody has added them.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::git::{Blobs, Repository};
use crate::tree::{Tree, enters, is_source};

/// The files of one commit.
#[derive(Debug)]
pub(super) struct Revision {
    top: PathBuf,
    /// Objects by path below the top.
    files: BTreeMap<PathBuf, String>,
    blobs: Blobs,
}

impl Revision {
    /// Lists a commit; contents are read when they are asked for.
    pub(super) fn new(repository: &Repository, commit: &str) -> Result<Revision> {
        let entries = repository.entries(commit)?.into_iter();
        let files = entries.filter(|entry| entry.is_file).map(|entry| (entry.path, entry.object)).collect();
        Ok(Revision { top: repository.top.clone(), files, blobs: repository.blobs()? })
    }

    /// Where in the repository a path leads, which need not exist today.
    fn inside(&self, path: &Path) -> Option<PathBuf> {
        resolved(path).strip_prefix(&self.top).ok().map(Path::to_path_buf)
    }

    /// The names of the folders in a folder, in their order.
    pub(super) fn folders(&self, folder: &Path) -> Vec<String> {
        let Some(root) = self.inside(folder) else { return Vec::new() };
        let mut names: Vec<String> = self
            .below(&root)
            .filter_map(|path| {
                let mut parts = path.strip_prefix(&root).ok()?.components();
                let name = parts.next()?.as_os_str().to_string_lossy().into_owned();
                parts.next().map(|_| name)
            })
            .collect();
        names.dedup();
        names
    }

    fn below<'a>(&'a self, folder: &'a Path) -> impl Iterator<Item = &'a PathBuf> {
        let from = (Bound::Included(folder.to_path_buf()), Bound::Unbounded);
        self.files
            .range(from)
            .map(|(path, _)| path)
            .take_while(move |path| path.starts_with(folder))
            .filter(move |path| *path != folder)
    }

    /// The ignore rules of a folder and of those above it, the nearest first.
    fn rules<'a>(&self, known: &'a mut BTreeMap<PathBuf, Gitignore>, folder: &Path) -> Vec<&'a Gitignore> {
        for dir in folder.ancestors() {
            if !known.contains_key(dir) {
                let mut builder = GitignoreBuilder::new(dir);
                for name in [".gitignore", ".ignore"] {
                    let object = self.files.get(&dir.join(name));
                    let text = object.and_then(|object| self.blobs.read(object).ok()).unwrap_or_default();
                    for line in String::from_utf8_lossy(&text).lines() {
                        // A pattern that is none matches nothing, as for git.
                        let _ = builder.add_line(None, line);
                    }
                }
                known.insert(dir.to_path_buf(), builder.build().unwrap_or_else(|_| Gitignore::empty()));
            }
        }
        let known = &*known;
        folder.ancestors().filter_map(|dir| known.get(dir)).collect()
    }

    fn is_ignored(&self, known: &mut BTreeMap<PathBuf, Gitignore>, path: &Path, is_folder: bool) -> bool {
        let folder = path.parent().unwrap_or(Path::new(""));
        let decided = self.rules(known, folder).into_iter().map(|rules| rules.matched(path, is_folder));
        decided.into_iter().find(|found| !found.is_none()).is_some_and(|found| found.is_ignore())
    }
}

impl Tree for Revision {
    fn is_file(&self, path: &Path) -> bool {
        self.inside(path).is_some_and(|path| self.files.contains_key(&path))
    }

    fn is_dir(&self, path: &Path) -> bool {
        self.inside(path).is_some_and(|path| self.below(&path).next().is_some())
    }

    fn read(&self, path: &Path) -> Result<Vec<u8>> {
        let inside = self.inside(path).context("it lies outside of the repository")?;
        self.blobs.read(self.files.get(&inside).context("the revision has no such file")?)
    }

    fn identity(&self, path: &Path) -> PathBuf {
        resolved(path)
    }

    fn source_files(&self, folder: &Path) -> Result<Vec<PathBuf>> {
        let root = self.inside(folder).context("it lies outside of the repository")?;
        let mut ignored = BTreeMap::new();
        let mut walked: BTreeMap<PathBuf, bool> = BTreeMap::from([(root.clone(), true)]);
        let mut found = Vec::new();
        for path in self.below(&root) {
            if !is_source(path) {
                continue;
            }
            let below = path.strip_prefix(&root)?;
            let mut is_walked = true;
            for part in below.ancestors().collect::<Vec<_>>().into_iter().rev().skip(1) {
                let inside = root.join(part);
                is_walked = match walked.get(&inside) {
                    Some(known) => *known,
                    None => {
                        let is_folder = part != below;
                        let hidden =
                            part.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
                        let yes = !hidden
                            && (!is_folder || enters(self, &folder.join(part)))
                            && !self.is_ignored(&mut ignored, &inside, is_folder);
                        walked.insert(inside, yes);
                        yes
                    }
                };
                if !is_walked {
                    break;
                }
            }
            if is_walked {
                found.push(folder.join(below));
            }
        }
        Ok(found)
    }
}

/// The path without symbolic links, as far as it exists today.
fn resolved(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    for above in absolute.ancestors() {
        if let Ok(real) = std::fs::canonicalize(above) {
            return match absolute.strip_prefix(above) {
                Ok(rest) if !rest.as_os_str().is_empty() => real.join(rest),
                _ => real,
            };
        }
    }
    absolute
}
