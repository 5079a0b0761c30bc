//! From the server's `(classid, objid, objsubid)` to [`ObjectId`]: filled by every reader, asked by dependencies,
//! comments and privileges. Columns are found through their relation.

use autogen_core::{Kind, Name, ObjectId, QualName};
use rustc_hash::FxHashMap;

/// The oids of system catalogs, which are fixed in the server's source (`CATALOG(pg_class,1259,…)`).
pub(crate) mod class {
    pub(crate) const TYPE: u32 = 1247;
    pub(crate) const FUNCTION: u32 = 1255;
    pub(crate) const RELATION: u32 = 1259;
    pub(crate) const DEFAULT: u32 = 2604;
    pub(crate) const CONSTRAINT: u32 = 2606;
    pub(crate) const SCHEMA: u32 = 2615;
    pub(crate) const RULE: u32 = 2618;
    pub(crate) const TRIGGER: u32 = 2620;
    pub(crate) const EXTENSION: u32 = 3079;
    pub(crate) const POLICY: u32 = 3256;
    pub(crate) const STATISTICS: u32 = 3381;
    pub(crate) const COLLATION: u32 = 3456;
}

/// What is known of an object by its oid.
#[derive(Default)]
pub(crate) struct Oids {
    objects: FxHashMap<(u32, u32), ObjectId>,
    relations: FxHashMap<u32, Relation>,
    members: FxHashMap<(u32, u32), ObjectId>,
}

/// A relation of a user schema, or a stand-alone composite type.
pub(crate) struct Relation {
    /// Its name.
    pub(crate) name: QualName,
    /// `relkind`.
    pub(crate) kind: u8,
    /// True if an extension owns it, so that none of its parts are read.
    pub(crate) member: bool,
    /// Its columns by number, in that order.
    pub(crate) columns: Vec<(i16, Name)>,
}

impl Relation {
    /// The kind it has in the model.
    pub(crate) fn model_kind(&self) -> Option<Kind> {
        match self.kind {
            b'r' | b'p' | b'f' => Some(Kind::Table),
            b'v' => Some(Kind::View),
            b'm' => Some(Kind::MaterializedView),
            b'S' => Some(Kind::Sequence),
            b'c' => Some(Kind::CompositeType),
            _ => None,
        }
    }

    /// The id it has in the model.
    pub(crate) fn id(&self) -> Option<ObjectId> {
        self.model_kind().map(|kind| ObjectId::new(kind, self.name.clone()))
    }

    /// A column's name.
    pub(crate) fn column(&self, number: i16) -> Option<&Name> {
        let at = self.columns.binary_search_by_key(&number, |(number, _)| *number).ok()?;
        self.columns.get(at).map(|(_, name)| name)
    }

    /// The names of columns; system columns and holes are left out.
    pub(crate) fn columns(&self, numbers: &[i16]) -> Vec<Name> {
        numbers.iter().filter_map(|number| self.column(*number)).cloned().collect()
    }
}

impl Oids {
    /// Makes room for so many objects.
    pub(crate) fn reserve(&mut self, more: usize) {
        self.objects.reserve(more);
    }

    /// Records an object.
    pub(crate) fn insert(&mut self, class: u32, oid: u32, id: ObjectId) {
        self.objects.insert((class, oid), id);
    }

    /// Records a type with its array, multirange or whatever else stands for it; 0 is none.
    pub(crate) fn insert_types(&mut self, oids: &[u32], id: &ObjectId) {
        for oid in oids.iter().filter(|oid| **oid != 0) {
            self.insert(class::TYPE, *oid, id.clone());
        }
    }

    /// Records that an extension owns an object.
    pub(crate) fn insert_member(&mut self, class: u32, oid: u32, extension: &str) {
        let id = ObjectId::new(Kind::Extension, QualName::global(extension));
        self.members.insert((class, oid), id);
    }

    /// The extension that owns an object.
    pub(crate) fn extension_of(&self, class: u32, oid: u32) -> Option<&ObjectId> {
        self.members.get(&(class, oid))
    }

    /// True if an extension owns the object.
    pub(crate) fn is_member(&self, class: u32, oid: u32) -> bool {
        self.members.contains_key(&(class, oid))
    }

    /// Records a relation.
    pub(crate) fn insert_relation(&mut self, oid: u32, relation: Relation) {
        self.relations.insert(oid, relation);
    }

    /// A relation.
    pub(crate) fn relation(&self, oid: u32) -> Option<&Relation> {
        self.relations.get(&oid)
    }

    /// A relation, to give it its columns.
    pub(crate) fn relation_mut(&mut self, oid: u32) -> Option<&mut Relation> {
        self.relations.get_mut(&oid)
    }

    /// A relation whose parts are to be read: of a user schema, and no extension's.
    pub(crate) fn own_relation(&self, oid: u32) -> Option<&Relation> {
        self.relation(oid).filter(|relation| !relation.member)
    }

    /// All relations whose parts are to be read.
    pub(crate) fn own_relations(&self) -> impl Iterator<Item = (u32, &Relation)> {
        let own = self.relations.iter().filter(|(_, relation)| !relation.member);
        own.map(|(oid, relation)| (*oid, relation))
    }

    /// An object, without its sub-object.
    pub(crate) fn get(&self, class: u32, oid: u32) -> Option<&ObjectId> {
        self.objects.get(&(class, oid))
    }

    /// What `pg_depend` names: a column of a table is one of its own, a column of anything else is the whole.
    pub(crate) fn resolve(&self, class: u32, oid: u32, sub: i32) -> Option<ObjectId> {
        if class == class::RELATION && sub > 0 {
            let relation = self.relation(oid)?;
            if relation.model_kind() == Some(Kind::Table) && !relation.member {
                let column = relation.column(i16::try_from(sub).ok()?)?;
                return Some(ObjectId::column(&relation.name, column));
            }
        }
        self.get(class, oid).cloned()
    }
}
