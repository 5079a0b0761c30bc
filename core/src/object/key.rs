//! What primary keys and unique constraints have in common: the columns, and what changes in place of the index behind them; and
//! with foreign keys: a partition has copies of its parent's.

use crate::{Catalog, Kind, Name, Object, ObjectId, Options, Pair, QualName, Renames};

/// What changes in place of a primary key or unique constraint: the index behind it.
#[derive(Clone, Debug, PartialEq)]
pub enum KeyAlteration {
    /// `SET` and `RESET`: all storage parameters.
    Options(Options),
    /// `SET TABLESPACE`.
    Tablespace(Option<Name>),
    /// `ATTACH PARTITION` to the partitioned table's index; it only leaves that with its table.
    PartitionOf(Option<QualName>),
}

impl KeyAlteration {
    /// Changes what a key says of its index.
    pub(super) fn apply(
        &self,
        options: &mut Options,
        tablespace: &mut Option<Name>,
        partition_of: &mut Option<QualName>,
    ) {
        match self {
            Self::Options(new) => options.clone_from(new),
            Self::Tablespace(new) => tablespace.clone_from(new),
            Self::PartitionOf(new) => partition_of.clone_from(new),
        }
    }
}

/// What a key of these columns refers to: them, and the partitioned table's index that its own is attached to.
pub(super) fn references<'a>(
    id: &ObjectId,
    columns: impl IntoIterator<Item = &'a Name>,
    partition_of: Option<&QualName>,
) -> Vec<ObjectId> {
    let whole = partition_of.map(|name| ObjectId::new(Kind::Index, name.clone()));
    columns.into_iter().map(|column| ObjectId::column(&id.name, column)).chain(whole).collect()
}

/// The new names of what a key refers to.
pub(super) fn rename(
    id: &ObjectId,
    [columns, include]: [&mut Vec<Name>; 2],
    partition_of: &mut Option<QualName>,
    renames: &Renames,
) {
    renames.columns(&id.name, columns);
    renames.columns(&id.name, include);
    renames.index(partition_of);
}

/// True for a key or foreign key that a partition has with its parent's.
pub fn is_copy(object: &Object) -> bool {
    match object {
        Object::PrimaryKey(key) => key.inherited,
        Object::Unique(key) => key.inherited,
        Object::ForeignKey(key) => key.inherited,
        _ => false,
    }
}

/// True for such a one of a table that is there and becomes a partition: it comes before, as the table's own, which the server
/// takes for the part of the parent's. So it has the name that it is to have; a foreign key has that of the parent's anyway.
pub fn comes_ahead(id: &ObjectId, pair: Pair<&Catalog>) -> bool {
    let table = ObjectId::table(&id.name);
    let parents = pair.map(|catalog| catalog.container(&table));
    let joins = pair.before.contains(&table) && parents.after.is_some() && parents.differs();
    let is_named =
        || id.kind != Kind::ForeignKey || !pair.after.wholes(id).any(|whole| whole.part == id.part);
    joins && pair.after.get(id).is_some_and(is_copy) && is_named()
}
