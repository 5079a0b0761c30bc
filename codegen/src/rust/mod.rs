//! Writes Rust: the schema.rs that `diesel print-schema` would print for a catalog. Files, rustfmt and patches are the
//! command line's.

mod options;

pub use options::{ColumnSorting, CustomTypes, Docs, SchemaOptions, TableFilter, TableGrouping};
