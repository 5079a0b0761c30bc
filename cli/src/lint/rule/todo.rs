//! `open-todo`: markers that `autogen diff` left for a person, in comments of any sort and depth.

use autogen_core::Diagnostic;

use super::{Check, Rule};
use crate::lint::files::Migration;

pub(super) const RULE: Rule = Rule { names: &["open-todo"], check: Check::Each(check) };

const MARK: &str = "TODO(autogen)";

fn check(migration: &Migration, found: &mut Vec<Diagnostic>) {
    for script in migration.scripts() {
        for comment in script.comments() {
            for (at, _) in comment.text.match_indices(MARK) {
                let start = comment.start + at;
                let line = comment.text[at..].lines().next().unwrap_or_default();
                let line = line.trim_end().trim_end_matches("*/").trim_end();
                found.push(
                    Diagnostic::error("open-todo", "a marker waits for an answer")
                        .at(script.span(start, start + line.len()))
                        .help("do what it asks for, then take the comment away"),
                );
            }
        }
    }
}
