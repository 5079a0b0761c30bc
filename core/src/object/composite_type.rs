//! Stand-alone composite types (`CREATE TYPE … AS`).

use serde::{Deserialize, Serialize};

use crate::object::ObjectKind;
use crate::{Catalog, DataType, Kind, Name, ObjectId, QualName, Renames};

/// A composite type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompositeType {
    /// Its attributes, in order.
    pub attributes: Vec<Attribute>,
}

/// An attribute of a composite type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attribute {
    /// Its name.
    pub name: Name,
    /// Its type.
    pub data_type: DataType,
    /// Its collation, if not the type's own.
    pub collation: Option<QualName>,
}

/// Changes in place.
#[derive(Clone, Debug, PartialEq)]
pub enum CompositeTypeAlteration {
    /// `ADD ATTRIBUTE`, at the end.
    Add(Attribute),
    /// `DROP ATTRIBUTE`.
    Drop(Name),
    /// `ALTER ATTRIBUTE … TYPE`.
    Change(Attribute),
}

impl ObjectKind for CompositeType {
    type Alteration = CompositeTypeAlteration;

    fn container(&self, _: &ObjectId) -> Option<ObjectId> {
        None
    }

    fn references(&self, id: &ObjectId, catalog: &Catalog) -> Vec<ObjectId> {
        let types = self.attributes.iter().filter_map(|a| a.data_type.object(catalog));
        let collations = self.attributes.iter().filter_map(|a| a.collation.clone());
        let collations = collations.map(|name| ObjectId::new(Kind::Collation, name));
        std::iter::once(ObjectId::schema(&id.name.schema)).chain(types).chain(collations).collect()
    }

    fn rename(&mut self, _: &ObjectId, renames: &Renames) {
        for attribute in &mut self.attributes {
            attribute.data_type.rename(renames);
        }
    }

    fn apply(&mut self, alteration: &CompositeTypeAlteration) {
        match alteration {
            CompositeTypeAlteration::Add(attribute) => self.attributes.push(attribute.clone()),
            CompositeTypeAlteration::Drop(name) => self.attributes.retain(|a| a.name != *name),
            CompositeTypeAlteration::Change(new) => {
                for attribute in self.attributes.iter_mut().filter(|a| a.name == new.name) {
                    *attribute = new.clone();
                }
            }
        }
    }
}
