//! The project's schema.rs files: what `diesel print-schema` would write for a catalog, with rustfmt and the patch of
//! diesel.toml, and their way onto the disk. The text as such is made by the stage `codegen`.

mod all_schemas;
mod rustfmt;
mod staged;
mod stale;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use autogen_codegen::rust::schema_file;
use autogen_core::{Catalog, QualName, visible};

use crate::project::{Project, SchemaBlock, displayed};

pub(crate) use all_schemas::of_all_schemas;
pub(crate) use staged::Staged;
pub(crate) use stale::{files as stale_files, note as stale_note};

/// A schema.rs that is to be.
#[derive(Debug)]
pub(crate) struct SchemaRs {
    /// Where.
    pub(crate) path: PathBuf,
    /// The whole text.
    pub(crate) text: String,
    /// Tables without a primary key, which have no place in it.
    pub(crate) without_key: Vec<QualName>,
}

/// The schema.rs files of a project for a catalog, one a `[print_schema]` with a file. `to` names another place for the
/// only one.
pub(crate) fn of_project(project: &Project, to: Option<&Path>, catalog: &Catalog) -> Result<Vec<SchemaRs>> {
    if let Some(finding) = project.refused_keys().first() {
        bail!("{finding}, so what it would write into schema.rs is not known");
    }
    let mut blocks = project.schema_blocks();
    if let Some(to) = to {
        match &mut *blocks {
            [only] => only.file = Some(to.to_path_buf()),
            _ => bail!(
                "--schema-rs {}: diesel.toml has {} schema files; without a path all of them are written",
                visible(&to.display().to_string()),
                blocks.len()
            ),
        }
    }
    blocks
        .iter()
        .filter_map(|block| Some((block.file.as_ref()?, block)))
        .map(|(file, block)| {
            let generated = schema_file(catalog, &block.options);
            let text = rustfmt::formatted(generated.text, &project.root);
            let text = patched(text, block)?;
            Ok(SchemaRs { path: file.clone(), text, without_key: generated.without_key })
        })
        .collect()
}

fn patched(text: String, block: &SchemaBlock) -> Result<String> {
    let Some(path) = &block.patch_file else { return Ok(text) };
    let name = displayed(path);
    let patch =
        std::fs::read_to_string(path).with_context(|| format!("cannot read the patch file {name}"))?;
    // The errors of the library hold parts of the file.
    let clean = |error: String| anyhow!("{}", visible(&error));
    let patch = diffy::Patch::from_str(&patch)
        .map_err(|error| clean(error.to_string()))
        .with_context(|| format!("the patch file {name} is not understood"))?;
    diffy::apply(&text, &patch)
        .map_err(|error| clean(error.to_string()))
        .with_context(|| format!("the patch file {name} does not fit the new schema.rs"))
}
