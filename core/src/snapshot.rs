//! A catalog as a document: what is written of it so that it can be compared later, without the server. The shape is
//! here, with its version; which text format carries it is the caller's decision. Where the catalog came from (host,
//! database, user) is deliberately no part of it.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::object::{Kind, Object};
use crate::{Catalog, Name, ObjectId, Unread};

/// The version of the document that this program writes, and the only one that it reads.
pub const SNAPSHOT_VERSION: u32 = 1;

/// A whole catalog. Its lists are in the order of the catalog, so that equal catalogs give equal documents.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Snapshot {
    /// [`SNAPSHOT_VERSION`] of the program that wrote it.
    pub autogen_snapshot: u32,
    /// `server_version_num`, such as 150018: texts of expressions differ a little between versions.
    pub server_version: u32,
    /// True if privileges and default privileges were read.
    pub privileges: bool,
    /// True if owners were read.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub owners: bool,
    /// The objects.
    pub objects: Vec<Entry>,
    /// Objects that belong to extensions.
    pub extension_owned: Vec<ObjectId>,
    /// What was there and could not be read.
    pub unread: Vec<Unread>,
}

/// What of the kinds that are read on request a catalog holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// Privileges and default privileges.
    pub privileges: bool,
    /// Owners.
    pub owners: bool,
}

/// One object. Its kind is the object's own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The schema; empty for what lives in none.
    pub schema: Name,
    /// The name, or that of the relation that it is a part of.
    pub name: Name,
    /// The part of the relation, or the arguments of a function.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<Name>,
    /// The object.
    pub object: Arc<Object>,
    /// What its expressions and definition use.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub uses: Vec<ObjectId>,
}

/// Why a document is no catalog.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SnapshotError {
    /// Another version's document.
    #[error(
        "the snapshot has version {0}, and this autogen reads version {SNAPSHOT_VERSION}; write it anew with `autogen snapshot`"
    )]
    Version(u32),
    /// An object that is there twice.
    #[error("{0} is there twice")]
    Twice(ObjectId),
    /// A part without its whole.
    #[error("{part} is part of {whole}, which is not there")]
    Homeless {
        /// The part.
        part: ObjectId,
        /// What it should be in.
        whole: ObjectId,
    },
}

impl Snapshot {
    /// The document of a catalog.
    pub fn new(catalog: &Catalog, held: Held) -> Self {
        let entry = |id: &ObjectId| {
            Some(Entry {
                schema: id.name.schema.clone(),
                name: id.name.name.clone(),
                part: id.part.clone(),
                object: catalog.get_shared(id)?.clone(),
                uses: catalog.uses(id).cloned().collect(),
            })
        };
        Self {
            autogen_snapshot: SNAPSHOT_VERSION,
            server_version: catalog.server_version,
            privileges: held.privileges,
            owners: held.owners,
            objects: catalog.ids().filter_map(entry).collect(),
            extension_owned: catalog.extension_owned.iter().cloned().collect(),
            unread: catalog.unread.clone(),
        }
    }

    /// The catalog.
    ///
    /// # Errors
    /// See [`SnapshotError`]: a document may have been edited, or put together by others.
    pub fn into_catalog(self) -> Result<Catalog, SnapshotError> {
        if self.autogen_snapshot != SNAPSHOT_VERSION {
            return Err(SnapshotError::Version(self.autogen_snapshot));
        }
        let mut catalog = Catalog::default();
        catalog.server_version = self.server_version;
        catalog.extension_owned = self.extension_owned.into_iter().collect();
        catalog.unread = self.unread;
        for entry in self.objects {
            let id = ObjectId {
                kind: entry.object.kind(),
                name: crate::QualName { schema: entry.schema, name: entry.name },
                part: entry.part,
            };
            if catalog.contains(&id) {
                return Err(SnapshotError::Twice(id));
            }
            let uses: BTreeSet<ObjectId> = entry.uses.into_iter().collect();
            if !uses.is_empty() {
                catalog.set_uses(id.clone(), uses);
            }
            catalog.insert_shared(id, entry.object);
        }
        for id in catalog.ids().filter(|id| needs_home(id.kind)) {
            if let Some(whole) = catalog.container(id).filter(|whole| !catalog.contains(whole)) {
                return Err(SnapshotError::Homeless { part: id.clone(), whole });
            }
        }
        Ok(catalog)
    }
}

/// What cannot be without the relation that it is in.
fn needs_home(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Column
            | Kind::Default
            | Kind::PrimaryKey
            | Kind::Unique
            | Kind::Check
            | Kind::ForeignKey
            | Kind::Exclusion
            | Kind::Index
            | Kind::Trigger
            | Kind::Policy
            | Kind::Rule
    )
}
