//! Whether a check has proved that a column holds no NULL, so that SET NOT NULL reads no row (manual, "ALTER TABLE"): the way to
//! do it while a table is in use, over several migrations. No rule by itself; squawk's sees one file only.

use autogen_core::{Token, TokenKind, tokens};

use crate::lint::Scene;
use crate::lint::files::{Migration, Script, Step};

/// True if a statement before the byte `at` of a migration's up.sql, or in a migration before it, leaves a valid check
/// `column IS NOT NULL` on the table of the statement there.
pub(super) fn is_proved(scene: &Scene, own: &Migration, at: usize) -> bool {
    let Some(up) = &own.up else { return false };
    let Some(step) = up.steps.iter().find(|step| step.start <= at && at < step.end) else { return false };
    let Some(column) = word_before(up, step, at) else { return false };
    let table = up.name_after(step, "TABLE");
    let earlier: Vec<Script> = scene
        .all
        .iter()
        .filter(|other| own.is_beside(other) && other.version < own.version)
        .filter_map(|other| Script::read(&other.folder.join("up.sql")).ok())
        .collect();
    let before = earlier.iter().flat_map(|script| script.steps.iter().map(move |step| (script, step)));
    let here = up.steps.iter().take_while(|one| one.start < step.start).map(|step| (up, step));
    let statements: Vec<(&Script, &Step)> = before
        .chain(here)
        .filter(|(script, step)| {
            step.begins(&["ALTER", "TABLE"]) && script.name_after(step, "TABLE") == table
        })
        .collect();
    statements.iter().enumerate().any(|(number, (script, step))| {
        let Some(check) = check_of(script, step, &column) else { return false };
        let later = || statements.iter().skip(number + 1);
        let said = |words: [&str; 2]| {
            later().any(|(script, step)| {
                has(script, step, &words) && script.name_after(step, "CONSTRAINT") == check.name
            })
        };
        (check.is_valid || said(["VALIDATE", "CONSTRAINT"])) && !said(["DROP", "CONSTRAINT"])
    })
}

struct Proof {
    name: String,
    is_valid: bool,
}

/// The constraint that a statement adds, if it is `CHECK (column IS NOT NULL)`.
fn check_of(script: &Script, step: &Step, column: &str) -> Option<Proof> {
    let words = words(script.sql(step));
    let wanted = ["CHECK", "(", column, "IS", "NOT", "NULL", ")"];
    let is_here =
        |window: &[String]| window.iter().zip(wanted).all(|(own, wanted)| own.eq_ignore_ascii_case(wanted));
    words.windows(wanted.len()).any(is_here).then(|| Proof {
        name: script.name_after(step, "CONSTRAINT"),
        is_valid: !has(script, step, &["NOT", "VALID"]),
    })
}

fn has(script: &Script, step: &Step, wanted: &[&str]) -> bool {
    let words = words(script.sql(step));
    words
        .windows(wanted.len())
        .any(|window| window.iter().zip(wanted).all(|(a, b)| a.eq_ignore_ascii_case(b)))
}

/// The name before a place in a statement.
fn word_before(script: &Script, step: &Step, at: usize) -> Option<String> {
    words(script.text.get(step.start..at)?).pop()
}

fn words(sql: &str) -> Vec<String> {
    let is_text = |one: &Token<'_>| !matches!(one.kind, TokenKind::Space | TokenKind::Comment);
    tokens(sql).into_iter().filter(is_text).map(|one| one.text.to_owned()).collect()
}
