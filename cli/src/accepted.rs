//! Differences that are to stay: those of `[[accept]]` in autogen.toml, matched by place, kind and the words of both
//! sides, and those of `accept("column")` in the models. They are taken out by giving the wanted schema what the database
//! has. An entry that matches nothing any more is told too, because the world has changed behind it.

use anyhow::{Context, Result};
use autogen_core::{ChangeGraph, Diagnostic, Kind, Name, ObjectId, Pair, QualName, Renames, Span, visible};
use autogen_introspect::models::grammar::Said;

use crate::config::Accept;
use crate::drift::{Drift, RENAME, drifts, raw, take_live};
use crate::filter::Filter;

/// A difference that stays.
#[derive(Clone, Debug)]
pub(crate) struct Accepted {
    /// Which.
    pub(crate) drift: Drift,
    /// Why.
    pub(crate) reason: String,
    /// Where that is said.
    pub(crate) span: Span,
}

/// What is left to do, and what was left alone.
pub(crate) struct Settled {
    /// Without the accepted differences.
    pub(crate) graph: ChangeGraph,
    /// Those.
    pub(crate) accepted: Vec<Accepted>,
    /// Entries that match nothing; a difference for `check`.
    pub(crate) vanished: Vec<Diagnostic>,
    /// Columns of `accept("column")` that do not differ.
    pub(crate) idle: Vec<Diagnostic>,
}

/// Takes the accepted differences out.
pub(crate) fn settle(
    graph: ChangeGraph,
    entries: &[Accept],
    columns: &[Said<ObjectId>],
    filter: &Filter,
) -> Result<Settled> {
    let mut settled = Settled { graph, accepted: Vec::new(), vanished: Vec::new(), idle: Vec::new() };
    if entries.is_empty() && columns.is_empty() {
        return Ok(settled);
    }
    let catalogs = [&settled.graph.catalogs.before, &settled.graph.catalogs.after];
    let all = drifts(&settled.graph);
    let mut accepted = Vec::new();
    for drift in &all {
        let column = crate::drift::column_of(drift, catalogs);
        if let Some(entry) =
            entries.iter().find(|entry| is_about(entry, drift) && says_the_same(entry, drift))
        {
            accepted.push(Accepted {
                drift: drift.clone(),
                reason: entry.reason.clone(),
                span: entry.span.clone(),
            });
        } else if let Some(said) = columns.iter().find(|said| Some(&said.value) == column.as_ref()) {
            let reason = "accept(…) in the models".to_owned();
            accepted.push(Accepted { drift: drift.clone(), reason, span: said.span.clone() });
        }
    }
    let visible_here = |entry: &&Accept| objects(entry).iter().all(|id| filter.keeps(catalogs[0], id));
    let unmatched = entries.iter().filter(|entry| !accepted.iter().any(|one| one.span == entry.span));
    settled.vanished = unmatched.filter(visible_here).map(|entry| vanished(entry, &all)).collect();
    let unused = columns.iter().filter(|said| {
        let is_it = |one: &Drift| crate::drift::column_of(one, catalogs).as_ref() == Some(&said.value);
        filter.keeps(catalogs[0], &said.value) && !all.iter().any(is_it)
    });
    settled.idle = unused
        .map(|said| {
            let message = format!("nothing differs in {}, which `accept` names", said.value);
            Diagnostic::warning("idle-accept", message).at(said.span.clone()).help("take it out of `accept`")
        })
        .collect();
    if accepted.is_empty() {
        return Ok(settled);
    }
    let Pair { before, mut after } = settled.graph.catalogs;
    let mut hints = settled.graph.hints;
    let (kept, undone) = split(&hints.renames, &accepted);
    let mut objects = Renames::default();
    for (old, new) in hints.renames.iter() {
        objects.insert(old.clone(), new.clone());
    }
    let live = before.renamed(&objects);
    for one in &accepted {
        take_live(&one.drift, &live, &mut after);
    }
    after = after.renamed(&undone);
    hints.renames = kept;
    settled.graph = autogen_diff::diff(Pair::new(&before, &after), &hints)
        .context("the schemas could not be compared without the accepted differences")?;
    settled.accepted = accepted;
    Ok(settled)
}

/// The renames that are still to be made, and the accepted ones the other way round.
fn split(renames: &Renames, accepted: &[Accepted]) -> (Renames, Renames) {
    let stays =
        |new: &ObjectId| accepted.iter().any(|one| one.drift.aspect == Some(RENAME) && one.drift.id == *new);
    let mut undone = Renames::default();
    for (old, new) in renames.iter().filter(|(_, new)| stays(new)) {
        undone.insert(old.clone(), new.clone());
    }
    let undone = undone.inverted();
    let mut kept = Renames::default();
    for (old, new) in renames.iter().filter(|(_, new)| !stays(new)) {
        kept.insert(old.clone(), undone.follow(new));
    }
    // The labels of an accepted enum are the database's.
    let is_accepted = |id: &ObjectId| accepted.iter().any(|one| one.drift.id == *id);
    for (id, labels) in renames.label_renames().filter(|(id, _)| !is_accepted(id)) {
        for (old, new) in labels {
            kept.insert_label(undone.follow(id), old, new);
        }
    }
    (kept, undone)
}

/// The same place and kind.
fn is_about(entry: &Accept, drift: &Drift) -> bool {
    (entry.kind.as_str(), &entry.table, &entry.column, &entry.name)
        == (drift.kind(), &drift.table, &drift.column, &drift.name)
}

fn says_the_same(entry: &Accept, drift: &Drift) -> bool {
    entry.model == drift.model && entry.db == drift.db
}

fn vanished(entry: &Accept, all: &[Drift]) -> Diagnostic {
    let object = place(entry);
    let (message, help) = match all.iter().find(|drift| is_about(entry, drift)) {
        Some(now) => (
            format!(
                "the accepted difference of {object} ({}) is another one now: the models say {}, the database has {}",
                entry.kind,
                visible(&now.model),
                visible(&now.db)
            ),
            "resolve it, or write the new words into the entry",
        ),
        None => (
            format!("the accepted difference of {object} ({}) is gone", entry.kind),
            "take the entry out of the file",
        ),
    };
    Diagnostic::warning("vanished-accept", message).at(entry.span.clone()).help(help)
}

fn place(entry: &Accept) -> String {
    let parts = [&entry.table, &entry.column, &entry.name];
    visible(&parts.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join("."))
}

/// The objects by whose names filters may hide an entry's: the whole and the part. What is hidden is in no catalog.
fn objects(entry: &Accept) -> Vec<ObjectId> {
    let qualified = |text: &str| match text.split_once('.') {
        Some((schema, name)) => QualName::new(schema, name),
        None => QualName::new("public", text),
    };
    let table = entry.table.as_deref().map(qualified);
    let column = table.as_ref().zip(entry.column.as_deref());
    let column = column.map(|(table, column)| ObjectId::column(table, &Name::new(column)));
    let own = entry.name.as_deref().map(|name| {
        let kind = Kind::all().find(|kind| kind.as_str() == entry.kind);
        ObjectId::new(kind.unwrap_or(Kind::Table), qualified(name))
    });
    table.iter().map(ObjectId::table).chain(column).chain(own).collect()
}

/// What to call the object of a difference.
pub(crate) fn object_name(drift: &Drift) -> String {
    let parts = [&drift.table, &drift.column, &drift.name];
    let named: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
    if named.is_empty() { raw(&drift.id.name) } else { named.join(".") }
}
