//! Partitions that come and go while others use the partitioned table. A check that says the same as the bound, validated
//! before, is the proof that `ATTACH PARTITION` needs to look at no row; `DETACH PARTITION … CONCURRENTLY` leaves such a check
//! (manual, "ALTER TABLE").
//!
//! The way back is plain, and a default partition is gone through under its lock all the same.

use std::collections::BTreeSet;

use autogen_core::object::Table;
use autogen_core::object::table::PartitionOf;
use autogen_core::{Catalog, HazardKind, Kind, Lock, Object, ObjectId, Pair, QualName};

use super::proof::Proof;
use super::{bound, bound_rows, validate};
use crate::context::{Context, Sheet};
use crate::object::constraint;
use crate::object::shared::{above, alter_table, is_foreign};
use crate::object::table::referenced;
use crate::script::{Pace, Statement};
use crate::sql::Sql;

/// The first version that detaches concurrently.
const DETACHES_CONCURRENTLY: u32 = 140_000;

/// Writes that a table becomes a partition.
pub(crate) fn attach(new: &PartitionOf, id: &ObjectId, context: &Context<'_>, sheet: &mut Sheet) {
    let sql = || alter_table(&new.parent).kw("ATTACH PARTITION").name(&id.name).expr(&new.bound);
    let Some(proof) = proof(new, id, context) else {
        let statement = sheet.push(sql());
        joins(new, id, context, statement);
        judge(new, id, context, statement);
        if context.keeps_waiting(&id.name) && !context.is_down() {
            statement.hazard(HazardKind::BlocksUse, format!("nobody can use {} meanwhile", id.name));
        }
        return;
    };
    let statement = proof.add(&format!("be within the bound of {}", id.name), sheet);
    statement.undo(constraint::drops_if_there(&proof.check)).lock(Lock::AccessExclusive).pace(Pace::Brief);

    let statement = validate::validate(&proof.check, context, sheet);
    judge(new, id, context, statement);

    let statement = sheet.push(sql()).is_main();
    joins(new, id, context, statement.note("the check is the proof, so no row is looked at"));
    proof.remove(&format!("the bound of {}", id.name), sheet);
}

/// Writes that a table is a partition no longer.
pub(crate) fn detach(old: &PartitionOf, id: &ObjectId, context: &Context<'_>, sheet: &mut Sheet) {
    let sql = alter_table(&old.parent).kw("DETACH PARTITION").name(&id.name);
    let left = || bound::left_check(&id.name, old, catalogs(context));
    let Some(check) = is_concurrent(&old.parent, id, context).then(left).flatten() else {
        let statement = sheet.push(sql).lock(Lock::AccessExclusive).is_main();
        referenced::judge(&id.name, context, statement);
        return;
    };
    let statement = sheet.push(sql.kw("CONCURRENTLY")).alone().is_main().lock(Lock::AccessExclusive);
    let unfinished = format!(
        "if it is stopped half-way, DETACH PARTITION {} FINALIZE has to complete it",
        Sql::empty().name(&id.name).as_str()
    );
    statement.hazard(HazardKind::MayFail, unfinished);
    referenced::judge(&id.name, context, statement);
    // The check that is left goes before the table is a partition again.
    statement.undo(constraint::drops_if_there(&check)).lock(Lock::AccessExclusive).pace(Pace::Brief);
    let statement = sheet.push(constraint::drops_if_there(&check)).lock(Lock::AccessExclusive).follows();
    statement.note(&format!("the bound that {} had is left to it as a check", id.name));
}

/// Says on a statement by which a table becomes a partition, new or not, what it does to others.
pub(crate) fn joins(new: &PartitionOf, id: &ObjectId, context: &Context<'_>, statement: &mut Statement) {
    let parent = &new.parent;
    statement.lock(Lock::AccessExclusive);
    if context.in_use(parent) {
        statement.pace(Pace::Brief);
    }
    if let Some(rest) = default_partition(parent, context.before()).filter(|rest| context.keeps_waiting(rest))
        && !context.is_down()
    {
        let message =
            format!("nobody can use {rest} while its rows are looked through for some that belong here");
        statement.hazard(HazardKind::BlocksUse, message);
    }
    bound_rows::judge_default(new, id, context, statement);
}

/// The partition for the rows that have no other.
pub(crate) fn default_partition<'a>(parent: &QualName, catalog: &'a Catalog) -> Option<&'a QualName> {
    let is_it = |object: &Object| {
        matches!(object, Object::Table(Table { partition_of: Some(of), .. })
            if of.parent == *parent && of.bound.as_str() == "DEFAULT")
    };
    catalog.of_kind(Kind::Table).find(|(_, object)| is_it(object)).map(|(id, _)| &id.name)
}

/// The check that proves that a table keeps the bound that it gets, by the name of that which would be left.
fn proof(new: &PartitionOf, id: &ObjectId, context: &Context<'_>) -> Option<Proof> {
    let stays = family(&id.name, context.before()) == family(&id.name, context.after());
    if !context.online(&id.name) || moves(&id.name, context) || !stays {
        return None;
    }
    let check = bound::left_check(&id.name, new, catalogs(context))?;
    Some(Proof { check, condition: bound::condition(new, context.after())?, no_inherit: false })
}

/// True if a partition can leave while others use its table, in a transaction of its own.
fn is_concurrent(parent: &QualName, id: &ObjectId, context: &Context<'_>) -> bool {
    let parent_id = ObjectId::table(parent);
    let of_parent =
        |id: &ObjectId, catalog: &Catalog| catalog.container(id).is_some_and(|above| above == parent_id);
    let suits = |catalog: &Catalog| {
        let mut own = catalog.of_kind(Kind::Table).filter(|(id, _)| of_parent(id, catalog));
        catalog.contains(&parent_id)
            && default_partition(parent, catalog).is_none()
            && own.all(|(id, _)| !moves(&id.name, context))
    };
    context.options.server_version >= DETACHES_CONCURRENTLY
        && context.online(parent)
        && context.change.because.is_none()
        && !is_foreign(id, context.before())
        && [context.before(), context.after()].into_iter().all(suits)
        && !changes_too(id, context)
}

/// The partitions of a table, and theirs: the check must be on all of them.
fn family<'a>(table: &QualName, catalog: &'a Catalog) -> BTreeSet<&'a QualName> {
    let tables = catalog.of_kind(Kind::Table).map(|(id, _)| &id.name);
    tables.filter(|name| above(name, catalog).any(|one| one == *table)).collect()
}

/// True for a partition that takes other bounds or another parent: it has to be one again in the same transaction.
fn moves(table: &QualName, context: &Context<'_>) -> bool {
    let id = ObjectId::table(table);
    context.plan.left_at(&id).is_some() && context.plan.joined_at(&id).is_some()
}

/// True if another change of the table has to come before or after this one.
fn changes_too(id: &ObjectId, context: &Context<'_>) -> bool {
    let graph = context.plan.graph;
    let is_own = |at: usize| {
        let other = &graph.changes[at].id;
        let index = || context.before().get(other).or_else(|| context.after().get(other));
        let of_index = || matches!(index(), Some(Object::Index(index)) if index.table == id.name);
        at != context.at && (other.name == id.name || of_index())
    };
    let near = graph.edges.iter().filter(|edge| edge.before == context.at || edge.after == context.at);
    near.into_iter().any(|edge| is_own(edge.before) || is_own(edge.after))
}

fn catalogs<'a>(context: &Context<'a>) -> Pair<&'a Catalog> {
    Pair::new(context.before(), context.after())
}

/// Says on the statement that goes through the rows what they may do to it.
fn judge(new: &PartitionOf, id: &ObjectId, context: &Context<'_>, statement: &mut Statement) {
    bound_rows::judge(new, id, context, statement);
    if !context.is_down() && context.has_rows(&id.name) {
        statement.hazard(HazardKind::FullScan, format!("all rows of {} are read", id.name));
    }
}
