//! Which migrations a command would run, in which direction and order; and what has to be settled before any of them is
//! run. Nothing is sent to the server here.

use anyhow::{Result, bail};
use autogen_core::visible;

use super::directory::{self, Directory};
use super::history::Applied;
use super::progress::Begun;
use super::script::Script;
use crate::postgres::replay::Migration;
use crate::project::displayed;

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Up,
    Down,
}

/// How far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Amount {
    All,
    Steps(usize),
    /// Up to this one and with it; or down to this one, which stays.
    To(String),
}

/// One migration in one direction.
#[derive(Debug)]
pub(crate) struct Job {
    pub(super) migration: Migration,
    pub(super) direction: Direction,
    pub(super) script: Script,
    /// How far an earlier run came that was cut off.
    pub(super) begun: Option<Begun>,
}

/// What is to be run.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) jobs: Vec<Job>,
    /// What somebody should know before.
    pub(crate) notes: Vec<String>,
}

/// What the plan is made from.
#[derive(Debug)]
pub(crate) struct Facts<'a> {
    pub(super) directory: &'a Directory,
    pub(super) applied: &'a [Applied],
    pub(super) begun: &'a [Begun],
}

impl Job {
    /// True if it is one transaction from its beginning to its record in the table.
    pub(super) fn is_whole(&self) -> bool {
        self.migration.run_in_transaction && !self.script.controls_transactions() && self.begun.is_none()
    }

    /// The migration, in a message.
    pub(super) fn name(&self) -> String {
        visible(&self.migration.name)
    }
}

impl Facts<'_> {
    fn is_applied(&self, version: &str) -> bool {
        self.applied.iter().any(|row| row.version == version)
    }

    /// The version that `--to` means.
    fn goal(&self, text: &str) -> Result<String> {
        let known: Vec<String> = self.applied.iter().map(|row| row.version.clone()).collect();
        self.directory.version(text, &known)
    }

    fn job(&self, migration: &Migration, direction: Direction) -> Result<Job> {
        let begun = self
            .begun
            .iter()
            .find(|begun| begun.version == migration.version && begun.direction == direction)
            .cloned();
        let script = Script::read(&directory::file(migration, direction))?;
        Ok(Job { migration: migration.clone(), direction, script, begun })
    }
}

impl Plan {
    /// The pending migrations, oldest first. One that is older than the last applied is run too, as Diesel does it.
    pub(crate) fn up(facts: &Facts<'_>, amount: &Amount) -> Result<Plan> {
        let mut pending: Vec<&Migration> =
            facts.directory.migrations.iter().filter(|one| !facts.is_applied(&one.version)).collect();
        match amount {
            Amount::All => {}
            Amount::Steps(steps) => pending.truncate(*steps),
            Amount::To(text) => {
                let goal = facts.goal(text)?;
                if facts.directory.get(&goal).is_none() {
                    bail!("--to {}: the directory has no such migration any more", visible(text));
                }
                pending.retain(|one| one.version <= goal);
            }
        }
        let last = facts.applied.iter().map(|row| row.version.as_str()).max().unwrap_or_default();
        let notes = pending
            .iter()
            .filter(|one| one.version.as_str() < last)
            .map(|one| {
                format!(
                    "note: {} is older than the last applied migration ({}) and is run after it",
                    visible(&one.name),
                    visible(last)
                )
            })
            .collect();
        let jobs = pending.into_iter().map(|one| facts.job(one, Direction::Up)).collect::<Result<_>>()?;
        Plan { jobs, notes }.checked(facts)
    }

    /// The applied migrations to revert, newest first.
    pub(crate) fn down(facts: &Facts<'_>, amount: &Amount) -> Result<Plan> {
        let mut applied: Vec<&str> = facts.applied.iter().rev().map(|row| row.version.as_str()).collect();
        match amount {
            Amount::All => {}
            Amount::Steps(steps) => applied.truncate(*steps),
            Amount::To(text) => {
                let goal = facts.goal(text)?;
                if !facts.is_applied(&goal) {
                    bail!(
                        "--to {}: this migration is not applied, so nothing leads down to it",
                        visible(text)
                    );
                }
                applied.retain(|version| *version > goal.as_str());
            }
        }
        let mut jobs = Vec::new();
        for version in applied {
            // Diesel keeps such a version to itself, for what set the database up.
            if version.chars().all(|c| c == '0') && facts.directory.get(version).is_none() {
                continue;
            }
            jobs.push(revert(facts, version)?);
        }
        Plan { jobs, notes: Vec::new() }.checked(facts)
    }

    /// The last migrations down and up again.
    pub(crate) fn redo(facts: &Facts<'_>, amount: &Amount) -> Result<Plan> {
        let mut plan = Plan::down(facts, amount)?;
        let again: Vec<Migration> = plan.jobs.iter().rev().map(|job| job.migration.clone()).collect();
        for migration in &again {
            plan.jobs.push(facts.job(migration, Direction::Up)?);
        }
        Ok(plan)
    }

    /// Fails if a file has a marker that waits for somebody.
    pub(crate) fn forbid_todos(&self) -> Result<()> {
        let mut lines = Vec::new();
        for job in &self.jobs {
            let path = displayed(&job.script.path);
            lines.extend(
                job.script.todos.iter().map(|(line, todo)| format!("  {path}:{line}: {}", visible(todo))),
            );
        }
        if lines.is_empty() {
            return Ok(());
        }
        bail!(
            "nothing was run: these markers are open\n{}\nDo what they say and take the comments away, or run them as \
             they are with --allow-todo",
            lines.join("\n")
        )
    }

    /// What was begun and cut off comes first; anything else would be built on half a migration.
    fn checked(self, facts: &Facts<'_>) -> Result<Plan> {
        for begun in facts.begun {
            let is_first = self
                .jobs
                .first()
                .is_none_or(|job| job.migration.version == begun.version && job.direction == begun.direction);
            if is_first {
                continue;
            }
            let (what, command) = match begun.direction {
                Direction::Up => ("applied", "up"),
                Direction::Down => ("reverted", "down"),
            };
            let version = visible(&begun.version);
            bail!(
                "the migration {version} was being {what} when it was cut off, after {} of its statements; finish it \
                 first with `autogen migrate {command}`, or settle it by hand and note that with \
                 `autogen migrate mark {version} applied` (or pending)",
                begun.done
            );
        }
        Ok(self)
    }
}

fn revert(facts: &Facts<'_>, version: &str) -> Result<Job> {
    let Some(migration) = facts.directory.get(version) else {
        bail!(
            "the migration {} is applied, but its folder is not there; nothing was reverted. Bring the folder back, \
             or note that it is undone with `autogen migrate mark {0} pending`",
            visible(version)
        );
    };
    let name = visible(&migration.name);
    if !directory::file(migration, Direction::Down).is_file() {
        bail!("{name} has no down.sql and cannot be reverted; nothing was run");
    }
    let job = facts.job(migration, Direction::Down)?;
    let up = Script::read(&directory::file(migration, Direction::Up))?;
    if !job.script.leads_back(&up) {
        bail!("down.sql of {name} has no statement, so it cannot be reverted; nothing was run");
    }
    Ok(job)
}
