//! Before something is dropped because the models no longer have it, all Rust code of the repository is asked whether
//! it does: a struct may have moved out of `--models`, and a query may use a column that no struct has.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use autogen_core::{Kind, ObjectId, Span};
use autogen_introspect::models::mentions::{self, Mention};
use autogen_introspect::models::overlay::{InUse, Vanished};
use autogen_introspect::models::{self, Ignored, Models, ReadOptions, SourceFile};

use crate::project::shown;
use crate::tree::{Tree, WorkingTree};

/// What of it is still in use, and where.
pub(crate) fn in_use(
    top: &Path,
    vanished: &[Vanished],
    options: &ReadOptions,
) -> Result<BTreeMap<ObjectId, InUse>> {
    let mut found = BTreeMap::new();
    // What an attribute lists is no name that code could use.
    let named = |one: &&Vanished| matches!(one.id.kind, Kind::Table | Kind::Column | Kind::EnumType);
    let vanished: Vec<&Vanished> = vanished.iter().filter(named).collect();
    if vanished.is_empty() {
        return Ok(found);
    }
    let mut files: Vec<SourceFile> = Vec::new();
    let sources = WorkingTree.source_files(top)?;
    for path in sources.into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
    {
        // What cannot be read compiles no more than it uses anything.
        if let Ok(text) = WorkingTree.text(&path) {
            files.push(SourceFile::new(shown(&path), text));
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let says_ignore = files.iter().any(|file| file.text.contains("autogen") && file.text.contains("ignore"));
    let again = says_ignore.then(|| files.clone());
    for one in &vanished {
        let Some(table) = &one.declared else { continue };
        let aliases = files.iter().flat_map(|file| mentions::aliases(file, table)).collect();
        let mention = Mention { table, column: one.column.as_deref(), aliases: &aliases };
        if let Some(span) = files.iter().find_map(|file| mentions::find(file, mention)) {
            found.insert(one.id.clone(), InUse::At(span));
        }
    }
    let (models, _) = models::read(files, options);
    for one in &vanished {
        if let Some(span) = bound(&models, one) {
            found.insert(one.id.clone(), InUse::At(span));
        }
    }
    if let Some(files) = again {
        let (with_ignored, _) =
            models::read(files, &ReadOptions { ignored: Ignored::Read, ..options.clone() });
        for one in vanished {
            if bound(&models, one).is_none() && bound(&with_ignored, one).is_some() {
                found.insert(one.id.clone(), InUse::Ignored);
            }
        }
    }
    Ok(found)
}

/// Where a struct or enum, wherever it lives, says the object.
fn bound(models: &Models, vanished: &Vanished) -> Option<Span> {
    let id = &vanished.id;
    let is_it = |schema: Option<&str>, name: &str| {
        schema.unwrap_or("public") == id.name.schema.as_str() && name == id.name.name.as_str()
    };
    if id.kind == Kind::EnumType {
        let mut enums = models.enums.iter();
        return enums.find(|one| is_it(one.schema.as_deref(), &one.name)).map(|one| one.span.clone());
    }
    let mut tables = models.tables.iter().filter(|one| !one.structs.is_empty());
    let table = tables.find(|one| is_it(one.schema.as_deref(), &one.name))?;
    match id.kind {
        Kind::Column => table
            .columns
            .iter()
            .find(|column| column.name == id.own_name().as_str() && column.field.is_some())
            .map(|column| column.span.clone()),
        _ => table.structs.first().map(|one| one.span.clone()),
    }
}
