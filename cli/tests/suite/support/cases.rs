//! The cases of `fixtures/`, for the tests that run all of them: what a folder holds, and the project and databases that
//! are made of it. What the files mean is told in `fixtures.rs`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result, ensure};
use autogen::postgres::Ephemeral;
use tempfile::TempDir;

use super::load;

/// What the wanted state may be written in, in the order in which the files are given.
const MODEL_FILES: [&str; 3] = ["models.rs", "objects.sql", "more.sql"];

pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) folder: PathBuf,
}

/// A case with its databases and a project folder of its own, so that no configuration and no repository around it has
/// a say.
pub(crate) struct Scene {
    pub(crate) project: TempDir,
    /// The current state; the one of `after.sql` is only there if the case has that.
    pub(crate) database: String,
    pub(crate) target: String,
    /// What is compared, as options.
    pub(crate) sides: Vec<String>,
}

impl Case {
    pub(crate) fn has(&self, file: &str) -> bool {
        self.folder.join(file).is_file()
    }

    pub(crate) fn text(&self, file: &str) -> Result<String> {
        let path = self.folder.join(file);
        std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
    }

    /// `None` where the case has no such file.
    pub(crate) fn perhaps(&self, file: &str) -> Result<Option<String>> {
        if self.has(file) { self.text(file).map(Some) } else { Ok(None) }
    }

    /// The first major version that it runs on.
    pub(crate) fn since(&self) -> Result<u32> {
        self.major("since.txt", 0)
    }

    /// The last major version that it runs on.
    fn until(&self) -> Result<u32> {
        self.major("until.txt", u32::MAX)
    }

    fn major(&self, file: &str, otherwise: u32) -> Result<u32> {
        let parsed = self.perhaps(file)?.map_or(Ok(otherwise), |text| text.trim().parse());
        parsed.with_context(|| format!("{file} of {} is no major version", self.name))
    }

    /// The options of args.txt, each with its value.
    pub(crate) fn options(&self) -> Result<Vec<Vec<String>>> {
        let text = self.perhaps("args.txt")?.unwrap_or_default();
        Ok(text.lines().map(|line| line.splitn(2, ' ').map(str::to_owned).collect()).collect())
    }

    /// Makes the databases and the project.
    pub(crate) fn build(&self, server: &Ephemeral) -> Result<Scene> {
        let (database, target) = (format!("{}-now", self.name), format!("{}-goal", self.name));
        server.create_database(&database, None)?;
        load(server, &database, &self.text("before.sql")?).context("before.sql does not load")?;
        if let Some(sql) = self.perhaps("after.sql")? {
            server.create_database(&target, None)?;
            load(server, &target, &sql).context("after.sql does not load")?;
        }
        if let Some(rows) = self.perhaps("rows.sql")? {
            load(server, &database, &rows).context("rows.sql does not load")?;
        }
        let project = tempfile::tempdir()?;
        let mut sides = vec!["--db".to_owned(), server.url(&database)];
        let models: Vec<&str> = MODEL_FILES.into_iter().filter(|file| self.has(file)).collect();
        if models.is_empty() {
            sides.extend(["--target".to_owned(), server.url(&target)]);
        } else {
            std::fs::create_dir(project.path().join("src"))?;
            std::fs::write(project.path().join("Cargo.toml"), "[package]\nname = \"fixture\"\n")?;
            for file in models.iter().chain(&["schema.rs"]).filter(|file| self.has(file)) {
                std::fs::copy(self.folder.join(file), project.path().join("src").join(file))?;
            }
            sides.push("--models".to_owned());
            sides.extend(models.iter().map(|file| format!("src/{file}")));
        }
        Ok(Scene { project, database, target, sides })
    }

    /// The rules of fill.txt: how a line begins, and what is to stand in its place.
    pub(crate) fn rules(&self) -> Result<Vec<(String, String)>> {
        let text = self.perhaps("fill.txt")?.unwrap_or_default();
        let rules = text.lines().filter_map(|line| line.split_once(" => "));
        Ok(rules.map(|(beginning, line)| (beginning.to_owned(), line.to_owned())).collect())
    }
}

impl Scene {
    /// Drops the databases.
    pub(crate) fn end(self, server: &Ephemeral) -> Result<()> {
        server.drop_database(&self.database)?;
        server.drop_database(&self.target).map_err(Into::into)
    }
}

/// Byte for byte but for the lines that a rule names: a carriage return may be part of a comment's text.
pub(crate) fn fill(sql: &str, rules: &[(String, String)]) -> String {
    let filled = sql.split_inclusive('\n').map(|line| {
        let rule = rules.iter().find(|(beginning, _)| line.starts_with(beginning));
        rule.map_or_else(|| line.to_owned(), |(_, replacement)| format!("{replacement}\n"))
    });
    filled.collect()
}

/// The cases that the filter lets through and that are about the server's version; a filter that matches none is a mistake.
pub(crate) fn cases(server: &Ephemeral) -> Result<Vec<Case>> {
    let filter = filter();
    let cases: Vec<Case> = all_cases()?.into_iter().filter(|case| case.name.contains(&filter)).collect();
    ensure!(!cases.is_empty(), "AUTOGEN_FIXTURE={filter} matches no case");
    of_version(server, cases)
}

/// What the names of the cases must contain.
fn filter() -> String {
    std::env::var("AUTOGEN_FIXTURE").unwrap_or_default()
}

/// Those of them that are run where each case takes long and `fixtures.rs` has seen all of them: a third, the same ones each
/// time; all with `AUTOGEN_ALL=1` and where cases are chosen by name.
pub(crate) fn some_cases(server: &Ephemeral) -> Result<Vec<Case>> {
    let mut cases = cases(server)?;
    if !super::is_asked("AUTOGEN_ALL") && filter().is_empty() {
        let all = cases.len();
        cases.retain(|case| case.name.bytes().map(u32::from).sum::<u32>().is_multiple_of(3));
        eprintln!("{} of {all} cases; AUTOGEN_ALL=1 runs all", cases.len());
    }
    Ok(cases)
}

/// Those that are about the server's version; the others are named.
pub(crate) fn of_version(server: &Ephemeral, mut cases: Vec<Case>) -> Result<Vec<Case>> {
    let mut others = Vec::new();
    for case in &cases {
        if case.since()? > server.major() || case.until()? < server.major() {
            others.push(case.name.clone());
        }
    }
    if !others.is_empty() {
        eprintln!("of other versions than Postgres {}: {}", server.major(), others.join(", "));
        cases.retain(|case| !others.contains(&case.name));
    }
    Ok(cases)
}

pub(crate) fn all_cases() -> Result<Vec<Case>> {
    let mut cases = Vec::new();
    for entry in std::fs::read_dir(super::fixtures())? {
        let folder = entry?.path();
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if folder.is_dir() && name != "sample" && name != "schema_rs" && name != "pull" {
            cases.push(Case { name, folder });
        }
    }
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(cases)
}

/// The roles that the cases speak of.
pub(crate) fn roles(server: &Ephemeral) -> Result<()> {
    load(server, "postgres", &std::fs::read_to_string(super::fixtures().join("roles.sql"))?)
}

/// Checks all cases, and tells all that fail.
pub(crate) fn check_each(cases: &[Case], check: impl Fn(&Case) -> Result<()> + Sync) -> Result<()> {
    tell(cases, &failures(cases, check))
}

/// Ends the test if there are failures, with all of them.
pub(crate) fn tell(cases: &[Case], failures: &BTreeMap<String, String>) -> Result<()> {
    for (name, failure) in failures {
        eprintln!("\n=== {name}\n{failure}");
    }
    let names: Vec<_> = failures.keys().map(String::as_str).collect();
    ensure!(failures.is_empty(), "{} of {} cases fail: {}", names.len(), cases.len(), names.join(", "));
    Ok(())
}

/// Checks all cases, as many at a time as there are processors. What fails, by name.
pub(crate) fn failures(
    cases: &[Case],
    check: impl Fn(&Case) -> Result<()> + Sync,
) -> BTreeMap<String, String> {
    let failures = Mutex::new(BTreeMap::new());
    let next = AtomicUsize::new(0);
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(error) = check(case) {
                        let mut failures = failures.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                        failures.insert(case.name.clone(), format!("{error:#}"));
                    }
                }
            });
        }
    });
    failures.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)
}
