//! For reading on a terminal: a table of statements for each step, then what was not filled and what is worth knowing.

use std::fmt::Write;

use autogen_core::visible;
use comfy_table::{ContentArrangement, Table, presets};

use super::super::proof::{Proof, Verdict};
use super::super::{Report, Sum};
use super::{counted, headline, lock, milliseconds, rows, short_place, total, verdict};
use crate::output::{Paint, Terminal};

/// The longest piece of a statement that is shown.
const WIDTH: usize = 60;

/// The whole report.
pub(crate) fn human(report: &Report, terminal: &Terminal) -> String {
    let mut out = String::new();
    for proof in &report.proofs {
        step(&mut out, proof, terminal);
    }
    if !report.left.is_empty() {
        let names: Vec<String> = report.left.iter().map(|name| visible(name)).collect();
        let _ = writeln!(out, "Not reached: {}", names.join(", "));
    }
    if !report.empty.is_empty() {
        let all = report.empty.len() + report.filled.len();
        let title = format!("{} of {} without rows", report.empty.len(), counted(all, "table", "tables"));
        let _ = writeln!(out, "{}", terminal.paint(Paint::Danger, &title));
        for (table, reason) in &report.empty {
            let _ = writeln!(out, "  {table}: {}", visible(reason));
        }
    }
    for note in &report.notes {
        let _ = writeln!(out, "Note: {}", visible(note));
    }
    let steps = counted(report.proofs.len(), "step", "steps");
    let _ = match report.verdict() {
        Sum::Nothing => writeln!(out, "Nothing to prove."),
        Sum::Proven => writeln!(out, "Proved: {steps}, starting from {}.", report.start),
        Sum::Broken => writeln!(out, "Broken: {}.", report.proofs.last().map_or("", |proof| &proof.name)),
        Sum::Untold => writeln!(out, "It could not be told."),
    };
    out
}

fn step(out: &mut String, proof: &Proof, terminal: &Terminal) {
    let _ = writeln!(out, "{}", terminal.paint(Paint::Title, &proof.name));
    let said = verdict(proof);
    let said = match &proof.verdict {
        Verdict::Proven => said,
        Verdict::Irreversible { .. } | Verdict::Broken(_) | Verdict::Untold { .. } => {
            terminal.paint(Paint::Danger, &said)
        }
    };
    let times: Vec<String> = ["up", "down"]
        .into_iter()
        .filter_map(|direction| total(proof, direction).map(|time| format!("{direction} {time}")))
        .collect();
    let times = if times.is_empty() { String::new() } else { format!("; {}", times.join(", ")) };
    let _ = writeln!(out, "  {said}");
    let _ = writeln!(out, "  with {}{times}", rows(proof));
    if !proof.statements.is_empty() {
        let mut table = Table::new();
        table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
        table.set_header(["place", "statement", "locks", "rewritten", "ms"]);
        for told in &proof.statements {
            let (locks, rewritten) = match &told.seen {
                None => ("not seen".to_owned(), String::new()),
                Some(seen) => {
                    let locks: Vec<String> = seen.locks.iter().map(lock).collect();
                    (locks.join("\n"), seen.rewritten.join("\n"))
                }
            };
            table.add_row([
                short_place(told, proof),
                headline(told, WIDTH),
                locks,
                rewritten,
                milliseconds(told.time),
            ]);
        }
        for line in table.to_string().lines() {
            let _ = writeln!(out, " {}", line.trim_end());
        }
    }
    if !proof.dropped.is_empty() {
        let _ = writeln!(out, "  Dropped with their values: {}", proof.dropped.join(", "));
    }
    for note in &proof.notes {
        let _ = writeln!(out, "  Note: {}", visible(note));
    }
    out.push('\n');
}
