//! From items to [`Models`]: enums first, since fields need their types, then structs to tables, then the merge of
//! all structs of a table.

use std::collections::{BTreeMap, HashMap};

use autogen_core::Diagnostic;

use super::model::{
    EnumModel, Joinable, Models, SchemaColumn, SchemaTable, SqlType, Standing, TableModel, TypeSet,
};
use super::outside;
use super::read::{ReadOptions, TableItem, Workspace};

mod builtin;
mod enums;
mod facts;
mod free;
mod labels;
mod merge;
mod sql;
mod structs;
mod types;

pub(crate) use sql::written_parts;
use types::Types;

/// Binds everything.
pub(crate) fn bind(
    workspace: &Workspace,
    options: &ReadOptions,
    diagnostics: &mut Vec<Diagnostic>,
) -> Models {
    let mut types = Types::new(workspace, options);
    enums::find(&mut types, diagnostics);
    let schema_tables: Vec<SchemaTable> =
        workspace.tables.iter().map(|table| schema_table(&types, table)).collect();
    let mut binder = structs::Binder {
        types: &types,
        schema_tables: &schema_tables,
        tables: BTreeMap::new(),
        free: Vec::new(),
        home: BTreeMap::new(),
        diagnostics,
        known: Default::default(),
    };
    binder.all();
    let structs::Binder { mut tables, free, home, .. } = binder;
    for (at, table) in schema_tables.iter().enumerate().filter(|(_, table)| is_wish(table)) {
        // Two crates may write down the same table; the first stands.
        let key = structs::table_key(table.schema.as_deref(), &table.sql_name);
        tables.entry(key).or_insert_with(|| TableModel {
            schema: table.schema.clone(),
            name: table.sql_name.clone(),
            span: table.span.clone(),
            implicit_name: false,
            structs: Vec::new(),
            columns: Vec::new(),
            attribute: Default::default(),
            primary_key: None,
            belongs_to: Vec::new(),
            declared: Some(at),
            outside: Vec::new(),
            aside: false,
        });
    }
    let mut tables: Vec<TableModel> = tables.into_values().collect();
    outside::tables(&options.outside.tables, &mut tables, diagnostics);
    for table in &mut tables {
        for parent in table.structs.iter_mut().flat_map(|one| one.belongs_to.iter_mut()) {
            parent.table = home.get(&parent.parent).cloned().or_else(|| parent.table.take());
        }
        settle_standing(table, &schema_tables);
        let declared = table.declared.map(|at| &schema_tables[at]);
        diagnostics.extend(table.merge(declared));
        diagnostics.extend(outside::unbound_columns(table));
    }
    let mut items: HashMap<&str, &TableItem> = HashMap::new();
    for table in &workspace.tables {
        items.entry(&table.rust_name).or_insert(table);
    }
    let sql_name = |name: &String| items.get(name.as_str()).map_or(name, |table| &table.sql_name).clone();
    let joinables = workspace.joinables.iter().map(|join| {
        let columns = items.get(join.child.as_str()).into_iter().flat_map(|table| &table.columns);
        let column = columns.into_iter().find(|column| column.rust_name == join.column);
        Joinable {
            child: sql_name(&join.child),
            parent: sql_name(&join.parent),
            column: column.map_or(&join.column, |column| &column.sql_name).clone(),
            span: join.span.clone(),
        }
    });
    let joinables = joinables.collect();
    let is_used = |one: &EnumModel| {
        let ty = SqlType { schema: one.schema.clone(), name: one.name.clone(), array: false };
        let columns = tables.iter().flat_map(|table| &table.columns);
        columns.into_iter().any(|column| match &column.accept {
            TypeSet::OneOf(types) => {
                types.iter().any(|one| SqlType { array: false, ..one.clone() }.matches(&ty))
            }
            TypeSet::Unknown => false,
        })
    };
    // An enum of the context is about the schema only through a column.
    let found = types.enums.into_values();
    let found = found.filter(|one| !workspace.is_context(&one.span) || is_used(one)).collect();
    let enums = enums::settle(found, |one| workspace.is_context(&one.span), diagnostics);
    Models { tables, enums, schema_tables, joinables, free }
}

/// The Postgres names of the workspace's enums, as far as the code alone tells them.
pub(crate) fn enum_names(workspace: &Workspace) -> Vec<Option<String>> {
    let types = Types::new(workspace, &ReadOptions::default());
    let items = workspace.enums.iter().enumerate();
    items.map(|(at, item)| enums::origin(&types, at, item).map(|(_, name)| name.name)).collect()
}

/// True if a `table!` wants its table even without a struct. People declare catalogs to query them, and the table of
/// migrations is Diesel's own.
fn is_wish(table: &SchemaTable) -> bool {
    let is_catalog = matches!(table.schema.as_deref(), Some("pg_catalog" | "information_schema"))
        || table.sql_name.starts_with("pg_");
    let is_said = match table.standing {
        Standing::Schema | Standing::Unsaid => true,
        Standing::Aside | Standing::Context => false,
    };
    !is_catalog && is_said && table.sql_name != "__diesel_schema_migrations"
}

/// The schema file's `table!` speaks for a table, whichever one its structs name.
fn settle_standing(table: &mut TableModel, schema_tables: &[SchemaTable]) {
    let is_aside = |at: usize| schema_tables[at].standing == Standing::Aside;
    if !table.declared.is_some_and(is_aside) {
        return;
    }
    let key = structs::table_key(table.schema.as_deref(), &table.name);
    let same = |one: &SchemaTable| {
        one.standing == Standing::Schema && structs::table_key(one.schema.as_deref(), &one.sql_name) == key
    };
    match schema_tables.iter().position(same) {
        Some(at) => table.declared = Some(at),
        None => table.aside = table.attribute == Default::default() && table.outside.is_empty(),
    }
}

fn schema_table(types: &Types<'_>, table: &TableItem) -> SchemaTable {
    let columns: Vec<SchemaColumn> = table
        .columns
        .iter()
        .map(|column| {
            let found = types.sql(table.module, &column.ty);
            SchemaColumn {
                name: column.rust_name.clone(),
                sql_name: column.sql_name.clone(),
                nullable: found.as_ref().map_or_else(|| is_nullable(&column.ty), |found| found.nullable),
                sql_type: found.map(|found| found.ty),
                max_length: column.max_length,
                span: column.span.clone(),
            }
        })
        .collect();
    let key = |name: &String| {
        let column = columns.iter().find(|column| column.name == *name);
        column.map_or_else(|| name.clone(), |column| column.sql_name.clone())
    };
    SchemaTable {
        name: table.rust_name.clone(),
        sql_name: table.sql_name.clone(),
        schema: table.schema.clone(),
        is_view: table.is_view,
        standing: table.standing,
        primary_key: table.primary_key.iter().map(key).collect(),
        span: table.span.clone(),
        columns,
    }
}

fn is_nullable(ty: &syn::Type) -> bool {
    matches!(ty, syn::Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "Nullable"))
}

/// The types that suit a declared one.
pub(crate) fn accepts(ty: &SqlType) -> Vec<SqlType> {
    sql::widen(ty.clone())
}
