//! Where a Diesel project keeps its things: migrations directory, schema file, models. Told from diesel.toml and
//! Diesel's defaults; nothing of the project is compiled or run.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use autogen_core::visible;

use crate::tree::Tree;

mod below;
mod diesel_toml;
mod toml_file;

pub(crate) use below::migrations_below;
use diesel_toml::DieselToml;
pub(crate) use diesel_toml::SchemaBlock;

/// A project's folder and what its diesel.toml says.
#[derive(Clone, Debug, Default)]
pub(crate) struct Project {
    /// The folder of diesel.toml, else of Cargo.toml, else where the search began.
    pub(crate) root: PathBuf,
    diesel: DieselToml,
    /// What autogen.toml says instead of diesel.toml.
    migrations: Option<PathBuf>,
}

impl Project {
    /// The project of a folder or file: the next folder upwards with a diesel.toml, else with a Cargo.toml, as Diesel
    /// itself looks.
    pub(crate) fn of(tree: &dyn Tree, path: &Path) -> Result<Project> {
        let found = match upwards(tree, path, "diesel.toml")? {
            Some(dir) => Some(dir),
            None => upwards(tree, path, "Cargo.toml")?,
        };
        Self::at(tree, shown(&found.unwrap_or(absolute(path)?)))
    }

    /// The project in just this folder.
    pub(crate) fn in_folder(tree: &dyn Tree, dir: &Path) -> Result<Project> {
        if !tree.is_dir(dir) {
            bail!("--project {}: there is no such folder", dir.display());
        }
        Self::at(tree, dir.to_path_buf())
    }

    /// The same folder in another tree.
    pub(crate) fn in_tree(&self, tree: &dyn Tree) -> Result<Project> {
        Self::at(tree, self.root.clone())
    }

    fn at(tree: &dyn Tree, root: PathBuf) -> Result<Project> {
        let file = root.join("diesel.toml");
        if !tree.is_file(&file) {
            return Ok(Project { root, ..Project::default() });
        }
        let diesel = diesel_toml::parse(&file, &tree.text(&file)?)?;
        Ok(Project { root, diesel, migrations: None })
    }

    /// Takes another migrations directory than diesel.toml's.
    pub(crate) fn set_migrations(&mut self, dir: PathBuf) {
        self.migrations = Some(dir);
    }

    /// The migrations directory, which need not exist: the environment's, autogen.toml's, diesel.toml's, or
    /// `migrations`.
    pub(crate) fn migrations(&self) -> PathBuf {
        let named = std::env::var_os("MIGRATION_DIRECTORY")
            .map(PathBuf::from)
            .filter(|dir| !dir.as_os_str().is_empty());
        // That of autogen.toml starts where autogen.toml lies.
        if let (None, Some(dir)) = (&named, &self.migrations) {
            return dir.clone();
        }
        let usual = || self.root.join("migrations");
        // `diesel setup` writes the absolute path of the machine it ran on.
        let from_elsewhere = |dir: &PathBuf| dir.is_absolute() && !dir.is_dir() && usual().is_dir();
        let dir = named.or_else(|| self.diesel.migrations.clone().filter(|dir| !from_elsewhere(dir)));
        dir.map_or_else(usual, |dir| self.root.join(dir))
    }

    /// The schema files that are there.
    pub(crate) fn schema_files(&self, tree: &dyn Tree) -> Vec<PathBuf> {
        let files = self.schema_blocks().into_iter().filter_map(|block| block.file);
        files.filter(|file| tree.is_file(file)).collect()
    }

    /// What Diesel would write where: the blocks of diesel.toml that name a file, or Diesel's usual file where none
    /// does. Paths start at the project's folder.
    pub(crate) fn schema_blocks(&self) -> Vec<SchemaBlock> {
        let mut blocks: Vec<SchemaBlock> =
            self.diesel.blocks.iter().filter(|block| block.file.is_some()).cloned().collect();
        if blocks.is_empty() {
            let unnamed = self.diesel.blocks.iter().find(|block| block.name == "default").cloned();
            let unnamed = unnamed.unwrap_or_else(|| SchemaBlock::empty("default"));
            blocks.push(SchemaBlock { file: Some(PathBuf::from("src/schema.rs")), ..unnamed });
        }
        for block in &mut blocks {
            for path in [&mut block.file, &mut block.patch_file].into_iter().flatten() {
                *path = self.root.join(&*path);
            }
        }
        blocks
    }

    /// Whether diesel.toml names a file that Diesel writes after every run of migrations.
    pub(crate) fn names_schema_file(&self) -> bool {
        self.diesel.blocks.iter().any(|block| block.file.is_some())
    }

    /// What in diesel.toml is not understood, with its place in the file.
    pub(crate) fn refused_keys(&self) -> &[String] {
        &self.diesel.refused
    }

    /// Where models are when nobody says so.
    pub(crate) fn default_models(&self, tree: &dyn Tree) -> Result<Vec<PathBuf>> {
        let usual = ["src/models.rs", "src/models", "objects.sql", "src/objects.sql"];
        let usual = usual.map(|path| self.root.join(path));
        let mut found: Vec<PathBuf> =
            usual.into_iter().filter(|path| tree.is_file(path) || tree.is_dir(path)).collect();
        let is_rust = |path: &PathBuf| path.extension().is_none_or(|extension| extension == "rs");
        if !found.iter().any(is_rust)
            && let Some(dir) = self.crate_root(tree)?
        {
            found.push(if dir.as_os_str().is_empty() { PathBuf::from(".") } else { dir });
        }
        if found.is_empty() {
            bail!(
                "no models were given, and {} has no src/models.rs or src/models and lies in no crate; name them with --models",
                describe_folder(&self.root)
            );
        }
        Ok(found)
    }

    /// The next folder upwards with a Cargo.toml: diesel.toml may lie deeper, beside what it is about.
    fn crate_root(&self, tree: &dyn Tree) -> Result<Option<PathBuf>> {
        let root = if self.root.as_os_str().is_empty() { Path::new(".") } else { self.root.as_path() };
        if tree.is_file(&root.join("Cargo.toml")) {
            return Ok(Some(root.to_path_buf()));
        }
        Ok(upwards(tree, root, "Cargo.toml")?.as_deref().map(shown))
    }
}

/// The next folder upwards that holds a file of this name.
fn upwards(tree: &dyn Tree, from: &Path, name: &str) -> Result<Option<PathBuf>> {
    let from = absolute(from)?;
    Ok(from.ancestors().find(|dir| tree.is_file(&dir.join(name))).map(Path::to_path_buf))
}

fn absolute(path: &Path) -> Result<PathBuf> {
    std::path::absolute(path).with_context(|| format!("cannot resolve {}", path.display()))
}

fn describe_folder(path: &Path) -> String {
    if path.as_os_str().is_empty() || path == Path::new(".") {
        "the current folder".to_owned()
    } else {
        path.display().to_string()
    }
}

/// A path as people write it: relative to the current folder where it lies below.
pub(crate) fn shown(path: &Path) -> PathBuf {
    if let Ok(below) = path.strip_prefix(".")
        && !below.as_os_str().is_empty()
    {
        return below.to_path_buf();
    }
    let Ok(here) = std::env::current_dir() else { return path.to_path_buf() };
    match path.strip_prefix(&here) {
        Ok(below) => below.to_path_buf(),
        Err(_) => path.to_path_buf(),
    }
}

/// A path for people, as they write it, and with nothing in it that could move a terminal's cursor.
pub(crate) fn displayed(path: &Path) -> String {
    visible(&shown(path).display().to_string())
}

/// A path in a sentence: the current folder by its name, as a dot would look like the sentence's end.
pub(crate) fn named(path: &Path) -> String {
    let here =
        || std::env::current_dir().ok()?.file_name().map(|name| format!("{}/", name.to_string_lossy()));
    let path = shown(path);
    let is_here = path.as_os_str().is_empty() || path == Path::new(".");
    let name = if is_here { here() } else { None };
    name.unwrap_or_else(|| path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::WorkingTree;

    #[test]
    fn diesel_toml_tells_the_places() {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = dir.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write(
            "diesel.toml",
            "[print_schema]\nfile = \"db/schema.rs\"\n[print_schema.two]\nfile = \"db/two.rs\"\n[migrations_directory]\ndir = \"db/migrations\"\n",
        );
        write("db/schema.rs", "");
        write("db/two.rs", "");
        write("src/models/mod.rs", "");
        let project = Project::of(&WorkingTree, &dir.path().join("src/models")).unwrap();
        assert_eq!(project.migrations(), dir.path().join("db/migrations"));
        assert_eq!(
            project.schema_files(&WorkingTree),
            [dir.path().join("db/schema.rs"), dir.path().join("db/two.rs")]
        );
        assert_eq!(project.default_models(&WorkingTree).unwrap(), [dir.path().join("src/models")]);
    }

    #[test]
    fn a_path_of_another_machine_is_passed_over() {
        let dir = tempfile::tempdir().unwrap();
        let setup = "[migrations_directory]\ndir = \"/nowhere/at/all/migrations\"\n";
        std::fs::write(dir.path().join("diesel.toml"), setup).unwrap();
        let migrations = || Project::of(&WorkingTree, dir.path()).unwrap().migrations();
        assert_eq!(migrations(), PathBuf::from("/nowhere/at/all/migrations"));
        std::fs::create_dir(dir.path().join("migrations")).unwrap();
        assert_eq!(migrations(), dir.path().join("migrations"));
    }
}
