//! One table as a struct that is loaded from it, with everything else that the schema says of it in attributes.

use std::collections::BTreeMap;

use autogen_core::object::column::in_order;
use autogen_core::object::{Column, PrimaryKey};
use autogen_core::{Catalog, Kind, Name, Object, ObjectId, QualName};

use super::super::literal::{doc_name, string as literal};
use super::super::name;
use super::attribute::{Entry, Fields, TableEntries};
use super::plan::Plan;
use super::types::{self, RustType, behind, domain, element};
use super::{AttributeForm, Form, writer};

/// What there is to write of one table.
pub(super) struct TableStruct<'a> {
    pub(super) name: &'a QualName,
    pub(super) rust: &'a str,
    /// True if schema.rs has a `table!` of it: it has a key, and is not wider than Diesel can be.
    pub(super) is_loaded: bool,
    /// True if the struct says what the table is; else `objects.sql` does.
    pub(super) is_modelled: bool,
}

pub(super) fn write(form: Form, catalog: &Catalog, plan: &Plan, table: &TableStruct<'_>) -> String {
    let columns = in_order(catalog, table.name);
    let key = key(catalog, table.name);
    let mut said = if table.is_modelled {
        TableEntries::of(catalog, table.name, Fields::All)
    } else {
        TableEntries::default()
    };
    let mut out = docs(table);
    let fields = plan.fields(table.name, columns.iter().map(|(name, _)| *name));
    out.push_str(&head(form, catalog, plan, table, key, &columns, &fields));
    let mut first = Vec::new();
    if table.is_modelled {
        first.push(Entry { key: "managed", text: "managed = \"full\"".to_owned() });
    } else {
        first.push(Entry { key: "ignore", text: "ignore".to_owned() });
    }
    // Without a `table!` the attribute alone tells which table is meant.
    if !table.is_loaded || name::plain(&table.name.name) != table.name.name.as_str() {
        first.push(named("table", table.name.name.as_str()));
    }
    if table.name.schema.as_str() != "public" {
        first.push(named("schema", table.name.schema.as_str()));
    }
    for line in writer::on_struct(form.attribute, &first, &std::mem::take(&mut said.table)) {
        out.push_str(&format!("{line}\n"));
    }
    if columns.iter().any(|(name, _)| name.as_str().contains(char::is_uppercase)) {
        out.push_str("#[allow(non_snake_case)]\n");
    }
    out.push_str(&format!("pub struct {} {{\n", table.rust));
    for (name, column) in columns.iter().copied() {
        let Some(field) = fields.get(name) else { continue };
        let entries = said.columns.remove(name).unwrap_or_default();
        out.push_str(&self::field(form, catalog, plan, table, field, name, column, entries));
    }
    out.push_str("}\n");
    out
}

fn named(key: &'static str, text: &str) -> Entry {
    Entry { key, text: format!("{key} = {}", literal(text)) }
}

fn docs(table: &TableStruct<'_>) -> String {
    let mut out = String::new();
    let name = doc_name(&table.name.to_string());
    if !table.is_loaded {
        out.push_str(&format!(
            "/// Declares the table `{name}`, which Diesel cannot load: it has no primary key.\n"
        ));
    }
    if !table.is_modelled {
        out.push_str(&format!("/// What the table `{name}` is, `objects.sql` says.\n"));
    }
    out
}

fn head(
    form: Form,
    catalog: &Catalog,
    plan: &Plan,
    table: &TableStruct<'_>,
    key: Option<&PrimaryKey>,
    columns: &[(&Name, &Column)],
    fields: &BTreeMap<Name, String>,
) -> String {
    let mut derives = vec!["Clone", "Debug", "PartialEq"];
    let mut lines = Vec::new();
    if let (true, Some(key)) = (table.is_loaded, key) {
        derives.extend(["Queryable", "Selectable"]);
        lines.push(format!("#[diesel(table_name = {})]", plan.table_module(table.name)));
        let is_id = key.columns.len() == 1 && key.columns[0].as_str() == "id";
        let of_key = |name: &Name| columns.iter().find(|(own, _)| *own == name);
        if key.columns.iter().filter_map(of_key).all(|(_, column)| is_hashable(catalog, column)) {
            derives.push("Identifiable");
            let names: Vec<&str> =
                key.columns.iter().filter_map(|column| fields.get(column)).map(String::as_str).collect();
            if !is_id {
                lines.push(format!("#[diesel(primary_key({}))]", names.join(", ")));
            }
        }
        lines.push("#[diesel(check_for_backend(diesel::pg::Pg))]".to_owned());
    }
    derives.extend(form.derive());
    let mut out = writer::derive(&derives);
    for line in lines {
        out.push('\n');
        out.push_str(&line);
    }
    out.push('\n');
    out
}

fn key<'a>(catalog: &'a Catalog, table: &'a QualName) -> Option<&'a PrimaryKey> {
    catalog.parts(Kind::PrimaryKey, table).find_map(|(_, object)| match object {
        Object::PrimaryKey(key) => Some(key),
        _ => None,
    })
}

/// `Identifiable` wants keys that can be hashed.
fn is_hashable(catalog: &Catalog, column: &Column) -> bool {
    match element(&column.data_type, catalog) {
        RustType::Known(known) => {
            !["float4", "float8", "interval", "money", "pg_lsn", "json", "jsonb"].contains(&known.sql)
        }
        RustType::Enum(_) | RustType::Opaque(_) => true,
    }
}

#[allow(clippy::too_many_arguments, reason = "a field has that many sides")]
fn field(
    form: Form,
    catalog: &Catalog,
    plan: &Plan,
    table: &TableStruct<'_>,
    field: &str,
    name: &Name,
    column: &Column,
    entries: Vec<Entry>,
) -> String {
    let element = element(&column.data_type, catalog);
    let mut rust = match &element {
        RustType::Known(known) => known.rust.to_owned(),
        RustType::Enum(name) | RustType::Opaque(name) => plan.rust_name(name),
    };
    if behind(&column.data_type, catalog).array {
        rust = format!("Vec<Option<{rust}>>");
    }
    let mut said = Vec::new();
    if domain(&column.data_type, catalog).is_some_and(|domain| domain.not_null) && !column.not_null {
        // It is the domain that refuses NULL, and schema.rs knows.
        said.push(Entry { key: "null", text: "null".to_owned() });
    } else if !column.not_null {
        rust = format!("Option<{rust}>");
    }
    if table.is_modelled && !types::goes_without_saying(&column.data_type, &element) {
        said.push(named("sql_type", &types::written(&column.data_type)));
    }
    said.extend(entries);
    let mut out = String::new();
    // Only a `table!` could tell the column's real name.
    if !table.is_loaded && field != name.as_str() {
        out.push_str(&format!("    #[cfg_attr(any(), diesel(column_name = {}))]\n", literal(name.as_str())));
    }
    for line in writer::on_field(form.attribute, 4, &said) {
        out.push_str(&format!("    {line}\n"));
    }
    out.push_str(&format!("    pub {field}: {rust},\n"));
    out
}

impl Form {
    /// The derive that the attribute needs.
    pub(super) fn derive(self) -> Option<&'static str> {
        match self.attribute {
            AttributeForm::Derive => Some("Autogen"),
            AttributeForm::CfgAttr => None,
        }
    }
}

/// True if the catalog has the table's key.
pub(super) fn has_key(catalog: &Catalog, table: &ObjectId) -> bool {
    key(catalog, &table.name).is_some()
}
