//! What the file holds, decided before a line of it is written: which tables become structs, under which names, and where
//! schema.rs has the SQL types that need impls.

use std::collections::{BTreeMap, BTreeSet};

use autogen_core::object::column::in_order;
use autogen_core::{Catalog, Kind, Name, Object, ObjectId, QualName};

use super::super::name::{self, camel_case};
use super::super::table::{self, Table};
use super::super::{SchemaOptions, schema_modules};
use super::names::{Taken, singular};
use super::part::is_modelled;
use super::structs::has_key;
use super::types::{Known, RustType, element};

/// As wide as Diesel's tables can be, with the feature `128-column-tables`.
pub(super) const MOST_COLUMNS: usize = 128;

/// A table that becomes a struct.
pub(super) struct PlannedTable {
    pub(super) name: QualName,
    pub(super) rust: String,
    pub(super) is_loaded: bool,
    pub(super) is_modelled: bool,
}

/// The plan of a file.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) tables: Vec<PlannedTable>,
    /// The Rust names of enums and opaque types.
    names: BTreeMap<QualName, String>,
    /// Where schema.rs has their SQL types.
    sql_types: BTreeMap<QualName, BTreeSet<String>>,
    /// Types that nobody has a Rust type for.
    pub(super) opaque: BTreeSet<QualName>,
    /// The types of others that are used.
    pub(super) known: Vec<&'static Known>,
    /// The tables of schema.rs.
    printed: BTreeMap<QualName, Table>,
    /// Where it has those of the schemas besides `public`.
    modules: BTreeMap<Name, String>,
    /// The most columns of any table.
    pub(super) widest: usize,
}

impl Plan {
    pub(super) fn new(catalog: &Catalog) -> Self {
        let mut plan = Plan { modules: schema_modules(catalog), ..Plan::default() };
        for schema in plan.modules.keys().map(Some).chain([None]) {
            let options = SchemaOptions { schema: schema.cloned(), ..SchemaOptions::default() };
            let (tables, _) = table::read(catalog, &options);
            plan.printed.extend(tables.into_iter().map(|table| (table.id.clone(), table)));
        }
        let mut taken = Taken::new(RESERVED);
        for (id, _) in catalog.of_kind(Kind::EnumType) {
            let name = taken.take(&camel_case(id.name.name.as_str()), "Enum");
            plan.names.insert(id.name.clone(), name);
        }
        let tables: Vec<&ObjectId> = catalog
            .of_kind(Kind::Table)
            .filter(|(id, object)| {
                let is_partition = matches!(object, Object::Table(table) if table.partition_of.is_some());
                !is_partition
                    && !catalog.extension_owned.contains(id)
                    && !in_order(catalog, &id.name).is_empty()
            })
            .map(|(id, _)| id)
            .collect();
        for id in &tables {
            plan.types_of(catalog, id, &mut taken);
        }
        for id in tables {
            let rust = taken.take(&camel_case(&singular(id.name.name.as_str())), "Row");
            plan.tables.push(PlannedTable {
                name: id.name.clone(),
                rust,
                is_loaded: is_loaded(catalog, id),
                is_modelled: is_modelled(catalog, &id.name),
            });
        }
        plan
    }

    fn types_of(&mut self, catalog: &Catalog, table: &ObjectId, taken: &mut Taken) {
        let columns = in_order(catalog, &table.name);
        self.widest = self.widest.max(columns.len());
        for (_, column) in columns {
            let base = match element(&column.data_type, catalog) {
                RustType::Known(known) => {
                    self.known.extend((!self.known.contains(&known)).then_some(known));
                    continue;
                }
                RustType::Enum(base) => base,
                RustType::Opaque(base) => {
                    if self.opaque.insert(base.clone()) {
                        let name = taken.take(&camel_case(base.name.as_str()), "Value");
                        self.names.insert(base.clone(), name);
                    }
                    base
                }
            };
            if is_loaded(catalog, table) {
                let path = format!(
                    "{}::sql_types::{}",
                    self.schema_module(&table.name.schema),
                    camel_case(base.name.as_str())
                );
                self.sql_types.entry(base).or_default().insert(path);
            }
        }
    }

    /// The Rust name of an enum or opaque type.
    pub(super) fn rust_name(&self, name: &QualName) -> String {
        self.names.get(name).cloned().unwrap_or_else(|| camel_case(name.name.as_str()))
    }

    /// The path of the module of schema.rs that has a schema's tables.
    fn schema_module(&self, schema: &Name) -> String {
        self.modules.get(schema).map_or_else(|| "schema".to_owned(), |module| format!("schema::{module}"))
    }

    /// The path of the module that schema.rs has for a table.
    pub(super) fn table_module(&self, table: &QualName) -> String {
        let ident =
            self.printed.get(table).map_or_else(|| name::plain(&table.name), |table| table.ident.clone());
        format!("{}::{ident}", self.schema_module(&table.schema))
    }

    /// The fields of a table's struct, named as schema.rs names the columns.
    pub(super) fn fields<'a>(
        &self,
        table: &QualName,
        columns: impl Iterator<Item = &'a Name>,
    ) -> BTreeMap<Name, String> {
        match self.printed.get(table) {
            Some(table) => columns
                .filter_map(|name| Some((name.clone(), table.column_ident(name)?.to_owned())))
                .collect(),
            None => name::distinct(columns, name::plain),
        }
    }

    /// The paths of a type's SQL type in schema.rs; none if no table there uses it.
    pub(super) fn sql_types(&self, name: &QualName) -> Vec<String> {
        self.sql_types.get(name).into_iter().flatten().cloned().collect()
    }
}

/// True if schema.rs has the table, and Diesel can hold it.
fn is_loaded(catalog: &Catalog, table: &ObjectId) -> bool {
    // Names that begin like this are Diesel's own.
    let is_diesels = table.name.name.as_str().starts_with("__");
    !is_diesels && has_key(catalog, table) && catalog.parts(Kind::Column, &table.name).count() <= MOST_COLUMNS
}

/// Names that mean something else in the file.
const RESERVED: &[&str] = &[
    "AsExpression",
    "Autogen",
    "Bound",
    "Box",
    "Err",
    "FromSql",
    "FromSqlRow",
    "IsNull",
    "None",
    "Ok",
    "Option",
    "Output",
    "Pg",
    "PgValue",
    "Result",
    "Self",
    "Some",
    "String",
    "ToSql",
    "Vec",
    "Write",
];
