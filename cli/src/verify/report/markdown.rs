//! For the comment of a pull request.

use std::fmt::Write;

use autogen_core::visible;

use super::super::{Report, Sum};
use super::{headline, lock, milliseconds, rows, short_place, verdict};

/// The longest piece of a statement that is shown.
const WIDTH: usize = 100;

/// The whole report.
pub(crate) fn markdown(report: &Report) -> String {
    let mut out = String::new();
    let title = match report.verdict() {
        Sum::Nothing => "nothing to prove",
        Sum::Proven => "proved",
        Sum::Broken => "broken",
        Sum::Untold => "could not be told",
    };
    let _ = writeln!(out, "## Migrations: {title}\n\nStarting from {}.", text(&report.start));
    for proof in &report.proofs {
        let _ =
            writeln!(out, "\n### {}\n\n{}, with {}.", text(&proof.name), text(&verdict(proof)), rows(proof));
        if !proof.statements.is_empty() {
            let _ = writeln!(out, "\n| place | statement | locks | rewritten | ms |\n|---|---|---|---|---:|");
        }
        for told in &proof.statements {
            let (locks, rewritten) = match &told.seen {
                None => ("not seen".to_owned(), String::new()),
                Some(seen) => {
                    let locks: Vec<String> = seen.locks.iter().map(lock).collect();
                    (locks.join("\n"), seen.rewritten.join("\n"))
                }
            };
            let _ = writeln!(
                out,
                "| {} | {} | {} | {} | {} |",
                cell(&short_place(told, proof)),
                code(&headline(told, WIDTH)),
                cell(&locks),
                cell(&rewritten),
                milliseconds(told.time)
            );
        }
        if !proof.dropped.is_empty() {
            let _ = writeln!(out, "\nDropped with their values: {}", text(&proof.dropped.join(", ")));
        }
        for note in &proof.notes {
            let _ = writeln!(out, "\n- {}", text(note));
        }
    }
    if !report.empty.is_empty() {
        let _ = writeln!(out, "\n### Tables without rows\n");
        for (table, reason) in &report.empty {
            let _ = writeln!(out, "- {}: {}", text(table), text(reason));
        }
    }
    for note in &report.notes {
        let _ = writeln!(out, "\n> {}", text(note));
    }
    out
}

/// Text that means itself: nothing in it is taken for markup.
fn text(raw: &str) -> String {
    let mut out = String::new();
    for c in visible(raw).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '@' => out.push_str("&#64;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '~' | '!' => {
                out.push('\\');
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    out
}

/// Lines in a cell.
fn cell(raw: &str) -> String {
    raw.lines().map(text).collect::<Vec<_>>().join("<br>")
}

/// Code in a cell; HTML, as a backtick may be in the code.
fn code(raw: &str) -> String {
    format!("<code>{}</code>", text(raw))
}
