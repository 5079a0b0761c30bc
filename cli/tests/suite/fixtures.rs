//! Runs every folder of `fixtures/` on a real Postgres: the written SQL equals what is stored, goes up to what
//! `pg_dump` sees of the wanted schema, leaves nothing to do, comes down to what was before, and goes up once more.
//!
//! A case is named after the object kind that it is about. It has `before.sql`, and either `after.sql` (two schemas are
//! compared) or `models.rs` and perhaps `schema.rs`, `objects.sql`, `more.sql` (models are; `after.sql` then says what `pg_dump` must
//! find in the end). `rows.sql` fills the tables first; `args.txt` has further options, one a line; `fill.txt` completes the TODO
//! markers: each line `beginning => replacement` exchanges the lines that begin so, and without it the script must fail.
//! `since.txt` is the first major version of Postgres that knows what the case is about, `until.txt` the last on which the way
//! back is exact; on others it is named and left out. Names of NOT NULL constraints count where the case's name ends with
//! `_not_null_names`.
//!
//! `AUTOGEN_FIXTURE=text` runs only the cases whose name contains the text, `AUTOGEN_BLESS=1` rewrites the stored SQL.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use autogen::postgres::Ephemeral;
use autogen_core::Kind;

use crate::support::cases::{Case, all_cases, cases, check_each, fill, roles};
use crate::support::{self, apply, autogen, run, same, scripts};

/// Options that `check` shares with `diff`.
const SHARED_OPTIONS: &[&str] = &["--with", "--include", "--exclude"];

#[test]
fn every_fixture_goes_up_and_down() -> Result<()> {
    let server = support::start()?;
    let cases = cases(&server)?;
    roles(&server)?;
    if server.major() != support::STORED_MAJOR {
        let (is, stored) = (server.major(), support::STORED_MAJOR);
        eprintln!(
            "Postgres {is}: the scripts are run, but not compared with the stored ones, which are of {stored}"
        );
    }
    check_each(&cases, |case| check(&server, case))
}

#[test]
fn every_kind_has_a_fixture() -> Result<()> {
    let mut without: BTreeSet<&str> = Kind::all().map(Kind::as_str).collect();
    for case in all_cases()? {
        let kind = Kind::all().map(Kind::as_str).filter(|kind| case.name.starts_with(&format!("{kind}_")));
        let kind = kind.max_by_key(|kind| kind.len());
        without.remove(kind.with_context(|| format!("{} begins with no kind", case.name))?);
    }
    ensure!(without.is_empty(), "kinds without a fixture: {without:?}");
    Ok(())
}

/// With the names of NOT NULL constraints where the case is about them.
fn dump(server: &Ephemeral, case: &Case, database: &str) -> Result<Vec<String>> {
    support::dump_with(server, database, case.name.ends_with("_not_null_names"))
}

fn check(server: &Ephemeral, case: &Case) -> Result<()> {
    let scene = case.build(server)?;
    let before = dump(server, case, &scene.database)?;
    let after = case.has("after.sql").then(|| dump(server, case, &scene.target)).transpose()?;
    let (project, sides) = (scene.project.path(), &scene.sides);
    let out = project.join("out");
    let options = case.options()?;
    let mut diff = autogen(project);
    diff.arg("diff").args(sides).args(options.iter().flatten()).args(["--format", "sql", "--out"]).arg(&out);
    run(&mut diff, 0)?;
    let written = (both(&out, "up")?, both(&out, "down")?);
    let stored = if server.major() == support::STORED_MAJOR { compare(case, &written) } else { Ok(()) };

    let live = go(server, case, &scene.database, &written, before, after, || {
        let shared = options.iter().filter(|option| SHARED_OPTIONS.contains(&option[0].as_str())).flatten();
        run(autogen(project).arg("check").args(sides).args(shared), 0).map(drop)
    });
    scene.end(server)?;
    match (stored, live) {
        (Err(stored), Err(live)) => bail!("{live:#}\n{stored:#}"),
        (stored, live) => live.and(stored),
    }
}

type Scripts = BTreeMap<(u32, String), String>;

/// No folder at all is what a comparison without differences leaves behind.
fn both(out: &Path, direction: &str) -> Result<Scripts> {
    if out.is_dir() { scripts(out, direction) } else { Ok(Scripts::new()) }
}

fn go(
    server: &Ephemeral,
    case: &Case,
    database: &str,
    (up, down): &(Scripts, Scripts),
    before: Vec<String>,
    after: Option<Vec<String>>,
    in_sync: impl Fn() -> Result<()>,
) -> Result<()> {
    let mut connection = server.connect(database)?;
    let rules = case.rules()?;
    if !rules.is_empty() {
        let unedited = up.iter().try_for_each(|((_, name), sql)| apply(&mut connection, name, sql));
        ensure!(unedited.is_err(), "the script runs although its TODO is not filled in");
        same("a script that failed has changed something", &dump(server, case, database)?, &before)?;
    }
    let mut run_all = |scripts: &Scripts| {
        scripts.iter().try_for_each(|((_, name), sql)| apply(&mut connection, name, &fill(sql, &rules)))
    };
    for (beginning, _) in &rules {
        let used = up
            .values()
            .chain(down.values())
            .flat_map(|sql| sql.lines())
            .any(|line| line.starts_with(beginning));
        ensure!(used, "no line of the scripts begins with: {beginning}");
    }
    run_all(up)?;
    let reached = dump(server, case, database)?;
    if let Some(after) = after {
        same("after up (+ is, - should be)", &reached, &after)?;
    }
    in_sync().context("after up there is still something to do")?;
    run_all(down)?;
    same("after down (+ is, - should be)", &dump(server, case, database)?, &before)?;
    run_all(up).context("the second time")?;
    same("after the second up (+ is, - should be)", &dump(server, case, database)?, &reached)
}

/// Compares the written scripts with the stored ones, or stores them.
fn compare(case: &Case, (up, down): &(Scripts, Scripts)) -> Result<()> {
    let bless = support::is_asked("AUTOGEN_BLESS");
    let written: Scripts = up.iter().chain(down).map(|(key, sql)| (key.clone(), sql.clone())).collect();
    let mut stored = scripts(&case.folder, "up")?;
    stored.extend(scripts(&case.folder, "down")?);
    if written == stored {
        return Ok(());
    }
    if bless {
        for (_, name) in stored.keys() {
            std::fs::remove_file(case.folder.join(name))?;
        }
        for ((_, name), sql) in &written {
            std::fs::write(case.folder.join(name), sql)?;
        }
        return Ok(());
    }
    let mut text = String::new();
    for key in written.keys().chain(stored.keys()).collect::<BTreeSet<_>>() {
        let (is, should) = (written.get(key), stored.get(key));
        if is != should {
            let print = |sql: Option<&String>| sql.map_or("(no such file)\n".to_owned(), Clone::clone);
            text += &format!("--- {} is\n{}--- and should be\n{}", key.1, print(is), print(should));
        }
    }
    bail!("the written SQL is not the stored one (AUTOGEN_BLESS=1 stores it)\n{text}")
}
