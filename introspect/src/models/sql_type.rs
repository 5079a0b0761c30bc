//! SQL types as the models speak of them: named as `pg_type.typname` has them (`int4`, `timestamptz`, `bpchar`), so that
//! they compare with a live catalog without spelling rules. Modifiers are left out; only an attribute says them.

use std::sync::Arc;

/// A base type by its catalog name; modifiers are not part of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SqlType {
    /// The schema, where the code says one.
    pub schema: Option<String>,
    /// `pg_type.typname`; of the element for an array.
    pub name: String,
    /// An array of it; dimensions are no part of a Postgres type.
    pub array: bool,
}

impl SqlType {
    /// A type that needs no schema.
    pub fn plain(name: impl Into<String>) -> Self {
        Self { schema: None, name: name.into(), array: false }
    }

    /// The array of it.
    pub fn into_array(self) -> Self {
        Self { array: true, ..self }
    }

    /// True if both can be the same type; a schema that is not said is any.
    pub fn matches(&self, other: &Self) -> bool {
        let schema = match (&self.schema, &other.schema) {
            (Some(mine), Some(other)) => mine == other,
            _ => true,
        };
        schema && self.name == other.name && self.array == other.array
    }
}

/// The types that a field can hold. A clone shares the list: every field of a Rust type has the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypeSet {
    /// Not known: the live type stays, silently.
    Unknown,
    /// One of these; the first is proposed for a new column.
    OneOf(Arc<[SqlType]>),
}

impl TypeSet {
    /// True if a column of this type suits.
    pub fn accepts(&self, ty: &SqlType) -> bool {
        match self {
            Self::Unknown => true,
            Self::OneOf(types) => types.iter().any(|mine| mine.matches(ty)),
        }
    }

    /// What to create a new column with.
    pub fn proposal(&self) -> Option<&SqlType> {
        match self {
            Self::Unknown => None,
            Self::OneOf(types) => types.first(),
        }
    }

    /// What suits both, in this one's order; `None` when nothing does.
    pub fn intersect(&self, other: &Self) -> Option<Self> {
        match (self, other) {
            (Self::Unknown, known) | (known, Self::Unknown) => Some(known.clone()),
            (Self::OneOf(mine), Self::OneOf(_)) => {
                let both: Vec<SqlType> = mine.iter().filter(|ty| other.accepts(ty)).cloned().collect();
                (!both.is_empty()).then(|| Self::OneOf(both.into()))
            }
        }
    }
}
