//! `no-transaction`: statements that cannot run in a transaction block, such as CREATE INDEX CONCURRENTLY, where Diesel puts
//! them into one: by itself, unless metadata.toml says otherwise, or by sending the file as one message, which the server
//! takes as a transaction if it holds several statements. `nested-transaction`: BEGIN and COMMIT within Diesel's own.

use autogen_core::{Diagnostic, TokenKind, tokens};

use super::{Check, Rule};
use crate::lint::files::{Migration, Script, Step};
use crate::migrate::Role;

pub(super) const RULE: Rule =
    Rule { names: &["nested-transaction", "no-transaction"], check: Check::Each(check) };

fn check(migration: &Migration, found: &mut Vec<Diagnostic>) {
    for script in migration.scripts() {
        for step in &script.steps {
            match step.role {
                Role::Alone if fails_within(script, step) => found.extend(alone(migration, script, step)),
                Role::Opens | Role::Commits | Role::RollsBack if migration.in_transaction => found.push(
                    Diagnostic::warning(
                        "nested-transaction",
                        "Diesel runs this migration in a transaction already, which this statement gets into",
                    )
                    .at(script.span_of(step))
                    .help("take it away, or write a metadata.toml with `run_in_transaction = false`"),
                ),
                Role::Alone
                | Role::Plain
                | Role::Session
                | Role::Temporary
                | Role::Opens
                | Role::Commits
                | Role::RollsBack => {}
            }
        }
    }
}

/// True if the server refuses it in a transaction block whatever it is about. Some that `autogen migrate` keeps by
/// themselves are refused for certain objects only.
fn fails_within(script: &Script, step: &Step) -> bool {
    let has = |word: &str| {
        let tokens = tokens(script.sql(step));
        tokens.iter().any(|one| one.kind == TokenKind::Word && one.text.eq_ignore_ascii_case(word))
    };
    if step.begins(&["REINDEX"]) {
        return ["CONCURRENTLY", "SCHEMA", "DATABASE", "SYSTEM"].into_iter().any(has);
    }
    if step.begins(&["CLUSTER"]) {
        return step.words.len() == 1;
    }
    !["CREATE", "ALTER", "DROP"].into_iter().any(|verb| step.begins(&[verb, "SUBSCRIPTION"]))
}

fn alone(migration: &Migration, script: &Script, step: &Step) -> Option<Diagnostic> {
    const VERBS: [&str; 14] = [
        "CREATE",
        "DROP",
        "ALTER",
        "UNIQUE",
        "INDEX",
        "TABLE",
        "DATABASE",
        "TABLESPACE",
        "SYSTEM",
        "SCHEMA",
        "REINDEX",
        "VACUUM",
        "CLUSTER",
        "PREPARED",
    ];
    // Names are left out: they may be anything.
    let is_verb = |word: &&String| VERBS.contains(&word.as_str());
    let mut what = step
        .words
        .iter()
        .take(1)
        .chain(step.words.iter().skip(1).take_while(is_verb))
        .cloned()
        .collect::<Vec<_>>();
    what.extend(step.words.iter().find(|word| *word == "CONCURRENTLY").cloned());
    let what = what.join(" ");
    if migration.in_transaction {
        return Some(
            Diagnostic::error(
                "no-transaction",
                format!("{what} cannot run in a transaction, and this migration does"),
            )
            .at(script.span_of(step))
            .help("give it a migration of its own whose metadata.toml says `run_in_transaction = false`"),
        );
    }
    (script.steps.len() > 1).then(|| {
        Diagnostic::warning(
            "no-transaction",
            format!(
                "Diesel sends this file as one message, in which {what} fails beside other statements; `autogen migrate` runs it"
            ),
        )
        .at(script.span_of(step))
        .help("give it a migration of its own, or run this one with `autogen migrate up` only")
    })
}
