//! Whether the schema.rs files of a project are behind its database. Layout is no difference here, so that no rustfmt
//! has to run for a check; nor is a file that was not generated.

use std::path::{Path, PathBuf};

use autogen_codegen::rust::schema_file;
use autogen_core::Catalog;

use super::{of_all_schemas, patched};
use crate::project::{Project, SchemaBlock, displayed};

/// What Diesel has written above every file since its version 2.
const GENERATED: &str = "// @generated automatically by Diesel CLI.";

/// The generated files that hold none of these schemas.
pub(crate) fn files(project: &Project, schemas: &[&dyn Fn() -> Catalog]) -> Vec<PathBuf> {
    // What they would hold is not known then.
    if !project.refused_keys().is_empty() {
        return Vec::new();
    }
    let written: Vec<(SchemaBlock, PathBuf, String)> = project
        .schema_blocks()
        .into_iter()
        .filter_map(|block| {
            let path = block.file.clone()?;
            let text = std::fs::read_to_string(&path).ok()?;
            text.starts_with(GENERATED).then_some((block, path, text))
        })
        .collect();
    let mut behind: Vec<&(SchemaBlock, PathBuf, String)> = written.iter().collect();
    for schema in schemas {
        if behind.is_empty() {
            break;
        }
        let catalog = schema();
        behind.retain(|(block, _, text)| {
            // Where nobody says what the file is to hold, it may hold all schemas, as `pull` writes it.
            let is_pulled = || !project.names_schema_file() && is_same(&of_all_schemas(&catalog), text);
            differs(block, text, &catalog) && !is_pulled()
        });
    }
    behind.into_iter().map(|(_, path, _)| path.clone()).collect()
}

/// A patch that does not fit the unformatted text gives no verdict.
fn differs(block: &SchemaBlock, text: &str, catalog: &Catalog) -> bool {
    patched(schema_file(catalog, &block.options).text, block).is_ok_and(|fresh| !is_same(&fresh, text))
}

/// True for texts that are the same without what rustfmt may change.
fn is_same(one: &str, other: &str) -> bool {
    let bare = |c: &char| !c.is_whitespace() && *c != ',';
    one.chars().filter(bare).eq(other.chars().filter(bare))
}

/// What to say of a file.
pub(crate) fn note(path: &Path) -> String {
    format!("{} is stale: the database has another schema; diff --schema-rs writes it", displayed(path))
}
