//! The one schema.rs that `autogen pull` writes: all schemas of a database in one file. Diesel itself writes only one schema
//! to a file.

use autogen_codegen::rust::{SchemaOptions, schema_file, schema_modules};
use autogen_core::Catalog;

/// The tables of `public`, and those of each further schema in a module of its name.
pub(crate) fn of_all_schemas(catalog: &Catalog) -> String {
    let mut text = schema_file(catalog, &SchemaOptions::default()).text;
    for (schema, module) in schema_modules(catalog) {
        let options =
            SchemaOptions { schema: Some(schema), module: Some(module), ..SchemaOptions::default() };
        let module = schema_file(catalog, &options).text;
        // The heading is there already.
        let (_, module) = module.split_once('\n').unwrap_or_default();
        text.push_str(module);
    }
    text
}
