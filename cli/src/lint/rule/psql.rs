//! `psql-only`: what psql understands and a server does not.

use autogen_core::Diagnostic;

use super::{Check, Rule};
use crate::lint::files::Migration;

pub(super) const RULE: Rule = Rule { names: &["psql-only"], check: Check::Each(check) };

fn check(migration: &Migration, found: &mut Vec<Diagnostic>) {
    for script in migration.scripts() {
        for (what, start) in &script.of_psql {
            let end = script.text[*start..].find('\n').map_or(script.text.len(), |at| start + at);
            found.push(
                Diagnostic::error("psql-only", format!("{what} cannot be run by Diesel"))
                    .at(script.span(*start, end))
                    .help("write statements that the server understands, such as INSERT"),
            );
        }
    }
}
