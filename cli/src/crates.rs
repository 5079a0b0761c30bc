//! The crates that source files belong to, told from the Cargo.toml files of a [`Tree`]: what a file's module is called,
//! and which other files the types of a crate's models may come from. Cargo itself is not asked: a git revision has no
//! working directory, and both must give the same selection. Members of a workspace need no list, since whoever names
//! its folder has them all; registry dependencies are not read.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;

use anyhow::Result;
use autogen_introspect::models::module_path;

use crate::tree::Tree;

/// A package with a library or a binary.
#[derive(Debug)]
struct Package {
    /// The name that `use` has for it.
    name: String,
    /// The root file of the library.
    library: PathBuf,
    /// Folders of the packages that it depends on by path.
    dependencies: Vec<PathBuf>,
}

impl Package {
    /// The folder below which the modules lie.
    fn sources(&self) -> &Path {
        self.library.parent().unwrap_or(Path::new(""))
    }
}

/// The packages of a tree, each read once.
pub(crate) struct Crates<'a> {
    tree: &'a dyn Tree,
    /// By their folders; a folder without a package is there too.
    packages: BTreeMap<PathBuf, Option<Rc<Package>>>,
}

impl<'a> Crates<'a> {
    pub(crate) fn new(tree: &'a dyn Tree) -> Self {
        Self { tree, packages: BTreeMap::new() }
    }

    /// The module of a file: the crate's real name and the path below its root file.
    pub(crate) fn module(&mut self, path: &Path) -> Vec<String> {
        let absolute = absolute(path);
        let below = |package: &Package| {
            let rest = absolute.strip_prefix(package.sources()).ok()?;
            if package.library == absolute {
                return Some(vec![package.name.clone()]);
            }
            Some(module_path(&Path::new(&package.name).join("src").join(rest)))
        };
        let package = self.package_of(&absolute);
        package.and_then(|package| below(&package)).unwrap_or_else(|| module_path(&absolute))
    }

    /// True for a file below a Cargo.toml that is in no crate's folder of modules. A template for code lies there, and
    /// what Cargo is told of one by one.
    pub(crate) fn is_stray(&mut self, path: &Path) -> bool {
        let absolute = absolute(path);
        match self.package_of(&absolute) {
            Some(package) => !absolute.starts_with(package.sources()),
            None => absolute.ancestors().any(|folder| self.tree.is_file(&folder.join("Cargo.toml"))),
        }
    }

    /// The Rust files that the types of these files may come from: the rest of their crates, and the crates that these
    /// depend on by path.
    pub(crate) fn context(&mut self, files: &BTreeSet<PathBuf>) -> Result<Vec<PathBuf>> {
        let mut seen = BTreeSet::new();
        let mut waiting: Vec<Rc<Package>> = Vec::new();
        for file in files {
            waiting.extend(self.package_of(&absolute(file)));
        }
        let mut found = Vec::new();
        while let Some(package) = waiting.pop() {
            if !seen.insert(package.library.clone()) {
                continue;
            }
            for dependency in &package.dependencies {
                waiting.extend(self.package(dependency));
            }
            if self.tree.is_dir(package.sources()) {
                let all = self.tree.source_files(package.sources())?;
                found.extend(all.into_iter().filter(|file| file.extension().is_some_and(|end| end == "rs")));
            }
        }
        Ok(found)
    }

    /// The package in the nearest folder that has one.
    fn package_of(&mut self, file: &Path) -> Option<Rc<Package>> {
        file.ancestors().skip(1).find_map(|folder| self.package(folder))
    }

    fn package(&mut self, folder: &Path) -> Option<Rc<Package>> {
        if let Some(known) = self.packages.get(folder) {
            return known.clone();
        }
        let read = self.read(folder).map(Rc::new);
        self.packages.insert(folder.to_path_buf(), read.clone());
        read
    }

    fn read(&self, folder: &Path) -> Option<Package> {
        let manifest = manifest(self.tree, folder)?;
        let package = manifest.get("package")?.get("name")?.as_str()?;
        let library = manifest.get("lib");
        let text = |key: &str| library.and_then(|library| library.get(key)).and_then(toml::Value::as_str);
        Some(Package {
            name: text("name").unwrap_or(package).replace('-', "_"),
            library: normal(&folder.join(text("path").unwrap_or("src/lib.rs"))),
            dependencies: self.dependencies(folder, &manifest),
        })
    }

    fn dependencies(&self, folder: &Path, manifest: &toml::Table) -> Vec<PathBuf> {
        let mut sections: Vec<&toml::Value> = manifest.get("dependencies").into_iter().collect();
        let targets = manifest.get("target").and_then(toml::Value::as_table);
        sections.extend(
            targets.into_iter().flat_map(|all| all.values()).filter_map(|one| one.get("dependencies")),
        );
        let mut workspace = None;
        let mut out = Vec::new();
        for (name, said) in sections.into_iter().filter_map(toml::Value::as_table).flatten() {
            if let Some(path) = said.get("path").and_then(toml::Value::as_str) {
                out.push(normal(&folder.join(path)));
            } else if said.get("workspace").and_then(toml::Value::as_bool) == Some(true) {
                let workspace = workspace.get_or_insert_with(|| self.workspace(folder));
                let Some((root, shared)) = workspace else { continue };
                let path = shared.get(name).and_then(|said| said.get("path")).and_then(toml::Value::as_str);
                out.extend(path.map(|path| normal(&root.join(path))));
            }
        }
        out
    }

    /// The workspace that a folder is in: where it is, and the dependencies that its members share.
    fn workspace(&self, folder: &Path) -> Option<(PathBuf, toml::Table)> {
        folder.ancestors().find_map(|folder| {
            let manifest = manifest(self.tree, folder)?;
            let shared = manifest.get("workspace")?.get("dependencies").and_then(toml::Value::as_table);
            Some((folder.to_path_buf(), shared.cloned().unwrap_or_default()))
        })
    }
}

/// A Cargo.toml that is there and understood; Cargo will complain of any other.
fn manifest(tree: &dyn Tree, folder: &Path) -> Option<toml::Table> {
    let file = folder.join("Cargo.toml");
    if !tree.is_file(&file) {
        return None;
    }
    toml::from_str(&tree.text(&file).ok()?).ok()
}

fn absolute(path: &Path) -> PathBuf {
    normal(&std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf()))
}

/// The path without `.` and `..`, told from its text.
fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(out.components().next_back(), Some(Component::Normal(_))) => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::WorkingTree;

    /// A workspace whose application depends on two crates by path, one of them through the workspace's own list.
    fn workspace() -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        let files = [
            (
                "Cargo.toml",
                "[workspace]\nmembers = [\"app\"]\n[workspace.dependencies]\nids = { path = \"libs/ids\" }",
            ),
            (
                "app/Cargo.toml",
                "[package]\nname = \"my-app\"\n[dependencies]\nids.workspace = true\nserde = \"1\"\n\
                 [target.'cfg(unix)'.dependencies]\nkinds = { path = \"../libs/kinds\" }",
            ),
            ("app/src/main.rs", ""),
            ("app/src/db/models.rs", ""),
            ("app/src/bin/tool/args.rs", ""),
            (
                "libs/ids/Cargo.toml",
                "[package]\nname = \"shop-ids\"\n[lib]\nname = \"ids\"\npath = \"code/root.rs\"",
            ),
            ("libs/ids/code/root.rs", ""),
            ("libs/ids/code/user/mod.rs", ""),
            (
                "libs/kinds/Cargo.toml",
                "[package]\nname = \"kinds\"\n[dependencies]\nmy-app = { path = \"../../app\" }",
            ),
            ("libs/kinds/src/lib.rs", ""),
            ("libs/other/Cargo.toml", "[package]\nname = \"other\""),
            ("libs/other/src/lib.rs", ""),
        ];
        for (name, text) in files {
            let path = dir.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        dir
    }

    #[test]
    fn modules() {
        let dir = workspace();
        let mut crates = Crates::new(&WorkingTree);
        let mut check = |path: &str, expect: &str| {
            assert_eq!(crates.module(&dir.path().join(path)).join("::"), expect, "{path}");
        };
        check("app/src/main.rs", "my_app");
        check("app/src/db/models.rs", "my_app::db::models");
        check("app/src/bin/tool/args.rs", "my_app_bin_tool::args");
        check("libs/ids/code/root.rs", "ids");
        check("libs/ids/code/user/mod.rs", "ids::user");
        check("libs/kinds/src/lib.rs", "kinds");
    }

    #[test]
    fn strays() {
        let dir = workspace();
        let mut crates = Crates::new(&WorkingTree);
        let mut check = |path: &str, expect: bool| {
            assert_eq!(crates.is_stray(&dir.path().join(path)), expect, "{path}");
        };
        check("app/src/db/models.rs", false);
        check("libs/ids/code/root.rs", false);
        check("app/templates/model.rs", true);
        check("template/mod.rs", true);
    }

    #[test]
    fn context_is_the_crate_and_its_path_dependencies() {
        let dir = workspace();
        let mut crates = Crates::new(&WorkingTree);
        let context = crates.context(&BTreeSet::from([dir.path().join("app/src/db/models.rs")])).unwrap();
        let mut names: Vec<String> = context
            .iter()
            .map(|path| path.strip_prefix(dir.path()).unwrap().to_str().unwrap().to_owned())
            .collect();
        names.sort();
        assert_eq!(
            names,
            [
                "app/src/bin/tool/args.rs",
                "app/src/db/models.rs",
                "app/src/main.rs",
                "libs/ids/code/root.rs",
                "libs/ids/code/user/mod.rs",
                "libs/kinds/src/lib.rs"
            ]
        );
    }
}
