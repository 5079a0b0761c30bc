//! From Rust files to a [`Workspace`]: every item that can matter to a schema, with the module that it lives in.
//! Nothing is bound to a table here, and no type is looked up; names are resolved on demand by `scope`.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::outside::Outside;

mod attrs;
mod cfg;
mod collect;
mod items;
mod macros;
mod path;
mod scope;
mod select;
mod table_macro;

pub(crate) use attrs::{DieselArg, tokens_type};
pub(crate) use items::{Def, EnumItem, FieldItem, ImplItem, StructItem, TableItem, VariantItem};
pub use path::module_path;
pub(crate) use scope::{Found, Workspace};
pub(crate) use select::workspace;

/// One Rust file.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// Its path, as messages should name it.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
    /// The crate's name and the modules below it; see [`module_path()`].
    pub module: Vec<String>,
    /// True if the user named this very file: then it is parsed whatever it holds.
    pub named: bool,
}

impl SourceFile {
    /// A file whose module path follows from its path.
    pub fn new(path: impl Into<PathBuf>, text: impl Into<String>) -> Self {
        let path = path.into();
        let module = module_path(&path);
        Self { path, text: text.into(), module, named: false }
    }
}

/// What the reader should assume.
#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    /// Cargo features that are off; all others are on, except those named after another database.
    pub features_off: BTreeSet<String>,
    /// Attributes from outside of the code.
    pub outside: Outside,
}
