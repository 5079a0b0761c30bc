//! What the readers of the kinds share: the session, the catalog that they fill, and what earlier ones have found.

use std::collections::HashMap;

use autogen_core::{Catalog, Object, ObjectId, QualName, Unread};

use super::column::Attributes;
use super::names::Names;
use super::oids::Oids;
use super::opclass::OpClasses;
use super::sequence::IdentitySequence;
use super::session::Session;
use super::types::Types;
use super::{Owners, ReadOptions};

/// The state of a reading.
pub(crate) struct Reader<'c> {
    /// The connection.
    pub(crate) session: Session<'c>,
    /// What is filled.
    pub(crate) catalog: Catalog,
    /// Names that many objects have.
    pub(crate) names: Names,
    /// Which oid is which object.
    pub(crate) oids: Oids,
    /// Data types and collations.
    pub(crate) types: Types,
    /// Operator classes.
    pub(crate) opclasses: OpClasses,
    /// The columns of all relations, as rows.
    pub(crate) attributes: Attributes,
    /// The sequences behind identity columns, by relation and column number.
    pub(crate) identities: HashMap<(u32, i32), IdentitySequence>,
    /// Keys whose index is attached to an index without a constraint, with that one's oid; resolved with the indexes.
    pub(crate) attached_keys: Vec<(ObjectId, u32)>,
    /// Whether privileges are wanted.
    pub(crate) privileges: bool,
    /// Which owners are wanted.
    pub(crate) owners: Owners,
}

impl<'c> Reader<'c> {
    /// Starts with nothing.
    pub(crate) fn new(session: Session<'c>, options: &ReadOptions) -> Self {
        let mut catalog = Catalog::default();
        catalog.server_version = session.version();
        Self {
            session,
            catalog,
            names: Names::default(),
            oids: Oids::default(),
            types: Types::default(),
            opclasses: OpClasses::default(),
            attributes: Attributes::default(),
            identities: HashMap::new(),
            attached_keys: Vec::new(),
            privileges: options.privileges,
            owners: options.owners,
        }
    }

    /// Makes room for so many objects: maps that grow are moved over and over.
    pub(crate) fn reserve(&mut self, objects: usize) {
        self.catalog.reserve(objects);
        self.oids.reserve(objects);
    }

    /// The catalog.
    pub(crate) fn finish(mut self) -> Catalog {
        self.catalog.unread.sort();
        self.catalog
    }
}

/// Puts an object where it belongs: into the catalog, or among what extensions own.
pub(crate) fn place(
    catalog: &mut Catalog,
    oids: &mut Oids,
    (class, oid): (u32, u32),
    id: ObjectId,
    object: impl Into<Object>,
) {
    if oids.is_member(class, oid) {
        catalog.extension_owned.insert(id.clone());
    } else {
        catalog.insert(id.clone(), object);
    }
    oids.insert(class, oid, id);
}

/// Says that something is there which the model cannot hold.
pub(crate) fn report_unread(catalog: &mut Catalog, kind: &str, name: QualName, reason: &str) {
    catalog.unread.push(Unread { kind: kind.to_owned(), name, reason: reason.to_owned() });
}
