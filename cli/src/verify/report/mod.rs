//! How a proof is told: for people, for programs, for a pull request; and the one thing that is wrong, with its place in the file.

mod human;
mod json;
mod markdown;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use autogen_core::{Diagnostic, Span, visible};

pub(crate) use human::human;
pub(crate) use json::json;
pub(crate) use markdown::markdown;

use super::Report;
use super::observe::Held;
use super::proof::{Broken, Proof, Spot, Told, Verdict};
use crate::diagnostics::Texts;
use crate::project::shown;

/// What is broken, as a finding in its file.
pub(crate) fn finding(report: &Report) -> Option<(Diagnostic, Texts)> {
    let (proof, broken) = report.proofs.iter().find_map(|proof| match &proof.verdict {
        Verdict::Broken(broken) => Some((proof, broken)),
        Verdict::Proven | Verdict::Irreversible { .. } | Verdict::Untold { .. } => None,
    })?;
    let message = format!("{} is broken: {}: {}", proof.name, broken.phase.as_str(), broken.message);
    let mut help = broken.details.clone();
    help.extend(broken.help.clone());
    let mut finding = Diagnostic::error("migration-broken", message);
    if !help.is_empty() {
        finding = finding.help(help.join("\n"));
    }
    let mut known = std::collections::BTreeMap::new();
    if let Some(place) = &broken.place {
        let file = shown(&place.path);
        known.insert(file.clone(), Arc::from(place.text.as_str()));
        let (start, end) = (place.start, place.end);
        finding = finding.at(Span::new(Arc::new(file), (start.line, start.column), (end.line, end.column)));
    }
    Some((finding, Texts::new(known)))
}

/// `migrations/…/up.sql:3`, or nothing where it is about no statement.
fn place(broken: &Broken) -> Option<String> {
    broken.place.as_ref().map(Spot::shown)
}

fn path(path: &Path) -> String {
    visible(&shown(path).display().to_string())
}

/// `up.sql:3`.
fn short_place(told: &Told, proof: &Proof) -> String {
    let name = |path: Option<&Path>| {
        path.and_then(Path::file_name).unwrap_or_default().to_string_lossy().into_owned()
    };
    let folder = told.path.parent();
    // Of several migrations it matters which one it is.
    let is_of_several = proof.statements.iter().any(|other| other.path.parent() != folder);
    let folder = if is_of_several { format!("{}/", visible(&name(folder))) } else { String::new() };
    format!("{folder}{}:{}", visible(&name(Some(&told.path))), told.line)
}

/// The statement's first line, cut off where it is long.
fn headline(told: &Told, most: usize) -> String {
    let text = visible(&told.sql);
    if text.chars().count() <= most {
        return text;
    }
    text.chars().take(most - 1).chain(['…']).collect()
}

/// `users: SHARE`.
fn lock(held: &Held) -> String {
    let new = if held.is_new { " (new)" } else { "" };
    format!("{}{new}: {}", held.relation, held.mode.as_str())
}

/// Milliseconds with a digit behind the point.
fn milliseconds(time: Duration) -> String {
    format!("{:.1}", time.as_secs_f64() * 1000.0)
}

/// The time of all statements of a direction.
fn total(proof: &Proof, direction: &str) -> Option<String> {
    let times = proof.statements.iter().filter(|told| told.direction == direction).map(|told| told.time);
    let total: Duration = times.sum();
    (!total.is_zero()).then(|| format!("{} ms", milliseconds(total)))
}

fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// The verdict of a step in a line.
fn verdict(proof: &Proof) -> String {
    match &proof.verdict {
        Verdict::Proven => "proved: up, down and up again".to_owned(),
        Verdict::Irreversible { because } => format!("up is proved; there is no way back: {because}"),
        Verdict::Broken(broken) => {
            let place = place(broken).map(|place| format!(" at {place}")).unwrap_or_default();
            format!("BROKEN, {}{place}: {}", broken.phase.as_str(), visible(&broken.message))
        }
        Verdict::Untold { because } => format!("could not be told: {}", visible(because)),
    }
}

/// Tables with and without rows, in a line.
fn rows(proof: &Proof) -> String {
    format!("{} in {}", counted(proof.rows, "row", "rows"), counted(proof.tables, "table", "tables"))
}
