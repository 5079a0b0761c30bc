//! Values of a TOML file with their types, and messages that name file, line and column. Which keys there are is the
//! business of who reads the file.

use std::ops::Range;
use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow};
use autogen_core::visible;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::project::displayed;

/// A value with its place in the file.
pub(super) type Value<'a> = Spanned<DeValue<'a>>;

/// The file's name and text.
pub(super) struct TomlFile<'a> {
    path: &'a Path,
    text: &'a str,
}

impl<'a> TomlFile<'a> {
    /// Nothing is parsed yet.
    pub(super) fn new(path: &'a Path, text: &'a str) -> Self {
        Self { path, text }
    }

    /// The whole file as a table.
    pub(super) fn document(&self) -> Result<DeTable<'a>> {
        DeTable::parse(self.text).map(Spanned::into_inner).map_err(|error| match error.span() {
            Some(span) => self.error(span, &visible(error.message())),
            None => anyhow!("{}: {}", self.file(), visible(error.message())),
        })
    }

    /// A list of strings, each understood by `read`, whose error is a reason.
    pub(super) fn each_string<T>(
        &self,
        value: &Value<'_>,
        key: &str,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Vec<T>> {
        let wrong = |value: &Value<'_>| self.error(value.span(), &format!("{key} must be a list of strings"));
        let items = value.get_ref().as_array().ok_or_else(|| wrong(value))?;
        items
            .iter()
            .map(|item| {
                let text = item.get_ref().as_str().ok_or_else(|| wrong(item))?;
                read(text).map_err(|reason| self.error(item.span(), &format!("{key}: {reason}")))
            })
            .collect()
    }

    /// One of several words.
    pub(super) fn choice<T: Copy>(&self, value: &Value<'_>, key: &str, choices: &[(&str, T)]) -> Result<T> {
        let text = self.string(value, key)?;
        choices.iter().find(|(name, _)| *name == text).map(|(_, choice)| *choice).ok_or_else(|| {
            let names: Vec<String> = choices.iter().map(|(name, _)| format!("`{name}`")).collect();
            let names = names.join(" or ");
            self.error(value.span(), &format!("{key} must be {names}, not `{}`", visible(&text)))
        })
    }

    /// A table; `key` is what the message calls it, as in the functions below.
    pub(super) fn table<'v, 'i>(&self, value: &'v Value<'i>, key: &str) -> Result<&'v DeTable<'i>> {
        value.get_ref().as_table().ok_or_else(|| self.error(value.span(), &format!("{key} must be a table")))
    }

    /// A path, as it is written.
    pub(super) fn path_of(&self, value: &Value<'_>, key: &str) -> Result<PathBuf> {
        self.string(value, key).map(PathBuf::from)
    }

    /// A string.
    pub(super) fn string(&self, value: &Value<'_>, key: &str) -> Result<String> {
        let text = value.get_ref().as_str().map(str::to_owned);
        text.ok_or_else(|| self.error(value.span(), &format!("{key} must be a string")))
    }

    /// `true` or `false`.
    pub(super) fn boolean(&self, value: &Value<'_>, key: &str) -> Result<bool> {
        let flag = value.get_ref().as_bool();
        flag.ok_or_else(|| self.error(value.span(), &format!("{key} must be true or false")))
    }

    /// A message in front of which the place stands.
    pub(super) fn error(&self, span: Range<usize>, message: &str) -> anyhow::Error {
        anyhow!("{}: {}", self.place(span), message)
    }

    /// `diesel.toml:3:8`
    pub(super) fn place(&self, span: Range<usize>) -> String {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        format!("{}:{line}:{column}", self.file())
    }

    fn file(&self) -> String {
        displayed(self.path)
    }
}
