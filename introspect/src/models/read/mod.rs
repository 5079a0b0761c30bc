//! From Rust files to a [`Workspace`]: every item that can matter to a schema, with the module that it lives in.
//! Nothing is bound to a table here, and no type is looked up; names are resolved on demand by `scope`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::outside::Outside;

mod attrs;
mod cfg;
mod collect;
mod declared;
mod items;
mod lexer;
mod macros;
mod outline;
mod path;
mod pieces;
mod plain;
mod scope;
mod select;
mod table_macro;

pub(crate) use attrs::{DieselArg, tokens_type};
pub(crate) use items::{Def, EnumItem, FieldItem, Fixed, ImplItem, StructItem, TableItem, VariantItem};
pub use path::module_path;
pub(crate) use scope::{Found, Workspace};
pub(crate) use select::workspace;

/// One Rust file.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// Its path, as messages should name it.
    pub path: PathBuf,
    /// Its text.
    pub text: Arc<str>,
    /// The crate's name and the modules below it; see [`module_path()`].
    pub module: Vec<String>,
    /// True if the user named this very file: then it is parsed whatever it holds.
    pub named: bool,
    /// True if diesel.toml names it as a schema file. Where one is named, a `table!` in any other file is only the
    /// code's own view of a table, and demands nothing by itself.
    pub is_schema: bool,
    /// True if only the types of models are looked for in it: no struct or `table!` in it binds or demands anything.
    pub is_context: bool,
    /// True if it lies outside of the folder of its crate's modules: a template is called `.rs` too.
    pub is_stray: bool,
}

impl SourceFile {
    /// A file whose module path follows from its path.
    pub fn new(path: impl Into<PathBuf>, text: impl Into<Arc<str>>) -> Self {
        let path = path.into();
        let module = module_path(&path);
        Self {
            path,
            text: text.into(),
            module,
            named: false,
            is_schema: false,
            is_context: false,
            is_stray: false,
        }
    }
}

/// What the reader should assume.
#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    /// Attributes from outside of the code.
    pub outside: Outside,
    /// Cargo features that are said to be on or off; all others are on, except those named after another database.
    pub features: BTreeMap<String, bool>,
    /// SQL types that a Rust type accepts, the first of which is proposed for a new column. The key is the type's path
    /// or its bare name; generic arguments are no part of it.
    pub types: BTreeMap<String, Vec<String>>,
    /// Whether `ignore` is obeyed.
    pub ignored: Ignored,
}

/// What becomes of structs, fields and enums that say `ignore`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ignored {
    /// They are no models.
    #[default]
    Skip,
    /// They are read like all others, for whoever asks what they are.
    Read,
}
