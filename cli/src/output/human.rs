//! The result for reading: both scripts, then what a reviewer must know.

use std::fmt::Write;

use autogen_codegen::Script;
use autogen_core::visible;

use crate::accepted;
use crate::describe::{Difference, differences, object_name, place_name};
use crate::outcome::Outcome;
use crate::output::{Paint, Terminal};
use crate::wanted::coverage_line;

/// How many unmanaged objects are listed when nobody asked for all.
const LISTED: usize = 10;

/// What both scripts and the summary read like.
pub(crate) fn diff(outcome: &Outcome, terminal: &Terminal) -> String {
    let mut out = String::new();
    for (title, script) in [("up", &outcome.up), ("down", &outcome.down)] {
        let _ = writeln!(out, "{}\n", terminal.paint(Paint::Title, &format!("-- {title}.sql")));
        let _ = writeln!(out, "{}", text(script).trim_end());
        out.push('\n');
    }
    out + &summary(outcome, terminal)
}

/// The script, or a comment that says there is nothing to do.
pub(crate) fn text(script: &Script) -> String {
    if script.is_empty() { nothing() } else { script.to_sql() }
}

/// The text of a script without a statement.
pub(crate) fn nothing() -> String {
    "-- Nothing to do.\n".to_owned()
}

/// Changes, hazards, markers, and what was left alone.
pub(crate) fn summary(outcome: &Outcome, terminal: &Terminal) -> String {
    let mut out = String::new();
    let all = differences(outcome);
    let title = |text: &str| terminal.paint(Paint::Title, text);
    if all.is_empty() {
        let _ = writeln!(out, "No changes.");
    } else {
        let _ = writeln!(out, "{}", title(&counted(all.len(), "change", "changes")));
        for one in &all {
            let _ = writeln!(
                out,
                "  {}{}",
                line(one),
                one.source.map(|span| format!("  ({})", place_name(span))).unwrap_or_default()
            );
        }
    }
    hazards(&mut out, outcome, terminal);
    tail(&mut out, outcome, terminal);
    out
}

fn hazards(out: &mut String, outcome: &Outcome, terminal: &Terminal) {
    for (name, script) in [("up", &outcome.up), ("down", &outcome.down)] {
        let hazards: Vec<_> = script.statements().flat_map(|statement| &statement.hazards).collect();
        if !hazards.is_empty() {
            let _ = writeln!(out, "{}", terminal.paint(Paint::Title, &format!("Hazards of {name}.sql")));
            for hazard in hazards {
                let kind = terminal.paint(Paint::Danger, &hazard.kind.to_string());
                let _ = writeln!(out, "  {kind}: {}", visible(&hazard.message));
            }
        }
        let todos = script.statements().map(|statement| statement.todos.len()).sum::<usize>();
        if todos > 0 {
            let text =
                format!("{} in {name}.sql: only you know the answer.", counted(todos, "TODO", "TODOs"));
            let _ = writeln!(out, "{}", terminal.paint(Paint::Danger, &text));
        }
    }
}

/// What is said whether or not there are differences: skipped, unmanaged, notes.
pub(crate) fn tail(out: &mut String, outcome: &Outcome, terminal: &Terminal) {
    let limit = if terminal.is_verbose() { usize::MAX } else { LISTED };
    if !outcome.skipped.is_empty() {
        let count = counted(outcome.skipped.len(), "object was", "objects were");
        let _ = writeln!(out, "{}", terminal.paint(Paint::Title, &format!("{count} not compared")));
        for one in outcome.skipped.iter().take(limit) {
            let kind = visible(&one.kind.replace('_', " "));
            let _ = writeln!(out, "  {kind} {}: {}", visible(&one.object), visible(&one.reason));
        }
        more(out, outcome.skipped.len(), limit, terminal);
    }
    if !outcome.accepted.is_empty() {
        let count = counted(outcome.accepted.len(), "difference is", "differences are");
        let _ = writeln!(out, "{}", terminal.paint(Paint::Title, &format!("{count} accepted")));
        for one in outcome.accepted.iter().take(limit) {
            let (object, kind) = (accepted::object_name(&one.drift), one.drift.kind().replace('_', " "));
            let _ = writeln!(out, "  {} ({kind}): {}", visible(&object), visible(&one.reason));
        }
        more(out, outcome.accepted.len(), limit, terminal);
    }
    if !outcome.unmanaged.is_empty() {
        let count = counted(outcome.unmanaged.len(), "object is", "objects are");
        let title = format!("{count} in the database only, and left alone");
        let _ = writeln!(out, "{}", terminal.paint(Paint::Faint, &title));
        for id in outcome.unmanaged.iter().take(limit) {
            let _ = writeln!(out, "  {}", terminal.paint(Paint::Faint, &id.to_string()));
        }
        more(out, outcome.unmanaged.len(), limit, terminal);
    }
    for note in &outcome.notes {
        let _ = writeln!(out, "Note: {}", visible(note));
    }
    if let (true, Some(coverage)) = (terminal.is_verbose(), &outcome.coverage) {
        let _ = writeln!(out, "Note: {}", visible(&coverage_line(coverage)));
    }
}

fn more(out: &mut String, all: usize, limit: usize, terminal: &Terminal) {
    if all > limit {
        let text = format!("  … and {} more; --verbose lists all", all - limit);
        let _ = writeln!(out, "{}", terminal.paint(Paint::Faint, &text));
    }
}

/// What `check` says.
pub(crate) fn check(outcome: &Outcome, terminal: &Terminal) -> String {
    let mut out = String::new();
    // Those that only give way to another difference are part of that one.
    let all = differences(outcome);
    for one in all.iter().filter(|one| one.because.is_none()) {
        let place = one.source.map(|span| format!("{}: ", place_name(span))).unwrap_or_default();
        let _ = writeln!(out, "{place}{}", line(one));
    }
    let _ = writeln!(out, "{}", verdict_of(outcome, &all));
    tail(&mut out, outcome, terminal);
    out
}

/// Whether both sides agree, in a line or two.
pub(crate) fn verdict(outcome: &Outcome) -> String {
    verdict_of(outcome, &differences(outcome))
}

fn verdict_of(outcome: &Outcome, all: &[Difference<'_>]) -> String {
    let sides = format!("{} and {}", visible(&outcome.labels.before), visible(&outcome.labels.after));
    let mut lines = Vec::new();
    if outcome.is_in_sync() {
        lines.push(format!("In sync: {sides} agree."));
    }
    if !all.is_empty() {
        let own = all.iter().filter(|one| one.because.is_none()).count();
        lines.push(format!("{} between {sides}.", counted(own.max(1), "difference", "differences")));
    }
    if outcome.vanished > 0 {
        let what = counted(outcome.vanished, "accepted difference is", "accepted differences are");
        lines.push(format!("{what} no longer what was accepted; see the warnings."));
    }
    lines.join("\n")
}

/// A difference in a line.
pub(crate) fn line(one: &Difference<'_>) -> String {
    let head = format!("{} {} {}", one.action.as_str(), one.id.kind, object_name(&one.id));
    if one.detail.is_empty() { head } else { format!("{head}: {}", one.detail) }
}

/// A number and what it counts.
pub(crate) fn counted(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}
