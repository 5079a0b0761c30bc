//! A new autogen.toml, as `autogen init` writes it: what was found, and an entry for each difference of today. Text from
//! a catalog or a model gets into it as TOML strings only.

use std::fmt::Write;
use std::path::Path;

use crate::drift::Drift;

/// Everything that is written.
pub(crate) struct NewConfig<'a> {
    /// Paths of models, from the file's folder.
    pub(crate) models: &'a [String],
    /// Today's differences.
    pub(crate) drifts: &'a [Drift],
    /// Today, as a date.
    pub(crate) date: &'a str,
}

/// The file's text.
pub(crate) fn text(new: &NewConfig<'_>) -> String {
    let mut out = String::from(
        "# How autogen works on this project. The README's section Configuration has all keys.\n\n",
    );
    let models: Vec<String> = new.models.iter().map(|path| string(path)).collect();
    let _ = writeln!(out, "models = [{}]", models.join(", "));
    if !new.drifts.is_empty() {
        out.push_str(
            "\n# Where models and database disagreed when autogen was adopted. `autogen check` fails on a difference that has\n\
             # no entry here, and on an entry whose difference is gone. Resolve one at a time, or say why it stays.\n",
        );
    }
    for drift in new.drifts {
        let reason = format!(
            "drift when autogen was adopted, {}; the models say {}, the database has {}",
            new.date, drift.model, drift.db
        );
        out.push_str("\n[[accept]]\n");
        let said = |value: &str| Some(value.to_owned());
        let entries = [
            ("table", drift.table.clone()),
            ("column", drift.column.clone()),
            ("name", drift.name.clone()),
            ("kind", said(drift.kind())),
            ("model", said(&drift.model)),
            ("db", said(&drift.db)),
            ("reason", Some(reason)),
        ];
        for (key, value) in entries.iter().filter_map(|(key, value)| Some((key, value.as_ref()?))) {
            let _ = writeln!(out, "{key} = {}", string(value));
        }
    }
    out
}

/// A path as TOML files write it: from the file's folder if it lies below.
pub(crate) fn path(path: &Path, folder: &Path) -> String {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_path_buf());
    let below = absolute.strip_prefix(&folder).unwrap_or(&absolute);
    let text = below.to_string_lossy().into_owned();
    // A dollar sign would begin a variable.
    if text.is_empty() { ".".to_owned() } else { text.replace("${", "$${") }
}

fn string(text: &str) -> String {
    toml::Value::from(text).to_string()
}
