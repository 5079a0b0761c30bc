//! Indexes that are built and dropped while others write. A partitioned table's own index is empty, and made at once.

use autogen_core::object::Index;
use autogen_core::{HazardKind, Kind, Lock, Object, ObjectId, QualName, Question};

use crate::context::Context;
use crate::object::{self, index::Build};
use crate::script::{Pace, Statement};
use crate::sql::Sql;

/// True if an index is to be built concurrently. One that only makes way for a change of its table is not: that holds the
/// table's lock anyway.
pub(crate) fn builds(index: &Index, question: Option<&Question>, context: &Context<'_>) -> bool {
    let is_known = !context.is_down() && !context.online_unless(&index.table, question);
    context.in_use(&index.table) && !is_known && is_free(index, context)
}

/// True if an index is to be dropped concurrently.
pub(crate) fn drops(index: &Index, context: &Context<'_>) -> bool {
    // What is attached to another goes with that.
    context.in_use(&index.table) && is_free(index, context) && index.partition_of.is_none()
}

fn is_free(index: &Index, context: &Context<'_>) -> bool {
    context.change.because.is_none() && !context.is_partitioned(&index.table)
}

/// What is to be known of a statement that builds an index concurrently.
pub(crate) fn built<'a>(id: &ObjectId, statement: &'a mut Statement) -> &'a mut Statement {
    debug_assert!(matches!(id.kind, Kind::Index | Kind::Unique | Kind::PrimaryKey));
    statement.alone().lock(Lock::ShareUpdateExclusive).hazard(
        HazardKind::MayFail,
        format!("if it fails it leaves an invalid index {}, to be dropped before another try", id.own_name()),
    )
}

/// The same of one that builds it again; the new one has another name meanwhile (manual, "REINDEX").
pub(crate) fn rebuilt<'a>(id: &ObjectId, statement: &'a mut Statement) -> &'a mut Statement {
    let message = format!(
        "if it fails it leaves an invalid index called like {} with _ccnew behind, to be dropped before another try",
        id.own_name()
    );
    statement.alone().lock(Lock::ShareUpdateExclusive).hazard(HazardKind::MayFail, message)
}

/// What takes back the index of a partition before it is attached. An attached one goes with its parent's, of which the
/// differ knows; there is no way to detach it.
pub(crate) fn undo_built(index: &Index, id: &ObjectId, statement: &mut Statement) {
    if index.partition_of.is_some() {
        let undo = statement.undo(Sql::new("DROP INDEX CONCURRENTLY IF EXISTS").name(&id.name));
        undo.alone()
            .lock(Lock::ShareUpdateExclusive)
            .note("The index that it was attached to, if it was, has taken it along");
    }
}

/// What takes back that the index of a partition was attached. There is no way to detach it, so the index of the partitioned
/// table goes, and comes again as it was before: empty, with those of partitions that are partitioned themselves.
pub(crate) fn undo_attached(index: &Index, context: &Context<'_>, statement: &mut Statement) {
    let Some(root) = new_root(index, context) else { return };
    let undo = statement.undo(Sql::new("DROP INDEX IF EXISTS").name(root)).lock(Lock::AccessExclusive);
    undo.pace(Pace::Brief)
        .note(&format!("Remove index {root}, with those of the partitions that are attached to it"));
    for (id, shell) in shells(root, context) {
        let undo = statement.undo(object::index::definition(shell, id, Build::OnlyHere)).lock(Lock::Share);
        undo.pace(Pace::Brief).note("It comes again as it was, empty");
        if let Some(parent) = &shell.partition_of {
            let attach = object::index::attach(parent, &id.name);
            statement.undo(attach).lock(Lock::ShareUpdateExclusive).pace(Pace::Brief);
        }
    }
}

/// The new indexes of partitioned tables below one, itself first, each after that which it is attached to.
fn shells<'a>(root: &'a QualName, context: &Context<'a>) -> Vec<(&'a ObjectId, &'a Index)> {
    let new = &context.plan.shells;
    let mut all: Vec<_> = new.iter().copied().filter(|(id, _)| id.name == *root).collect();
    let mut at = 0;
    while let Some((above, _)) = all.get(at).copied() {
        all.extend(new.iter().filter(|(_, index)| index.partition_of.as_ref() == Some(&above.name)));
        at += 1;
    }
    all
}

/// True for an index of a partitioned table or a partition that what takes later parts back has removed by then.
pub(crate) fn may_be_gone(index: &Index, context: &Context<'_>) -> bool {
    let is_family = index.partition_of.is_some() || context.is_partitioned(&index.table);
    context.is_down() && is_family && context.in_use(&index.table)
}

/// The index at the top that an index is attached to, if it is new as well.
fn new_root<'a>(index: &'a Index, context: &Context<'a>) -> Option<&'a QualName> {
    let mut root = index.partition_of.as_ref()?;
    while let Some(Object::Index(above)) = context.after().get(&ObjectId::new(Kind::Index, root.clone())) {
        match &above.partition_of {
            Some(higher) => root = higher,
            None => break,
        }
    }
    context.plan.created_at(&ObjectId::new(Kind::Index, root.clone()))?;
    Some(root)
}
