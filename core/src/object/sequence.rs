//! Sequences (`pg_sequence`), free or owned by a column. Those behind identity columns are part of the column, with an id that
//! says whose they are, for what is said of them: comments and privileges.

use serde::{Deserialize, Serialize};

use crate::object::table::Persistence;
use crate::object::{Column, Kind, ObjectKind};
use crate::{Catalog, Name, Object, ObjectId, Renames};

/// A sequence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sequence {
    /// Type, steps and bounds.
    pub options: SequenceOptions,
    /// The column that takes it along (`OWNED BY`).
    pub owned_by: Option<ObjectId>,
    /// Permanent or unlogged.
    pub persistence: Persistence,
}

/// True for a sequence that the column takes along.
pub fn is_owned(object: &Object, column: &ObjectId) -> bool {
    matches!(object, Object::Sequence(sequence) if sequence.owned_by.as_ref() == Some(column))
}

/// The id of the sequence behind an identity column. It is that of no object in a catalog, and stays what it is when the
/// sequence gets another name.
pub fn of_identity(column: &ObjectId) -> ObjectId {
    ObjectId { kind: Kind::Sequence, ..column.clone() }
}

/// The identity column that such an id is about.
pub fn identity_column(id: &ObjectId) -> Option<ObjectId> {
    (id.kind == Kind::Sequence && id.part.is_some()).then(|| ObjectId { kind: Kind::Column, ..id.clone() })
}

/// True for an identity column.
pub fn has_identity(object: &Object) -> bool {
    matches!(object, Object::Column(column) if column.identity.is_some())
}

/// Such an id as the sequence is called in the catalog; any other as it is.
pub fn by_name(id: &ObjectId, catalog: &Catalog) -> ObjectId {
    let Some(column) = identity_column(id) else { return id.clone() };
    match catalog.get(&column) {
        Some(Object::Column(Column { identity: Some(identity), .. })) => {
            ObjectId::new(Kind::Sequence, identity.sequence_of(&column))
        }
        _ => id.clone(),
    }
}

/// The options of a sequence or an identity column, always spelled out as in `pg_sequence`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SequenceOptions {
    /// `smallint`, `integer` or `bigint`.
    pub data_type: String,
    /// `START WITH`.
    pub start: i64,
    /// `INCREMENT BY`.
    pub increment: i64,
    /// `MINVALUE`.
    pub min: i64,
    /// `MAXVALUE`.
    pub max: i64,
    /// `CACHE`.
    pub cache: i64,
    /// `CYCLE`.
    pub cycle: bool,
}

impl SequenceOptions {
    /// What `CREATE SEQUENCE AS type` gives without further options.
    pub fn of_type(data_type: &str) -> Self {
        Self {
            data_type: data_type.to_owned(),
            start: 1,
            increment: 1,
            min: 1,
            max: type_max(data_type),
            cache: 1,
            cycle: false,
        }
    }

    /// How many numbers it gives before it comes to its end, if it does.
    pub fn supply(&self) -> Option<u64> {
        let end = if self.increment > 0 { self.max } else { self.min };
        let steps = end.abs_diff(self.start).checked_div(self.increment.unsigned_abs())?;
        (!self.cycle).then(|| steps.saturating_add(1))
    }

    /// What the same type and increment would have without further options.
    pub fn defaults(&self) -> Self {
        let plain = Self::of_type(&self.data_type);
        if self.increment > 0 {
            return Self { increment: self.increment, start: self.min, ..plain };
        }
        let min = -type_max(&self.data_type) - 1;
        Self { increment: self.increment, min, max: -1, start: self.max, ..plain }
    }
}

fn type_max(data_type: &str) -> i64 {
    match data_type {
        "smallint" => i64::from(i16::MAX),
        "integer" => i64::from(i32::MAX),
        _ => i64::MAX,
    }
}

/// Changes in place.
#[derive(Clone, Debug, PartialEq)]
pub enum SequenceAlteration {
    /// Any of the options.
    Options(SequenceOptions),
    /// `OWNED BY`.
    OwnedBy(Option<ObjectId>),
    /// `SET LOGGED` or `UNLOGGED`.
    Persistence(Persistence),
}

impl ObjectKind for Sequence {
    type Alteration = SequenceAlteration;

    fn container(&self, _: &ObjectId) -> Option<ObjectId> {
        self.owned_by.clone()
    }

    /// The owning column is no prerequisite: its default needs the sequence first, and `OWNED BY` is set last.
    fn references(&self, id: &ObjectId, _: &Catalog) -> Vec<ObjectId> {
        vec![ObjectId::schema(&id.name.schema)]
    }

    fn rename(&mut self, _: &ObjectId, renames: &Renames) {
        if let Some(owner) = &mut self.owned_by {
            let relation = renames.relation(&owner.name);
            let column: Option<Name> = owner.part.as_ref().map(|column| renames.column(&owner.name, column));
            *owner = ObjectId { kind: Kind::Column, name: relation, part: column };
        }
    }

    fn apply(&mut self, alteration: &SequenceAlteration) {
        match alteration {
            SequenceAlteration::Options(options) => self.options = options.clone(),
            SequenceAlteration::OwnedBy(owner) => self.owned_by.clone_from(owner),
            SequenceAlteration::Persistence(persistence) => self.persistence = *persistence,
        }
    }
}
