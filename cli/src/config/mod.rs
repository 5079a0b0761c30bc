//! `autogen.toml`: what a project decides once, so that nobody types it again. It lies beside Cargo.toml or diesel.toml,
//! or where `--config` says. This file finds it and knows its keys; each section has a file of its own. Options of the
//! command line go before it, and what an option means is decided where it is used.

mod accept;
mod attributes;
mod environment;
mod interpolate;
mod reader;
mod secret;
mod tree;
pub(crate) mod write;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use autogen_codegen::LockTimeout;
use autogen_core::{Diagnostic, visible};
use autogen_introspect::models::overlay::IdStyle;
use autogen_introspect::models::{Outside, ReadOptions};

pub(crate) use accept::{Accept, COLUMN_ASPECTS};
use environment::Environment;
use reader::Reader;

use crate::args::With;
use crate::diagnostics::Texts;
use crate::lint::rule_names;
use crate::output::Terminal;

/// The file's name.
pub(crate) const FILE: &str = "autogen.toml";

/// The sections and keys of the file.
const KEYS: &[&str] = &[
    "models",
    "include",
    "exclude",
    "with",
    "id_style",
    "base",
    "migrations",
    "features",
    "types",
    "env",
    "accept",
    "lint",
    "table",
    "enum",
];

/// How versions of migrations are made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum VersionStyle {
    /// As Diesel's: the time, in UTC.
    #[default]
    Timestamp,
    /// `0003`, the next free number.
    Sequence,
}

/// What a project decided. Without a file everything is left open.
#[derive(Clone, Debug, Default)]
pub(crate) struct Config {
    /// Where the models are; empty if that is left open.
    pub(crate) models: Vec<PathBuf>,
    /// As `--include`.
    pub(crate) include: Vec<String>,
    /// As `--exclude`.
    pub(crate) exclude: Vec<String>,
    /// As `--with`.
    pub(crate) with: Vec<With>,
    /// How a new integer key fills itself.
    pub(crate) id_style: IdStyle,
    /// The git branch that migrations are merged into.
    pub(crate) base: Option<String>,
    /// The migrations directory, before diesel.toml's.
    pub(crate) migrations: Option<PathBuf>,
    /// How versions are made.
    pub(crate) version_style: VersionStyle,
    /// How long statements of migrations may wait for locks.
    pub(crate) lock_timeout: LockTimeout,
    /// Cargo features that are said to be on or off.
    pub(crate) features: BTreeMap<String, bool>,
    /// SQL types that a Rust type accepts.
    pub(crate) types: BTreeMap<String, Vec<String>>,
    /// Attributes for sources that cannot be edited.
    pub(crate) outside: Outside,
    /// Rules whose findings are not told.
    pub(crate) lint_ignore: Vec<&'static str>,
    /// Differences that stay.
    pub(crate) accept: Vec<Accept>,
    environments: BTreeMap<String, Environment>,
    /// The file, and its text without secrets.
    file: Option<(PathBuf, Arc<str>)>,
}

impl Config {
    /// Reads a file. Mistakes in it are shown, and end the run.
    pub(crate) fn load(path: &Path, terminal: &Terminal) -> Result<Config> {
        let name = visible(&path.display().to_string());
        let bytes = std::fs::read(path).with_context(|| format!("cannot read {name}"))?;
        let Ok(text) = String::from_utf8(bytes) else { bail!("{name} is not UTF-8") };
        Config::parse(path, &text, terminal)
    }

    /// Understands the text of a file. Mistakes in it are shown, and end the run.
    pub(crate) fn parse(path: &Path, text: &str, terminal: &Terminal) -> Result<Config> {
        let (config, diagnostics) = read(path.to_path_buf(), text);
        config.complain(&diagnostics, terminal)?;
        Ok(config)
    }

    /// How models are to be read.
    pub(crate) fn read_options(&self) -> ReadOptions {
        ReadOptions {
            outside: self.outside.clone(),
            features: self.features.clone(),
            types: self.types.clone(),
            ..ReadOptions::default()
        }
    }

    /// The text of the file as far as it may be shown.
    pub(crate) fn text(&self) -> Option<(PathBuf, Arc<str>)> {
        self.file.clone()
    }

    /// The connection string of an environment, for `env:NAME`.
    pub(crate) fn environment(&self, name: &str, terminal: &Terminal) -> Result<String> {
        let Some((file, _)) = &self.file else {
            bail!("env:{}: there is no {FILE} that could say what this is", visible(name));
        };
        let file = visible(&file.display().to_string());
        let Some(environment) = self.environments.get(name) else {
            let known: Vec<String> = self.environments.keys().map(|name| visible(name)).collect();
            match known.as_slice() {
                [] => bail!("env:{}: {file} has no environments; add [env.{}]", visible(name), visible(name)),
                known => bail!("env:{}: the environments of {file} are {}", visible(name), known.join(", ")),
            }
        };
        match environment.connection() {
            Ok(connection) => Ok(connection),
            Err(diagnostics) => {
                self.complain(&diagnostics, terminal)?;
                bail!("env:{} cannot be used", visible(name))
            }
        }
    }

    fn complain(&self, diagnostics: &[Diagnostic], terminal: &Terminal) -> Result<()> {
        let texts = Texts::new(self.file.iter().cloned().collect());
        terminal.diagnostics(diagnostics, &texts);
        let name =
            self.file.as_ref().map_or_else(String::new, |(file, _)| visible(&file.display().to_string()));
        match diagnostics.len() {
            0 => Ok(()),
            1 => bail!("{name} cannot be used because of the error above"),
            several => bail!("{name} cannot be used because of the {several} errors above"),
        }
    }
}

/// Understands a file's text. All mistakes are errors.
fn read(path: PathBuf, text: &str) -> (Config, Vec<Diagnostic>) {
    let file = Arc::new(path.clone());
    let masked = secret::masked(text);
    let (document, diagnostics) = tree::parse(&file, text);
    let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
    let mut config = Config { file: Some((path, masked.into())), ..Config::default() };
    if !diagnostics.is_empty() {
        return (config, diagnostics);
    }
    let mut reader = Reader::default();
    reader.keys(&document, "of autogen.toml", KEYS);
    let below = |said: autogen_introspect::models::grammar::Said<String>| folder.join(said.value);
    config.models = reader.texts(&document, "models").into_iter().map(below).collect();
    config.include = reader.globs(&document, "include");
    config.exclude = reader.globs(&document, "exclude");
    for said in reader.texts(&document, "with") {
        config.with.extend(reader.word(
            &said,
            "with",
            &[("privileges", With::Privileges), ("owners", With::Owners)],
        ));
    }
    if let Some(said) = reader.text(&document, "id_style") {
        let words = [("identity", IdStyle::Identity), ("serial", IdStyle::Serial)];
        config.id_style = reader.word(&said, "id_style", &words).unwrap_or_default();
    }
    config.base = reader.text(&document, "base").map(|said| said.value);
    if let Some(migrations) = reader.table(&document, "migrations") {
        reader.keys(migrations, "of [migrations]", &["dir", "version", "lock_timeout"]);
        config.migrations = reader.text(migrations, "dir").map(below);
        if let Some(said) = reader.text(migrations, "version") {
            let words = [("timestamp", VersionStyle::Timestamp), ("sequence", VersionStyle::Sequence)];
            config.version_style = reader.word(&said, "version", &words).unwrap_or_default();
        }
        if let Some(said) = reader.text(migrations, "lock_timeout") {
            config.lock_timeout = reader.parsed(&said, "lock_timeout").unwrap_or_default();
        }
    }
    for (name, node) in reader.table(&document, "features").into_iter().flatten() {
        config.features.extend(reader.as_bool(&name.value, node).map(|on| (name.value.clone(), on)));
    }
    if let Some(types) = reader.table(&document, "types") {
        for (name, _) in types {
            let accepted = reader.raw_texts(types, &name.value).into_iter().map(|said| said.value).collect();
            config.types.insert(name.value.clone(), accepted);
        }
    }
    for (name, node) in reader.table(&document, "env").into_iter().flatten() {
        let Some(table) = reader.as_table(&name.value, node) else { continue };
        let environment = Environment::read(&mut reader, name, table);
        config.environments.insert(name.value.clone(), environment);
    }
    if let Some(lint) = reader.table(&document, "lint") {
        reader.keys(lint, "of [lint]", &["ignore"]);
        let names: Vec<(&str, &'static str)> = rule_names().into_iter().map(|name| (name, name)).collect();
        for said in reader.texts(lint, "ignore") {
            config.lint_ignore.extend(reader.word(&said, "ignore", &names));
        }
    }
    config.outside = attributes::read(&mut reader, &document);
    config.accept = accept::read(&mut reader, &document);
    let mut diagnostics = reader.diagnostics;
    diagnostics.sort_by(|a, b| a.span.cmp(&b.span));
    (config, diagnostics)
}

#[cfg(test)]
mod tests;
