//! The statement of what the Rust code says, independent of any database.

use std::sync::Arc;

use autogen_core::Span;

use super::grammar::{EnumAttr, FieldAttr, Said, TableAttr, VariantAttr};
pub use super::sql_type::{SqlType, TypeSet};

/// How often a Rust type says `Option`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nulls {
    /// `T`.
    Never,
    /// `Option<T>`.
    Once,
    /// `Option<Option<T>>`.
    Twice,
    /// A type parameter, or a type that reads NULL itself.
    Unknown,
}

/// What one field says in one role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The types that it can hold.
    pub accept: TypeSet,
    /// Whether it can hold NULL.
    pub nulls: Nulls,
    /// True if `None` is written as NULL and not left out.
    pub none_is_null: bool,
}

/// How a struct is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Load {
    /// `HasQuery`, `Selectable` or `QueryableByName`: by name.
    Named,
    /// `Queryable` alone: by position.
    Positional,
}

/// What a struct derives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Roles {
    /// It is loaded.
    pub load: Option<Load>,
    /// `Insertable`.
    pub insert: bool,
    /// `AsChangeset`.
    pub update: bool,
    /// `Identifiable` or `Associations`.
    pub keys: bool,
}

impl Roles {
    /// The strength of what it says about NULL when loaded, 3 to 1; 0 if it is not loaded.
    pub fn load_rank(self) -> u8 {
        match (self.load, self.insert) {
            (Some(Load::Named), _) => 3,
            (Some(Load::Positional), false) => 2,
            (Some(Load::Positional), true) => 1,
            (None, _) => 0,
        }
    }
}

/// How a struct came to its table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binding {
    /// `table_name` or the autogen attribute.
    Named,
    /// By the struct's name, as Diesel does.
    Implicit,
    /// A `Queryable` without a table, by its fields.
    Free,
}

/// One field bound to one column.
#[derive(Clone, Debug)]
pub struct FieldBinding {
    /// The column's SQL name.
    pub column: String,
    /// The name without a trailing underscore, if that is a Rust keyword and no `table!` has decided: the column if
    /// the live table has it.
    pub stem: Option<String>,
    /// The field's Rust name.
    pub field: String,
    /// Where.
    pub span: Span,
    /// True if the name is only a guess, because the field binds by position and no `table!` is known.
    pub positional: bool,
    /// What loading says.
    pub load: Option<Evidence>,
    /// What inserting says.
    pub insert: Option<Evidence>,
    /// What updating says.
    pub update: Option<Evidence>,
    /// The field's autogen attribute, if it has one.
    pub attribute: Option<Arc<FieldAttr>>,
}

/// `belongs_to(Parent, foreign_key = column)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BelongsTo {
    /// The parent struct, as written.
    pub parent: String,
    /// Its table, as far as known.
    pub table: Option<String>,
    /// The column.
    pub column: String,
    /// Where.
    pub span: Span,
}

/// A struct bound to a table.
#[derive(Clone, Debug)]
pub struct StructBinding {
    /// The struct's name.
    pub rust_name: String,
    /// Where its name is.
    pub span: Span,
    /// How it came to its table.
    pub binding: Binding,
    /// What it derives.
    pub roles: Roles,
    /// Its bound fields.
    pub fields: Vec<FieldBinding>,
    /// `primary_key(…)`, as SQL names.
    pub primary_key: Option<Vec<String>>,
    /// Its parents.
    pub belongs_to: Vec<BelongsTo>,
}

/// What the models want of a column's NOT NULL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nullability {
    /// NOT NULL.
    NotNull,
    /// NULL is allowed.
    Nullable,
    /// Nothing is said: what lives stays.
    Keep,
}

/// What the `Insertable`s of a table do with a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InsertEvidence {
    /// There is no `Insertable`.
    NoInsertable,
    /// None of them has it.
    Absent,
    /// At least one leaves it out, or can.
    Optional,
    /// All give a value.
    Always,
}

/// A column as all structs together say it.
#[derive(Clone, Debug)]
pub struct ColumnModel {
    /// The SQL name.
    pub name: String,
    /// See [`FieldBinding::stem`].
    pub stem: Option<String>,
    /// The Rust field; `None` if only `table!` has the column.
    pub field: Option<String>,
    /// Where it is declared.
    pub span: Span,
    /// True if every binding is a guess by position.
    pub positional: bool,
    /// The column in `table!`.
    pub declared: Option<Box<SchemaColumn>>,
    /// The types that suit; the first is proposed.
    pub accept: TypeSet,
    /// What is wanted of an existing column.
    pub nullability: Nullability,
    /// Whether a new column gets NOT NULL; never [`Nullability::Keep`].
    pub if_new: Nullability,
    /// What is known from inserting.
    pub insert: InsertEvidence,
    /// Part of the primary key.
    pub is_key: bool,
    /// The merged attribute; that of the only struct that has one is shared with it.
    pub attribute: Arc<FieldAttr>,
}

impl ColumnModel {
    /// The type for a new column: the attribute's is not looked at here.
    pub fn proposal(&self) -> Option<&SqlType> {
        self.accept.proposal().or_else(|| self.declared.as_ref()?.sql_type.as_ref())
    }
}

/// Who says the primary key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyOrigin {
    /// The autogen attribute: it is compared.
    Attribute,
    /// `table!`: for new tables, and a note where the live key differs.
    TableMacro,
    /// `#[diesel(primary_key(…))]`: for new tables.
    Struct,
    /// Nobody; there is a column `id`.
    Default,
}

/// A primary key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrimaryKey {
    /// SQL names.
    pub columns: Vec<String>,
    /// Who says so.
    pub origin: KeyOrigin,
}

/// A table as all structs together say it.
#[derive(Clone, Debug)]
pub struct TableModel {
    /// The schema, where the code says one; the search path decides otherwise.
    pub schema: Option<String>,
    /// The SQL name.
    pub name: String,
    /// Where: a struct, or the `table!` without one.
    pub span: Span,
    /// True if no struct is inserted or changed, and each came here by its own name or is a `Queryable`, whose
    /// `table_name` nobody checks: the table is meant only if it exists.
    pub implicit_name: bool,
    /// The bound structs; empty if only `table!` has the table.
    pub structs: Vec<StructBinding>,
    /// The columns, in the order of the fields, then of `table!`.
    pub columns: Vec<ColumnModel>,
    /// The merged attribute, shared with the only struct that has one; names in it are as written, see
    /// [`TableModel::column_named`].
    pub attribute: Arc<TableAttr>,
    /// The primary key, if anything is said.
    pub primary_key: Option<PrimaryKey>,
    /// The parents named by any struct, each column once.
    pub belongs_to: Vec<BelongsTo>,
    /// The `table!`, an index into [`Models::schema_tables`].
    pub declared: Option<usize>,
    /// What is said of columns outside of the code, by SQL or field name.
    pub outside: Vec<(Said<String>, FieldAttr)>,
    /// True if only a [`Standing::Aside`] `table!` has it, and no attribute: the table is meant only if it exists, and
    /// only the columns of the structs are.
    pub aside: bool,
}

impl TableModel {
    /// The column that an attribute means: by SQL name, or by field name.
    pub fn column_named(&self, name: &str) -> Option<&ColumnModel> {
        let by_name = self.columns.iter().find(|column| column.name == name);
        by_name.or_else(|| {
            self.columns
                .iter()
                .find(|column| column.field.as_deref() == Some(name) || column.stem.as_deref() == Some(name))
        })
    }

    /// True if a struct inserts rows.
    pub fn is_inserted(&self) -> bool {
        self.structs.iter().any(|one| one.roles.insert)
    }
}

/// A column of a `table!`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaColumn {
    /// Its Rust name.
    pub name: String,
    /// Its SQL name.
    pub sql_name: String,
    /// Its type, if known.
    pub sql_type: Option<SqlType>,
    /// `Nullable<…>`.
    pub nullable: bool,
    /// `#[max_length]`.
    pub max_length: Option<u64>,
    /// Where.
    pub span: Span,
}

/// What a `table!` counts for by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is in a schema file that diesel.toml names.
    Schema,
    /// It is elsewhere, and diesel.toml names schema files: it tells names and positions of columns, no more. Code
    /// declares temporary tables so, and writes down the part of a table that it needs.
    Aside,
    /// No schema file is named, and it is in code that is read for its types only: a struct of the models may mean it.
    Context,
    /// No schema file is named.
    Unsaid,
}

/// A `table!` or `view!`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaTable {
    /// Its Rust name.
    pub name: String,
    /// Its SQL name.
    pub sql_name: String,
    /// Its schema, if not the default.
    pub schema: Option<String>,
    /// `view!`.
    pub is_view: bool,
    /// What it counts for without a struct.
    pub standing: Standing,
    /// SQL names of the key.
    pub primary_key: Vec<String>,
    /// Its columns.
    pub columns: Vec<SchemaColumn>,
    /// Where.
    pub span: Span,
}

/// `joinable!(child -> parent (column))`, as SQL names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Joinable {
    /// The table with the column.
    pub child: String,
    /// The table that it refers to.
    pub parent: String,
    /// The column.
    pub column: String,
    /// Where.
    pub span: Span,
}

/// Who says that a Rust enum is a Postgres enum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnumOrigin {
    /// The autogen attribute.
    Attribute,
    /// The crate diesel-derive-enum.
    DeriveEnum,
    /// Diesel's own derive.
    Diesel,
    /// Impls of `ToSql` and `FromSql` by hand.
    HandWritten,
}

/// A label of an enum.
#[derive(Clone, Debug)]
pub struct EnumLabel {
    /// The label.
    pub label: String,
    /// The Rust variant.
    pub variant: String,
    /// Where.
    pub span: Span,
    /// Its attribute.
    pub attribute: VariantAttr,
}

/// A Rust enum that is a Postgres enum.
#[derive(Clone, Debug)]
pub struct EnumModel {
    /// The schema, where the code says one.
    pub schema: Option<String>,
    /// The SQL name.
    pub name: String,
    /// The Rust name.
    pub rust_name: String,
    /// Where.
    pub span: Span,
    /// Who says so.
    pub origin: EnumOrigin,
    /// The labels in the order of the variants.
    pub labels: Vec<EnumLabel>,
    /// True if the order is wanted, and not only that of the code: the enum has an autogen attribute.
    pub is_ordered: bool,
    /// Its attribute.
    pub attribute: EnumAttr,
}

/// Everything that the Rust code says.
#[derive(Clone, Debug, Default)]
pub struct Models {
    /// Tables with structs or a `table!`, by schema and name.
    pub tables: Vec<TableModel>,
    /// Enums by name.
    pub enums: Vec<EnumModel>,
    /// All `table!`s.
    pub schema_tables: Vec<SchemaTable>,
    /// All `joinable!`s.
    pub joinables: Vec<Joinable>,
    /// `Queryable`s without a table, when no `table!` could decide: one binds if a live table has just its fields, or
    /// its implicit name and 70% of them.
    pub free: Vec<FreeStruct>,
}

/// A struct that only a live table can place.
#[derive(Clone, Debug)]
pub struct FreeStruct {
    /// The table's name by the struct's.
    pub implicit: String,
    /// The struct.
    pub binding: StructBinding,
    /// What it says of its table.
    pub attribute: Arc<TableAttr>,
    /// True if it has the attribute, be it empty: then it means a table, if not one that is there.
    pub is_declared: bool,
}
