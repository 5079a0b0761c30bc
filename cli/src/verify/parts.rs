//! Migrations that one change was split into. They are proved as one step: all of them up, and all of them down, because
//! what several parts have built together may go in one of them.

use anyhow::Result;

use crate::output::part::PartOf;
use crate::postgres::load;
use crate::postgres::replay::Migration;

/// The migrations, those that belong together side by side.
pub(super) fn changes(migrations: &[Migration]) -> Result<Vec<&[Migration]>> {
    let parts = migrations.iter().map(part_of).collect::<Result<Vec<_>>>()?;
    let mut changes = Vec::new();
    let mut begin = 0;
    for end in 1..=migrations.len() {
        let pair = (parts[end - 1], parts.get(end).copied().flatten());
        if !matches!(pair, (Some(one), Some(next)) if one.is_before(next)) {
            changes.push(&migrations[begin..end]);
            begin = end;
        }
    }
    Ok(changes)
}

/// The migrations before a change, and those of the change that one of them belongs to. Nothing where it is not there.
pub(super) fn change_of<'m>(
    migrations: &'m [Migration],
    version: &str,
) -> Result<(&'m [Migration], &'m [Migration])> {
    let mut before = 0;
    for change in changes(migrations)? {
        if change.iter().any(|migration| migration.version == version) {
            return Ok((&migrations[..before], change));
        }
        before += change.len();
    }
    Ok((migrations, &[]))
}

fn part_of(migration: &Migration) -> Result<Option<PartOf>> {
    Ok(PartOf::of(&load::read(&migration.path.join("up.sql"))?))
}
