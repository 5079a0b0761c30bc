//! A developer's database that has migrations applied which are no longer there: how to bring it along. It is only read.

use std::path::Path;

use anyhow::{Context, Result};
use autogen_core::visible;

use super::branch::Branch;
use crate::migrate::bookkeeping;
use crate::output::Terminal;
use crate::postgres;
use crate::setup::Setup;
use crate::source::Source;

/// A database with some of this branch's migrations.
#[derive(Debug)]
pub(super) struct Applied {
    label: String,
    /// How many of them it has.
    count: usize,
    /// The last of them, if others are applied on top.
    below: Option<String>,
    /// How commands are told of it.
    option: String,
}

/// Looks at the database that was named, or at `DATABASE_URL`.
///
/// # Errors
/// When a database that was named cannot be asked.
pub(super) fn look(
    db: Option<&str>,
    setup: &Setup,
    branch: &Branch,
    terminal: &Terminal,
) -> Result<Option<Applied>> {
    let is_set = std::env::var_os("DATABASE_URL").is_some_and(|url| !url.is_empty());
    if db.is_none() && !is_set {
        return Ok(None);
    }
    let Source::Live(url) = setup.current(db, terminal)? else { return Ok(None) };
    let label = postgres::describe(&url);
    let ask = || -> Result<Option<Vec<String>>> {
        let _progress = terminal.progress(&format!("asking {label} for its migrations"));
        Ok(bookkeeping(&mut postgres::connect(&url)?)?.map(|said| said.applied))
    };
    let versions = match ask() {
        Ok(versions) => versions.unwrap_or_default(),
        Err(error) if db.is_some() => return Err(error).context("--db cannot be asked for its migrations"),
        Err(error) => {
            let why = visible(&format!("{error:#}"));
            terminal
                .note(&format!("whether {label} has this branch's migrations applied cannot be told: {why}"));
            return Ok(None);
        }
    };
    let is_own = |version: &&String| branch.own.iter().any(|one| one.version == **version);
    let count = versions.iter().filter(is_own).count();
    let Some(last) = versions.iter().rposition(|version| is_own(&version)) else { return Ok(None) };
    let first = versions.len() - count;
    let is_last = versions.iter().skip(first).all(|version| is_own(&version));
    let below = (!is_last).then(|| versions[last].clone());
    let option = match db {
        None => String::new(),
        Some(name) if name.starts_with("env:") => format!(" --db {}", for_a_shell(name)),
        // It may hold a password.
        Some(_) => " --db …".to_owned(),
    };
    Ok(Some(Applied { label, count, below, option }))
}

impl Applied {
    /// What to run, with the folder in which the old migrations are kept.
    pub(super) fn advice(&self, copies: &Path) -> String {
        let Applied { label, count, below, option } = self;
        let (migrations, them) =
            if *count == 1 { ("1 migration", "it") } else { (&*format!("{count} migrations"), "them") };
        let mut text = format!(
            "{label} has {migrations} applied that this replaces; take {them} back there, and run the fresh one:"
        );
        if let Some(version) = below {
            let version = visible(version);
            text.push_str(&format!(
                "\n  autogen migrate down --to {version}{option}    what is applied on top"
            ));
        }
        let copies = for_a_shell(&copies.display().to_string());
        text.push_str(&format!(
            "\n  MIGRATION_DIRECTORY={copies} autogen migrate down --steps {count}{option}\n  autogen migrate up{option}"
        ));
        text
    }
}

/// A word of a command line.
fn for_a_shell(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-./:".contains(c);
    if text.chars().all(is_plain) {
        text.to_owned()
    } else {
        format!("'{}'", visible(text).replace('\'', "'\\''"))
    }
}
