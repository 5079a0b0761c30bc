//! What Rust code says about a schema, read from source text and never compiled. `read` parses files into items,
//! `bind` decides which struct binds which table and merges what several say, `grammar` is the `autogen` attribute.
//! The result, [`Models`], knows no database; whoever lays it over a live catalog decides the rest.

mod bind;
pub mod edit;
pub mod grammar;
pub mod mentions;
mod model;
mod outside;
pub mod overlay;
mod place;
mod read;
mod sql_type;

use autogen_core::Diagnostic;

pub(crate) use bind::{accepts as bind_accepts, written_parts as bind_written};

pub use model::{
    BelongsTo, Binding, ColumnModel, EnumLabel, EnumModel, EnumOrigin, Evidence, FieldBinding, FreeStruct,
    InsertEvidence, Joinable, KeyOrigin, Load, Models, Nullability, Nulls, PrimaryKey, Roles, SchemaColumn,
    SchemaTable, SqlType, Standing, StructBinding, TableModel, TypeSet,
};
pub use outside::{Outside, OutsideEnum, OutsideTable};
pub use read::{Ignored, ReadOptions, SourceFile, module_path};

/// Reads Rust files. A file that is no Rust is an error among the diagnostics; the others are read all the same.
pub fn read(files: Vec<SourceFile>, options: &ReadOptions) -> (Models, Vec<Diagnostic>) {
    let (mut workspace, mut diagnostics) = read::workspace(files, options);
    if options.ignored == Ignored::Read {
        workspace.obey_no_ignore();
    }
    outside::enums(&options.outside.enums, &mut workspace, &mut diagnostics);
    let models = bind::bind(&workspace, options, &mut diagnostics);
    drop(workspace);
    // Nothing has one of the parser's places any more, and the parser would keep every text that it has read.
    proc_macro2::extra::invalidate_current_thread_spans();
    // People read them beside the files.
    diagnostics.sort_by(|a, b| a.span.cmp(&b.span));
    (models, diagnostics)
}

#[cfg(test)]
mod tests;
