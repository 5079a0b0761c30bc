//! From the paths of `--models` to source files of a [`Tree`]: folders are walked, and the schema.rs that diesel.toml names
//! is added. What a walk leaves out is the tree's matter.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use autogen_core::visible;
use autogen_introspect::models::{SourceFile, module_path};

use crate::project::{Project, shown};
use crate::tree::Tree;

/// Reads all files that the paths stand for, each once, in the order of their names. With an explicit project its
/// schema files are read, else those of the projects in which the paths lie.
pub(crate) fn read(tree: &dyn Tree, paths: &[PathBuf], project: Option<&Project>) -> Result<Vec<SourceFile>> {
    let mut found = BTreeSet::new();
    for path in paths {
        collect(tree, path, &mut found)?;
    }
    if found.is_empty() {
        bail!("--models {}: there is no Rust file", list(paths));
    }
    let mut schemas = BTreeSet::new();
    let mut add = |project: &Project| {
        let files = project.schema_files(tree);
        if tree.is_file(&project.root.join("diesel.toml")) {
            schemas.extend(files.iter().map(|file| tree.identity(&shown(file))));
        }
        found.extend(files);
    };
    match project {
        Some(project) => add(project),
        None => {
            for path in paths {
                add(&Project::of(tree, path)?);
            }
        }
    }
    let mut seen = BTreeSet::new();
    let mut crates = Crates::new(tree);
    let mut files = Vec::new();
    for path in found {
        let path = shown(&path);
        let identity = tree.identity(&path);
        let is_schema = schemas.contains(&identity);
        if seen.insert(identity) {
            let text = tree.text(&path)?;
            let module = crates.module(&path);
            let named = paths.iter().any(|given| shown(given) == path);
            files.push(SourceFile { path, text, module, named, is_schema });
        }
    }
    Ok(files)
}

fn collect(tree: &dyn Tree, path: &Path, found: &mut BTreeSet<PathBuf>) -> Result<()> {
    if tree.is_file(path) {
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("rs") => found.insert(path.to_path_buf()),
            Some("sql") => bail!("--models {}: objects in .sql files are not supported yet", quoted(path)),
            _ => bail!("--models {}: a file must be called something.rs", quoted(path)),
        };
        return Ok(());
    }
    if !tree.is_dir(path) {
        bail!("--models {}: there is no such file or folder", quoted(path));
    }
    found.extend(tree.rust_files(path)?);
    Ok(())
}

/// The names of crates by their folder, which decide what `use other_crate::models::User` means.
struct Crates<'a> {
    tree: &'a dyn Tree,
    names: BTreeMap<PathBuf, Option<String>>,
}

impl<'a> Crates<'a> {
    fn new(tree: &'a dyn Tree) -> Self {
        Self { tree, names: BTreeMap::new() }
    }

    /// The module of a file: from its whole path, with the crate's real name in front.
    fn module(&mut self, path: &Path) -> Vec<String> {
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
        let mut module = module_path(&absolute);
        let Some(root) = absolute.ancestors().find(|dir| dir.ends_with("src")).and_then(Path::parent) else {
            return module;
        };
        let folder =
            root.file_name().map(|name| name.to_string_lossy().replace('-', "_")).unwrap_or_default();
        let name = self.names.entry(root.to_path_buf()).or_insert_with(|| crate_name(self.tree, root));
        if let (Some(name), Some(first)) = (name, module.first_mut())
            && *first == folder
        {
            first.clone_from(name);
        }
        module
    }
}

fn crate_name(tree: &dyn Tree, root: &Path) -> Option<String> {
    let manifest: toml::Table = toml::from_str(&tree.text(&root.join("Cargo.toml")).ok()?).ok()?;
    let of = |section: &str| manifest.get(section)?.get("name")?.as_str().map(|name| name.replace('-', "_"));
    of("lib").or_else(|| of("package"))
}

fn quoted(path: &Path) -> String {
    visible(&path.display().to_string())
}

fn list(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| quoted(path)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::WorkingTree;

    #[test]
    fn folders_are_walked_without_tests_and_output() {
        let dir = tempfile::tempdir().unwrap();
        let files = [
            ("Cargo.toml", "[package]\nname = \"my-shop\"\n"),
            ("diesel.toml", "[print_schema]\nfile = \"src/db/schema.rs\"\n"),
            ("src/db/schema.rs", ""),
            ("src/models/user.rs", ""),
            ("src/models/tests/user.rs", ""),
            ("target/debug/x.rs", ""),
            ("tests/it.rs", ""),
        ];
        for (name, text) in files {
            let path = dir.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let names = |paths: &[PathBuf]| -> Vec<String> {
            let all = read(&WorkingTree, paths, None).unwrap();
            all.iter().map(|file| file.module.join("::")).collect()
        };
        assert_eq!(names(&[dir.path().to_path_buf()]), ["my_shop::db::schema", "my_shop::models::user"]);
        assert_eq!(names(&[dir.path().join("src/models")]), ["my_shop::db::schema", "my_shop::models::user"]);
        let error = read(&WorkingTree, &[dir.path().join("nothing.rs")], None).unwrap_err().to_string();
        assert!(error.contains("no such file"), "{error}");
    }
}
