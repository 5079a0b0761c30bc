//! A schema as one flat map of objects, with what `pg_depend` knows beside it. There is no field per kind: everything
//! goes through [`ObjectId`].

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::object::{
    Comment, ForeignKey, Kind, Object, Owner, Sequence, domain, not_null, relation_id, sequence,
};
use crate::ordered::OrderedMap;
use crate::{ObjectId, QualName, Renames};

/// All objects of a database that autogen looks at. A clone shares the maps until one of the two changes, and then still
/// every object that does not: a comparison hands whole catalogs on several times, and mostly changes none. So an object
/// that nobody touched lies at the same address in both, which is how a comparison passes over it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Catalog {
    /// `server_version_num`, such as 150018; 0 for a catalog that no server gave.
    pub server_version: u32,
    objects: Arc<OrderedMap<ObjectId, Arc<Object>>>,
    /// From `pg_depend`: what each object's expressions and definition use, in order. Most use one thing, for which a set
    /// would be ten times as large.
    uses: Arc<FxHashMap<ObjectId, Vec<ObjectId>>>,
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
    /// Makes room for so many more objects.
    pub fn reserve(&mut self, more: usize) {
        Arc::make_mut(&mut self.objects).reserve(more);
    }

    /// Adds or replaces an object.
    pub fn insert(&mut self, id: ObjectId, object: impl Into<Object>) {
        self.insert_shared(id, Arc::new(object.into()));
    }

    /// Adds or replaces an object that others hold too.
    pub fn insert_shared(&mut self, id: ObjectId, object: Arc<Object>) {
        Arc::make_mut(&mut self.objects).insert(id, object);
    }

    /// Adds an object, or replaces one that differs.
    pub fn update(&mut self, id: &ObjectId, object: impl Into<Object>) {
        let object = object.into();
        if self.get(id) != Some(&object) {
            self.insert(id.clone(), object);
        }
    }

    /// Takes an object out, with what it uses. True if it was there.
    pub fn remove(&mut self, id: &ObjectId) -> bool {
        if self.uses.contains_key(id) {
            Arc::make_mut(&mut self.uses).remove(id);
        }
        // What is not there does not make the map one's own.
        self.contains(id) && Arc::make_mut(&mut self.objects).remove(id)
    }

    /// Takes an object out with everything that it contains, and everything contained in that.
    pub fn remove_tree(&mut self, id: &ObjectId) {
        self.remove_trees([id.clone()]);
    }

    /// The same for several, at the price of one: all objects are looked through once for each level of what contains what,
    /// however many go.
    pub fn remove_trees(&mut self, ids: impl IntoIterator<Item = ObjectId>) {
        let mut going: BTreeSet<ObjectId> = ids.into_iter().collect();
        while !going.is_empty() {
            let inside = self.inside(&going);
            for id in &going {
                self.remove(id);
            }
            going = inside;
        }
    }

    /// Takes out what these contained that have gone, or that others have taken the place of, and everything within that.
    pub fn remove_contents(&mut self, wholes: impl IntoIterator<Item = ObjectId>) {
        let wholes: BTreeSet<ObjectId> = wholes.into_iter().collect();
        if !wholes.is_empty() {
            self.remove_trees(self.inside(&wholes));
        }
    }

    /// What any of these contains itself.
    fn inside(&self, wholes: &BTreeSet<ObjectId>) -> BTreeSet<ObjectId> {
        // The name alone tells most that are in none of them; the rest has to be looked up.
        let names: HashSet<&QualName> = wholes.iter().map(|id| &id.name).collect();
        let is_inside = |(id, object): &(&ObjectId, &Object)| {
            let named = object.container(id).is_some_and(|whole| names.contains(&whole.name));
            named && self.container(id).is_some_and(|whole| wholes.contains(&whole))
        };
        self.iter().filter(is_inside).map(|(id, _)| id.clone()).filter(|id| !wholes.contains(id)).collect()
    }

    /// The object of an id.
    pub fn get(&self, id: &ObjectId) -> Option<&Object> {
        self.objects.get(id).map(Arc::as_ref)
    }

    /// The id as the catalog holds it. Its names are those of what lies beside it, so that whoever goes on with it finds
    /// the rest without comparing texts.
    pub fn own_id(&self, id: &ObjectId) -> Option<&ObjectId> {
        self.objects.get_key_value(id).map(|(own, _)| own)
    }

    /// The object of an id, to be held by another catalog too.
    pub fn get_shared(&self, id: &ObjectId) -> Option<&Arc<Object>> {
        self.objects.get(id)
    }

    /// The object of an id, to change.
    pub fn get_mut(&mut self, id: &ObjectId) -> Option<&mut Object> {
        if !self.contains(id) {
            return None;
        }
        Arc::make_mut(&mut self.objects).get_mut(id).map(Arc::make_mut)
    }

    /// True if the object is there.
    pub fn contains(&self, id: &ObjectId) -> bool {
        self.objects.contains_key(id)
    }

    /// All objects, by kind, then name.
    pub fn iter(&self) -> impl Iterator<Item = (&ObjectId, &Object)> {
        self.objects.iter().map(|(id, object)| (id, &**object))
    }

    /// All ids, in the same order.
    pub fn ids(&self) -> impl Iterator<Item = &ObjectId> {
        self.objects.iter().map(|(id, _)| id)
    }

    /// True for a copy in which no object was added, changed or taken out since. False tells nothing.
    pub fn has_same_objects(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.objects, &other.objects)
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
        let all = self.objects.from(&from).take_while(move |(id, _)| id.kind == kind);
        all.map(|(id, object)| (id, &**object))
    }

    /// The parts of one kind that a relation has, such as its columns.
    pub fn parts<'a>(
        &'a self,
        kind: Kind,
        name: &'a QualName,
    ) -> impl Iterator<Item = (&'a ObjectId, &'a Object)> {
        let from = ObjectId { kind, name: name.clone(), part: None };
        let all = self.objects.from(&from).take_while(move |(id, _)| id.kind == kind && id.name == *name);
        all.map(|(id, object)| (id, &**object))
    }

    /// The partitioned table's index or key that a partition's is a part of: it comes and goes with that. A key's is the one
    /// with the same definition; the catalog does not say which it is.
    pub fn whole(&self, part: &ObjectId) -> Option<ObjectId> {
        let object = self.get(part)?;
        let is_whole = |other: &Object| match (object, other) {
            (Object::PrimaryKey(own), Object::PrimaryKey(_)) => own.inherited,
            (Object::Unique(own), Object::Unique(other)) => own.inherited && own.is_part_of(other),
            (Object::ForeignKey(own), Object::ForeignKey(other)) => {
                own.inherited && ForeignKey { inherited: other.inherited, ..own.clone() } == *other
            }
            _ => false,
        };
        match object {
            Object::Index(index) => index.partition_of.clone().map(|name| ObjectId::new(Kind::Index, name)),
            Object::PrimaryKey(_) | Object::Unique(_) | Object::ForeignKey(_) => {
                let above = self.container(&ObjectId::table(&part.name))?.name;
                self.parts(part.kind, &above).find(|(_, other)| is_whole(other)).map(|(id, _)| id.clone())
            }
            _ => None,
        }
    }

    /// What [`Self::whole`] says, then what that is a part of, and so on.
    pub fn wholes(&self, part: &ObjectId) -> impl Iterator<Item = ObjectId> {
        std::iter::successors(self.whole(part), |whole| self.whole(whole))
    }

    /// True for a table that has partitions, or may have.
    pub fn is_partitioned(&self, table: &QualName) -> bool {
        matches!(self.get(&ObjectId::table(table)), Some(Object::Table(table)) if table.partition_key.is_some())
    }

    /// The object that takes this one along when it is dropped. Where a kind can only say "the relation", it is looked
    /// up whether that is a table, a view or a materialized view.
    pub fn container(&self, id: &ObjectId) -> Option<ObjectId> {
        self.container_of(id, self.get(id)?)
    }

    /// The same for an object at hand.
    pub fn container_of(&self, id: &ObjectId, object: &Object) -> Option<ObjectId> {
        let container = object.container(id)?;
        Some(match container.kind {
            Kind::Table => relation_id(self, &container.name),
            // The check of a domain.
            Kind::Domain if container.part.is_some() => ObjectId::new(Kind::Domain, container.name),
            Kind::Sequence => sequence::identity_column(&container).unwrap_or(container),
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
        if user == used {
            return;
        }
        let all = Arc::make_mut(&mut self.uses).entry(user).or_default();
        if let Err(at) = all.binary_search(&used) {
            all.reserve_exact(1);
            all.insert(at, used);
        }
    }

    /// What an object's expressions use, as far as `pg_depend` said.
    pub fn uses(&self, id: &ObjectId) -> impl Iterator<Item = &ObjectId> {
        self.uses.get(id).into_iter().flatten()
    }

    /// Replaces what is known of an object's uses, for example after a rename.
    pub fn set_uses(&mut self, id: ObjectId, used: BTreeSet<ObjectId>) {
        Arc::make_mut(&mut self.uses).insert(id, used.into_iter().collect());
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
        let renames = &self.carried_along(renames);
        for (id, object) in self.iter() {
            let mut object = object.clone();
            object.rename(id, renames);
            // The ids of comments, owners and privileges follow from what they are on.
            let new_id = match &object {
                Object::Comment(comment) => Comment::id(&comment.on),
                Object::Owner(owner) => Owner::id(&owner.on),
                Object::Privilege(privilege) => privilege.own_id(),
                // An index lives in the schema of its table, wherever that moves.
                Object::Index(index) => {
                    let followed = renames.follow(id);
                    ObjectId::new(Kind::Index, index.table.sibling(followed.name.name))
                }
                _ => renames.follow(id),
            };
            match &mut object {
                Object::Column(column) if self.server_version >= not_null::NAMES_NOT_NULL => {
                    column.keep_not_null_name(id, &new_id);
                }
                Object::Domain(of) if self.server_version >= domain::NAMES_NOT_NULL => {
                    of.keep_not_null_name(&id.name, &new_id.name);
                }
                _ => {}
            }
            let used: BTreeSet<ObjectId> = self.uses(id).map(|used| renames.follow(used)).collect();
            if !used.is_empty() {
                new.set_uses(new_id.clone(), used);
            }
            new.insert(new_id, object);
        }
        new
    }

    /// The renames with those of sequences that move to another schema with the table whose column owns them.
    fn carried_along(&self, renames: &Renames) -> Renames {
        let mut all = renames.clone();
        for (id, object) in self.of_kind(Kind::Sequence) {
            let Object::Sequence(Sequence { owned_by: Some(owner), .. }) = object else { continue };
            let table = renames.relation(&owner.name);
            if table.schema != owner.name.schema && renames.follow(id) == *id {
                all.insert(id.clone(), ObjectId::new(Kind::Sequence, table.sibling(id.name.name.clone())));
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::object::{Column, Default, Table};
    use crate::{DataType, Expression, Name};

    fn with_tables(names: &[&str]) -> Catalog {
        let mut catalog = Catalog::default();
        let integer =
            DataType { base: QualName::new("pg_catalog", "int4"), text: "integer".into(), array: false };
        for name in names {
            let (table, id) = (QualName::new("public", *name), Name::new("id"));
            let column = ObjectId::column(&table, &id);
            let expression = Expression::new("1");
            catalog.insert(ObjectId::table(&table), Table::default());
            catalog.insert(column.clone(), Column::plain(1, integer.clone()));
            catalog.insert(ObjectId { kind: Kind::Default, ..column.clone() }, Default { expression });
            catalog.insert(Comment::id(&column), Comment::new(column, String::new()));
        }
        catalog
    }

    #[test]
    fn what_is_inside_goes_along() {
        let check = |gone: &[&str], expect: usize| {
            let mut catalog = with_tables(&["a", "b", "c"]);
            let ids = gone.iter().map(|name| ObjectId::table(&QualName::new("public", *name)));
            catalog.remove_trees(ids);
            assert_eq!(catalog.len(), expect, "{:?}", catalog.ids().collect::<Vec<_>>());
            assert!(catalog.ids().all(|id| !gone.contains(&id.name.name.as_str())));
        };
        check(&[], 12);
        check(&["b"], 8);
        check(&["a", "c"], 4);
        check(&["a", "b", "c"], 0);
    }

    #[test]
    fn a_copy_shares_what_it_does_not_change() {
        let one = with_tables(&["a", "b"]);
        let mut two = one.clone();
        let (changed, same) = (QualName::new("public", "a"), QualName::new("public", "b"));
        let same = ObjectId::table(&same);
        two.update(&same, Table::default());
        two.update(&ObjectId::table(&changed), Table { row_security: true, ..Table::default() });
        let shared =
            |id: &ObjectId| one.get(id).zip(two.get(id)).is_some_and(|(one, two)| std::ptr::eq(one, two));
        assert!(shared(&same));
        assert!(!shared(&ObjectId::table(&changed)));
        assert_ne!(one, two);
    }
}
