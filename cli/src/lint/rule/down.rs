//! `no-down`: a migration that cannot be reverted, as far as its files tell.

use autogen_core::{Diagnostic, Span};

use super::{Check, Rule};
use crate::lint::files::Migration;

pub(super) const RULE: Rule = Rule { names: &["no-down"], check: Check::Each(check) };

fn check(migration: &Migration, found: &mut Vec<Diagnostic>) {
    let Some(up) = &migration.up else { return };
    if up.steps.is_empty() {
        return;
    }
    let (message, place) = match &migration.down {
        None => ("there is no down.sql, so this migration cannot be reverted", migration.place()),
        Some(down) if down.steps.is_empty() && !down.text.contains("Nothing to do.") => {
            ("down.sql has no statement, so nothing is reverted", Span::file(down.path.to_path_buf()))
        }
        Some(_) => return,
    };
    found.push(Diagnostic::warning("no-down", message).at(place).help(
        "write what undoes up.sql; where nothing can, say so: `-- autogen: ignore no-down` and the reason in down.sql",
    ));
}
