//! A schema as one flat map of objects, with what `pg_depend` knows beside it. There is no field per kind: everything
//! goes through [`ObjectId`].

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::object::{Comment, Kind, Object, Privilege, relation_id};
use crate::{ObjectId, QualName, Renames};

/// All objects of a database that autogen looks at. A clone shares the maps until one of the two changes: a comparison
/// hands whole catalogs on several times, and mostly changes none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Catalog {
    /// `server_version_num`, such as 150018; 0 for a catalog that no server gave.
    pub server_version: u32,
    objects: Arc<BTreeMap<ObjectId, Object>>,
    /// From `pg_depend`: what each object's expressions and definition use.
    uses: Arc<BTreeMap<ObjectId, BTreeSet<ObjectId>>>,
    /// Objects that belong to extensions; never touched, but they may be referred to.
    pub extension_owned: BTreeSet<ObjectId>,
    /// What could not be read, or is there but of no kind that autogen models.
    pub unread: Vec<Unread>,
}

/// Something present that the catalog does not hold.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Unread {
    /// The kind, in words.
    pub kind: String,
    /// Which object.
    pub name: QualName,
    /// Why it is not held.
    pub reason: String,
}

impl Catalog {
    /// Adds or replaces an object.
    pub fn insert(&mut self, id: ObjectId, object: impl Into<Object>) {
        Arc::make_mut(&mut self.objects).insert(id, object.into());
    }

    /// Takes an object out, with what it uses.
    pub fn remove(&mut self, id: &ObjectId) -> Option<Object> {
        if self.uses.contains_key(id) {
            Arc::make_mut(&mut self.uses).remove(id);
        }
        // What is not there does not make the map one's own.
        if self.contains(id) { Arc::make_mut(&mut self.objects).remove(id) } else { None }
    }

    /// Takes an object out with everything that it contains, and everything contained in that.
    pub fn remove_tree(&mut self, id: &ObjectId) {
        let inside: Vec<_> =
            self.ids().filter(|key| self.container(key).as_ref() == Some(id)).cloned().collect();
        self.remove(id);
        for key in inside {
            self.remove_tree(&key);
        }
    }

    /// The object of an id.
    pub fn get(&self, id: &ObjectId) -> Option<&Object> {
        self.objects.get(id)
    }

    /// The object of an id, to change.
    pub fn get_mut(&mut self, id: &ObjectId) -> Option<&mut Object> {
        if self.contains(id) { Arc::make_mut(&mut self.objects).get_mut(id) } else { None }
    }

    /// True if the object is there.
    pub fn contains(&self, id: &ObjectId) -> bool {
        self.objects.contains_key(id)
    }

    /// All objects, by kind, then name.
    pub fn iter(&self) -> impl Iterator<Item = (&ObjectId, &Object)> {
        self.objects.iter()
    }

    /// All ids, in the same order.
    pub fn ids(&self) -> impl Iterator<Item = &ObjectId> {
        self.objects.keys()
    }

    /// How many objects there are.
    pub fn len(&self) -> usize {
        self.objects.len()
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    /// The objects of one kind.
    pub fn of_kind(&self, kind: Kind) -> impl Iterator<Item = (&ObjectId, &Object)> {
        let from = ObjectId { kind, name: QualName::new("", ""), part: None };
        self.objects.range(from..).take_while(move |(id, _)| id.kind == kind)
    }

    /// The parts of one kind that a relation has, such as its columns.
    pub fn parts<'a>(
        &'a self,
        kind: Kind,
        name: &'a QualName,
    ) -> impl Iterator<Item = (&'a ObjectId, &'a Object)> {
        let from = ObjectId { kind, name: name.clone(), part: None };
        self.objects.range(from..).take_while(move |(id, _)| id.kind == kind && id.name == *name)
    }

    /// The object that takes this one along when it is dropped. Where a kind can only say "the relation", it is looked
    /// up whether that is a table, a view or a materialized view.
    pub fn container(&self, id: &ObjectId) -> Option<ObjectId> {
        let container = self.get(id)?.container(id)?;
        Some(match container.kind {
            Kind::Table => relation_id(self, &container.name),
            // The check of a domain.
            Kind::Domain if container.part.is_some() => ObjectId::new(Kind::Domain, container.name),
            // Columns of views and composite types, which may have a comment, are no objects of their own.
            Kind::Column if !self.contains(&container) => {
                let composite = ObjectId::new(Kind::CompositeType, container.name.clone());
                if self.contains(&composite) { composite } else { relation_id(self, &container.name) }
            }
            _ => container,
        })
    }

    /// Records that an object's expression or definition uses another.
    pub fn add_use(&mut self, user: ObjectId, used: ObjectId) {
        if user != used {
            Arc::make_mut(&mut self.uses).entry(user).or_default().insert(used);
        }
    }

    /// What an object's expressions use, as far as `pg_depend` said.
    pub fn uses(&self, id: &ObjectId) -> impl Iterator<Item = &ObjectId> {
        self.uses.get(id).into_iter().flatten()
    }

    /// Replaces what is known of an object's uses, for example after a rename.
    pub fn set_uses(&mut self, id: ObjectId, used: BTreeSet<ObjectId>) {
        Arc::make_mut(&mut self.uses).insert(id, used);
    }

    /// Everything that must exist before the object can: its structural references and what it uses, in order, each
    /// once, and only what the catalog holds.
    pub fn depends_on(&self, id: &ObjectId) -> BTreeSet<ObjectId> {
        let Some(object) = self.get(id) else { return BTreeSet::new() };
        let mut all: BTreeSet<ObjectId> = object.references(id, self).into_iter().collect();
        all.extend(self.container(id).filter(|_| !matches!(object, Object::Sequence(_))));
        all.extend(self.uses(id).cloned());
        all.remove(id);
        all.retain(|dependency| self.contains(dependency));
        all
    }

    /// The catalog as it is after renames: every object under its new id, with its references following.
    pub fn renamed(&self, renames: &Renames) -> Self {
        if renames.is_empty() {
            return self.clone();
        }
        let mut new = Self {
            server_version: self.server_version,
            extension_owned: self.extension_owned.clone(),
            unread: self.unread.clone(),
            ..Self::default()
        };
        for (id, object) in self.iter() {
            let mut object = object.clone();
            object.rename(id, renames);
            // A comment's and a privilege's id follow from what they are on.
            let new_id = match &object {
                Object::Comment(comment) => Comment::id(&comment.on),
                Object::Privilege(privilege) => Privilege::id(&privilege.on, &privilege.grantee),
                // An index lives in the schema of its table, wherever that moves.
                Object::Index(index) => {
                    let followed = renames.follow(id);
                    ObjectId::new(Kind::Index, index.table.sibling(followed.name.name))
                }
                _ => renames.follow(id),
            };
            let used: BTreeSet<ObjectId> = self.uses(id).map(|used| renames.follow(used)).collect();
            if !used.is_empty() {
                new.set_uses(new_id.clone(), used);
            }
            new.insert(new_id, object);
        }
        new
    }
}
