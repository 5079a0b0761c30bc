//! Views (`pg_class` with `relkind = 'v'`), defined by their query.

use serde::{Deserialize, Serialize};

use crate::object::ObjectKind;
use crate::{Catalog, DataType, Expression, Name, ObjectId, Options, Renames};

/// A view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct View {
    /// The query as `pg_get_viewdef` prints it, without the semicolon.
    pub definition: Expression,
    /// Its columns; `CREATE OR REPLACE` may only append to them.
    pub columns: Vec<(Name, DataType)>,
    /// `security_barrier`, `check_option` and the like.
    pub options: Options,
}

/// Changes in place.
#[derive(Clone, Debug, PartialEq)]
pub enum ViewAlteration {
    /// `CREATE OR REPLACE VIEW`; the options go with it.
    Definition(View),
    /// `SET` and `RESET`: all options.
    Options(Options),
}

impl ObjectKind for View {
    type Alteration = ViewAlteration;

    fn container(&self, _: &ObjectId) -> Option<ObjectId> {
        None
    }

    fn references(&self, id: &ObjectId, _: &Catalog) -> Vec<ObjectId> {
        vec![ObjectId::schema(&id.name.schema)]
    }

    fn rename(&mut self, _: &ObjectId, renames: &Renames) {
        self.columns.iter_mut().for_each(|(_, data_type)| data_type.rename(renames));
        self.definition = renames.expression(None, &self.definition);
    }

    fn apply(&mut self, alteration: &ViewAlteration) {
        match alteration {
            ViewAlteration::Definition(view) => *self = view.clone(),
            ViewAlteration::Options(options) => self.options.clone_from(options),
        }
    }
}
