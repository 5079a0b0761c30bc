//! The items that can matter to a schema, as they were written.

use std::rc::Rc;
use std::sync::Arc;

use autogen_core::Span;
use syn::{ItemImpl, Type};

use super::DieselArg;
use crate::models::grammar::{EnumAttr, FieldAttr, TableAttr, VariantAttr};
use crate::models::model::Standing;

/// Which item a name stands for: an index into the workspace's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Def {
    Struct(usize),
    Enum(usize),
    Alias(usize),
}

/// A struct, of whatever use.
#[derive(Debug)]
pub(crate) struct StructItem {
    pub(crate) name: String,
    pub(crate) module: usize,
    pub(crate) span: Span,
    pub(crate) generics: Vec<String>,
    pub(crate) derives: Vec<String>,
    pub(crate) diesel: Vec<DieselArg>,
    /// It is big, and most structs say little.
    pub(crate) autogen: Arc<TableAttr>,
    /// True if there is any autogen attribute on the struct.
    pub(crate) has_autogen: bool,
    pub(crate) fields: Vec<FieldItem>,
}

impl StructItem {
    pub(crate) fn derives(&self, name: &str) -> bool {
        self.derives.iter().any(|derive| derive == name)
    }

    /// A type of which only the name is written, as a macro's argument.
    pub(super) fn made(name: String, module: usize, span: Span) -> Self {
        Self {
            name,
            module,
            span,
            generics: Vec::new(),
            derives: Vec::new(),
            diesel: Vec::new(),
            autogen: Arc::default(),
            has_autogen: false,
            fields: Vec::new(),
        }
    }
}

/// A field.
#[derive(Debug)]
pub(crate) struct FieldItem {
    /// `None` in a tuple struct.
    pub(crate) name: Option<String>,
    /// Shared by the fields whose types are written alike.
    pub(crate) ty: Rc<Type>,
    pub(crate) span: Span,
    pub(crate) diesel: Vec<DieselArg>,
    /// Most fields have none, and it is big.
    pub(crate) autogen: Option<Arc<FieldAttr>>,
}

impl FieldItem {
    pub(crate) fn arg(&self, key: &str) -> Option<&DieselArg> {
        self.diesel.iter().find(|arg| arg.key == key)
    }
}

/// An enum, of whatever use.
#[derive(Debug)]
pub(crate) struct EnumItem {
    pub(crate) name: String,
    pub(crate) module: usize,
    pub(crate) span: Span,
    pub(crate) derives: Vec<String>,
    pub(crate) diesel: Vec<DieselArg>,
    pub(crate) autogen: EnumAttr,
    pub(crate) has_autogen: bool,
    pub(crate) variants: Vec<VariantItem>,
}

/// A variant.
#[derive(Debug)]
pub(crate) struct VariantItem {
    pub(crate) name: String,
    pub(crate) span: Span,
    pub(crate) diesel: Vec<DieselArg>,
    pub(crate) autogen: VariantAttr,
    /// False if the variant holds data, so that the enum is no list of labels.
    pub(crate) is_unit: bool,
}

/// `type Name<T> = …`.
#[derive(Debug)]
pub(crate) struct AliasItem {
    pub(crate) name: String,
    pub(crate) module: usize,
    pub(crate) generics: Vec<String>,
    pub(crate) ty: Type,
}

/// An impl block of a trait (or none) that can tell a type's SQL form.
#[derive(Debug)]
pub(crate) struct ImplItem {
    pub(crate) module: usize,
    pub(crate) trait_name: Option<String>,
    pub(crate) item: ItemImpl,
}

/// A `table!` or `view!`.
#[derive(Debug)]
pub(crate) struct TableItem {
    pub(crate) rust_name: String,
    pub(crate) sql_name: String,
    pub(crate) schema: Option<String>,
    pub(crate) is_view: bool,
    pub(crate) standing: Standing,
    pub(crate) span: Span,
    /// The module that the macro makes, where its column types are resolved.
    pub(crate) module: usize,
    pub(crate) primary_key: Vec<String>,
    pub(crate) columns: Vec<TableColumn>,
}

/// A column of a `table!`.
#[derive(Debug)]
pub(crate) struct TableColumn {
    pub(crate) rust_name: String,
    pub(crate) sql_name: String,
    pub(crate) ty: Type,
    pub(crate) max_length: Option<u64>,
    pub(crate) span: Span,
}

/// `joinable!(child -> parent (column))`.
#[derive(Debug)]
pub(crate) struct JoinableItem {
    pub(crate) child: String,
    pub(crate) parent: String,
    pub(crate) column: String,
    pub(crate) span: Span,
}

/// A `macro_rules!` that fixes what its argument is stored as.
#[derive(Debug)]
pub(crate) struct MacroItem {
    pub(crate) name: String,
    pub(crate) module: usize,
    pub(crate) fixed: Fixed,
    /// True if it defines a type of a name that it is given.
    pub(crate) makes_types: bool,
    /// Which of its arguments is that name, where its pattern tells.
    pub(crate) subject: Option<usize>,
}

impl MacroItem {
    /// The names in a call that it is about.
    pub(crate) fn subjects<'c>(&self, call: &'c CallItem) -> impl Iterator<Item = &'c String> {
        let only = self.subject.map(|at| match call.arguments.get(at) {
            Some(Some(Type::Path(path))) => path.path.get_ident().map(|name| name.to_string()),
            Some(_) | None => None,
        });
        let is_meant =
            move |subject: &&String| only.as_ref().is_none_or(|only| only.as_ref() == Some(*subject));
        call.subjects.iter().filter(is_meant)
    }
}

/// What a macro's argument is stored as.
#[derive(Clone, Debug)]
pub(crate) enum Fixed {
    /// An SQL type.
    Sql(Type),
    /// The SQL type that is the call's argument of this number.
    Argument(usize),
    /// Whatever a Rust type is stored as.
    Inner(Type),
}

/// A macro call at item position and the types that it is about.
#[derive(Clone, Debug)]
pub(crate) struct CallItem {
    pub(crate) name: String,
    pub(crate) module: usize,
    pub(crate) subjects: Vec<String>,
    /// What stands between its commas, where that is a type.
    pub(crate) arguments: Vec<Option<Type>>,
    /// Where the macro is called.
    pub(crate) file_span: Span,
}

/// What the grammar's entry points return.
pub(super) type Parsed<T> = (T, Vec<autogen_core::Diagnostic>);
