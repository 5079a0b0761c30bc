//! From the paths of `--models` to source files: folders are walked with .gitignore respected, what is no model by
//! convention (build output, tests) is left out, and the schema.rs that diesel.toml names is added.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use autogen_core::visible;
use autogen_introspect::models::{SourceFile, module_path};

use crate::project::{Project, shown};

/// Folders of a crate that hold no models. `tests` holds none wherever it is.
const BESIDE_SRC: [&str; 3] = ["target", "benches", "examples"];

/// Reads all files that the paths stand for, each once, in the order of their names. With an explicit project its
/// schema files are read, else those of the projects in which the paths lie.
pub(crate) fn read(paths: &[PathBuf], project: Option<&Project>) -> Result<Vec<SourceFile>> {
    let mut found = BTreeSet::new();
    for path in paths {
        collect(path, &mut found)?;
    }
    if found.is_empty() {
        bail!("--models {}: there is no Rust file", list(paths));
    }
    match project {
        Some(project) => found.extend(project.schema_files()),
        None => {
            for path in paths {
                found.extend(Project::of(path)?.schema_files());
            }
        }
    }
    let mut seen = BTreeSet::new();
    let mut crates = Crates::default();
    let mut files = Vec::new();
    for path in found {
        let path = shown(&path);
        if seen.insert(std::fs::canonicalize(&path).unwrap_or_else(|_| path.clone())) {
            let bytes = std::fs::read(&path).with_context(|| format!("cannot read {}", quoted(&path)))?;
            let Ok(text) = String::from_utf8(bytes) else { bail!("{} is not UTF-8", quoted(&path)) };
            let module = crates.module(&path);
            let named = paths.iter().any(|given| shown(given) == path);
            files.push(SourceFile { path, text, module, named });
        }
    }
    Ok(files)
}

fn collect(path: &Path, found: &mut BTreeSet<PathBuf>) -> Result<()> {
    if path.is_file() {
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("rs") => found.insert(path.to_path_buf()),
            Some("sql") => bail!("--models {}: objects in .sql files are not supported yet", quoted(path)),
            _ => bail!("--models {}: a file must be called something.rs", quoted(path)),
        };
        return Ok(());
    }
    if !path.is_dir() {
        bail!("--models {}: there is no such file or folder", quoted(path));
    }
    let walk = ignore::WalkBuilder::new(path).require_git(false).filter_entry(holds_models).build();
    for entry in walk {
        let entry = entry.with_context(|| format!("cannot read all of {}", quoted(path)))?;
        let is_file = entry.file_type().is_some_and(|kind| kind.is_file());
        if is_file && entry.path().extension().is_some_and(|extension| extension == "rs") {
            found.insert(entry.into_path());
        }
    }
    Ok(())
}

fn holds_models(entry: &ignore::DirEntry) -> bool {
    // The folder that was named is walked whatever its name.
    if entry.depth() == 0 || !entry.file_type().is_some_and(|kind| kind.is_dir()) {
        return true;
    }
    let name = entry.file_name().to_string_lossy();
    let beside_src = || entry.path().parent().is_some_and(|parent| parent.join("Cargo.toml").is_file());
    name != "tests" && !(BESIDE_SRC.contains(&&*name) && beside_src())
}

/// The names of crates by their folder, which decide what `use other_crate::models::User` means.
#[derive(Default)]
struct Crates {
    names: BTreeMap<PathBuf, Option<String>>,
}

impl Crates {
    /// The module of a file: from its whole path, with the crate's real name in front.
    fn module(&mut self, path: &Path) -> Vec<String> {
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
        let mut module = module_path(&absolute);
        let Some(root) = absolute.ancestors().find(|dir| dir.ends_with("src")).and_then(Path::parent) else {
            return module;
        };
        let folder =
            root.file_name().map(|name| name.to_string_lossy().replace('-', "_")).unwrap_or_default();
        let name = self.names.entry(root.to_path_buf()).or_insert_with(|| crate_name(root));
        if let (Some(name), Some(first)) = (name, module.first_mut())
            && *first == folder
        {
            first.clone_from(name);
        }
        module
    }
}

fn crate_name(root: &Path) -> Option<String> {
    let manifest: toml::Table =
        toml::from_str(&std::fs::read_to_string(root.join("Cargo.toml")).ok()?).ok()?;
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
            let all = read(paths, None).unwrap();
            all.iter().map(|file| file.module.join("::")).collect()
        };
        assert_eq!(names(&[dir.path().to_path_buf()]), ["my_shop::db::schema", "my_shop::models::user"]);
        assert_eq!(names(&[dir.path().join("src/models")]), ["my_shop::db::schema", "my_shop::models::user"]);
        let error = read(&[dir.path().join("nothing.rs")], None).unwrap_err().to_string();
        assert!(error.contains("no such file"), "{error}");
    }
}
