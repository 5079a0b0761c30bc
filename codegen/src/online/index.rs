//! Indexes that are built and dropped while others write. A partitioned table's own index is empty, and made at once.

use autogen_core::object::Index;
use autogen_core::{HazardKind, Kind, Lock, ObjectId, Question};

use crate::context::Context;
use crate::script::Statement;

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
