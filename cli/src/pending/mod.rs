//! A database that is behind the project's migrations: production before a deploy. The difference then begins where the
//! pending migrations lead, which are replayed on top of its schema in a throwaway Postgres. The database is only read;
//! running migrations on it is `migrate`'s work.

mod layer;

use std::path::Path;

use anyhow::{Context, Result, bail};
use autogen_codegen::sql::Sql;
use autogen_core::{Catalog, Kind, Name, visible};
use diesel::sql_types::Text;
use diesel::{PgConnection, RunQueryDsl, sql_query};

use crate::args::With;
use crate::migrate::{Bookkeeping, bookkeeping};
use crate::output::Terminal;
use crate::postgres;
use crate::postgres::replay::{self, Migration};
use crate::project::{Project, shown};
use crate::scratch::Scratch;
use crate::servers::Servers;
use crate::source::{Behind, Loaded, forget_migrations_table, throwaway_options};

/// The schema that a database will have once all migrations of the project are applied, if it says which of them are.
///
/// # Errors
/// When a pending migration cannot be run on top of its schema.
pub(crate) fn replayed(
    mut current: Loaded,
    project: &Project,
    with: &[With],
    servers: &mut Servers<'_>,
    terminal: &Terminal,
) -> Result<Loaded> {
    let dir = project.migrations();
    let Some(connection) = current.connection.as_mut().filter(|_| current.is_live && dir.is_dir()) else {
        return Ok(current);
    };
    let said = match bookkeeping(connection) {
        Ok(Some(said)) => said,
        Ok(None) => return Ok(current),
        Err(error) => {
            let why = visible(&format!("{error:#}"));
            current.notes.push(format!("which migrations {} has cannot be told: {why}", current.label));
            return Ok(current);
        }
    };
    let all = replay::migrations(&dir)?;
    let folder = folder(&dir);
    // Diesel's command line writes a first migration of its own, of which some projects know nothing.
    let is_of_project = |version: &&str| version.bytes().any(|digit| digit != b'0');
    let applied: Vec<&str> = said.applied.iter().map(String::as_str).filter(is_of_project).collect();
    let missing: Vec<&str> =
        applied.iter().copied().filter(|version| !all.iter().any(|one| one.version == *version)).collect();
    if !applied.is_empty() && missing.len() == applied.len() {
        current.notes.push(format!(
            "{} has applied {}, and none of them is in {folder}, so nothing of {folder} is taken for pending",
            current.label,
            count(missing.len(), "migration", "migrations"),
        ));
        return Ok(current);
    }
    current.notes.extend(missing_note(&current.label, &folder, &missing));
    let pending: Vec<Migration> =
        all.into_iter().filter(|one| !said.applied.contains(&one.version)).collect();
    if pending.is_empty() {
        return Ok(current);
    }
    if let Some(cut_off) = pending.iter().find(|one| said.begun.contains(&one.version)) {
        bail!(
            "{} has applied the migration {} in part; finish it with `autogen migrate up`, or compare with the \
             database as it is: --no-pending",
            current.label,
            visible(&cut_off.name)
        );
    }
    current.notes.push(pending_note(&current.label, &folder, &pending));
    let current = with_pending(current, &said, &pending, with, servers, terminal)?;
    Ok(Loaded { pending, ..current })
}

fn with_pending(
    mut current: Loaded,
    said: &Bookkeeping,
    pending: &[Migration],
    with: &[With],
    servers: &mut Servers<'_>,
    terminal: &Terminal,
) -> Result<Loaded> {
    let major = current.catalog.server_version / 10_000;
    servers.major = servers.major.or(Some(major).filter(|major| *major > 0));
    let building = terminal.progress(&format!("rebuilding the schema of {}", current.label));
    let (mut scratch, refused) = Scratch::rebuilt(servers, throwaway_options(with), &current.catalog)
        .with_context(|| format!("the schema of {} cannot be built on a throwaway server", current.label))?;
    let before = scratch.read()?;
    drop(building);
    let lacking = lacking(&current.catalog, &before, &refused);

    let replaying = terminal.progress("replaying pending migrations");
    let mut session = postgres::connect(scratch.url())?;
    set_search_path(&mut session, said)?;
    replay::run(&mut session, pending).with_context(|| {
        let mut text = format!(
            "a migration that is not applied to {} yet cannot be run on top of its schema; repair it, or compare with \
             the database as it is: --no-pending",
            current.label
        );
        if let Some(lacking) = &lacking {
            text.push_str(&format!("\n{lacking}"));
        }
        text
    })?;
    let mut after = scratch.read()?;
    forget_migrations_table(&mut after);
    drop(replaying);

    let catalog = layer::on_top(&current.catalog, &before, &after);
    let today = std::mem::replace(&mut current.catalog, catalog);
    // What it lacks would be missed where expressions are parsed; the database itself misses only what is pending.
    if lacking.is_none()
        && let Some(connection) = current.connection.replace(session)
    {
        let session = current.connection.as_mut().context("there is no session")?;
        postgres::pin_session(session)?;
        postgres::pin_search_path(session)?;
        current.is_live = false;
        current.behind = Some(Behind { catalog: today, connection });
    }
    current.notes.extend(lacking);
    Ok(current)
}

/// As the migrations will find it.
fn set_search_path(connection: &mut PgConnection, said: &Bookkeeping) -> Result<()> {
    let path = said.search_path.replace("\"$user\"", Sql::empty().ident(&Name::new(&said.user)).as_str());
    sql_query("SELECT pg_catalog.set_config('search_path', $1, false)")
        .bind::<Text, _>(path)
        .execute(connection)
        .context("the search path of the database cannot be set on the throwaway server")?;
    Ok(())
}

/// What the throwaway server could not build, in words.
fn lacking(wanted: &Catalog, built: &Catalog, refused: &[String]) -> Option<String> {
    let first = refused.first()?;
    let extensions: Vec<String> = wanted
        .of_kind(Kind::Extension)
        .filter(|(id, _)| !built.contains(id))
        .map(|(id, _)| visible(id.own_name().as_str()))
        .collect();
    let what = match extensions.as_slice() {
        [] => format!("not all of the schema could be built on the throwaway server: {}", visible(first)),
        [one] => format!("the throwaway server lacks the extension {one}, and so what needs it"),
        many => {
            format!("the throwaway server lacks the extensions {}, and so what needs them", many.join(", "))
        }
    };
    Some(format!("{what}; --scratch names a server that has all of it"))
}

fn pending_note(label: &str, folder: &str, pending: &[Migration]) -> String {
    let (are, they) = if pending.len() == 1 { ("is", "it was") } else { ("are", "they were") };
    let names: Vec<String> = pending.iter().map(|one| visible(&one.name)).collect();
    format!(
        "{} of {folder} {are} not applied to {label} yet: {}; the difference is computed as if {they}",
        count(pending.len(), "migration", "migrations"),
        names.join(", ")
    )
}

fn missing_note(label: &str, folder: &str, missing: &[&str]) -> Option<String> {
    let (are, made, them) = match missing.len() {
        0 => return None,
        1 => ("is", "it has", "it"),
        _ => ("are", "they have", "them"),
    };
    let names: Vec<String> = missing.iter().map(|version| visible(version)).collect();
    Some(format!(
        "{} applied to {label} {are} not in {folder}: {}; what {made} made is compared as part of the database; get \
         {them} from the branch that has {them}, or revert {them} there with `autogen migrate down`",
        count(missing.len(), "migration", "migrations"),
        names.join(", ")
    ))
}

fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

fn folder(dir: &Path) -> String {
    visible(&format!("{}/", shown(dir).display()))
}
