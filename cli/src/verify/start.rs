//! The schema that a step starts from, built in a throwaway database: from a running database by our own renderer, as it may only
//! be read, from a snapshot likewise, from a file of SQL or from migrations by running them.

use anyhow::Result;
use autogen_core::Catalog;

use super::bench::Bench;
use crate::args::With;
use crate::output::Terminal;
use crate::postgres::replay::{self, Migration};
use crate::postgres::{self, load};
use crate::scratch::Scratch;
use crate::servers::Servers;
use crate::source::{self, Source};

/// A database to prove something in, and what it lacks of the one that it stands for.
pub(super) struct Start {
    pub(super) bench: Bench,
    pub(super) missing: Vec<String>,
}

/// Builds what a source says. Of migrations, those that are given.
pub(super) fn build(
    source: &Source,
    applied: &[Migration],
    with: &[With],
    servers: &mut Servers<'_>,
    terminal: &Terminal,
) -> Result<Start> {
    let label = source.label();
    let _progress = terminal.progress(&format!("building the schema of {label} in a throwaway database"));
    match source {
        Source::Migrations(_) | Source::Part(..) => {
            let bench = empty(with, servers)?;
            replay::run(&mut postgres::connect(&bench.database.url)?, applied)?;
            Ok(Start { bench, missing: Vec::new() })
        }
        Source::SqlFile(file) => {
            let bench = empty(with, servers)?;
            load::load_sql_file(&mut postgres::connect(&bench.database.url)?, file)?;
            Ok(Start { bench, missing: Vec::new() })
        }
        Source::Live(_) | Source::Snapshot(_) => {
            let held = held(source, with)?;
            let loaded = source.load(&held, servers, terminal)?;
            rebuild(&loaded.catalog, with, servers)
        }
    }
}

/// A new database.
pub(super) fn empty(with: &[With], servers: &mut Servers<'_>) -> Result<Bench> {
    let database = servers.empty()?;
    Ok(Bench { database, makes_roles: servers.is_own(), with: with.to_vec() })
}

/// A snapshot may have been taken without privileges, which matters only to somebody who has asked for them.
fn held(source: &Source, with: &[With]) -> Result<Vec<With>> {
    let lacks = match source {
        Source::Snapshot(file) => !crate::snapshot::read(file)?.held.privileges,
        _ => false,
    };
    Ok(with.iter().copied().filter(|kind| !lacks || *kind != With::Privileges).collect())
}

fn rebuild(wanted: &Catalog, with: &[With], servers: &mut Servers<'_>) -> Result<Start> {
    let bench = empty(with, servers)?;
    let options = source::read_options(with);
    let missing = Scratch::over(servers, bench.database.url.clone(), options)?.rebuild(wanted)?;
    Ok(Start { bench, missing })
}
