//! `folder-name`: names that Diesel reads otherwise than people do. It takes all before the first underscore as the version,
//! without hyphens, whatever that is. `no-up`: a folder without up.sql, which Diesel passes over.

use autogen_core::{Diagnostic, visible};

use super::{Check, Rule};
use crate::lint::files::Migration;

pub(super) const RULE: Rule = Rule { names: &["folder-name", "no-up"], check: Check::Each(check) };

fn check(migration: &Migration, found: &mut Vec<Diagnostic>) {
    if migration.up.is_none() {
        found.push(
            Diagnostic::warning("no-up", "there is no up.sql, so Diesel passes this folder over")
                .at(migration.place())
                .help("write it, or take the folder away"),
        );
    }
    let is_number = !migration.version.is_empty() && migration.version.chars().all(|c| c.is_ascii_digit());
    if !is_number {
        let message = format!(
            "the folder's name begins with no number, so that Diesel takes {} as its version",
            visible(&migration.version)
        );
        found.push(
            Diagnostic::warning("folder-name", message)
                .at(migration.place())
                .help("name it as `autogen migrate new` does: 2024-01-31-120000_what_it_does"),
        );
    }
}
