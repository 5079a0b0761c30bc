//! Columns of tables (`pg_attribute`). A default is an object of its own, as in `pg_attrdef`, because other objects may
//! depend on it separately; a generation expression belongs to the column.

use serde::{Deserialize, Serialize};

use crate::object::not_null::NotNull;
use crate::object::{ObjectKind, sequence::SequenceOptions};
use crate::{Catalog, DataType, Expression, Name, ObjectId, Options, QualName, Renames};

/// A column. What few have is boxed, as a schema has more columns than anything else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Where it stands in the row; only new tables follow it, and it is no difference.
    pub position: i32,
    /// Its type.
    pub data_type: DataType,
    /// `NOT NULL`.
    pub not_null: bool,
    /// What is special about the constraint that says so (18 and later).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_null_constraint: Option<Box<NotNull>>,
    /// Its collation, if not the type's own.
    pub collation: Option<QualName>,
    /// `GENERATED … AS IDENTITY`.
    pub identity: Option<Box<Identity>>,
    /// `GENERATED ALWAYS AS (…)`.
    pub generated: Option<Box<Generated>>,
    /// `STORAGE`, if not the type's own.
    pub storage: Option<Storage>,
    /// `COMPRESSION` (14 and later), if set: `pglz` or `lz4`.
    pub compression: Option<String>,
    /// The statistics target, if set.
    pub statistics: Option<i32>,
    /// Attribute options such as `n_distinct`.
    pub options: Options,
    /// What a foreign data wrapper is told of the column (`attfdwoptions`).
    #[serde(default)]
    pub foreign_options: Options,
    /// Where the definition comes from.
    pub origin: Origin,
}

/// Whether the table itself defines the column (or check), or a parent does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The table itself.
    #[default]
    Local,
    /// A parent alone.
    Inherited,
    /// Both.
    Merged,
}

/// `GENERATED … AS IDENTITY`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// True for `ALWAYS`, false for `BY DEFAULT`.
    pub always: bool,
    /// The options of its sequence.
    pub sequence: SequenceOptions,
    /// The sequence's name, if it is not the one that Postgres would choose.
    pub sequence_name: Option<QualName>,
}

impl Identity {
    /// The sequence of a column: as it is said, or as Postgres would choose.
    pub fn sequence_of(&self, column: &ObjectId) -> QualName {
        self.sequence_name.clone().unwrap_or_else(|| chosen_sequence(&column.name, column.own_name()))
    }
}

fn chosen_sequence(table: &QualName, column: &Name) -> QualName {
    table.sibling(crate::object::choose_name(&[table.name.as_str(), column.as_str()], "seq"))
}

/// `GENERATED ALWAYS AS (…)`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Generated {
    /// The expression.
    pub expression: Expression,
    /// True for `STORED`, false for `VIRTUAL` (18 and later).
    pub stored: bool,
}

/// `STORAGE` strategies (`attstorage`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Storage {
    /// In line, uncompressed.
    Plain,
    /// Out of line, uncompressed.
    External,
    /// Compressed, out of line if need be.
    Extended,
    /// Compressed, in line if at all possible.
    Main,
}

/// Changes in place.
#[derive(Clone, Debug, PartialEq)]
pub enum ColumnAlteration {
    /// `TYPE … [COLLATE …]`.
    Type {
        /// The new type.
        data_type: DataType,
        /// Its collation.
        collation: Option<QualName>,
    },
    /// `SET` or `DROP NOT NULL`.
    NotNull(bool),
    /// `RENAME CONSTRAINT` and `ALTER CONSTRAINT … [NO] INHERIT`, of a column that stays NOT NULL (18 and later).
    NotNullConstraint(Option<Box<NotNull>>),
    /// `ADD GENERATED`, `SET GENERATED …`, `DROP IDENTITY`.
    Identity(Option<Box<Identity>>),
    /// `DROP EXPRESSION` (13 and later) or `SET EXPRESSION` (17 and later).
    Generated(Option<Box<Generated>>),
    /// `SET STORAGE`.
    Storage(Option<Storage>),
    /// `SET COMPRESSION`.
    Compression(Option<String>),
    /// `SET STATISTICS`.
    Statistics(Option<i32>),
    /// `SET (…)` and `RESET (…)`: all options.
    Options(Options),
    /// `OPTIONS (ADD …, SET …, DROP …)` of a foreign table's column: all options.
    ForeignOptions(Options),
    /// Follows from `INHERIT` and `NO INHERIT`; no statement of its own.
    Origin(Origin),
}

impl ObjectKind for Column {
    type Alteration = ColumnAlteration;

    fn container(&self, id: &ObjectId) -> Option<ObjectId> {
        Some(ObjectId::table(&id.name))
    }

    fn references(&self, _: &ObjectId, catalog: &Catalog) -> Vec<ObjectId> {
        let collation = self.collation.iter().map(|name| ObjectId::new(crate::Kind::Collation, name.clone()));
        self.data_type.stored(catalog).into_iter().chain(collation).collect()
    }

    fn rename(&mut self, id: &ObjectId, renames: &Renames) {
        self.data_type.rename(renames);
        if let Some(generated) = &mut self.generated {
            generated.expression = renames.expression(Some(&id.name), &generated.expression);
        }
        if let Some(identity) = &mut self.identity {
            // The sequence keeps its name when the table or column is renamed, and moves along to another schema.
            let (table, column) = (renames.relation(&id.name), renames.column(&id.name, id.own_name()));
            let new = table.sibling(identity.sequence_of(id).name);
            identity.sequence_name = Some(new).filter(|new| *new != chosen_sequence(&table, &column));
        }
    }

    fn apply(&mut self, alteration: &ColumnAlteration) {
        match alteration {
            ColumnAlteration::Type { data_type, collation } => {
                self.data_type = data_type.clone();
                self.collation.clone_from(collation);
                // Those are the type's.
                (self.storage, self.compression) = (None, None);
            }
            ColumnAlteration::NotNull(new) => self.not_null = *new,
            ColumnAlteration::NotNullConstraint(new) => self.not_null_constraint.clone_from(new),
            ColumnAlteration::Identity(new) => self.identity.clone_from(new),
            ColumnAlteration::Generated(new) => self.generated.clone_from(new),
            ColumnAlteration::Storage(new) => self.storage = *new,
            ColumnAlteration::Compression(new) => self.compression.clone_from(new),
            ColumnAlteration::Statistics(new) => self.statistics = *new,
            ColumnAlteration::Options(new) => self.options.clone_from(new),
            ColumnAlteration::ForeignOptions(new) => self.foreign_options.clone_from(new),
            ColumnAlteration::Origin(new) => self.origin = *new,
        }
    }
}

impl Column {
    /// A nullable column of a type, with nothing else.
    pub fn plain(position: i32, data_type: DataType) -> Self {
        Self {
            position,
            data_type,
            not_null: false,
            not_null_constraint: None,
            collation: None,
            identity: None,
            generated: None,
            storage: None,
            compression: None,
            statistics: None,
            options: Options::new(),
            foreign_options: Options::new(),
            origin: Origin::Local,
        }
    }

    /// The name of the constraint that makes it NOT NULL.
    pub fn not_null_name(&self, id: &ObjectId) -> Name {
        let own = self.not_null_constraint.as_ref().and_then(|constraint| constraint.name.clone());
        own.unwrap_or_else(|| NotNull::chosen_name(id))
    }

    /// True if those that inherit the column have to refuse NULL, too.
    pub fn hands_down_not_null(&self) -> bool {
        self.not_null && !self.not_null_constraint.as_ref().is_some_and(|constraint| constraint.no_inherit)
    }

    /// Keeps the name of that constraint where the table or column gets another.
    pub(crate) fn keep_not_null_name(&mut self, was: &ObjectId, is: &ObjectId) {
        if !self.not_null || was == is {
            return;
        }
        let name = Some(self.not_null_name(was)).filter(|name| *name != NotNull::chosen_name(is));
        let constraint =
            self.not_null_constraint.take().map_or_else(NotNull::default, |constraint| *constraint);
        self.not_null_constraint = NotNull { name, ..constraint }.if_special();
    }

    /// True if inserts may leave it out although it is NOT NULL.
    pub fn fills_itself(&self) -> bool {
        self.identity.is_some() || self.generated.is_some()
    }

    /// True if rows that are there are written when the column comes, whatever its default: for their number, the value of an
    /// expression, or for what a domain demands or gives.
    pub fn is_written(&self, catalog: &Catalog) -> bool {
        self.identity.is_some()
            || self.generated.as_ref().is_some_and(|generated| generated.stored)
            || is_told(&self.data_type, catalog)
    }
}

/// True for a domain that has conditions or a default, itself or beneath.
fn is_told(data_type: &DataType, catalog: &Catalog) -> bool {
    let Some(id) = data_type.object(catalog).filter(|_| !data_type.array) else { return false };
    let Some(crate::Object::Domain(domain)) = catalog.get(&id) else { return false };
    domain.not_null || !domain.checks.is_empty() || domain.default.is_some() || is_told(&domain.base, catalog)
}

/// The columns of a table by position.
pub fn in_order<'c>(catalog: &'c Catalog, table: &'c QualName) -> Vec<(&'c Name, &'c Column)> {
    let mut columns: Vec<(&Name, &Column)> = catalog
        .parts(crate::Kind::Column, table)
        .filter_map(|(id, object)| match object {
            crate::Object::Column(column) => Some((id.own_name(), column)),
            _ => None,
        })
        .collect();
    columns.sort_by_key(|(_, column)| column.position);
    columns
}
