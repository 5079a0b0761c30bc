//! What a document for people says about a comparison: changes, hazards, markers, scripts, what was left alone. Markdown
//! and HTML give it their form, and escape it; nothing here is escaped but for characters that nobody sees.

use autogen_codegen::Script;
use autogen_core::{Diagnostic, visible};

use crate::accepted;
use crate::describe::{differences, object_name, place_name};
use crate::outcome::Outcome;
use crate::output::human;
use crate::wanted::coverage_line;

/// The whole document.
pub(crate) struct Page {
    /// One line that says it all.
    pub(crate) title: String,
    /// What was compared with what.
    pub(crate) compared: String,
    /// In the order of the up script.
    pub(crate) changes: Vec<Change>,
    /// Up, then down; none where nothing is to be done.
    pub(crate) scripts: Vec<PageScript>,
    /// What else there is to know, each with a heading.
    pub(crate) lists: Vec<List>,
    /// Worth knowing.
    pub(crate) notes: Vec<String>,
}

/// One difference.
pub(crate) struct Change {
    /// `create`, `alter` …
    pub(crate) action: &'static str,
    /// Kind and name.
    pub(crate) object: String,
    /// What differs; may be empty.
    pub(crate) detail: String,
    /// `src/models.rs:14`.
    pub(crate) place: Option<String>,
}

/// A script with what a reviewer must know of it.
pub(crate) struct PageScript {
    /// `up.sql` or `down.sql`.
    pub(crate) name: &'static str,
    /// As it is written to disk.
    pub(crate) text: String,
    /// Sort and sentence.
    pub(crate) hazards: Vec<(String, String)>,
    /// What only a person knows.
    pub(crate) todos: Vec<String>,
}

/// Lines under a heading.
pub(crate) struct List {
    pub(crate) title: String,
    pub(crate) entries: Vec<Entry>,
}

/// A thing, and what is to be said of it.
pub(crate) struct Entry {
    pub(crate) object: String,
    pub(crate) text: String,
}

impl Page {
    /// Of a comparison.
    pub(crate) fn new(outcome: &Outcome) -> Page {
        let changes: Vec<Change> = differences(outcome)
            .into_iter()
            .map(|one| Change {
                action: one.action.as_str(),
                object: format!("{} {}", one.id.kind, object_name(&one.id)),
                detail: one.detail,
                place: one.source.map(place_name),
            })
            .collect();
        let title = match changes.len() {
            0 if outcome.is_in_sync() => "Models and schema agree".to_owned(),
            0 => human::counted(
                outcome.vanished,
                "accepted difference is gone",
                "accepted differences are gone",
            ),
            n => human::counted(n, "change", "changes"),
        };
        let scripts = match changes.is_empty() {
            true => Vec::new(),
            false => vec![script("up.sql", &outcome.up), script("down.sql", &outcome.down)],
        };
        Page {
            title,
            compared: format!("{} and {}", visible(&outcome.labels.before), visible(&outcome.labels.after)),
            changes,
            scripts,
            lists: lists(outcome).into_iter().filter(|list| !list.entries.is_empty()).collect(),
            notes: notes(outcome),
        }
    }
}

fn script(name: &'static str, script: &Script) -> PageScript {
    let statements = || script.statements();
    PageScript {
        name,
        text: human::text(script),
        hazards: statements()
            .flat_map(|statement| &statement.hazards)
            .map(|hazard| (hazard.kind.to_string(), visible(&hazard.message)))
            .collect(),
        todos: statements()
            .flat_map(|statement| &statement.todos)
            .map(|todo| visible(&todo.message))
            .collect(),
    }
}

fn lists(outcome: &Outcome) -> Vec<List> {
    let list = |title: &str, entries| List { title: title.to_owned(), entries };
    let diagnostic = |one: &Diagnostic| Entry {
        object: one.span.as_ref().map(place_name).unwrap_or_default(),
        text: match &one.help {
            Some(help) => format!("{}; {}", visible(&one.message), visible(help)),
            None => visible(&one.message),
        },
    };
    let skipped = outcome.skipped.iter().map(|one| Entry {
        object: format!("{} {}", visible(&one.kind.replace('_', " ")), visible(&one.object)),
        text: visible(&one.reason),
    });
    let accepted = outcome.accepted.iter().map(|one| Entry {
        object: format!(
            "{} ({})",
            visible(&accepted::object_name(&one.drift)),
            one.drift.kind().replace('_', " ")
        ),
        text: visible(&one.reason),
    });
    let unmanaged = outcome.unmanaged.iter().map(|id| Entry { object: id.to_string(), text: String::new() });
    vec![
        list("About the models", outcome.diagnostics.iter().map(diagnostic).collect()),
        list("Not compared", skipped.collect()),
        list("Accepted differences", accepted.collect()),
        list("In the database only, and left alone", unmanaged.collect()),
    ]
}

fn notes(outcome: &Outcome) -> Vec<String> {
    let coverage = outcome.coverage.as_ref().map(coverage_line);
    outcome.notes.iter().cloned().chain(coverage).map(|note| visible(&note)).collect()
}
