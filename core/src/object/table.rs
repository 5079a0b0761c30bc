//! Tables (`pg_class` with `relkind` `r` and `p`), foreign ones too (`f`). Columns, constraints, indexes are objects of their own.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::object::{DefinedKind, ObjectKind};
use crate::{Catalog, Expression, Kind, Name, Object, ObjectId, Options, QualName, Renames};

/// A table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Whether it survives a crash.
    pub persistence: Persistence,
    /// Partition strategy and key as `pg_get_partkeydef` prints them (`RANGE (created_at)`), for a partitioned table.
    pub partition_key: Option<Expression>,
    /// The table it is a partition of.
    pub partition_of: Option<Box<PartitionOf>>,
    /// The tables it inherits from, in order; not for partitions.
    pub inherits: Vec<QualName>,
    /// The composite type it is made of (`CREATE TABLE … OF`).
    pub of_type: Option<QualName>,
    /// Storage parameters (`reloptions`, with the TOAST table's as `toast.name`).
    pub options: Options,
    /// What logical replication sends of an old row.
    pub replica_identity: ReplicaIdentity,
    /// `ENABLE ROW LEVEL SECURITY`.
    pub row_security: bool,
    /// `FORCE ROW LEVEL SECURITY`.
    pub force_row_security: bool,
    /// The access method, if not the server's default (heap).
    pub access_method: Option<Name>,
    /// The tablespace, if not the database's.
    pub tablespace: Option<Name>,
    /// Where the rows are, if it is a foreign table.
    #[serde(default)]
    pub foreign: Option<Foreign>,
}

/// What makes a table a foreign one (`pg_foreign_table`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Foreign {
    /// The server.
    pub server: Name,
    /// What the foreign data wrapper is told of the table (`ftoptions`).
    pub options: Options,
}

/// What becomes of the data in a crash (`relpersistence`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Persistence {
    /// Kept.
    #[default]
    Permanent,
    /// Emptied: `UNLOGGED`.
    Unlogged,
}

/// Membership in a partitioned table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartitionOf {
    /// The partitioned table.
    pub parent: QualName,
    /// `FOR VALUES …` or `DEFAULT`, as `pg_get_expr(relpartbound)` prints it.
    pub bound: Expression,
}

/// `REPLICA IDENTITY`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReplicaIdentity {
    /// The primary key.
    #[default]
    Default,
    /// The whole row.
    Full,
    /// Nothing.
    Nothing,
    /// A unique index, or the constraint of that name.
    Index(Name),
}

/// The parents that a table does not have to leave for others. Their order matters: who would come after a new one goes
/// and comes again.
pub fn staying(before: &[QualName], after: &[QualName]) -> Vec<QualName> {
    let kept = before.iter().filter(|old| after.contains(old));
    kept.zip(after).take_while(|(old, new)| old == new).map(|(old, _)| old.clone()).collect()
}

/// Changes in place.
#[derive(Clone, Debug, PartialEq)]
pub enum TableAlteration {
    /// `SET LOGGED` or `UNLOGGED`.
    Persistence(Persistence),
    /// `ATTACH` or `DETACH PARTITION`, or both.
    PartitionOf(Option<Box<PartitionOf>>),
    /// `INHERIT` and `NO INHERIT`: all parents, in order.
    Inherits(Vec<QualName>),
    /// Columns and checks that are to come from the parents alone, or to be the table's own as well. No statement says so:
    /// a stand-in for the parents lends or takes them.
    Origins(Vec<ObjectId>),
    /// `OF` or `NOT OF`.
    OfType(Option<QualName>),
    /// `SET` and `RESET`: all parameters.
    Options(Options),
    /// `REPLICA IDENTITY`.
    ReplicaIdentity(ReplicaIdentity),
    /// `ENABLE` or `DISABLE ROW LEVEL SECURITY`.
    RowSecurity(bool),
    /// `FORCE` or `NO FORCE ROW LEVEL SECURITY`.
    ForceRowSecurity(bool),
    /// `SET ACCESS METHOD` (15 and later).
    AccessMethod(Option<Name>),
    /// `SET TABLESPACE`.
    Tablespace(Option<Name>),
    /// `OPTIONS (ADD …, SET …, DROP …)` of a foreign table: all options. Its server is for ever.
    ForeignOptions(Options),
}

impl Table {
    /// What it is a partition of or inherits from.
    pub fn parents(&self) -> impl Iterator<Item = &QualName> {
        self.partition_of.iter().map(|partition| &partition.parent).chain(&self.inherits)
    }
}

/// Tables and all above them, whose changes reach a child through them.
pub fn ancestors(catalog: &Catalog, tables: impl IntoIterator<Item = QualName>) -> BTreeSet<QualName> {
    let mut all = BTreeSet::new();
    let mut left = Vec::from_iter(tables);
    while let Some(table) = left.pop() {
        if let Some(Object::Table(of)) = catalog.get(&ObjectId::table(&table)) {
            left.extend(of.parents().filter(|parent| !all.contains(*parent)).cloned());
        }
        all.insert(table);
    }
    all
}

impl ObjectKind for Table {
    type Alteration = TableAlteration;

    /// A partition is taken along with its parent.
    fn container(&self, _: &ObjectId) -> Option<ObjectId> {
        self.partition_of.as_ref().map(|partition| ObjectId::table(&partition.parent))
    }

    fn references(&self, id: &ObjectId, catalog: &Catalog) -> Vec<ObjectId> {
        let parents = self.inherits.iter().map(ObjectId::table);
        let of_type =
            self.of_type.iter().filter_map(|name| crate::DataType::user(name.clone()).object(catalog));
        let server = self.foreign.iter().map(|foreign| {
            ObjectId::new(Kind::Defined(DefinedKind::Server), QualName::global(foreign.server.clone()))
        });
        std::iter::once(ObjectId::schema(&id.name.schema))
            .chain(parents)
            .chain(of_type)
            .chain(server)
            .collect()
    }

    fn rename(&mut self, id: &ObjectId, renames: &Renames) {
        if let Some(partition) = &mut self.partition_of {
            partition.parent = renames.relation(&partition.parent);
        }
        for parent in &mut self.inherits {
            *parent = renames.relation(parent);
        }
        if let Some(key) = &mut self.partition_key {
            *key = renames.expression(Some(&id.name), key);
        }
    }

    fn apply(&mut self, alteration: &TableAlteration) {
        match alteration {
            TableAlteration::Persistence(new) => self.persistence = *new,
            TableAlteration::PartitionOf(new) => self.partition_of.clone_from(new),
            TableAlteration::Inherits(new) => self.inherits.clone_from(new),
            // It is the columns and checks that know.
            TableAlteration::Origins(_) => {}
            TableAlteration::OfType(new) => self.of_type.clone_from(new),
            TableAlteration::Options(new) => self.options.clone_from(new),
            TableAlteration::ReplicaIdentity(new) => self.replica_identity = new.clone(),
            TableAlteration::RowSecurity(new) => self.row_security = *new,
            TableAlteration::ForceRowSecurity(new) => self.force_row_security = *new,
            TableAlteration::AccessMethod(new) => self.access_method.clone_from(new),
            TableAlteration::Tablespace(new) => self.tablespace.clone_from(new),
            TableAlteration::ForeignOptions(new) => {
                if let Some(foreign) = &mut self.foreign {
                    foreign.options.clone_from(new);
                }
            }
        }
    }
}
