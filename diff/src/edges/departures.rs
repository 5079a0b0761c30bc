//! How a table leaves those that it has its columns from, or joins others.

use autogen_core::object::sequence::SequenceAlteration;
use autogen_core::object::table::TableAlteration;
use autogen_core::{Action, Alteration, Catalog, Change, Kind, ObjectId, Pair};

use super::types;
use crate::family::moves;
use crate::nodes::is_attachment;

/// True for a change after which a table has parents or a type no longer; who only takes other bounds has them all the time.
pub(super) fn has_left(change: &Change, pair: Pair<&Catalog>) -> bool {
    types::of_type(change) == Some(None) || departs(change) && moves(&change.id.name, pair)
}

/// True for a change of the tables that a table inherits from, and of nothing else.
pub(super) fn only_inherits(change: &Change) -> bool {
    let is_it =
        |alteration: &Alteration| matches!(alteration, Alteration::Table(TableAlteration::Inherits(_)));
    matches!(&change.action, Action::Alter(all) if all.iter().all(is_it))
}

/// True for a table that leaves a parent or its type; who joins another does it late.
pub(super) fn departs(change: &Change) -> bool {
    let Action::Alter(alterations) = &change.action else { return false };
    let inherits =
        |alteration: &Alteration| matches!(alteration, Alteration::Table(TableAlteration::Inherits(_)));
    detaches(change) || types::of_type(change) == Some(None) || alterations.iter().any(inherits)
}

/// True for a partition that leaves its parent.
pub(super) fn detaches(change: &Change) -> bool {
    let Action::Alter(alterations) = &change.action else { return false };
    alterations.contains(&Alteration::Table(TableAlteration::PartitionOf(None)))
}

/// True for a table that becomes a partition.
pub(super) fn attaches(change: &Change) -> bool {
    matches!(&change.action, Action::Alter(all) if all.iter().any(is_attachment))
}

/// True for an alteration of the object by which it may leave what it used. A partition leaves by an alteration other
/// than the one that attaches it again, a sequence by `OWNED BY` alone.
pub(super) fn leaves(change: &Change, id: &ObjectId) -> bool {
    let Action::Alter(alterations) = &change.action else { return false };
    let owner =
        |alteration: &Alteration| matches!(alteration, Alteration::Sequence(SequenceAlteration::OwnedBy(_)));
    let stays = |alteration: &Alteration| {
        is_attachment(alteration) || matches!(alteration, Alteration::Table(TableAlteration::Origins(_)))
    };
    change.id == *id
        && !alterations.iter().all(stays)
        && (id.kind != Kind::Sequence || alterations.iter().any(owner))
}
