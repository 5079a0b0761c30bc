//! Bookkeeping alone: a version is noted as applied or as pending, and no statement of it is run. For a database that had
//! its schema before it had migrations, and for what somebody has finished by hand.

use anyhow::{Context, Result, bail};
use autogen_core::visible;

use super::directory::Directory;
use super::progress;
use super::run::Run;

/// What to note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    Applied,
    /// Applied, with all that are older.
    AppliedWithOlder,
    Pending,
}

/// Notes it, in one transaction, and returns the names or versions that were noted otherwise before.
pub(crate) fn mark(
    run: &mut Run<'_>,
    directory: &Directory,
    version: &str,
    mark: Mark,
) -> Result<Vec<String>> {
    let connection = &mut run.session.connection;
    let applied: Vec<String> = run.history.applied(connection)?.into_iter().map(|row| row.version).collect();
    let begun = progress::all(connection, &run.history)?;
    let version = directory.version(version, &applied)?;
    if mark != Mark::Pending && directory.get(&version).is_none() {
        bail!(
            "{}: the directory has no such migration, so it cannot be marked as applied",
            visible(&version)
        );
    }
    let chosen: Vec<String> = match mark {
        Mark::Applied | Mark::Pending => vec![version],
        Mark::AppliedWithOlder => {
            let all = directory.migrations.iter().map(|one| one.version.clone());
            all.filter(|one| *one <= version).collect()
        }
    };
    let wants = mark != Mark::Pending;
    let mut changed = Vec::new();
    let result = (|| {
        run.session.keep("BEGIN")?;
        for version in &chosen {
            let connection = &mut run.session.connection;
            let is_begun = begun.iter().any(|begun| begun.version == *version);
            progress::forget(connection, &run.history, version)?;
            if applied.contains(version) != wants {
                match wants {
                    true => run.history.insert(connection, version)?,
                    false => run.history.delete(connection, version)?,
                }
            } else if !is_begun {
                continue;
            }
            let name = directory.get(version).map_or(version, |migration| &migration.name);
            changed.push(name.clone());
        }
        run.session.keep("COMMIT")
    })();
    if result.is_err() {
        run.session.roll_back();
    }
    result.context("nothing was marked")?;
    Ok(changed)
}
