//! Writes Rust models: a struct for each table, which is loaded from it and says all that the schema says of it; a Rust
//! enum for each enum. The reverse of what `introspect` reads, and the proof that the attribute can say it all: laid over
//! an empty schema, the file gives [`part()`] of the catalog. What lies beside that part (views, functions, triggers …)
//! is SQL, and is not written here.

mod annotation;
mod attribute;
mod enumeration;
mod names;
mod opaque;
mod part;
mod plan;
mod structs;
mod types;
mod word;
mod writer;

use std::collections::BTreeSet;

use autogen_core::{Catalog, Object, ObjectId};

pub use annotation::{enum_line, field_lines, struct_lines, type_entry, unsayable};
pub use attribute::{Entry, Fields, TableEntries};
pub use part::part;
use plan::{MOST_COLUMNS, Plan};
use structs::TableStruct;

/// How the attribute is spelled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AttributeForm {
    /// `#[autogen(…)]`, which needs the derive of `autogen-derive`.
    #[default]
    Derive,
    /// `#[cfg_attr(any(), autogen(…))]`, which needs nothing and is never compiled.
    CfgAttr,
}

/// How to write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Form {
    /// The spelling of the attribute.
    pub attribute: AttributeForm,
}

/// A file of models.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModelsFile {
    /// Its text.
    pub text: String,
    /// What a person should know of it, each a sentence without a full stop.
    pub notes: Vec<String>,
}

/// Writes the models of a catalog, for a file that lies beside its schema.rs. The same catalog gives the same bytes.
pub fn models(catalog: &Catalog, form: Form) -> ModelsFile {
    let plan = Plan::new(catalog);
    let mut items = Vec::new();
    for (id, object) in catalog.of_kind(autogen_core::Kind::EnumType) {
        if let Object::EnumType(object) = object {
            let name = plan.rust_name(&id.name);
            items.push(enumeration::write(form, &id.name, &name, object, &plan.sql_types(&id.name)));
        }
    }
    for name in &plan.opaque {
        items.push(opaque::write(form, name, &plan.rust_name(name), &plan.sql_types(name)));
    }
    for table in &plan.tables {
        let table = TableStruct {
            name: &table.name,
            rust: &table.rust,
            is_loaded: table.is_loaded,
            is_modelled: table.is_modelled,
        };
        items.push(structs::write(form, catalog, &plan, &table));
    }
    let body = items.join("\n");
    let mut text = header(&plan);
    text.push_str(&imports(form, &body));
    text.push_str(&body);
    ModelsFile { text, notes: notes(catalog, &plan) }
}

/// One line on what the file is, one on what it needs.
fn header(plan: &Plan) -> String {
    let mut features: BTreeSet<&str> = plan.known.iter().filter_map(|known| known.feature).collect();
    features.insert("postgres");
    match plan.widest {
        65.. => features.insert("128-column-tables"),
        33.. => features.insert("64-column-tables"),
        _ => false,
    };
    let crates: BTreeSet<&str> = plan.known.iter().filter_map(|known| known.companion).collect();
    let list = |names: BTreeSet<&str>| names.into_iter().collect::<Vec<_>>().join(", ");
    let mut out = String::from("//! The tables of the database, as `autogen pull` found them.\n//!\n");
    out.push_str(&format!("//! Needs diesel with the features {}", list(features)));
    if !crates.is_empty() {
        out.push_str(&format!(";\n//! and the crates {}", list(crates)));
    }
    out.push_str(".\n\n");
    out
}

/// What the body uses.
fn imports(form: Form, body: &str) -> String {
    let has = |word: &str| body.contains(word);
    let mut groups: Vec<Vec<&str>> = vec![Vec::new(), Vec::new(), Vec::new()];
    groups[0].extend(has("impl ToSql<").then_some("use std::io::Write;"));
    groups[0].extend(has("Bound<").then_some("use std::ops::Bound;"));
    if form.attribute == AttributeForm::Derive && has("Autogen") {
        groups[1].push("use autogen_derive::Autogen;");
    }
    if has("impl ToSql<") {
        groups[1].push("use diesel::deserialize::{self, FromSql, FromSqlRow};");
        groups[1].push("use diesel::expression::AsExpression;");
        groups[1].push("use diesel::pg::{Pg, PgValue};");
    }
    groups[1].extend(has("Queryable").then_some("use diesel::prelude::*;"));
    groups[1].extend(has("impl ToSql<").then_some("use diesel::serialize::{self, IsNull, Output, ToSql};"));
    groups[2].extend(has("schema::").then_some("use super::schema;"));
    groups.retain(|group| !group.is_empty());
    let text = groups.into_iter().map(|group| group.join("\n") + "\n").collect::<Vec<_>>().join("\n");
    if text.is_empty() { text } else { text + "\n" }
}

fn notes(catalog: &Catalog, plan: &Plan) -> Vec<String> {
    let mut out = Vec::new();
    for table in &plan.tables {
        let columns = catalog.parts(autogen_core::Kind::Column, &table.name).count();
        if columns > MOST_COLUMNS {
            out.push(format!("{} has {columns} columns, and Diesel can load {MOST_COLUMNS}", table.name));
        } else if !structs::has_key(catalog, &ObjectId::table(&table.name)) {
            out.push(format!(
                "{} has no primary key, so Diesel cannot load it; it is only declared",
                table.name
            ));
        }
        if !table.is_modelled {
            out.push(format!("{} is beyond what attributes can say, and is in objects.sql", table.name));
        }
    }
    for name in &plan.opaque {
        out.push(format!("Diesel has no Rust type for {name}; its values are bytes"));
    }
    out
}
