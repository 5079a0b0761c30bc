//! Indexes (`pg_index`), but for those behind constraints.

use serde::{Deserialize, Serialize};

use crate::object::{ObjectKind, relation_id};
use crate::{Catalog, Expression, Name, ObjectId, Options, QualName, Renames};

/// An index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Index {
    /// The table or materialized view.
    pub table: QualName,
    /// `UNIQUE`.
    pub unique: bool,
    /// `NULLS NOT DISTINCT` (15 and later).
    pub nulls_not_distinct: bool,
    /// The access method, such as `btree`.
    pub method: Name,
    /// The key, in order.
    pub keys: Vec<IndexKey>,
    /// `INCLUDE` columns.
    pub include: Vec<Name>,
    /// `WHERE`.
    pub predicate: Option<Expression>,
    /// Storage parameters.
    pub options: Options,
    /// The tablespace, if not the database's.
    pub tablespace: Option<Name>,
    /// False for what a failed `CREATE INDEX CONCURRENTLY` left.
    pub valid: bool,
    /// The partitioned table's index that it is attached to.
    pub partition_of: Option<QualName>,
}

/// One key of an index or exclusion constraint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexKey {
    /// What is indexed.
    pub target: IndexTarget,
    /// `COLLATE`, if not the column's own.
    pub collation: Option<QualName>,
    /// The operator class, if not the type's default for the method.
    pub opclass: Option<QualName>,
    /// The operator class's parameters.
    pub opclass_options: Options,
    /// `DESC`.
    pub descending: bool,
    /// True for `NULLS FIRST`; the default is the value of `descending`.
    pub nulls_first: bool,
}

/// What an index key indexes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IndexTarget {
    /// A column.
    Column(Name),
    /// An expression, without outer parentheses unless the server printed them.
    Expression(Expression),
}

impl IndexKey {
    /// A column in the default order.
    pub fn column(name: impl Into<Name>) -> Self {
        Self {
            target: IndexTarget::Column(name.into()),
            collation: None,
            opclass: None,
            opclass_options: Options::new(),
            descending: false,
            nulls_first: false,
        }
    }

    /// How Postgres calls it in the name that it chooses for an index.
    pub fn column_name(&self) -> String {
        match &self.target {
            IndexTarget::Column(column) => column.as_str().to_owned(),
            IndexTarget::Expression(expression) => {
                expression.figured_name().unwrap_or_else(|| "expr".to_owned())
            }
        }
    }

    /// Follows renames.
    pub fn rename(&mut self, table: &QualName, renames: &Renames) {
        match &mut self.target {
            IndexTarget::Column(column) => *column = renames.column(table, column),
            IndexTarget::Expression(expression) => *expression = renames.expression(Some(table), expression),
        }
    }
}

/// How Postgres calls the columns of an index over columns and expressions of these names: the second of a name gets a
/// number (`ChooseIndexColumnNames` in indexcmds.c).
pub fn numbered(names: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for name in names {
        let others = (1_u32..).map(|number| format!("{name}{number}"));
        all.extend(std::iter::once(name.clone()).chain(others).find(|name| !all.contains(name)));
    }
    all
}

/// Changes in place.
#[derive(Clone, Debug, PartialEq)]
pub enum IndexAlteration {
    /// `SET` and `RESET`: all parameters.
    Options(Options),
    /// `SET TABLESPACE`.
    Tablespace(Option<Name>),
    /// `ATTACH PARTITION`.
    Attach(QualName),
    /// `REINDEX`: it becomes valid.
    Rebuild,
    /// A partitioned table's becomes valid with the last of its parts; no statement of its own.
    Completed,
}

impl ObjectKind for Index {
    type Alteration = IndexAlteration;

    fn container(&self, _: &ObjectId) -> Option<ObjectId> {
        Some(ObjectId::table(&self.table))
    }

    fn references(&self, _: &ObjectId, catalog: &Catalog) -> Vec<ObjectId> {
        let keys = self.keys.iter().filter_map(|key| match &key.target {
            IndexTarget::Column(column) => Some(column),
            IndexTarget::Expression(_) => None,
        });
        let parent = self.partition_of.iter().map(|name| ObjectId::new(crate::Kind::Index, name.clone()));
        keys.chain(&self.include)
            .map(|column| ObjectId::column(&self.table, column))
            .chain([relation_id(catalog, &self.table)])
            .chain(parent)
            .collect()
    }

    fn rename(&mut self, _: &ObjectId, renames: &Renames) {
        for key in &mut self.keys {
            key.rename(&self.table, renames);
        }
        renames.columns(&self.table, &mut self.include);
        renames.index(&mut self.partition_of);
        if let Some(predicate) = &mut self.predicate {
            *predicate = renames.expression(Some(&self.table), predicate);
        }
        self.table = renames.relation(&self.table);
    }

    fn apply(&mut self, alteration: &IndexAlteration) {
        match alteration {
            IndexAlteration::Options(options) => self.options.clone_from(options),
            IndexAlteration::Tablespace(tablespace) => self.tablespace.clone_from(tablespace),
            IndexAlteration::Attach(parent) => self.partition_of = Some(parent.clone()),
            IndexAlteration::Rebuild | IndexAlteration::Completed => self.valid = true,
        }
    }
}

impl Index {
    /// True for an index that `ALTER TABLE … ATTACH PARTITION` takes for the table's part of a partitioned index, if it is
    /// free: the order of the keys and the storage do not matter (`CompareIndexInfo` in the server's sources).
    pub fn serves(&self, above: &Index) -> bool {
        let is_same = |(own, other): (&IndexKey, &IndexKey)| {
            own.target == other.target
                && own.collation == other.collation
                && own.opclass == other.opclass
                && own.opclass_options == other.opclass_options
        };
        self.unique == above.unique
            && self.nulls_not_distinct == above.nulls_not_distinct
            && self.method == above.method
            && self.include == above.include
            && self.predicate == above.predicate
            && self.keys.len() == above.keys.len()
            && self.keys.iter().zip(&above.keys).all(is_same)
    }

    /// How Postgres calls its columns, those that are only included among them.
    pub fn column_names(&self) -> Vec<String> {
        let included = self.include.iter().map(|column| column.as_str().to_owned());
        numbered(self.keys.iter().map(IndexKey::column_name).chain(included))
    }

    /// The key columns, if every key is a plain column.
    pub fn plain_columns(&self) -> Option<Vec<Name>> {
        self.keys
            .iter()
            .map(|key| match &key.target {
                IndexTarget::Column(column) => Some(column.clone()),
                IndexTarget::Expression(_) => None,
            })
            .collect()
    }
}
