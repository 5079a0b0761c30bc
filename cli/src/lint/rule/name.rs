//! `folder-name`: names that Diesel reads otherwise than people do. It takes all before the first underscore as the version,
//! without hyphens, whatever that is. `no-up`: a folder without up.sql, which Diesel passes over, or one whose up.sql has no
//! statement, which Diesel refuses to send.

use autogen_core::{Diagnostic, visible};

use super::{Check, Rule};
use crate::lint::files::Migration;

pub(super) const RULE: Rule = Rule { names: &["folder-name", "no-up"], check: Check::Each(check) };

fn check(migration: &Migration, found: &mut Vec<Diagnostic>) {
    let missing = match &migration.up {
        None => Some("there is no up.sql, so Diesel passes this folder over"),
        Some(up) if up.steps.is_empty() && up.of_psql.is_empty() => {
            Some("up.sql has no statement, and Diesel fails on such a file")
        }
        Some(_) => None,
    };
    if let Some(message) = missing {
        found.push(
            Diagnostic::warning("no-up", message)
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
