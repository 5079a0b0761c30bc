//! What the tests on a real Postgres share: the server, the binary under test, `pg_dump` as the independent referee,
//! and migration files applied as Diesel applies them.

pub(crate) mod cases;
pub(crate) mod json_schema;
pub(crate) mod migrations;
pub(crate) mod pulled;
pub(crate) mod signals;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context, Result, bail};
use autogen::postgres::{Binaries, Ephemeral, Options};
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};

/// The major version whose words the stored SQL has: later ones print queries and expressions a little differently.
pub(crate) const STORED_MAJOR: u32 = 15;

/// Starts a throwaway server, of binaries that have `pg_dump` beside them if there are any. Where there are none at
/// all the test fails and says what to install.
pub(crate) fn start() -> Result<Ephemeral> {
    start_with(Vec::new())
}

/// The same with settings of its own.
pub(crate) fn start_with(settings: Vec<String>) -> Result<Ephemeral> {
    let mut complete = Binaries::all();
    complete.retain(|binaries| binaries.program("pg_dump").is_file());
    let best = complete.into_iter().max_by_key(|binaries| (binaries.major == STORED_MAJOR, binaries.major));
    let pg_bin = std::env::var_os("AUTOGEN_PG_BIN").map(PathBuf::from).or(best.map(|binaries| binaries.dir));
    Ephemeral::start(&Options { pg_bin, settings, ..Options::default() })
        .context("these tests need Postgres binaries")
}

/// Whether a variable says yes.
pub(crate) fn is_asked(variable: &str) -> bool {
    std::env::var_os(variable).is_some_and(|value| !value.is_empty() && value != "0")
}

/// The folder with the test data.
pub(crate) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures")
}

/// The binary under test in a folder, without what the environment would tell it about databases.
pub(crate) fn autogen(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_autogen"));
    command.current_dir(folder);
    let about_databases = |name: &OsStr| {
        name == "DATABASE_URL" || name == "MIGRATION_DIRECTORY" || name.to_string_lossy().starts_with("PG")
    };
    for (name, _) in std::env::vars_os().filter(|(name, _)| about_databases(name)) {
        command.env_remove(name);
    }
    command
}

/// Runs a command and demands an exit code.
pub(crate) fn run(command: &mut Command, code: i32) -> Result<Output> {
    let output = command.output().with_context(|| format!("cannot run {command:?}"))?;
    if output.status.code() == Some(code) {
        return Ok(output);
    }
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let args: Vec<_> = command.get_args().map(OsStr::to_string_lossy).collect();
    bail!("`autogen {}` ended with {}, not {code}\n{}{}", args.join(" "), output.status, stdout, stderr)
}

/// Lets the real Diesel write the schema files of a project. It does so after every run of migrations, even if none is
/// pending.
pub(crate) fn diesel_writes(diesel: &Path, url: &str, project: &Path) -> Result<()> {
    let mut command = Command::new(diesel);
    command.args(["migration", "run", "--database-url", url]).current_dir(project);
    let output = command.output().with_context(|| format!("cannot run {}", diesel.display()))?;
    if !output.status.success() {
        bail!("diesel: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}

/// Runs a file's text in a connection of its own.
pub(crate) fn load(server: &Ephemeral, database: &str, sql: &str) -> Result<()> {
    if !is_empty(sql) {
        server.connect(database)?.batch_execute(sql)?;
    }
    Ok(())
}

/// Nothing but comments, which Diesel refuses to send.
fn is_empty(sql: &str) -> bool {
    sql.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with("--"))
}

/// The schema as `pg_dump` prints it: a sorted list of statements, the columns of each table sorted too, because
/// Postgres can only append columns. The names that NOT NULL constraints have from 18 on are left out: they are not compared
/// in tables that inherit or are inherited from.
pub(crate) fn dump(server: &Ephemeral, database: &str) -> Result<Vec<String>> {
    dump_with(server, database, false)
}

/// The same with or without those names.
pub(crate) fn dump_with(server: &Ephemeral, database: &str, names: bool) -> Result<Vec<String>> {
    let program = pg_dump(server);
    let output = Command::new(&program)
        .args(["--schema-only", "--exclude-table=__diesel_schema_migrations", "--dbname"])
        .arg(server.url(database))
        .output()
        .with_context(|| {
            format!("the referee {} cannot be run; install the Postgres client", program.display())
        })?;
    if !output.status.success() {
        bail!("pg_dump: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(normalise(&String::from_utf8(output.stdout)?, names))
}

/// The server's own `pg_dump`, else that of the `PATH`.
pub(crate) fn pg_dump(server: &Ephemeral) -> PathBuf {
    let beside = server.binaries().program("pg_dump");
    if beside.is_file() { beside } else { PathBuf::from("pg_dump") }
}

fn normalise(text: &str, with_names: bool) -> Vec<String> {
    let kept: Vec<&str> = text
        .lines()
        .filter(|line| {
            !line.is_empty()
                && !["--", "\\restrict", "\\unrestrict"].iter().any(|start| line.starts_with(start))
        })
        .collect();
    let text = kept.join("\n");
    let text = if with_names { text } else { without_not_null_names(&text) };
    let mut statements: Vec<String> = text
        .split(";\n")
        .map(|statement| sort_columns(statement.trim().trim_end_matches(';')))
        .filter(|s| !s.is_empty() && !s.starts_with("SET ") && !s.starts_with("SELECT pg_catalog.set_config"))
        .collect();
    statements.sort();
    statements
}

fn without_not_null_names(text: &str) -> String {
    let mut rest = text;
    let mut kept = String::new();
    while let Some((before, behind)) = rest.split_once(" CONSTRAINT ") {
        kept.push_str(before);
        let end = match behind.strip_prefix('"') {
            Some(quoted) => quoted.find('"').map(|at| at + 2),
            None => behind.find(' '),
        };
        match end.and_then(|end| behind.get(end..)).filter(|then| then.starts_with(" NOT NULL")) {
            Some(then) => rest = then,
            None => {
                kept.push_str(" CONSTRAINT ");
                rest = behind;
            }
        }
    }
    kept + rest
}

/// The columns of a table, or of statistics, in an order of their own: what was added last stands last for ever.
fn sort_columns(statement: &str) -> String {
    if let Some((head, rest)) =
        statement.strip_prefix("CREATE STATISTICS ").and_then(|s| s.split_once(" ON "))
        && let Some((list, table)) = rest.rsplit_once(" FROM ")
    {
        let mut columns: Vec<&str> = list.split(", ").collect();
        columns.sort_unstable();
        return format!("CREATE STATISTICS {head} ON {} FROM {table}", columns.join(", "));
    }
    let table = ["CREATE TABLE ", "CREATE UNLOGGED TABLE ", "CREATE FOREIGN TABLE "]
        .iter()
        .any(|start| statement.starts_with(start));
    let parts = statement.split_once("(\n").zip(statement.rfind("\n)"));
    let Some(((head, _), end)) = parts.filter(|((head, _), end)| table && head.len() + 2 <= *end) else {
        return statement.to_owned();
    };
    let mut columns: Vec<&str> =
        statement[head.len() + 2..end].lines().map(|line| line.trim_end_matches(',')).collect();
    columns.sort_unstable();
    format!("{head}(\n{}{}", columns.join("\n"), &statement[end..])
}

/// Demands that two dumps are equal, and else names the statements that only one of them has.
pub(crate) fn same(what: &str, got: &[String], want: &[String]) -> Result<()> {
    let only = |a: &[String], b: &[String], sign: char| -> String {
        let lines =
            a.iter().filter(|s| !b.contains(s)).map(|s| format!("  {sign} {}\n", s.replace('\n', "\n    ")));
        lines.collect()
    };
    if got == want {
        return Ok(());
    }
    bail!("{what}:\n{}{}", only(got, want, '+'), only(want, got, '-'))
}

/// Applies one migration file as Diesel does: in a transaction, or as one bare batch where it may not run in one.
pub(crate) fn apply(connection: &mut PgConnection, name: &str, sql: &str) -> Result<()> {
    if is_empty(sql) {
        return Ok(());
    }
    let bare = sql.lines().any(|line| !line.trim_start().starts_with("--") && line.contains(" CONCURRENTLY"));
    let result = if bare {
        connection.batch_execute(sql)
    } else {
        connection.transaction(|connection| connection.batch_execute(sql))
    };
    result.with_context(|| format!("{name} fails"))
}

/// The script files of one direction in a folder, in the order in which they are to be run.
pub(crate) fn scripts(folder: &Path, direction: &str) -> Result<BTreeMap<(u32, String), String>> {
    let mut found = BTreeMap::new();
    let entries = std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let number = name.strip_prefix(direction).and_then(|rest| rest.strip_suffix(".sql"));
        let number = match number {
            Some("") => 0,
            Some(dotted) => match dotted.strip_prefix('.').and_then(|digits| digits.parse().ok()) {
                Some(number) => number,
                None => continue,
            },
            None => continue,
        };
        found.insert((number, name), std::fs::read_to_string(&path)?);
    }
    Ok(found)
}

/// Copies a folder with everything below it.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let path = entry?.path();
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy(&path, &target)?;
        } else {
            std::fs::copy(&path, &target)?;
        }
    }
    Ok(())
}

/// Every file below a folder, to see that nothing was written.
pub(crate) fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            all.extend(files(&path)?);
        }
        all.push(path);
    }
    all.sort();
    Ok(all)
}
