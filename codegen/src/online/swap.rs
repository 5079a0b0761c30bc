//! Indexes and keys that are replaced: the new index is built beside the old one, under a name of its own, and takes its
//! place in a moment. So there is never a time without.

use std::collections::BTreeSet;

use autogen_core::object::{Index, PrimaryKey, Unique, choose_name};
use autogen_core::{Action, Catalog, ChangeGraph, Kind, Lock, Name, Object, ObjectId, QualName};

use super::{index, key};
use crate::context::{Context, Plan, Sheet};
use crate::object;
use crate::object::constraint;
use crate::options::{InUse, RenderOptions};
use crate::render::finished;
use crate::script::{Pace, Statement};
use crate::sql::Sql;

/// A drop that waits until what replaces the object is built; both are places in the list of changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Swap {
    pub(crate) drop: usize,
    pub(crate) create: usize,
    /// The statement of the creation behind which the drop comes.
    pub(crate) drop_after: usize,
}

/// Finds what can be swapped, and writes it so.
pub(crate) fn swaps(plan: &Plan<'_>, options: &RenderOptions, by_change: &mut [Vec<Statement>]) -> Vec<Swap> {
    let graph = plan.graph;
    let mut found = Vec::new();
    if options.in_use == InUse::Nothing {
        return found;
    }
    for (create, change) in graph.changes.iter().enumerate() {
        let is_half = change.replaces && change.action == Action::Create && change.because.is_none();
        if !is_half || !matches!(change.id.kind, Kind::Index | Kind::Unique | Kind::PrimaryKey) {
            continue;
        }
        let is_other = |other: &autogen_core::Change| {
            other.id == change.id && other.replaces && other.action == Action::Drop && other.because.is_none()
        };
        let Some(drop) = graph.changes.iter().position(is_other) else { continue };
        if !has_only_each_other(graph, drop, create) {
            continue;
        }
        let context = |at: usize| Context { plan, options, change: &graph.changes[at], at };
        let (dropping, creating) = (context(drop), context(create));
        let written = match (creating.before().get(&change.id), creating.after().get(&change.id)) {
            (Some(Object::Index(before)), Some(Object::Index(after))) => {
                swap_index(before, after, &dropping, &creating)
            }
            (Some(Object::Unique(_)), Some(Object::Unique(after))) => {
                swap_unique(after, &dropping, &creating)
            }
            (Some(Object::PrimaryKey(_)), Some(Object::PrimaryKey(after))) => {
                swap_primary_key(after, &dropping, &creating)
            }
            _ => None,
        };
        if let Some(Written { drops, creates, drop_after }) = written {
            by_change[drop] = finished(drops, &dropping);
            by_change[create] = finished(creates, &creating);
            found.push(Swap { drop, create, drop_after });
        }
    }
    found
}

struct Written {
    drops: Sheet,
    creates: Sheet,
    drop_after: usize,
}

/// False if something has to happen between the drop and the creation.
fn has_only_each_other(graph: &ChangeGraph, drop: usize, create: usize) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = vec![drop];
    while let Some(at) = open.pop() {
        for edge in graph.edges.iter().filter(|edge| edge.before == at) {
            match (at == drop, edge.after == create) {
                (true, true) => {}
                (false, true) => return false,
                (_, false) => {
                    if seen.insert(edge.after) {
                        open.push(edge.after);
                    }
                }
            }
        }
    }
    true
}

fn swap_index(
    before: &Index,
    after: &Index,
    dropping: &Context<'_>,
    creating: &Context<'_>,
) -> Option<Written> {
    let id = &creating.change.id;
    let question = object::index::question(id, after, creating);
    if before.table != after.table
        || !index::builds(after, question.as_ref(), creating)
        || !index::drops(before, dropping)
        || after.partition_of.is_some()
    {
        return None;
    }
    // The way back uses the same two names the other way round, so that each part takes back what its like has done.
    let (comes, goes) = if creating.is_down() { ("old", "new") } else { ("new", "old") };
    let (new, old) = (aside(id, comes, creating), aside(id, goes, creating));
    let mut creates = Sheet::new(creating.change);
    let new_id = ObjectId::new(Kind::Index, new.clone());
    let statement =
        creates.push(object::index::definition(after, &new_id, object::index::Build::Concurrently));
    index::built(&new_id, statement).note("it is built beside the old one, whose place it takes below");
    object::index::judge(after, id, creating, statement);
    let rename =
        |from: &QualName, to: &QualName| Sql::new("ALTER INDEX").name(from).kw("RENAME TO").ident(&to.name);
    let brief = |statement: &mut Statement| {
        statement.lock(Lock::ShareUpdateExclusive).pace(Pace::Brief);
    };
    let statement = creates.push(rename(&id.name, &old));
    brief(statement.note(&format!("the new {} takes the place of the old one", id.name)));
    brief(creates.push(rename(&new, &id.name)));
    let mut drops = Sheet::new(dropping.change);
    drops.why = Some(format!("Remove what was index {}", id.name));
    drops
        .push(Sql::new("DROP INDEX CONCURRENTLY IF EXISTS").name(&old))
        .alone()
        .lock(Lock::ShareUpdateExclusive);
    Some(Written { drops, creates, drop_after: 2 })
}

fn swap_unique(after: &Unique, dropping: &Context<'_>, creating: &Context<'_>) -> Option<Written> {
    let id = &creating.change.id;
    let risk = object::unique::risk(after, id, creating);
    let key = object::unique::key(after);
    if after.inherited || !key.is_built_apart(id, risk.question(), creating) {
        return None;
    }
    let mut written = swap_key(&key, dropping, creating);
    object::unique::judge(after, id, creating, &mut written.creates.statements[0]);
    Some(written)
}

fn swap_primary_key(after: &PrimaryKey, dropping: &Context<'_>, creating: &Context<'_>) -> Option<Written> {
    let id = &creating.change.id;
    let risk = object::primary_key::risk(after, id, creating);
    let key = object::primary_key::key(after);
    if after.inherited || !key.is_built_apart(id, risk.question(), creating) {
        return None;
    }
    let mut written = swap_key(&key, dropping, creating);
    object::primary_key::judge(after, id, creating, &mut written.creates.statements[0]);
    Some(written)
}

fn swap_key(key: &key::Key<'_>, dropping: &Context<'_>, creating: &Context<'_>) -> Written {
    let id = &creating.change.id;
    let index = ObjectId::new(Kind::Index, id.name.sibling(id.own_name().clone()));
    let mut creates = Sheet::new(creating.change);
    key.add(id, &aside(&index, "new", creating).name, &mut creates);
    let mut drops = Sheet::new(dropping.change);
    drops.why = Some(format!("Remove {id}, for which another index is there"));
    constraint::drop(id, &mut drops);
    Written { drops, creates, drop_after: 0 }
}

/// A name beside that of an index that no relation has.
fn aside(id: &ObjectId, label: &'static str, context: &Context<'_>) -> QualName {
    let relations =
        [Kind::Table, Kind::View, Kind::MaterializedView, Kind::Index, Kind::Sequence, Kind::CompositeType];
    let has = |catalog: &Catalog, name: &QualName| {
        let of_constraint = |kind| {
            let mut all = catalog.of_kind(kind);
            all.any(|(id, _)| id.name.schema == name.schema && *id.own_name() == name.name)
        };
        relations.into_iter().any(|kind| catalog.contains(&ObjectId::new(kind, name.clone())))
            || [Kind::Unique, Kind::PrimaryKey, Kind::Exclusion].into_iter().any(of_constraint)
    };
    let mut number = 0_u32;
    loop {
        let label = if number == 0 { label.to_owned() } else { format!("{label}{number}") };
        let name = id.name.sibling(Name::new(choose_name(&[id.name.name.as_str()], &label)));
        if !has(context.before(), &name) && !has(context.after(), &name) {
            return name;
        }
        number += 1;
    }
}
