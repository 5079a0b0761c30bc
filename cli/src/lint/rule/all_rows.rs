//! `all-rows`: TRUNCATE, and DELETE without WHERE, of a table that the script has not made itself. The rows are lost, and no
//! down.sql brings them back.

use autogen_core::{Diagnostic, TokenKind, tokens};

use super::{Check, Rule};
use crate::lint::files::{Migration, Script, Step};

pub(super) const RULE: Rule = Rule { names: &["all-rows"], check: Check::Each(check) };

fn check(migration: &Migration, found: &mut Vec<Diagnostic>) {
    let Some(up) = &migration.up else { return };
    for step in &up.steps {
        let Some(table) = emptied(up, step) else { continue };
        let is_own = up
            .steps
            .iter()
            .take_while(|one| one.start < step.start)
            .any(|one| one.begins(&["CREATE"]) && up.name_after(one, "TABLE") == table);
        if !is_own {
            found.push(
                Diagnostic::warning(
                    "all-rows",
                    "all rows of the table are lost, and no down.sql brings them back",
                )
                .at(up.span_of(step))
                .help("say which rows with WHERE, or that it is meant: `-- autogen: ignore all-rows`"),
            );
        }
    }
}

/// The table whose rows all go.
fn emptied(script: &Script, step: &Step) -> Option<String> {
    if step.begins(&["TRUNCATE", "TABLE"]) {
        return Some(script.name_after(step, "TABLE"));
    }
    if step.begins(&["TRUNCATE"]) {
        return Some(script.name_after(step, "TRUNCATE"));
    }
    let tokens = tokens(script.sql(step));
    let is_narrowed = tokens.iter().any(|one| {
        one.kind == TokenKind::Word
            && ["WHERE", "USING"].iter().any(|word| one.text.eq_ignore_ascii_case(word))
    });
    (step.begins(&["DELETE", "FROM"]) && !is_narrowed).then(|| script.name_after(step, "FROM"))
}
