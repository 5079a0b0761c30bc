//! What `ALTER` sets on a piece that is no object of the model: the default of a view's column, the statistics target of
//! a column of an index, what is set on a column of a materialized view, the index that a table is clustered on, when a
//! partition's copy of a trigger fires, that the sequence of an identity column is unlogged where its table is not, that
//! NOT NULL is not proved (18). An object of its own, so that no kind has to think of it; its statements are the server's
//! words.

use serde::{Deserialize, Serialize};

use crate::object::ObjectKind;
use crate::{Catalog, Expression, ObjectId, Renames};

/// A setting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    /// The object that it goes with.
    pub on: ObjectId,
    /// The statement that sets it, quoted by the server.
    pub set: Expression,
    /// The statement that takes it back.
    pub reset: Expression,
}

/// Changes in place.
#[derive(Clone, Debug, PartialEq)]
pub enum SettingAlteration {
    /// Another value, which may go with another object.
    Value(Setting),
}

impl ObjectKind for Setting {
    type Alteration = SettingAlteration;

    fn container(&self, _: &ObjectId) -> Option<ObjectId> {
        Some(self.on.clone())
    }

    fn references(&self, _: &ObjectId, _: &Catalog) -> Vec<ObjectId> {
        Vec::new()
    }

    fn rename(&mut self, id: &ObjectId, renames: &Renames) {
        self.on = renames.follow(&self.on);
        self.set = renames.expression(Some(&id.name), &self.set);
        self.reset = renames.expression(Some(&id.name), &self.reset);
    }

    fn apply(&mut self, alteration: &SettingAlteration) {
        match alteration {
            SettingAlteration::Value(setting) => *self = setting.clone(),
        }
    }
}
