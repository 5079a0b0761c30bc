//! Writes Rust: the schema.rs that `diesel print-schema` of Diesel 2.3 prints for a catalog, byte for byte, as rustfmt
//! leaves it without a configuration of its own. Only where Diesel's text would be no Rust (a type called `self`, a
//! backslash in a name) is ours another. Files, patches and rustfmt itself are the command line's.
//!
//! The parts: `name` makes identifiers and `literal` strings and comments, the only ways for text of the catalog into
//! Rust source; `sql_type` gives a column its type, `table` reads tables, `joins` what may be joined; `source`
//! and `custom_type` write. `models` are the structs beside it.

mod custom_type;
mod joins;
mod literal;
pub mod models;
mod name;
mod options;
mod source;
mod sql_type;
mod table;

use std::collections::{BTreeMap, BTreeSet};

use autogen_core::{Catalog, Kind, Name, QualName};

pub use options::{ColumnSorting, CustomTypes, Docs, SchemaOptions, TableFilter, TableGrouping};

use custom_type::Definitions;
use source::Source;

/// The schema that Diesel's own functions take when none is named.
const DEFAULT_SCHEMA: &str = "public";

/// A schema.rs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaFile {
    /// Its text.
    pub text: String,
    /// Tables that are left out because they have no primary key. Diesel prints nothing at all when it meets one.
    pub without_key: Vec<QualName>,
}

/// The schema.rs of a catalog. Views, and what belongs to extensions, have no place in it.
pub fn schema_file(catalog: &Catalog, options: &SchemaOptions) -> SchemaFile {
    let (tables, without_key) = table::read(catalog, options);
    let definitions = Definitions::of(&tables, options);
    let joins = joins::joinable(catalog, &tables);
    let mut out = Source::default();
    out.line("// @generated automatically by Diesel CLI.");
    let module =
        options.schema.as_ref().map(|schema| options.module.clone().unwrap_or_else(|| name::plain(schema)));
    if let Some(module) = &module {
        out.blank();
        if tables.is_empty() {
            out.line(&format!("pub mod {module} {{}}"));
            return SchemaFile { text: out.into_text(), without_key };
        }
        out.open(&format!("pub mod {module} {{"));
    }
    definitions.write(&mut out, options);
    for table in &tables {
        out.blank();
        table.write(&mut out, &definitions, options);
    }
    joins::write(&mut out, &tables, &joins, options.grouping);
    if module.is_some() {
        out.close();
    }
    SchemaFile { text: out.into_text(), without_key }
}

/// The modules of all schemas besides `public` that have tables to print, in a file that holds these too: each another
/// name than any table of `public`, which is a module beside them. Diesel has no such file.
pub fn schema_modules(catalog: &Catalog) -> BTreeMap<Name, String> {
    let schemas: BTreeSet<&Name> = catalog
        .of_kind(Kind::Table)
        .map(|(id, _)| &id.name.schema)
        .filter(|schema| schema.as_str() != DEFAULT_SCHEMA)
        .collect();
    if schemas.is_empty() {
        return BTreeMap::new();
    }
    let (tables, _) = table::read(catalog, &SchemaOptions::default());
    let mut taken: BTreeSet<String> = tables.into_iter().map(|table| table.ident).collect();
    taken.insert("sql_types".to_owned());
    let mut modules = BTreeMap::new();
    for schema in schemas {
        let options = SchemaOptions { schema: Some(schema.clone()), ..SchemaOptions::default() };
        if table::read(catalog, &options).0.is_empty() {
            continue;
        }
        let mut module = name::plain(schema);
        while !taken.insert(module.clone()) {
            module.push('_');
        }
        modules.insert(schema.clone(), module);
    }
    modules
}
