//! `autogen check` as a function, for a project's own tests: what the command compares, without a terminal. Nothing is
//! printed, asked or written.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::args::{CompareArgs, ServerArgs, With};
use crate::commands;
use crate::output::{Terminal, human, json, markdown};
use crate::pipeline::Depth;

/// Which models are compared with which schema. What is left open is found as `autogen check` finds it: the project of
/// the current folder, which for `cargo test` is the package's, its `autogen.toml`, its models, and as the schema
/// `DATABASE_URL`, else the project's migrations, replayed on a throwaway Postgres.
///
/// ```no_run
/// let report = autogen::Check::new().models("src/models.rs").db("migrations").run()?;
/// assert!(report.is_in_sync(), "{report}");
/// # Ok::<(), autogen::CheckError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Check {
    args: CompareArgs,
}

impl Check {
    /// With everything left open.
    pub fn new() -> Self {
        Self::default()
    }

    /// Where models are: a Rust file, a folder or crate root, or a `.sql` file. To be repeated for several, as
    /// `--models`.
    pub fn models(mut self, path: impl Into<PathBuf>) -> Self {
        self.args.models.push(path.into());
        self
    }

    /// The schema that the models should agree with: a Postgres URL or libpq keyword string, a folder of Diesel
    /// migrations, a `.sql` file, a `.json` snapshot, or `env:NAME` of autogen.toml, as `--db`.
    pub fn db(mut self, source: impl Into<String>) -> Self {
        self.args.db = Some(source.into());
        self
    }

    /// The project's folder, instead of the current one.
    pub fn project(mut self, folder: impl Into<PathBuf>) -> Self {
        self.args.project = Some(folder.into());
        self
    }

    /// The configuration, instead of the project's `autogen.toml`.
    pub fn config(mut self, file: impl Into<PathBuf>) -> Self {
        self.args.config = Some(file.into());
        self
    }

    /// Compares only what matches a pattern of names, as `--include`. May be repeated.
    pub fn include(mut self, glob: impl Into<String>) -> Self {
        self.args.include.push(glob.into());
        self
    }

    /// Leaves out what matches a pattern of names, as `--exclude`. May be repeated.
    pub fn exclude(mut self, glob: impl Into<String>) -> Self {
        self.args.exclude.push(glob.into());
        self
    }

    /// Compares these kinds too, as `--with`. May be repeated.
    pub fn with(mut self, kind: With) -> Self {
        self.args.with.push(kind);
        self
    }

    /// The folder of the Postgres server binaries for throwaway servers, as `--pg-bin`.
    pub fn pg_bin(mut self, folder: impl Into<PathBuf>) -> Self {
        self.args.servers.pg_bin = Some(folder.into());
        self
    }

    /// Compares. That both sides differ is a [`Report`], not an error.
    ///
    /// # Errors
    /// Where that cannot be told: models that cannot be read, a database that cannot be reached.
    pub fn run(&self) -> Result<Report, CheckError> {
        let pg_bin =
            self.args.servers.pg_bin.clone().or_else(|| {
                std::env::var_os("AUTOGEN_PG_BIN").filter(|dir| !dir.is_empty()).map(PathBuf::from)
            });
        let args =
            CompareArgs { servers: ServerArgs { pg_bin, ..self.args.servers.clone() }, ..self.args.clone() };
        let terminal = Terminal::unattended();
        let report = commands::check::compared(&args, Depth::Scripts, &terminal).and_then(|outcome| {
            Ok(Report {
                in_sync: outcome.is_in_sync(),
                summary: human::check(&outcome, &terminal),
                up: human::text(&outcome.up),
                json: json::document(&outcome)?,
                markdown: markdown::document(&outcome),
                told: String::new(),
            })
        });
        report.map(|report| Report { told: terminal.told(), ..report }).map_err(|error| {
            terminal.error(&error);
            CheckError { told: terminal.told() }
        })
    }
}

/// What was found. It displays as `autogen check` prints it.
#[derive(Clone, Debug)]
pub struct Report {
    in_sync: bool,
    summary: String,
    up: String,
    json: String,
    markdown: String,
    told: String,
}

impl Report {
    /// True if models and schema agree, but for what was accepted.
    pub fn is_in_sync(&self) -> bool {
        self.in_sync
    }

    /// The SQL that would bring the schema to what the models say. The rows have not been looked at, so the migration
    /// that `autogen diff` writes for a live database may be another one.
    pub fn up_sql(&self) -> &str {
        &self.up
    }

    /// The versioned document of `--format json`.
    pub fn to_json(&self) -> &str {
        &self.json
    }

    /// The document of `--format markdown`.
    pub fn to_markdown(&self) -> &str {
        &self.markdown
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.told, self.summary)
    }
}

/// Why it cannot be told whether models and schema agree, with the findings about the models.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{told}")]
pub struct CheckError {
    told: String,
}

/// Panics unless models and schema agree, with what `autogen check` would print: one test keeps a project from
/// forgetting a migration.
///
/// `models` and `source` are as for [`Check::models`] and [`Check::db`], relative to the package's folder.
///
/// ```no_run
/// autogen::assert_in_sync("src/models.rs", "migrations");
/// ```
///
/// # Panics
/// If they differ, or if that cannot be told.
#[track_caller]
#[allow(clippy::panic, reason = "it is an assertion")]
pub fn assert_in_sync(models: impl AsRef<Path>, source: &str) {
    match Check::new().models(models.as_ref()).db(source).run() {
        Ok(report) if report.is_in_sync() => {}
        Ok(report) => panic!("models and schema differ\n{report}"),
        Err(error) => panic!("it cannot be told whether models and schema agree\n{error}"),
    }
}
