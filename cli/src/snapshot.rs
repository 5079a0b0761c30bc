//! Snapshots as files: JSON with one object a line, so that two of them can be compared line by line, and so that what
//! is wrong with one has a line that says something.

use std::path::Path;

use anyhow::{Context, Result, bail};
use autogen_core::{Catalog, Held, SNAPSHOT_VERSION, Snapshot, visible};
use serde::{Deserialize, Serialize};

use crate::project::displayed;

/// The text of a snapshot. The same catalog gives the same bytes.
pub(crate) fn text(catalog: &Catalog, held: Held) -> Result<String> {
    let snapshot = Snapshot::new(catalog, held);
    let mut out = format!(
        "{{\n\"autogen_snapshot\": {SNAPSHOT_VERSION},\n\"server_version\": {},\n\"privileges\": {}",
        snapshot.server_version, snapshot.privileges
    );
    if snapshot.owners {
        out.push_str(",\n\"owners\": true");
    }
    list(&mut out, "objects", &snapshot.objects)?;
    list(&mut out, "extension_owned", &snapshot.extension_owned)?;
    list(&mut out, "unread", &snapshot.unread)?;
    out.push_str("\n}\n");
    Ok(out)
}

fn list<T: Serialize>(out: &mut String, name: &str, items: &[T]) -> Result<()> {
    out.push_str(&format!(",\n\"{name}\": ["));
    for (at, item) in items.iter().enumerate() {
        out.push_str(if at == 0 { "\n" } else { ",\n" });
        out.push_str(&serde_json::to_string(item).context("cannot write an object as JSON")?);
    }
    out.push_str(if items.is_empty() { "]" } else { "\n]" });
    Ok(())
}

/// A snapshot read, and what it holds.
pub(crate) struct Read {
    /// The schema.
    pub(crate) catalog: Catalog,
    /// What it was written with.
    pub(crate) held: Held,
}

/// Only what tells a snapshot from other JSON.
#[derive(Deserialize)]
struct Header {
    autogen_snapshot: Option<serde_json::Value>,
}

/// Reads a snapshot's file.
///
/// # Errors
/// With the line and column of what is no JSON, or not of the snapshot's form.
pub(crate) fn read(path: &Path) -> Result<Read> {
    let name = displayed(path);
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {name}"))?;
    let Ok(text) = String::from_utf8(bytes) else { bail!("{name} is not UTF-8") };
    parse(&text).with_context(|| format!("{name} cannot be used as a snapshot"))
}

/// True for a text that is a snapshot of any version, perhaps with mistakes in its objects.
pub(crate) fn is_one(text: &str) -> bool {
    serde_json::from_str::<Header>(text).is_ok_and(|header| header.autogen_snapshot.is_some())
}

fn parse(text: &str) -> Result<Read> {
    let header: Header = serde_json::from_str(text).map_err(described)?;
    match header.autogen_snapshot {
        None => bail!("it is JSON, but no snapshot: there is no \"autogen_snapshot\" in it"),
        Some(version) if version != SNAPSHOT_VERSION => bail!(
            "it has version {}, and this autogen reads version {SNAPSHOT_VERSION}; write it anew with `autogen snapshot`",
            visible(&version.to_string())
        ),
        Some(_) => {}
    }
    let snapshot: Snapshot = serde_json::from_str(text).map_err(described)?;
    let held = Held { privileges: snapshot.privileges, owners: snapshot.owners };
    Ok(Read { catalog: snapshot.into_catalog()?, held })
}

/// The parser's message names line and column; what it quotes of the file is not for a terminal.
fn described(error: serde_json::Error) -> anyhow::Error {
    anyhow::anyhow!("{}", visible(&error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn fails(text: &str, part: &str) {
        let error = parse(text).err().map(|error| format!("{error:#}")).unwrap_or_default();
        assert!(error.contains(part), "{part} in {error}");
    }

    #[test]
    fn what_is_wrong_has_a_place() {
        let whole = text(&Catalog::default(), Held::default()).unwrap();
        assert!(parse(&whole).is_ok());
        fails(&whole[..whole.len() - 4], "EOF while parsing");
        fails(&whole[..whole.len() - 4], "line 7");
        fails("[1", "line 1 column");
        fails("{}", "no snapshot");
        fails(&whole.replace("\"autogen_snapshot\": 1", "\"autogen_snapshot\": 2"), "version 2");
        fails(&whole.replace("\"objects\": []", "\"objects\": [{}]"), "line 5");
        fails(&whole.replace("false", "false, \"x\\u001b\": 1"), "unknown field");
        let view = r#"{"schema":"s","name":"v","object":{"kind":"default","expression":"1"}}"#;
        fails(&whole.replace("\"objects\": []", &format!("\"objects\": [{view}]")), "which is not there");
        fails(&"[".repeat(10_000), "line 1");
    }
}
