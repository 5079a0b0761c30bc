//! What is known before a schema is looked at: the project and its autogen.toml, found once for a command. Options of the
//! command line come before what is found here.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::args::CompareArgs;
use crate::config::{self, Config};
use crate::output::Terminal;
use crate::project::Project;
use crate::source::Source;
use crate::tree::WorkingTree;

/// The project and its configuration.
#[derive(Clone)]
pub(crate) struct Setup {
    pub(crate) project: Project,
    pub(crate) config: Config,
    /// `--project` was given.
    is_explicit: bool,
}

impl Setup {
    /// Finds both, where `--project` and `--config` say or in the usual places.
    pub(crate) fn new(project: Option<&Path>, config: Option<&Path>, terminal: &Terminal) -> Result<Setup> {
        let mut setup = Setup::unconfigured(project, terminal)?;
        let file = config.map(Path::to_path_buf).or_else(|| setup.config_file());
        if let Some(file) = file {
            setup.config = Config::load(&file, terminal)?;
            if let Some(dir) = &setup.config.migrations {
                setup.project.set_migrations(dir.clone());
            }
        }
        Ok(setup)
    }

    /// The project alone, as if it had no autogen.toml.
    pub(crate) fn unconfigured(explicit: Option<&Path>, terminal: &Terminal) -> Result<Setup> {
        let project = match explicit {
            Some(dir) => Project::in_folder(&WorkingTree, dir)?,
            None => Project::of(&WorkingTree, Path::new("."))?,
        };
        for finding in project.refused_keys() {
            terminal.note(&format!("warning: {finding}"));
        }
        Ok(Setup { project, config: Config::default(), is_explicit: explicit.is_some() })
    }

    /// The autogen.toml of the project's folder, or of one above it in the same repository: that of a workspace counts
    /// for its crates.
    fn config_file(&self) -> Option<PathBuf> {
        // The current folder is an empty path.
        let root = std::path::absolute(Path::new(".").join(&self.project.root)).ok()?;
        for folder in root.ancestors() {
            let file = folder.join(config::FILE);
            if file.is_file() {
                return Some(crate::project::shown(&file));
            }
            if self.is_explicit || folder.join(".git").exists() {
                break;
            }
        }
        None
    }

    /// A SOURCE; `option` is the one that it was given to.
    pub(crate) fn source(&self, text: &str, option: &str, terminal: &Terminal) -> Result<Source> {
        match text.strip_prefix("env:") {
            Some(name) => Ok(Source::Live(self.config.environment(name, terminal)?)),
            None => Source::recognise(text, option),
        }
    }

    /// The current schema: `--db`, else `DATABASE_URL`, else the project's migrations.
    pub(crate) fn current(&self, db: Option<&str>, terminal: &Terminal) -> Result<Source> {
        match (db, std::env::var("DATABASE_URL")) {
            (Some(text), _) => self.source(text, "--db", terminal),
            (None, Ok(url)) if url.starts_with("env:") => self.source(&url, "DATABASE_URL", terminal),
            (None, _) => Source::of_project(&self.project),
        }
    }

    /// The options with what the configuration says where they say nothing; an option replaces its like.
    pub(crate) fn applied(&self, args: &CompareArgs) -> CompareArgs {
        fn first<T: Clone>(given: &[T], configured: &[T]) -> Vec<T> {
            if given.is_empty() { configured.to_vec() } else { given.to_vec() }
        }
        CompareArgs {
            models: first(&args.models, &self.config.models),
            include: first(&args.include, &self.config.include),
            exclude: first(&args.exclude, &self.config.exclude),
            with: first(&args.with, &self.config.with),
            base: args.base.clone().or_else(|| self.config.base.clone()),
            ..args.clone()
        }
    }
}
