//! `enum-value-in-use`: an enum value that is added and used in one transaction, which the server refuses ("unsafe use of new
//! value") unless the transaction made the type. Uses are found as string constants equal to the value: a guess, so that
//! it is a warning.

use autogen_core::{Diagnostic, TokenKind, tokens};

use super::{Check, Rule};
use crate::lint::files::{Migration, Script, Step};

pub(super) const RULE: Rule = Rule { names: &["enum-value-in-use"], check: Check::Each(check) };

fn check(migration: &Migration, found: &mut Vec<Diagnostic>) {
    if migration.in_transaction {
        migration.scripts().for_each(|script| within(script, found));
    }
}

fn within(script: &Script, found: &mut Vec<Diagnostic>) {
    let makes_type = |name: &str| {
        script
            .steps
            .iter()
            .any(|step| step.begins(&["CREATE", "TYPE"]) && script.name_after(step, "TYPE") == name)
    };
    for (number, step) in script.steps.iter().enumerate() {
        let Some((name, value)) = added(script, step) else { continue };
        if makes_type(&name) {
            continue;
        }
        for later in script.steps.iter().skip(number + 1) {
            if later.begins(&["COMMENT"]) || added(script, later).is_some() {
                continue;
            }
            if let Some((start, end)) = place(script, later, &value) {
                found.push(
                    Diagnostic::warning(
                        "enum-value-in-use",
                        "this value is used in the transaction that adds it, which Postgres refuses",
                    )
                    .at(script.span(start, end))
                    .related(script.span_of(step), "added here")
                    .help("add the value in a migration of its own, before this one"),
                );
            }
        }
    }
}

/// Type and value of `ALTER TYPE … ADD VALUE …`.
fn added(script: &Script, step: &Step) -> Option<(String, String)> {
    let adds = step.words.windows(2).any(|words| words == ["ADD", "VALUE"]);
    if !step.begins(&["ALTER", "TYPE"]) || !adds {
        return None;
    }
    let value = tokens(script.sql(step)).into_iter().find(|token| token.kind == TokenKind::String)?;
    Some((script.name_after(step, "TYPE"), value.text.to_owned()))
}

/// Where a statement has a string constant.
fn place(script: &Script, step: &Step, value: &str) -> Option<(usize, usize)> {
    let mut at = step.start;
    for token in tokens(script.sql(step)) {
        if token.kind == TokenKind::String && token.text == value {
            return Some((at, at + token.text.len()));
        }
        at += token.text.len();
    }
    None
}
