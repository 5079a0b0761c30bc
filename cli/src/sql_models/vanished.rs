//! What the `.sql` files of the baseline had and today's no longer have: that is the evidence that it was wanted away.
//! Names tell which objects those are. A function's do not, for it may have several forms; so the old functions are
//! made in the scratch database once more, and the server says which they are.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::Result;
use autogen_core::{Catalog, Kind, ObjectId};

use super::queue::Built;
use super::statement::Statement;
use super::{is_named, subject::Deed};
use crate::scratch::Scratch;

/// The objects of the wanted schema that only the old files said; those that something else still uses are told apart.
#[derive(Debug, Default)]
pub(crate) struct Vanished {
    /// To be dropped.
    pub(crate) gone: Vec<ObjectId>,
    /// What stays, and one object that uses it.
    pub(crate) kept: Vec<(ObjectId, ObjectId)>,
}

/// Looks for them. Nothing of `declared` is among them: somebody else says it today.
pub(crate) fn vanished(
    scratch: &mut Scratch,
    old: &[Statement],
    built: &Built,
    wanted: &Catalog,
    declared: &dyn Fn(&ObjectId) -> bool,
) -> Result<Vanished> {
    let functions = old_functions(scratch, old)?;
    let was_said = |id: &&ObjectId| match id.kind {
        Kind::Function => functions.contains(*id) && !built.catalog.contains(id),
        _ => is_named(id, old, Deed::Create),
    };
    let mut gone: BTreeSet<ObjectId> = wanted
        .ids()
        .filter(was_said)
        .filter(|id| !built.claimed.contains(*id) && !declared(id))
        .cloned()
        .collect();
    // What goes with its relation needs no word of its own.
    let inside: Vec<ObjectId> = gone
        .iter()
        .filter(|id| wanted.container(id).is_some_and(|whole| gone.contains(&whole)))
        .cloned()
        .collect();
    gone.retain(|id| !inside.contains(id));
    let mut kept = Vec::new();
    while let Some((id, user)) = used(&gone, wanted) {
        gone.remove(&id);
        kept.push((id, user));
    }
    Ok(Vanished { gone: gone.into_iter().collect(), kept })
}

/// One of the objects that something uses which stays.
fn used(gone: &BTreeSet<ObjectId>, wanted: &Catalog) -> Option<(ObjectId, ObjectId)> {
    let goes = |id: &ObjectId| {
        let mut at = Some(id.clone());
        while let Some(id) = at {
            if gone.contains(&id) {
                return true;
            }
            at = wanted.container(&id);
        }
        false
    };
    wanted.ids().filter(|user| !goes(user)).find_map(|user| {
        let used = wanted.depends_on(user).into_iter().find(|used| gone.contains(used))?;
        Some((used, user.clone()))
    })
}

/// The functions that the old statements make, as far as they still can be made.
fn old_functions(scratch: &mut Scratch, old: &[Statement]) -> Result<BTreeSet<ObjectId>> {
    let any = |statement: &&Statement| {
        statement.subjects.iter().any(|subject| subject.deed == Deed::Create && subject.is_function())
    };
    let makers: Vec<&Statement> = old.iter().filter(any).collect();
    if makers.is_empty() {
        return Ok(BTreeSet::new());
    }
    // A body may speak of what is no longer there.
    let off: Arc<str> = Arc::from("SET check_function_bodies = off");
    for statement in makers {
        let settings: Vec<Arc<str>> = statement.settings.iter().cloned().chain([Arc::clone(&off)]).collect();
        // One that can be made no more is one that nobody can have kept.
        let _ = scratch.run(&settings, &statement.sql)?;
    }
    let after = scratch.read()?;
    let is_said = |id: &&ObjectId| is_named(id, old, Deed::Create);
    Ok(after.of_kind(Kind::Function).map(|(id, _)| id).filter(is_said).cloned().collect())
}
