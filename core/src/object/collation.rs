//! Collations (`pg_collation`).

use serde::{Deserialize, Serialize};

use crate::object::{Never, ObjectKind};
use crate::{Catalog, ObjectId, Renames};

/// A collation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collation {
    /// `libc`, `icu` or `builtin`.
    pub provider: String,
    /// `LC_COLLATE`, for libc.
    pub lc_collate: Option<String>,
    /// `LC_CTYPE`, for libc.
    pub lc_ctype: Option<String>,
    /// The locale, for the other providers.
    pub locale: Option<String>,
    /// False for a collation in which different strings may be equal.
    pub deterministic: bool,
}

impl ObjectKind for Collation {
    type Alteration = Never;

    fn container(&self, _: &ObjectId) -> Option<ObjectId> {
        None
    }

    fn references(&self, id: &ObjectId, _: &Catalog) -> Vec<ObjectId> {
        vec![ObjectId::schema(&id.name.schema)]
    }

    fn rename(&mut self, _: &ObjectId, _: &Renames) {}

    fn apply(&mut self, alteration: &Never) {
        match *alteration {}
    }
}
