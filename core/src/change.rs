//! The result of a comparison: changes in the order in which they must run, with the edges that say why.

use crate::object::enum_type::EnumTypeAlteration;
use crate::object::{Alteration, Kind, Object};
use crate::{Catalog, Hints, ObjectId, Pair};

/// What happens to an object.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// It comes to be.
    Create,
    /// It goes.
    Drop,
    /// Its name changes; the change's id is the new one.
    Rename {
        /// The id before.
        from: ObjectId,
    },
    /// It changes in place.
    Alter(Vec<Alteration>),
}

impl Alteration {
    /// True for one after which the object of the name is a new one: an enum whose labels are rebuilt is another type, so what was
    /// said of the old one (its comment, owner and privileges) is gone with that.
    pub fn rebuilds(&self) -> bool {
        matches!(self, Alteration::EnumType(EnumTypeAlteration::Rebuild(_)))
    }
}

/// One node of the graph.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The object.
    pub id: ObjectId,
    /// What happens to it.
    pub action: Action,
    /// True for the halves of a drop and re-create of an object that is there on both sides.
    pub replaces: bool,
    /// Members that are created within the same statement: a table's columns, a column's default. In order.
    pub folded: Vec<ObjectId>,
    /// Why it happens, when it is not the object's own difference: for example the column whose type changes.
    pub because: Option<ObjectId>,
}

/// Why one change runs before another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// The later one needs what the earlier one makes.
    NeedsExisting,
    /// The earlier one still uses what the later one takes away or changes.
    StillUsed,
    /// The later one takes a name that the earlier one frees.
    NameFreed,
    /// The steps of one object in their own order.
    SameObject,
}

/// `before` must run before `after`; both are indices into [`ChangeGraph::changes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// The earlier change.
    pub before: usize,
    /// The later change.
    pub after: usize,
    /// Why.
    pub reason: Reason,
}

/// An object that could not be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkippedObject {
    /// Which.
    pub id: ObjectId,
    /// Why.
    pub reason: String,
}

/// The changes from one catalog to another, ordered, with both catalogs to look things up in.
#[derive(Clone, Debug, Default)]
pub struct ChangeGraph {
    /// In an order that respects every edge; the same for the same input.
    pub changes: Vec<Change>,
    /// Why the order is what it is.
    pub edges: Vec<Edge>,
    /// What could not be compared.
    pub skipped: Vec<SkippedObject>,
    /// Both sides. `before` is as it is now, with old names.
    pub catalogs: Pair<Catalog>,
    /// The hints that were used.
    pub hints: Hints,
}

impl ChangeGraph {
    /// True if nothing has to be done.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// The object before the change, by its old or its new id.
    pub fn before(&self, id: &ObjectId) -> Option<&Object> {
        self.catalogs.before.get(&self.old_id(id))
    }

    /// The object after the change.
    pub fn after(&self, id: &ObjectId) -> Option<&Object> {
        self.catalogs.after.get(id)
    }

    /// The id that an object had before the renames.
    pub fn old_id(&self, id: &ObjectId) -> ObjectId {
        self.hints.renames.inverted().follow(id)
    }

    /// True if the change graph creates the object (a replacement included).
    pub fn creates(&self, id: &ObjectId) -> bool {
        self.changes.iter().any(|c| (c.id == *id || c.folded.contains(id)) && c.action == Action::Create)
    }

    /// How many changes of a kind there are.
    pub fn count(&self, kind: Kind) -> usize {
        self.changes.iter().filter(|change| change.id.kind == kind).count()
    }
}
