//! Runs every folder of `fixtures/` on a real Postgres: the written SQL equals what is stored, goes up to what
//! `pg_dump` sees of the wanted schema, leaves nothing to do, comes down to what was before, and goes up once more.
//!
//! A case is named after the object kind that it is about. It has `before.sql`, and either `after.sql` (two schemas are
//! compared) or `models.rs` and perhaps `schema.rs`, `objects.sql`, `more.sql` (models are; `after.sql` then says what `pg_dump` must
//! find in the end). `rows.sql` fills the tables first; `args.txt` has further options, one a line; `fill.txt` completes the TODO
//! markers: each line `beginning => replacement` exchanges the lines that begin so, and without it the script must fail.
//! `since.txt` is the first major version of Postgres that knows what the case is about; on an older one it is named and
//! left out.
//!
//! `AUTOGEN_FIXTURE=text` runs only the cases whose name contains the text, `AUTOGEN_BLESS=1` rewrites the stored SQL.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result, bail, ensure};
use autogen::postgres::Ephemeral;
use autogen_core::Kind;

mod support;

use support::{apply, autogen, dump, load, run, same, scripts};

/// Options that `check` shares with `diff`.
const SHARED_OPTIONS: &[&str] = &["--with", "--include", "--exclude"];

/// What the wanted state may be written in, in the order in which the files are given.
const MODEL_FILES: [&str; 3] = ["models.rs", "objects.sql", "more.sql"];

struct Case {
    name: String,
    folder: PathBuf,
}

impl Case {
    fn has(&self, file: &str) -> bool {
        self.folder.join(file).is_file()
    }

    fn text(&self, file: &str) -> Result<String> {
        let path = self.folder.join(file);
        std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
    }

    /// `None` where the case has no such file.
    fn perhaps(&self, file: &str) -> Result<Option<String>> {
        if self.has(file) { self.text(file).map(Some) } else { Ok(None) }
    }

    /// The first major version that it runs on.
    fn since(&self) -> Result<u32> {
        let text = self.perhaps("since.txt")?;
        let parsed = text.map_or(Ok(0), |text| text.trim().parse());
        parsed.with_context(|| format!("since.txt of {} is no major version", self.name))
    }

    /// The options of args.txt, each with its value.
    fn options(&self) -> Result<Vec<Vec<String>>> {
        let text = self.perhaps("args.txt")?.unwrap_or_default();
        Ok(text.lines().map(|line| line.splitn(2, ' ').map(str::to_owned).collect()).collect())
    }
}

#[test]
fn every_fixture_goes_up_and_down() -> Result<()> {
    let mut cases = cases()?;
    let server = support::start()?;
    let mut too_new = Vec::new();
    for case in &cases {
        if case.since()? > server.major() {
            too_new.push(case.name.clone());
        }
    }
    if !too_new.is_empty() {
        eprintln!("Postgres {} is too old for {}", server.major(), too_new.join(", "));
        cases.retain(|case| !too_new.contains(&case.name));
    }
    load(&server, "postgres", &std::fs::read_to_string(support::fixtures().join("roles.sql"))?)?;
    if server.major() != support::STORED_MAJOR {
        let (is, stored) = (server.major(), support::STORED_MAJOR);
        eprintln!(
            "Postgres {is}: the scripts are run, but not compared with the stored ones, which are of {stored}"
        );
    }
    let failures = Mutex::new(BTreeMap::new());
    let next = AtomicUsize::new(0);
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(error) = check(&server, case) {
                        let mut failures = failures.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                        failures.insert(case.name.clone(), format!("{error:#}"));
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    for (name, failure) in &failures {
        eprintln!("\n=== {name}\n{failure}");
    }
    let names: Vec<_> = failures.keys().map(String::as_str).collect();
    ensure!(failures.is_empty(), "{} of {} cases fail: {}", names.len(), cases.len(), names.join(", "));
    Ok(())
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

/// The cases that the filter lets through; a filter that matches none is a mistake.
fn cases() -> Result<Vec<Case>> {
    let filter = std::env::var("AUTOGEN_FIXTURE").unwrap_or_default();
    let cases: Vec<Case> = all_cases()?.into_iter().filter(|case| case.name.contains(&filter)).collect();
    ensure!(!cases.is_empty(), "AUTOGEN_FIXTURE={filter} matches no case");
    Ok(cases)
}

fn all_cases() -> Result<Vec<Case>> {
    let mut cases = Vec::new();
    for entry in std::fs::read_dir(support::fixtures())? {
        let folder = entry?.path();
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if folder.is_dir() && name != "sample" && name != "schema_rs" && name != "pull" {
            cases.push(Case { name, folder });
        }
    }
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(cases)
}

fn check(server: &Ephemeral, case: &Case) -> Result<()> {
    let (database, target) = (format!("{}-now", case.name), format!("{}-goal", case.name));
    server.create_database(&database, None)?;
    load(server, &database, &case.text("before.sql")?).context("before.sql does not load")?;
    let before = dump(server, &database)?;
    let after = match case.perhaps("after.sql")? {
        None => None,
        Some(sql) => {
            server.create_database(&target, None)?;
            load(server, &target, &sql).context("after.sql does not load")?;
            Some(dump(server, &target)?)
        }
    };
    if let Some(rows) = case.perhaps("rows.sql")? {
        load(server, &database, &rows).context("rows.sql does not load")?;
    }

    // A folder of its own, so that no configuration and no repository around it has a say.
    let project = tempfile::tempdir()?;
    let out = project.path().join("out");
    let mut sides = vec!["--db".to_owned(), server.url(&database)];
    let models: Vec<&str> = MODEL_FILES.into_iter().filter(|file| case.has(file)).collect();
    if !models.is_empty() {
        std::fs::create_dir(project.path().join("src"))?;
        std::fs::write(project.path().join("Cargo.toml"), "[package]\nname = \"fixture\"\n")?;
        for file in models.iter().chain(&["schema.rs"]).filter(|file| case.has(file)) {
            std::fs::copy(case.folder.join(file), project.path().join("src").join(file))?;
        }
        sides.push("--models".to_owned());
        sides.extend(models.iter().map(|file| format!("src/{file}")));
    } else {
        sides.extend(["--target".to_owned(), server.url(&target)]);
    }
    let options = case.options()?;
    let mut diff = autogen(project.path());
    diff.arg("diff").args(&sides).args(options.iter().flatten()).args(["--format", "sql", "--out"]).arg(&out);
    run(&mut diff, 0)?;
    let written = (both(&out, "up")?, both(&out, "down")?);
    let stored = if server.major() == support::STORED_MAJOR { compare(case, &written) } else { Ok(()) };

    let live = go(server, case, &database, &written, before, after, || {
        let shared = options.iter().filter(|option| SHARED_OPTIONS.contains(&option[0].as_str())).flatten();
        run(autogen(project.path()).arg("check").args(&sides).args(shared), 0).map(drop)
    });
    server.drop_database(&database)?;
    server.drop_database(&target)?;
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
    let rules = case.perhaps("fill.txt")?.unwrap_or_default();
    let rules: Vec<(&str, &str)> = rules.lines().filter_map(|line| line.split_once(" => ")).collect();
    if !rules.is_empty() {
        let unedited = up.iter().try_for_each(|((_, name), sql)| apply(&mut connection, name, sql));
        ensure!(unedited.is_err(), "the script runs although its TODO is not filled in");
        same("a script that failed has changed something", &dump(server, database)?, &before)?;
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
    let reached = dump(server, database)?;
    if let Some(after) = after {
        same("after up (+ is, - should be)", &reached, &after)?;
    }
    in_sync().context("after up there is still something to do")?;
    run_all(down)?;
    same("after down (+ is, - should be)", &dump(server, database)?, &before)?;
    run_all(up).context("the second time")?;
    same("after the second up (+ is, - should be)", &dump(server, database)?, &reached)
}

/// Byte for byte but for the lines that a rule names: a carriage return may be part of a comment's text.
fn fill(sql: &str, rules: &[(&str, &str)]) -> String {
    let filled = sql.split_inclusive('\n').map(|line| {
        let rule = rules.iter().find(|(beginning, _)| line.starts_with(beginning));
        rule.map_or_else(|| line.to_owned(), |(_, replacement)| format!("{replacement}\n"))
    });
    filled.collect()
}

/// Compares the written scripts with the stored ones, or stores them.
fn compare(case: &Case, (up, down): &(Scripts, Scripts)) -> Result<()> {
    let bless = std::env::var_os("AUTOGEN_BLESS").is_some_and(|value| value != "0");
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
