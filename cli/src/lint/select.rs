//! Which migrations are looked at: those that the paths name, else those of the project that git does not know from the
//! main branch, else all.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::Scene;
use super::files::{Migration, Named};
use crate::args::LintArgs;
use crate::baseline::MigrationsBefore;
use crate::output::{Terminal, human};
use crate::project::displayed;
use crate::setup::Setup;

/// What makes a folder a migration's.
const FILES: [&str; 3] = ["up.sql", "down.sql", "metadata.toml"];

/// Reads what is selected.
pub(super) fn scene(args: &LintArgs, setup: &Setup, terminal: &Terminal) -> Result<Scene> {
    if !args.paths.is_empty() {
        return given(&args.paths);
    }
    let dir = setup.project.migrations();
    if !dir.is_dir() {
        bail!("there is no migrations directory {}; name one", displayed(&dir));
    }
    let folders = folders(&dir)?;
    let all = named(&folders);
    let base = args.base.as_deref().or(setup.config.base.as_deref());
    let before = match args.all {
        true => None,
        false => MigrationsBefore::of(&dir, base, terminal)?,
    };
    let Some(before) = before else {
        return Ok(Scene { migrations: read(&folders)?, all, newest_on_main: None });
    };
    let is_new = |folder: &&PathBuf| {
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        !before.is_as_it_was(&name)
    };
    let new: Vec<PathBuf> = folders.iter().filter(is_new).cloned().collect();
    // On the main branch itself nothing is new, and somebody who asks there means what is there.
    if new.is_empty() && before.is_head && args.base.is_none() {
        return Ok(Scene { migrations: read(&folders)?, all, newest_on_main: None });
    }
    let migrations = read(&new)?;
    terminal.note(&format!(
        "{} of {} changed since {}; --all lints all",
        new.len(),
        human::counted(folders.len(), "migration", "migrations"),
        before.label
    ));
    let newest_on_main = before.main.and_then(|(branch, names)| {
        let others = names.into_iter().filter(|name| !migrations.iter().any(|own| own.name == *name));
        Some((others.max_by_key(|name| crate::postgres::replay::version_of(name))?, branch))
    });
    Ok(Scene { migrations, all, newest_on_main })
}

/// Migration folders, folders of them, or one of a migration's files.
fn given(paths: &[PathBuf]) -> Result<Scene> {
    let mut selected = Vec::new();
    let mut beside = Vec::new();
    for path in paths {
        let named_file = FILES.iter().any(|file| path.file_name().is_some_and(|name| name == *file));
        let folder = match path.parent() {
            Some(parent) if named_file && path.is_file() => parent,
            _ if path.is_dir() => path,
            _ => bail!("{} is neither a migration's folder nor a folder of them", displayed(path)),
        };
        if is_migration(folder) {
            selected.push(folder.to_path_buf());
            let above = std::path::absolute(folder)
                .with_context(|| format!("cannot resolve {}", displayed(folder)))?;
            beside.extend(above.parent().map(folders).transpose()?.unwrap_or_default());
            continue;
        }
        let found = folders(folder)?;
        if found.is_empty() {
            bail!("{} has no migration: no folder in it has an up.sql", displayed(path));
        }
        beside.extend(found.iter().cloned());
        selected.extend(found);
    }
    let mut known = Vec::new();
    selected.retain(|folder| {
        !known.contains(folder) && {
            known.push(folder.clone());
            true
        }
    });
    Ok(Scene { migrations: read(&selected)?, all: named(&beside), newest_on_main: None })
}

fn is_migration(folder: &Path) -> bool {
    FILES.iter().any(|file| folder.join(file).is_file())
}

/// The migrations of a directory, in Diesel's order. What is hidden is passed over, as Diesel does.
fn folders(dir: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(dir).with_context(|| format!("cannot read {}", displayed(dir)))?;
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.with_context(|| format!("cannot read {}", displayed(dir)))?.path();
        let is_hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        if !is_hidden && is_migration(&path) {
            found.push(path);
        }
    }
    found.sort_by_key(|path| Named::of(path).key());
    Ok(found)
}

fn named(folders: &[PathBuf]) -> Vec<Named> {
    folders.iter().map(|folder| Named::of(folder)).collect()
}

fn read(folders: &[PathBuf]) -> Result<Vec<Migration>> {
    folders.iter().map(|folder| Migration::read(folder)).collect()
}
