//! Comments (`pg_description`) on objects of every kind; objects of their own, so that no kind has to think of them.

use serde::{Deserialize, Serialize};

use crate::object::ObjectKind;
use crate::{Catalog, Kind, ObjectId, Renames};

/// A comment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    /// The object it is on.
    pub on: ObjectId,
    /// Its text; empty where somebody took off what the object has by default.
    pub text: String,
    /// What the object has where nobody says anything: an extension brings a comment along, schema public is born with one.
    pub by_default: Option<String>,
}

/// Changes in place.
#[derive(Clone, Debug, PartialEq)]
pub enum CommentAlteration {
    /// `COMMENT ON … IS`.
    Text(String),
}

impl Comment {
    /// A comment on what has none by default.
    pub fn new(on: ObjectId, text: String) -> Self {
        Self { on, text, by_default: None }
    }

    /// The id under which the comment on an object is kept in a catalog.
    pub fn id(on: &ObjectId) -> ObjectId {
        let part = match &on.part {
            Some(part) => format!("{}:{}", on.kind.as_str(), part.as_str()),
            None => on.kind.as_str().to_owned(),
        };
        ObjectId::part(Kind::Comment, on.name.clone(), part)
    }
}

impl ObjectKind for Comment {
    type Alteration = CommentAlteration;

    fn container(&self, _: &ObjectId) -> Option<ObjectId> {
        Some(self.on.clone())
    }

    fn references(&self, _: &ObjectId, _: &Catalog) -> Vec<ObjectId> {
        vec![self.on.clone()]
    }

    fn rename(&mut self, _: &ObjectId, renames: &Renames) {
        self.on = renames.follow(&self.on);
    }

    fn apply(&mut self, alteration: &CommentAlteration) {
        match alteration {
            CommentAlteration::Text(text) => self.text.clone_from(text),
        }
    }
}
