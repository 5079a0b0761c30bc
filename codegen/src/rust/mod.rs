//! Writes Rust: the schema.rs that `diesel print-schema` of Diesel 2.3 prints for a catalog, byte for byte, as rustfmt
//! leaves it without a configuration of its own. Only where Diesel's text would be no Rust (a type called `self`, a
//! backslash in a name) is ours another. Files, patches and rustfmt itself are the command line's.
//!
//! The parts: [`name`] makes identifiers and [`literal`] strings and comments, the only ways for text of the catalog into
//! Rust source; [`sql_type`] gives a column its type, [`table`] reads tables, [`joins`] what may be joined; [`source`]
//! and [`custom_type`] write. [`models`] are the structs beside it.

mod custom_type;
mod joins;
mod literal;
pub mod models;
mod name;
mod options;
mod source;
mod sql_type;
mod table;

use autogen_core::{Catalog, QualName};

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
    let module = options.schema.as_ref().map(name::plain);
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
