//! Comments that take a finding away: `-- autogen: ignore RULE, RULE` above a statement or within it, and for findings
//! about a migration as such anywhere in it. A name that is no rule's is itself a finding, so that a slip hides nothing.

use autogen_core::{Diagnostic, visible};

use super::files::{Migration, Script};
use super::rule;

/// The word that opens such a comment.
const MARK: &str = "autogen: ignore";

/// True if a comment says that a finding is not to be told.
pub(super) fn is_ignored(migration: &Migration, finding: &Diagnostic) -> bool {
    let names = |script: &Script, text: &str| {
        let comments = Script::new(&script.path, text.to_owned());
        comments.comments().iter().flat_map(|comment| named(comment.text)).any(|name| name == finding.code)
    };
    let span = finding.span.as_ref();
    let script = migration.scripts().find(|script| span.is_some_and(|span| *span.file == *script.path));
    match (script, span) {
        // A place without extent is the whole file's.
        (Some(script), Some(span)) if !span.is_empty() => {
            names(script, script.surroundings(script.offset(span)))
        }
        _ => migration.scripts().any(|script| names(script, &script.text)),
    }
}

/// Names in such comments that no rule has.
pub(super) fn unknown(migration: &Migration) -> Vec<Diagnostic> {
    let known = rule::names();
    let mut found = Vec::new();
    for script in migration.scripts() {
        for comment in script.comments() {
            for name in named(comment.text).into_iter().filter(|name| !known.contains(&name.as_str())) {
                let message =
                    format!("there is no rule `{}`, so this comment ignores nothing", visible(&name));
                found.push(
                    Diagnostic::warning("unknown-rule", message)
                        .at(script.span(comment.start, comment.start + comment.text.len()))
                        .help("`autogen lint --help` lists the rules"),
                );
            }
        }
    }
    found
}

/// The rules that a comment names.
fn named(comment: &str) -> Vec<String> {
    let text = comment.trim_start_matches(['-', '/', '*', ' ']).trim_end_matches(['*', '/', ' ', '\r']);
    let Some(list) = text.strip_prefix(MARK) else { return Vec::new() };
    // What follows two hyphens or a bracket is the reason.
    let list = list.split(" -- ").next().unwrap_or_default().split('(').next().unwrap_or_default();
    list.split([',', ' ']).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}
