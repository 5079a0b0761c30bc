//! The JSON document that other programs rely on. Its shape is versioned and described in schema/autogen.schema.json; a
//! field is never taken away or changed in meaning without a new version.

use anyhow::{Context, Result};
use autogen_codegen::Statement;
use autogen_core::{Diagnostic, Hazard, Span, Todo};
use serde::Serialize;

use crate::accepted::{self, Accepted};
use crate::describe::{Difference, differences, object_name};
use crate::outcome::Outcome;
use crate::wanted::coverage_line;

const VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    in_sync: bool,
    changes: Vec<ChangeEntry<'a>>,
    unmanaged: Vec<ObjectEntry>,
    /// Differences that the configuration or the models accept.
    accepted: Vec<AcceptedEntry<'a>>,
    skipped: Vec<SkippedEntry<'a>>,
    notes: Vec<String>,
    diagnostics: Vec<DiagnosticEntry<'a>>,
}

#[derive(Serialize)]
struct ChangeEntry<'a> {
    kind: &'static str,
    object: String,
    action: &'static str,
    detail: &'a str,
    source: Option<Place>,
    up: Vec<StatementEntry<'a>>,
    down: Vec<StatementEntry<'a>>,
}

#[derive(Serialize)]
struct StatementEntry<'a> {
    sql: &'a str,
    hazards: &'a [Hazard],
    todo: &'a [Todo],
    /// The strongest lock on a table that is there, as the manual names it.
    lock: Option<&'static str>,
    transaction: bool,
}

#[derive(Serialize)]
struct ObjectEntry {
    kind: &'static str,
    object: String,
}

#[derive(Serialize)]
struct AcceptedEntry<'a> {
    kind: &'static str,
    object: String,
    model: &'a str,
    db: &'a str,
    reason: &'a str,
    source: Place,
}

#[derive(Serialize)]
struct SkippedEntry<'a> {
    kind: &'a str,
    object: &'a str,
    reason: &'a str,
}

#[derive(Serialize)]
struct DiagnosticEntry<'a> {
    severity: autogen_core::Severity,
    code: &'static str,
    message: &'a str,
    source: Option<Place>,
    related: Vec<Related<'a>>,
    help: Option<&'a str>,
}

#[derive(Serialize)]
struct Related<'a> {
    source: Place,
    label: &'a str,
}

/// Line and column count from 1, columns in characters.
#[derive(Serialize)]
struct Place {
    file: String,
    line: usize,
    column: usize,
}

/// The document, with a newline at its end.
pub(crate) fn document(outcome: &Outcome) -> Result<String> {
    let differences = differences(outcome);
    let document = Document {
        version: VERSION,
        in_sync: outcome.is_in_sync(),
        changes: differences.iter().map(change).collect(),
        unmanaged: outcome
            .unmanaged
            .iter()
            .map(|id| ObjectEntry { kind: id.kind.as_str(), object: object_name(id) })
            .collect(),
        accepted: outcome.accepted.iter().map(accepted_entry).collect(),
        skipped: outcome
            .skipped
            .iter()
            .map(|one| SkippedEntry { kind: &one.kind, object: &one.object, reason: &one.reason })
            .collect(),
        notes: outcome.notes.iter().cloned().chain(outcome.coverage.as_ref().map(coverage_line)).collect(),
        diagnostics: outcome.diagnostics.iter().map(diagnostic).collect(),
    };
    let text = serde_json::to_string_pretty(&document).context("the result cannot be written as JSON")?;
    Ok(text + "\n")
}

#[derive(Serialize)]
struct Findings<'a> {
    version: u32,
    diagnostics: Vec<DiagnosticEntry<'a>>,
}

/// The document of `autogen lint`; its shape is in schema/lint.schema.json.
pub(crate) fn findings(all: &[Diagnostic]) -> Result<String> {
    let document = Findings { version: VERSION, diagnostics: all.iter().map(diagnostic).collect() };
    let text = serde_json::to_string_pretty(&document).context("the findings cannot be written as JSON")?;
    Ok(text + "\n")
}

fn change<'a>(one: &'a Difference<'a>) -> ChangeEntry<'a> {
    ChangeEntry {
        kind: one.id.kind.as_str(),
        object: object_name(&one.id),
        action: one.action.as_str(),
        detail: &one.detail,
        source: one.source.map(place),
        up: one.up.iter().map(|one| statement(one)).collect(),
        down: one.down.iter().map(|one| statement(one)).collect(),
    }
}

fn statement(one: &Statement) -> StatementEntry<'_> {
    StatementEntry {
        sql: &one.sql,
        hazards: &one.hazards,
        todo: &one.todos,
        lock: one.lock.map(autogen_core::Lock::as_str),
        transaction: one.transaction,
    }
}

fn accepted_entry(one: &Accepted) -> AcceptedEntry<'_> {
    AcceptedEntry {
        kind: one.drift.kind(),
        object: accepted::object_name(&one.drift),
        model: &one.drift.model,
        db: &one.drift.db,
        reason: &one.reason,
        source: place(&one.span),
    }
}

fn diagnostic(one: &Diagnostic) -> DiagnosticEntry<'_> {
    DiagnosticEntry {
        severity: one.severity,
        code: one.code,
        message: &one.message,
        source: one.span.as_ref().map(place),
        related: one.related.iter().map(|(span, label)| Related { source: place(span), label }).collect(),
        help: one.help.as_deref(),
    }
}

fn place(span: &Span) -> Place {
    Place { file: span.file.display().to_string(), line: span.line(), column: span.column() }
}
