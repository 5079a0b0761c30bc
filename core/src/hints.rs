//! What the schemas themselves cannot say: which object is a renamed one, how to fill a column, how to cast it.

use std::collections::BTreeMap;

use crate::expression::quoted_where_needed;
use crate::object::Kind;
use crate::{Expression, Likely, Name, ObjectId, QualName};

/// Answers given by people, in the models or on the command line; and guesses, to ask them about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hints {
    /// Objects, old to new.
    pub renames: Renames,
    /// How to fill a column (by its new id) before it becomes NOT NULL.
    pub backfill: BTreeMap<ObjectId, Expression>,
    /// How to convert a column (by its new id) to its new type.
    pub using: BTreeMap<ObjectId, Expression>,
    /// Which label takes the rows of a removed one: by enum, old label to new.
    pub label_map: BTreeMap<ObjectId, BTreeMap<String, String>>,
    /// Renames that nobody has confirmed.
    pub likely: Likely,
    /// True where the wanted schema is to be met to the letter, also in what the server writes in two ways: it is that of another
    /// database, or of this one as it was.
    pub to_the_letter: bool,
    /// True where new objects keep what default privileges grant them, as nobody said what they should have.
    pub as_granted: bool,
}

impl Hints {
    /// The hints for the way back: renames inverted, the rest unknown.
    pub fn inverted(&self) -> Self {
        Self {
            renames: self.renames.inverted(),
            likely: self.likely.inverted(),
            to_the_letter: true,
            ..Self::default()
        }
    }
}

/// Renames of objects, and of enum labels, old to new. One to one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Renames {
    objects: BTreeMap<ObjectId, ObjectId>,
    labels: BTreeMap<ObjectId, BTreeMap<String, String>>,
}

impl Renames {
    /// Adds the rename of an object. Part renames (columns) are given with the relation's new name on the new side and
    /// its old name on the old side.
    pub fn insert(&mut self, old: ObjectId, new: ObjectId) {
        if old != new {
            self.objects.insert(old, new);
        }
    }

    /// Adds the rename of a label of an enum, which is named by its new id.
    pub fn insert_label(&mut self, enum_type: ObjectId, old: impl Into<String>, new: impl Into<String>) {
        self.labels.entry(enum_type).or_default().insert(old.into(), new.into());
    }

    /// All object renames, old and new.
    pub fn iter(&self) -> impl Iterator<Item = (&ObjectId, &ObjectId)> {
        self.objects.iter()
    }

    /// The label renames of an enum (by its new id), old to new.
    pub fn labels(&self, enum_type: &ObjectId) -> Option<&BTreeMap<String, String>> {
        self.labels.get(enum_type)
    }

    /// All enums with label renames.
    pub fn label_renames(&self) -> impl Iterator<Item = (&ObjectId, &BTreeMap<String, String>)> {
        self.labels.iter()
    }

    /// True if there is none.
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty() && self.labels.is_empty()
    }

    /// The new id of an object: its own rename, else its relation's, else the id itself.
    pub fn follow(&self, id: &ObjectId) -> ObjectId {
        if self.objects.is_empty() {
            return id.clone();
        }
        if let Some(new) = self.objects.get(id) {
            return new.clone();
        }
        // A sequence with a part is that of an identity column.
        if let (Kind::Default | Kind::Sequence, Some(column)) = (id.kind, &id.part) {
            return ObjectId::part(id.kind, self.relation(&id.name), self.column(&id.name, column));
        }
        if id.part.is_some() && !id.kind.has_signature() {
            return ObjectId { name: self.relation(&id.name), ..id.clone() };
        }
        id.clone()
    }

    /// The new name of a relation.
    pub fn relation(&self, name: &QualName) -> QualName {
        for kind in [Kind::Table, Kind::View, Kind::MaterializedView] {
            if let Some(new) = self.objects.get(&ObjectId::new(kind, name.clone())) {
                return new.name.clone();
            }
        }
        name.clone()
    }

    /// The new name of a column of a relation (named by its old name).
    pub fn column(&self, relation: &QualName, column: &Name) -> Name {
        match self.objects.get(&ObjectId::column(relation, column)) {
            Some(new) => new.own_name().clone(),
            None => column.clone(),
        }
    }

    /// [`Renames::column`] on a list, in place.
    pub fn columns(&self, relation: &QualName, columns: &mut [Name]) {
        for column in columns {
            *column = self.column(relation, column);
        }
    }

    /// The new name of an index, in place.
    pub fn index(&self, index: &mut Option<QualName>) {
        if let Some(name) = index {
            *name = self.follow(&ObjectId::new(Kind::Index, name.clone())).name;
        }
    }

    /// The renames of the way back.
    pub fn inverted(&self) -> Self {
        Self {
            objects: self.objects.iter().map(|(old, new)| (new.clone(), old.clone())).collect(),
            labels: self
                .labels
                .iter()
                .map(|(id, map)| {
                    let old_id = self.objects.iter().find(|(_, new)| *new == id).map_or(id, |(old, _)| old);
                    (old_id.clone(), map.iter().map(|(old, new)| (new.clone(), old.clone())).collect())
                })
                .collect(),
        }
    }

    /// An expression as it reads after the renames of columns of `relation`, of tables and of types: token by token.
    pub fn expression(&self, relation: Option<&QualName>, expression: &Expression) -> Expression {
        if self.is_empty() {
            return expression.clone();
        }
        let mut renamed = expression.map_identifiers(|word| {
            let column = relation.map(|relation| (self.column(relation, &Name::new(word)), word));
            if let Some((new, _)) = column.filter(|(new, old)| new.as_str() != *old) {
                return Some(new);
            }
            self.objects
                .iter()
                .find(|(old, new)| {
                    old.part.is_none() && old.name.name.as_str() == word && old.name.name != new.name.name
                })
                .map(|(_, new)| new.name.name.clone())
        });
        for map in self.labels.values() {
            for (old, new) in map {
                renamed = replace_string(&renamed, old, new);
            }
        }
        // As `'public.users_id_seq'::regclass`.
        for (old, new) in self.objects.iter().filter(|(old, _)| old.kind == Kind::Sequence) {
            renamed = replace_string(&renamed, &written(&old.name), &written(&new.name));
        }
        renamed
    }
}

/// A name as the server writes it in an expression.
fn written(name: &QualName) -> String {
    format!("{}.{}", quoted_where_needed(&name.schema), quoted_where_needed(&name.name))
}

fn replace_string(expression: &Expression, old: &str, new: &str) -> Expression {
    let quote = |text: &str| format!("'{}'", text.replace('\'', "''"));
    let (old, new) = (quote(old), quote(new));
    Expression::new(
        crate::tokens(expression.as_str())
            .into_iter()
            .map(|token| if token.text == old { new.as_str() } else { token.text })
            .collect::<String>(),
    )
}
