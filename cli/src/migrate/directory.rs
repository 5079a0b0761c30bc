//! The migrations directory of a project: which migrations there are, in Diesel's order, and what their files hold.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use autogen_core::visible;

use super::plan::Direction;
use super::script::Script;
use crate::postgres::replay::{self, Migration};
use crate::project::{Project, displayed};

/// The migrations on disk.
#[derive(Debug)]
pub(crate) struct Directory {
    path: PathBuf,
    pub(crate) migrations: Vec<Migration>,
}

impl Directory {
    /// Of a project.
    pub(crate) fn of(project: &Project) -> Result<Directory> {
        let path = project.migrations();
        if !path.is_dir() {
            bail!(
                "there is no migrations directory {}; `autogen migrate new NAME` makes one",
                displayed(&path)
            );
        }
        let migrations = replay::migrations(&path)?;
        Ok(Directory { path, migrations })
    }

    /// Where they are.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The migration with this version.
    pub(crate) fn get(&self, version: &str) -> Option<&Migration> {
        self.migrations.iter().find(|migration| migration.version == version)
    }

    /// The version that somebody means: the version itself, with or without hyphens, or the folder's name.
    pub(crate) fn version(&self, text: &str, also: &[String]) -> Result<String> {
        let name = Path::new(text).file_name().map_or(text.into(), |name| name.to_string_lossy());
        let version = replay::version_of(&name);
        let by_name = self.migrations.iter().find(|migration| migration.name == *name);
        if by_name.is_some() || self.get(&version).is_some() || also.contains(&version) {
            return Ok(by_name.map_or(version, |migration| migration.version.clone()));
        }
        bail!(
            "there is no migration {} in {}; `autogen migrate status` lists them",
            visible(text),
            displayed(&self.path)
        )
    }
}

/// The file of a direction.
pub(super) fn file(migration: &Migration, direction: Direction) -> PathBuf {
    migration.path.join(match direction {
        Direction::Up => "up.sql",
        Direction::Down => "down.sql",
    })
}

/// Whether a migration can be reverted, as far as its files tell.
pub(super) fn is_reversible(migration: &Migration) -> bool {
    let read = |direction| Script::read(&file(migration, direction));
    match (read(Direction::Up), read(Direction::Down)) {
        (Ok(up), Ok(down)) => down.leads_back(&up),
        (Ok(_) | Err(_), Ok(_) | Err(_)) => false,
    }
}
