//! Tries pairs of schemas with rows: `autogen verify` fills the tables, runs what `autogen diff` writes up, down and up again,
//! and looks after every row.

use anyhow::{Context, Result, bail};
use autogen::postgres::Ephemeral;
use serde_json::Value;

use crate::random::databases::Databases;
use crate::random::schema::Schema;
use crate::support;

/// The script takes rows that the schema allows.
pub(crate) const WITH_ROWS: &str = "proved with rows";
/// The script says that it does not take all rows, and takes others.
const WITH_SOME: &str = "proved with rows that the script takes, as it says";
/// There are no tables that may have rows, or the script takes none of those that were tried, as it says.
const WITHOUT: &str = "proved without rows";
/// Somebody must say what the script is to do.
const OPEN: &str = "a marker is open";
/// There is nothing to do.
const NOTHING: &str = "nothing to prove";

/// What comes of it, unless it is a script that breaks without having said so.
pub(crate) fn prove(server: &Ephemeral, label: &str, pairs: &[[Schema; 2]]) -> Result<&'static str> {
    let databases = Databases::load(server, label, pairs)?;
    verdict(server, &databases).map_err(|error| databases.failed(error))
}

fn verdict(server: &Ephemeral, databases: &Databases<'_>) -> Result<&'static str> {
    // A file of SQL has no rows that could be asked, so the script says what they may be.
    let folder = tempfile::tempdir()?;
    std::fs::write(folder.path().join("now.sql"), databases.sql(0))?;
    let goal = server.url(&databases.names[1]);
    let mut command = support::autogen(folder.path());
    command.args(["verify", "--diff", "--db", "now.sql", "--target", &goal]);
    command.args(["--scratch", &server.url("postgres")]);
    let output = command.args(["--with", "privileges", "--no-input", "--format", "json"]).output()?;
    let words = || String::from_utf8_lossy(&output.stderr).into_owned();
    let document: Value = serde_json::from_slice(&output.stdout).with_context(words)?;
    let empty = Vec::new();
    let steps = document["steps"].as_array().unwrap_or(&empty);
    let phase = steps.iter().find_map(|step| step["broken"]["phase"].as_str());
    let notes = steps.iter().flat_map(|step| step["notes"].as_array().unwrap_or(&empty));
    let mut notes = notes.filter_map(Value::as_str);
    Ok(match document["verdict"].as_str() {
        Some("nothing") => NOTHING,
        Some("proved") if document["filled"].as_array().is_none_or(Vec::is_empty) => WITHOUT,
        Some("proved") if notes.any(|note| note.starts_with("proved with")) => WITH_SOME,
        Some("proved") => WITH_ROWS,
        _ if phase == Some("marker") => OPEN,
        _ => {
            let message = steps.iter().find_map(|step| step["broken"]["message"].as_str());
            let said = anyhow::anyhow!("{}", message.unwrap_or("untold").replace('\n', " "));
            bail!(said.context(words()).context(phase.unwrap_or("untold").to_owned()))
        }
    })
}
