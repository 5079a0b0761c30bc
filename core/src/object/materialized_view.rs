//! Materialized views (`pg_class` with `relkind = 'm'`). Their indexes are objects of their own.

use serde::{Deserialize, Serialize};

use crate::object::ObjectKind;
use crate::{Catalog, DataType, Expression, Name, ObjectId, Options, Renames};

/// A materialized view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MaterializedView {
    /// The query as `pg_get_viewdef` prints it, without the semicolon.
    pub definition: Expression,
    /// Its columns.
    pub columns: Vec<(Name, DataType)>,
    /// Storage parameters.
    pub options: Options,
    /// The access method, if not heap.
    pub access_method: Option<Name>,
    /// The tablespace, if not the database's.
    pub tablespace: Option<Name>,
    /// False for `WITH NO DATA`; no difference by itself.
    pub populated: bool,
}

/// Changes in place.
#[derive(Clone, Debug, PartialEq)]
pub enum MaterializedViewAlteration {
    /// `SET` and `RESET`: all parameters.
    Options(Options),
    /// `SET TABLESPACE`.
    Tablespace(Option<Name>),
}

impl ObjectKind for MaterializedView {
    type Alteration = MaterializedViewAlteration;

    fn container(&self, _: &ObjectId) -> Option<ObjectId> {
        None
    }

    fn references(&self, id: &ObjectId, catalog: &Catalog) -> Vec<ObjectId> {
        let stored = self.columns.iter().flat_map(|(_, data_type)| data_type.stored(catalog));
        std::iter::once(ObjectId::schema(&id.name.schema)).chain(stored).collect()
    }

    fn rename(&mut self, _: &ObjectId, renames: &Renames) {
        self.columns.iter_mut().for_each(|(_, data_type)| data_type.rename(renames));
        self.definition = renames.expression(None, &self.definition);
    }

    fn apply(&mut self, alteration: &MaterializedViewAlteration) {
        match alteration {
            MaterializedViewAlteration::Options(options) => self.options.clone_from(options),
            MaterializedViewAlteration::Tablespace(tablespace) => self.tablespace.clone_from(tablespace),
        }
    }
}
