//! What is proved: a step, which is a migration of the project or a difference that is not written yet. Its files are read and
//! what they say about themselves is understood here; nothing is run.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use autogen_codegen::Script as Rendered;
use autogen_core::{Answers, HazardKind, visible};

use crate::migrate::script::{Role, Script};
use crate::outcome::Outcome;
use crate::postgres::replay::Migration;
use crate::project::displayed;

/// The comment in down.sql that says that there is no way back.
const IRREVERSIBLE: &str = "autogen: irreversible";

/// A migration in both directions.
#[derive(Debug)]
pub(crate) struct Step {
    /// The folder's name, or what stands for it.
    pub(crate) name: String,
    pub(crate) up: Vec<File>,
    pub(crate) down: Down,
    /// What the rows said before the way up was written, as far as that is known.
    pub(crate) asked: Asked,
}

/// What the rows said before a script was written.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    /// Whose rows.
    pub(crate) of: String,
    pub(crate) answers: Answers,
}

/// A script and the way it is run.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) script: Script,
    /// `run_in_transaction`.
    pub(crate) in_transaction: bool,
}

/// The way back.
#[derive(Debug)]
pub(crate) enum Down {
    Files(Vec<File>),
    /// There is none, and somebody says so.
    Irreversible {
        because: String,
    },
    /// There is none, and nobody says so.
    Missing {
        path: PathBuf,
    },
}

#[derive(serde::Deserialize)]
struct Metadata {
    #[serde(default)]
    irreversible: bool,
}

impl File {
    /// True if it is one transaction.
    pub(super) fn is_whole(&self) -> bool {
        self.in_transaction && !self.script.controls_transactions()
    }

    /// Diesel sends a file as one message, in which several statements are one transaction.
    pub(super) fn is_beyond_diesel(&self) -> bool {
        let steps = &self.script.steps;
        !self.in_transaction && steps.len() > 1 && steps.iter().any(|step| step.role == Role::Alone)
    }

    /// The comment lines right above a statement.
    pub(super) fn comments(&self, at: usize) -> Vec<&str> {
        let steps = &self.script.steps;
        let Some(step) = steps.get(at) else { return Vec::new() };
        let from = at
            .checked_sub(1)
            .and_then(|before| steps.get(before))
            .map_or(0, |before| before.start + before.sql.len());
        let between = self.script.text.get(from..step.start).unwrap_or_default();
        between.lines().map(str::trim).filter_map(|line| line.strip_prefix("--")).map(str::trim).collect()
    }

    /// True if it says of a statement that it refuses rows.
    pub(super) fn may_fail(&self) -> bool {
        (0..self.script.steps.len()).any(|at| self.declares(at, HazardKind::MayFail))
    }

    /// True if a comment above the statement says so, as `autogen diff` writes it: `-- HAZARD data loss: why`.
    pub(super) fn declares(&self, at: usize, hazard: HazardKind) -> bool {
        let beginning = format!("hazard {hazard}");
        self.comments(at).iter().any(|line| line.to_lowercase().starts_with(&beginning))
    }
}

impl Step {
    /// Migrations that are parts of one change, of which one alone need not lead back to where it began.
    pub(crate) fn of_parts(parts: &[Migration]) -> Result<Step> {
        let mut steps = parts.iter().map(Step::of_migration).collect::<Result<Vec<_>>>()?;
        if steps.len() == 1 {
            return Ok(steps.remove(0));
        }
        let ends = steps.first().zip(steps.last());
        let name = ends.map(|(first, last)| format!("{} to {}", first.name, last.name)).unwrap_or_default();
        let (mut up, mut back) = (Vec::new(), Vec::new());
        let mut none = None;
        for step in steps {
            up.extend(step.up);
            match step.down {
                Down::Files(files) => back.splice(0..0, files).for_each(drop),
                down @ (Down::Irreversible { .. } | Down::Missing { .. }) => none = none.or(Some(down)),
            }
        }
        Ok(Step { name, up, down: none.unwrap_or(Down::Files(back)), asked: Asked::default() })
    }

    /// A migration on disk.
    fn of_migration(migration: &Migration) -> Result<Step> {
        let file = |name: &str| -> Result<File> {
            let script = Script::read(&migration.path.join(name))?;
            Ok(File { script, in_transaction: migration.run_in_transaction })
        };
        let up = file("up.sql")?;
        let path = migration.path.join("down.sql");
        let down = if says_irreversible(&migration.path)? {
            Down::Irreversible { because: "metadata.toml says that it is irreversible".to_owned() }
        } else if !path.is_file() {
            Down::Irreversible { because: "it has no down.sql".to_owned() }
        } else {
            let down = file("down.sql")?;
            if marks_irreversible(&down.script.text) {
                Down::Irreversible { because: "down.sql says that it is irreversible".to_owned() }
            } else if down.script.leads_back(&up.script) {
                Down::Files(vec![down])
            } else {
                Down::Missing { path }
            }
        };
        Ok(Step { name: migration.name.clone(), up: vec![up], down, asked: Asked::default() })
    }

    /// A difference that is not written yet.
    pub(crate) fn of_difference(outcome: &Outcome) -> Result<Step> {
        let down = files(&outcome.down, "down")?;
        let asked = Asked { of: outcome.labels.before.clone(), answers: outcome.answers.clone() };
        let up = files(&outcome.up, "up")?;
        Ok(Step { name: "the difference".to_owned(), up, down: Down::Files(down), asked })
    }

    /// All files, those of the way up first.
    pub(super) fn files(&self) -> impl Iterator<Item = &File> {
        let down = match &self.down {
            Down::Files(files) => files.as_slice(),
            Down::Irreversible { .. } | Down::Missing { .. } => &[],
        };
        self.up.iter().chain(down)
    }

    /// How people call it.
    pub(super) fn shown(&self) -> String {
        visible(&self.name)
    }
}

/// The parts of a script as the files that they would be.
fn files(script: &Rendered, stem: &str) -> Result<Vec<File>> {
    let several = script.parts.len() > 1;
    let file = |(at, part): (usize, &autogen_codegen::Part)| -> Result<File> {
        let name = if several { format!("{stem}.{}.sql", at + 1) } else { format!("{stem}.sql") };
        let script = Script::parse(Path::new(&name), script.part_sql(at))?;
        Ok(File { script, in_transaction: part.transaction })
    };
    script.parts.iter().enumerate().map(file).collect()
}

fn marks_irreversible(text: &str) -> bool {
    let comments = text.lines().filter_map(|line| line.trim().strip_prefix("--"));
    comments.into_iter().any(|comment| comment.trim().starts_with(IRREVERSIBLE))
}

fn says_irreversible(folder: &Path) -> Result<bool> {
    let path = folder.join("metadata.toml");
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", displayed(&path))),
    };
    let metadata: Metadata =
        toml::from_str(&text).with_context(|| format!("cannot understand {}", displayed(&path)))?;
    Ok(metadata.irreversible)
}
