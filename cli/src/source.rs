//! A SOURCE is whatever a schema can come from. This file tells the forms apart and turns each into a catalog; what
//! needs a server of its own is loaded into a throwaway database.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use autogen_core::{Catalog, Held, Kind, ObjectId, visible};
use autogen_introspect::catalog::{self, Owners, ReadOptions};
use diesel::dsl::sql;
use diesel::sql_types::Text;
use diesel::{PgConnection, RunQueryDsl, select};

use crate::args::With;
use crate::migrate::PROGRESS_TABLE;
use crate::output::Terminal;
use crate::postgres::replay::Migration;
use crate::postgres::{self, load, replay, roles};
use crate::project::{Project, displayed, migrations_below};
use crate::servers::Servers;
use crate::snapshot;

/// Long enough for ten thousand tables on a busy server.
const READ_TIMEOUT: Duration = Duration::from_secs(120);
/// Deparsing waits behind a running ALTER TABLE; a person rather hears that than waits.
const LOCK_TIMEOUT: Duration = Duration::from_secs(10);

/// Where a schema comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// A running database, by URL or keyword string.
    Live(String),
    /// A Diesel migrations directory.
    Migrations(PathBuf),
    /// Some migrations of such a directory.
    Part(PathBuf, Vec<Migration>),
    /// A file of SQL.
    SqlFile(PathBuf),
    /// A file that `autogen snapshot` wrote.
    Snapshot(PathBuf),
}

/// A schema, and the database that it was read from.
pub(crate) struct Loaded {
    /// The schema.
    pub(crate) catalog: Catalog,
    /// A session in that database; a snapshot has none.
    pub(crate) connection: Option<PgConnection>,
    /// True if that is a database of the user's, with rows worth looking at.
    pub(crate) is_live: bool,
    /// The user's database, where the schema is that and what its pending migrations will add.
    pub(crate) behind: Option<Behind>,
    /// Migrations that the database lacks, and the schema counts as applied.
    pub(crate) pending: Vec<Migration>,
    /// What to call it.
    pub(crate) label: String,
    /// Worth knowing about how the schema came about.
    pub(crate) notes: Vec<String>,
}

/// A database of the user's as it is today.
pub(crate) struct Behind {
    /// Its schema.
    pub(crate) catalog: Catalog,
    /// A session in it.
    pub(crate) connection: PgConnection,
}

impl Loaded {
    /// The user's database, if it is one, for looking at its rows, and its schema today.
    pub(crate) fn live(&mut self) -> Option<(&mut PgConnection, &Catalog)> {
        match (&mut self.behind, &mut self.connection) {
            (Some(behind), _) => Some((&mut behind.connection, &behind.catalog)),
            (None, Some(connection)) if self.is_live => Some((connection, &self.catalog)),
            (None, _) => None,
        }
    }
}

impl Source {
    /// Tells what an argument means; `option` is the one it was given to.
    pub(crate) fn recognise(text: &str, option: &str) -> Result<Source> {
        let is_url = text.starts_with("postgres://") || text.starts_with("postgresql://");
        if is_url {
            return Ok(Source::Live(text.to_owned()));
        }
        if text.trim().is_empty() {
            bail!("{option} is empty");
        }
        let path = Path::new(text);
        if path.is_dir() {
            return migrations(path, option);
        }
        if path.is_file() {
            return match path.extension().and_then(|extension| extension.to_str()) {
                Some("sql") => Ok(Source::SqlFile(path.to_path_buf())),
                Some("json") => Ok(Source::Snapshot(path.to_path_buf())),
                Some("rs") => {
                    bail!("{option} {}: a Rust file is no database; give it to --models", visible(text))
                }
                _ => {
                    bail!("{option} {}: a file must be called something.sql or something.json", visible(text))
                }
            };
        }
        if postgres::is_source(text) {
            return Ok(Source::Live(text.to_owned()));
        }
        // What is neither may be a connection string with a slip in it, password and all.
        if text.contains(['@', '=']) || text.contains("://") {
            bail!(
                "{option} is neither a Postgres URL (postgresql://user@host/database), a libpq keyword string, nor a path that exists"
            );
        }
        bail!("{option} {}: there is no such file or folder, and it is no Postgres URL", visible(text))
    }

    /// The current schema where no option names it: `DATABASE_URL`, else the project's migrations.
    pub(crate) fn of_project(project: &Project) -> Result<Source> {
        match std::env::var("DATABASE_URL") {
            Ok(url) if !url.trim().is_empty() => return Source::recognise(&url, "DATABASE_URL"),
            _ => {}
        }
        let dir = project.migrations();
        if !dir.is_dir() {
            let elsewhere: Vec<String> =
                migrations_below(&project.root).iter().map(|dir| displayed(dir)).collect();
            let hint = match &elsewhere[..] {
                [] => String::new(),
                [dir] => format!("; there are migrations in {dir}, which --db takes"),
                dirs => format!("; there are migrations in {}, any of which --db takes", dirs.join(", ")),
            };
            bail!(
                "no current schema: --db is not given, DATABASE_URL is not set, and there is no migrations directory {}{hint}",
                displayed(&dir)
            );
        }
        migrations(&dir, "the migrations directory")
    }

    /// Reads the schema.
    pub(crate) fn load(
        &self,
        with: &[With],
        servers: &mut Servers<'_>,
        terminal: &Terminal,
    ) -> Result<Loaded> {
        let label = self.label();
        let connection = match self {
            Source::Live(source) => {
                let _progress = terminal.progress(&format!("connecting to {label}"));
                postgres::connect(source)?
            }
            Source::Migrations(dir) => {
                let doing = format!("replaying the migrations of {label}");
                built(with, servers, terminal, &doing, |session| replay::replay(session, dir).map(drop))?
            }
            Source::Part(_, migrations) => {
                let doing = format!("replaying migrations of {label}");
                built(with, servers, terminal, &doing, |session| replay::run(session, migrations))?
            }
            Source::SqlFile(file) => {
                let doing = format!("loading {label}");
                built(with, servers, terminal, &doing, |session| load::load_sql_file(session, file))?
            }
            Source::Snapshot(file) => {
                let catalog = of_snapshot(file, with)?;
                return Ok(Loaded {
                    catalog,
                    connection: None,
                    is_live: false,
                    behind: None,
                    pending: Vec::new(),
                    label,
                    notes: Vec::new(),
                });
            }
        };
        self.read(connection, label, with, terminal)
    }

    fn read(
        &self,
        mut connection: PgConnection,
        label: String,
        with: &[With],
        terminal: &Terminal,
    ) -> Result<Loaded> {
        let _progress = terminal.progress(&format!("reading the catalog of {label}"));
        postgres::pin_session(&mut connection)?;
        postgres::pin_search_path(&mut connection)?;
        let is_live = matches!(self, Source::Live(_));
        let options = if is_live { read_options(with) } else { throwaway_options(with) };
        let mut catalog = catalog::read(&mut connection, &options)
            .with_context(|| format!("cannot read the schema of {label}"))?;
        forget_migrations_table(&mut catalog);
        Ok(Loaded {
            catalog,
            connection: Some(connection),
            is_live,
            behind: None,
            pending: Vec::new(),
            label,
            notes: Vec::new(),
        })
    }

    /// What to call it, without a password.
    pub(crate) fn label(&self) -> String {
        match self {
            Source::Live(source) => postgres::describe(source),
            Source::Migrations(path)
            | Source::Part(path, _)
            | Source::SqlFile(path)
            | Source::Snapshot(path) => displayed(path),
        }
    }
}

/// What a catalog has that was read with these options.
pub(crate) fn held(with: &[With]) -> Held {
    Held { privileges: with.contains(&With::Privileges), owners: with.contains(&With::Owners) }
}

/// A session in a throwaway database in which something was done in another.
fn built(
    with: &[With],
    servers: &mut Servers<'_>,
    terminal: &Terminal,
    doing: &str,
    work: impl FnOnce(&mut PgConnection) -> Result<(), postgres::Error>,
) -> Result<PgConnection> {
    let url = servers.database()?;
    let _progress = terminal.progress(doing);
    work(&mut throwaway_session(&url, with, servers)?).map_err(|error| servers.with_version(error))?;
    throwaway_session(&url, with, servers)
}

/// A session in a throwaway database. Where owners matter, what it makes belongs to nobody that SQL could name.
fn throwaway_session(url: &str, with: &[With], servers: &Servers<'_>) -> Result<PgConnection> {
    let mut connection = postgres::connect(url)?;
    if held(with).owners && servers.is_own() {
        roles::become_nobody(&mut connection).context("cannot prepare the throwaway database")?;
    }
    Ok(connection)
}

/// The catalog of a snapshot's file, with what is read on request or without, as it is wanted.
fn of_snapshot(file: &Path, with: &[With]) -> Result<Catalog> {
    let mut read = snapshot::read(file)?;
    let (is, wanted) = (read.held, held(with));
    for (has, wants, word) in
        [(is.privileges, wanted.privileges, "privileges"), (is.owners, wanted.owners, "owners")]
    {
        if wants && !has {
            bail!("{} has no {word}; write it anew with `autogen snapshot --with {word}`", displayed(file));
        }
    }
    let is_surplus = |id: &&ObjectId| {
        !wanted.privileges && matches!(id.kind, Kind::Privilege | Kind::DefaultPrivilege)
            || !wanted.owners && id.kind == Kind::Owner
    };
    let surplus: Vec<ObjectId> = read.catalog.ids().filter(is_surplus).cloned().collect();
    for id in surplus {
        read.catalog.remove(&id);
    }
    Ok(read.catalog)
}

/// The major version that a throwaway server should have: that of a live database, else that of a snapshot.
pub(crate) fn preferred_major(sources: &[&Source], terminal: &Terminal) -> Result<Option<u32>> {
    for source in sources {
        if let Source::Live(url) = source {
            return live_major(url, terminal);
        }
    }
    for source in sources {
        if let Source::Snapshot(file) = source {
            return Ok(Some(snapshot::read(file)?.catalog.server_version / 10_000).filter(|major| *major > 0));
        }
    }
    Ok(None)
}

fn live_major(url: &str, terminal: &Terminal) -> Result<Option<u32>> {
    let _progress = terminal.progress("asking the server for its version");
    let mut connection = postgres::connect(url)?;
    let text: Result<String, _> =
        select(sql::<Text>("pg_catalog.current_setting('server_version_num')")).get_result(&mut connection);
    Ok(text.ok().and_then(|text| text.parse::<u32>().ok()).map(|number| number / 10_000))
}

/// How any catalog is read that is compared with another.
pub(crate) fn read_options(with: &[With]) -> ReadOptions {
    let held = held(with);
    ReadOptions {
        statement_timeout: Some(READ_TIMEOUT),
        lock_timeout: Some(LOCK_TIMEOUT),
        privileges: held.privileges,
        owners: if held.owners { Owners::All } else { Owners::Unread },
    }
}

/// How a throwaway database is read, whose objects mostly belong to whoever made them.
pub(crate) fn throwaway_options(with: &[With]) -> ReadOptions {
    let options = read_options(with);
    let owners = if options.owners == Owners::All { Owners::Set } else { options.owners };
    ReadOptions { owners, ..options }
}

/// The tables of Diesel and of our own are there or not depending on how a schema came to be, and are nobody's wish.
pub(crate) fn forget_migrations_table(catalog: &mut Catalog) {
    let tables: Vec<_> = catalog
        .of_kind(autogen_core::Kind::Table)
        .map(|(id, _)| id.clone())
        .filter(|id| [replay::TABLE, PROGRESS_TABLE].contains(&id.name.name.as_str()))
        .collect();
    catalog.remove_trees(tables);
}

/// The folders in this one that hold migrations, for people: those for Postgres where there are such for other servers.
fn below(dir: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten().map(|entry| entry.path());
    let holds = |dir: &PathBuf| replay::migrations(dir).is_ok_and(|found| !found.is_empty());
    let mut found: Vec<PathBuf> = entries.filter(|path| path.is_dir()).filter(holds).collect();
    found.sort();
    let is_postgres = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        name.starts_with("postgres") || name.starts_with("pg")
    };
    if found.iter().any(is_postgres) {
        found.retain(is_postgres);
    }
    found.iter().map(|path| displayed(path)).collect()
}

/// A folder counts as migrations directory if it holds a migration, or nothing at all yet.
fn migrations(dir: &Path, option: &str) -> Result<Source> {
    let shown = || displayed(dir);
    let found = replay::migrations(dir).with_context(|| format!("{option} {} cannot be used", shown()))?;
    if found.is_empty() {
        let entries = std::fs::read_dir(dir).with_context(|| format!("cannot read {}", shown()))?;
        let mut inside =
            entries.flatten().filter(|entry| !entry.file_name().to_string_lossy().starts_with('.'));
        if inside.next().is_some() {
            let help = match below(dir).as_slice() {
                [] => String::new(),
                all => format!("; did you mean {}?", all.join(" or ")),
            };
            bail!("{option} {}: this folder holds no migration (a folder with an up.sql){help}", shown());
        }
    }
    Ok(Source::Migrations(dir.to_path_buf()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_told_apart() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name).display().to_string();
        std::fs::create_dir_all(dir.path().join("migrations/2024-01-01-000000_a")).unwrap();
        std::fs::write(dir.path().join("migrations/2024-01-01-000000_a/up.sql"), "").unwrap();
        std::fs::write(dir.path().join("x.sql"), "").unwrap();
        std::fs::write(dir.path().join("x.json"), "").unwrap();
        let ok = |text: &str| Source::recognise(text, "--db").unwrap();
        assert_eq!(ok("postgres://u:p@h/d"), Source::Live("postgres://u:p@h/d".into()));
        assert_eq!(ok("host=h dbname=d"), Source::Live("host=h dbname=d".into()));
        assert_eq!(ok(&at("migrations")), Source::Migrations(dir.path().join("migrations")));
        assert_eq!(ok(&at("x.sql")), Source::SqlFile(dir.path().join("x.sql")));
        let error = |text: &str| Source::recognise(text, "--db").unwrap_err().to_string();
        assert!(error(&at("")).contains("did you mean"), "{}", error(&at("")));
        assert_eq!(ok(&at("x.json")), Source::Snapshot(dir.path().join("x.json")));
        assert!(error("nowhere").contains("no such file"));
        assert!(!error("pg://u:s3cret@h/d").contains("s3cret"));
    }
}
