//! From the paths of `--models` to source files of a [`Tree`]: folders are walked, the schema.rs that diesel.toml names is
//! added, and so is what the types of the models may come from. What a walk leaves out is the tree's matter.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use autogen_introspect::models::SourceFile;

use crate::crates::Crates;
use crate::project::{Project, displayed, shown};
use crate::sql_models::SqlFile;
use crate::tree::Tree;

/// What the models are written in.
#[derive(Debug, Default)]
pub(crate) struct ModelFiles {
    /// Rust files.
    pub(crate) rust: Vec<SourceFile>,
    /// SQL files, for what Rust has no shape for.
    pub(crate) sql: Vec<SqlFile>,
}

/// Reads all files that the paths stand for, each once, in the order of their names, then their context. With an explicit project its
/// schema files are read, else those of the projects in which the paths lie.
pub(crate) fn read(tree: &dyn Tree, paths: &[PathBuf], project: Option<&Project>) -> Result<ModelFiles> {
    let mut found = BTreeSet::new();
    for path in paths {
        collect(tree, path, &mut found)?;
    }
    if found.is_empty() {
        bail!("--models {}: there is no Rust file and no .sql file", list(paths));
    }
    let sql_only = found.iter().all(|path| is_sql(path));
    let mut schemas = BTreeSet::new();
    let mut add = |project: &Project| {
        let files = project.schema_files(tree);
        if tree.is_file(&project.root.join("diesel.toml")) {
            schemas.extend(files.iter().map(|file| tree.identity(&shown(file))));
        }
        found.extend(files);
    };
    match project {
        // The tables of schema.rs are no models by themselves.
        _ if sql_only => {}
        Some(project) => add(project),
        None => {
            for path in paths {
                add(&Project::of(tree, path)?);
            }
        }
    }
    let mut crates = Crates::new(tree);
    let context = if sql_only { Vec::new() } else { crates.context(&found)? };
    let models = found.into_iter().map(|path| (path, false));
    let mut seen = BTreeSet::new();
    let mut files = ModelFiles::default();
    for (path, is_context) in models.chain(context.into_iter().map(|path| (path, true))) {
        let path = shown(&path);
        let identity = tree.identity(&path);
        let is_schema = schemas.contains(&identity);
        if seen.insert(identity) {
            let text = tree.text(&path)?;
            let named = paths.iter().any(|given| shown(given) == path);
            if is_sql(&path) {
                let file = SqlFile { path, text };
                if named || !file.is_code() {
                    files.sql.push(file);
                }
                continue;
            }
            let module = crates.module(&path);
            let is_stray = !named && crates.is_stray(&path);
            let text = text.into();
            files.rust.push(SourceFile { path, text, module, named, is_schema, is_context, is_stray });
        }
    }
    Ok(files)
}

fn collect(tree: &dyn Tree, path: &Path, found: &mut BTreeSet<PathBuf>) -> Result<()> {
    if tree.is_file(path) {
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("rs" | "sql") => found.insert(path.to_path_buf()),
            _ => bail!("--models {}: a file must be called something.rs or something.sql", displayed(path)),
        };
        return Ok(());
    }
    if !tree.is_dir(path) {
        bail!("--models {}: there is no such file or folder", displayed(path));
    }
    let (sql, rust): (Vec<PathBuf>, Vec<PathBuf>) =
        tree.source_files(path)?.into_iter().partition(|path| is_sql(path));
    // Deep inside code, a .sql file is more likely a query than a model; so is what lies beside a Cargo.toml.
    let is_crate = tree.is_file(&path.join("Cargo.toml"));
    let is_model = |file: &&PathBuf| {
        !is_migration(path, file) && (rust.is_empty() || (!is_crate && file.parent() == Some(path)))
    };
    found.extend(sql.iter().filter(is_model).cloned());
    found.extend(rust);
    Ok(())
}

fn is_sql(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "sql")
}

/// Migrations are history and say nothing of what is wanted.
fn is_migration(folder: &Path, file: &Path) -> bool {
    let below = file.strip_prefix(folder).unwrap_or(file);
    let is_script = file.file_name().is_some_and(|name| name == "up.sql" || name == "down.sql");
    is_script || below.components().any(|part| part.as_os_str() == "migrations")
}

fn list(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| displayed(path)).collect::<Vec<_>>().join(" ")
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
            all.rust.iter().map(|file| file.module.join("::")).collect()
        };
        assert_eq!(names(&[dir.path().to_path_buf()]), ["my_shop::db::schema", "my_shop::models::user"]);
        assert_eq!(names(&[dir.path().join("src/models")]), ["my_shop::db::schema", "my_shop::models::user"]);
        for name in
            ["objects.sql", "src/models/views.sql", "src/models/queries/one.sql", "migrations/1_a/up.sql"]
        {
            let path = dir.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        let sql = |path: &str| {
            let all = read(&WorkingTree, &[dir.path().join(path)], None).unwrap().sql;
            all.iter().map(|file| file.path.file_name().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert!(sql("").is_empty());
        assert_eq!(sql("objects.sql"), ["objects.sql"]);
        assert_eq!(sql("src/models"), ["views.sql"]);
        assert_eq!(sql("src/models/queries"), ["one.sql"]);
        let query = "-- Top ten\nSELECT a, b FROM users WHERE id = $1 ORDER BY {} LIMIT 10";
        std::fs::write(dir.path().join("src/models/queries/one.sql"), query).unwrap();
        std::fs::write(dir.path().join("src/models/top.sql"), query).unwrap();
        std::fs::write(dir.path().join("src/models/manage.sql"), "SELECT diesel_manage_updated_at('users');")
            .unwrap();
        assert_eq!(sql("src/models"), ["manage.sql", "views.sql"]);
        assert!(sql("src/models/queries").is_empty());
        assert_eq!(sql("src/models/top.sql"), ["top.sql"]);
        let error = read(&WorkingTree, &[dir.path().join("nothing.rs")], None).unwrap_err().to_string();
        assert!(error.contains("no such file"), "{error}");
    }
}
