//! What `autogen check` costs, held against the least that any tool has to ask (`floor_b.sql`, through psql), the same with
//! whole definitions (`floor_a.sql`) and `pg_dump -s`; all in one run, on a throwaway server that it starts itself. One
//! table is the output.
//!
//!     cargo bench -p autogen --bench check
//!     cargo bench -p autogen --bench check -- 100 1000      other numbers of tables
//!
//! 10,000 tables take some minutes to make, and 1.5 GB in the place of throwaway servers.

#![allow(clippy::print_stdout, reason = "the figures are the result")]

mod schema;
mod usage;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use autogen::postgres::{Binaries, Ephemeral, Options};
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use diesel::connection::SimpleConnection;
use usage::{Postmaster, Usage};

const SIZES: &[usize] = &[10, 100, 1_000, 10_000];

/// So many tables are made in one transaction.
const BATCH: usize = 250;

/// The catalogs that are large: vacuumed and analysed, as autovacuum leaves them in any real database.
const CATALOGS: &[&str] = &[
    "pg_class",
    "pg_attribute",
    "pg_attrdef",
    "pg_constraint",
    "pg_index",
    "pg_type",
    "pg_enum",
    "pg_sequence",
    "pg_depend",
    "pg_description",
    "pg_trigger",
];

fn main() -> Result<()> {
    let given = std::env::args().skip(1).filter(|arg| !arg.starts_with("--"));
    let given: Vec<usize> = given
        .map(|arg| arg.parse().with_context(|| format!("{arg} is no number of tables")))
        .collect::<Result<_>>()?;
    let programs = Programs::find()?;
    let sizes = if given.is_empty() { SIZES } else { &given };
    let mut table = Table::new();
    table.load_style(presets::ASCII_MARKDOWN).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(["tables", "", "wall ms", "client ms", "server ms", "CPU ms", "of floor B", "MB"]);
    for tables in sizes {
        for (what, usage, floor) in measure(&programs, *tables)? {
            let ratio = usage.processor().as_secs_f64() / floor.as_secs_f64();
            table.add_row([
                tables.to_string(),
                what.to_owned(),
                milliseconds(usage.wall),
                milliseconds(usage.client),
                milliseconds(usage.server),
                milliseconds(usage.processor()),
                format!("{ratio:.2}"),
                (usage.memory >> 20).to_string(),
            ]);
        }
    }
    for column in (0..8).filter(|column| *column != 1) {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    println!("{table}");
    Ok(())
}

fn milliseconds(time: Duration) -> String {
    let milliseconds = time.as_secs_f64() * 1e3;
    if milliseconds < 100.0 { format!("{milliseconds:.1}") } else { format!("{milliseconds:.0}") }
}

/// The server's programs, and the clients beside them.
struct Programs {
    folder: PathBuf,
}

impl Programs {
    fn find() -> Result<Self> {
        let given = std::env::var_os("AUTOGEN_PG_BIN").map(PathBuf::from);
        let all = given.map_or_else(
            || Binaries::all().into_iter().map(|binaries| binaries.dir).collect(),
            |folder| vec![folder],
        );
        let complete = |folder: &PathBuf| ["psql", "pg_dump"].iter().all(|name| folder.join(name).is_file());
        let Some(folder) = all.iter().find(|folder| complete(folder)) else {
            bail!(
                "psql and pg_dump are needed beside the server binaries, to be measured against; none of these has both: {all:?}. \
                 Install the Postgres client, or name a folder with AUTOGEN_PG_BIN"
            );
        };
        Ok(Self { folder: folder.clone() })
    }

    fn psql(&self, url: &str, sql: &Path) -> Command {
        let mut command = Command::new(self.folder.join("psql"));
        command.args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url, "-f"]).arg(sql);
        command
    }

    fn pg_dump(&self, url: &str) -> Command {
        let mut command = Command::new(self.folder.join("pg_dump"));
        command.args(["-s", "-d", url]);
        command
    }
}

/// Everything about one number of tables: what it was, what it cost, and the processor time of floor B on that schema.
fn measure(programs: &Programs, tables: usize) -> Result<Vec<(&'static str, Usage, Duration)>> {
    let options = Options { pg_bin: Some(programs.folder.clone()), ..Options::default() };
    let server = Ephemeral::start(&options)?;
    let folder = tempfile::tempdir()?;
    let (models, none) = (folder.path().join("models"), folder.path().join("none.rs"));
    let url = server.url("bench");
    server.create_database("bench", None)?;
    std::fs::write(&none, "")?;
    make(&server, tables)?;
    run(autogen(folder.path()).args(["pull", "--quiet", "--db", &url, "--out"]).arg(&models))?;

    let postmaster = Postmaster::new(server.pid().context("the server has ended")?)?;
    let runs = match tables {
        ..500 => 20,
        500..5_000 => 5,
        _ => 3,
    };
    let sql = |name| Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/check").join(name);
    let check = || {
        let mut command = autogen(folder.path());
        command.args(["check", "--db", &url, "--models"]).arg(models.join("models.rs"));
        command
    };
    // A first run of each fills the caches of the server and of the system.
    let floor = || postmaster.measure(runs, 0, || programs.psql(&url, &sql("floor_b.sql")));
    floor()?;
    let b = floor()?;
    let a = postmaster.measure(runs, 0, || programs.psql(&url, &sql("floor_a.sql")))?;
    let dump = postmaster.measure(runs, 0, || programs.pg_dump(&url))?;
    let in_sync = postmaster.measure(runs, 0, check)?;
    let all_go = postmaster.measure(1, 1, || {
        let mut command = autogen(folder.path());
        command.args(["check", "--db", &url, "--models"]).arg(&none);
        command.args((0..tables).map(|table| format!("--drop={}", schema::name(table))));
        command
    })?;
    server.connect("bench")?.batch_execute(&schema::change(tables))?;
    let changed = postmaster.measure(runs, 1, check)?;
    let floor = b.processor();
    Ok([
        ("floor B", b),
        ("floor A", a),
        ("pg_dump -s", dump),
        ("check, in sync", in_sync),
        ("check, 1% changed", changed),
        ("check, all dropped", all_go),
    ]
    .map(|(what, usage)| (what, usage, floor))
    .into())
}

/// Makes the tables.
fn make(server: &Ephemeral, tables: usize) -> Result<()> {
    for from in (0..tables).step_by(BATCH) {
        // A connection each: its caches would be asked about every table so far.
        server.connect("bench")?.batch_execute(&schema::create(from..tables.min(from + BATCH)))?;
    }
    let vacuum = CATALOGS.iter().map(|name| format!("VACUUM (ANALYZE) pg_catalog.{name}"));
    let mut connection = server.connect("bench")?;
    vacuum.into_iter().try_for_each(|sql| connection.batch_execute(&sql))?;
    Ok(())
}

/// The program that is measured, without what the environment would tell it about databases.
fn autogen(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_autogen"));
    command.current_dir(folder);
    let about_databases = |name: &OsStr| name == "DATABASE_URL" || name.to_string_lossy().starts_with("PG");
    for (name, _) in std::env::vars_os().filter(|(name, _)| about_databases(name)) {
        command.env_remove(name);
    }
    command
}

fn run(command: &mut Command) -> Result<()> {
    let output = command.output()?;
    if !output.status.success() {
        bail!("{command:?} failed:\n{}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}
