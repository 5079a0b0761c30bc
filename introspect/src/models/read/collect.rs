//! Walks a parsed file and enters its items into the workspace. Function bodies are not entered: a struct inside one
//! is no model.

use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;

use autogen_core::{Diagnostic, Span};
use proc_macro2::TokenStream;
use syn::spanned::Spanned;
use syn::{Fields, GenericParam, Generics, Item, ItemMacro, Meta, UseTree};

use super::attrs::{DieselArg, arguments, autogen, derives, diesel_args, flatten};
use super::items::*;
use super::outline::TRAITS;
use super::pieces::Piece;
use super::plain::{Attributes, PlainField, PlainStruct};
use super::scope::{Workspace, segments};
use super::table_macro::{JoinableMacro, TableMacro};
use super::{ReadOptions, macros};
use crate::models::grammar::{self, FieldAttr};
use crate::models::model::Standing;
use crate::models::place::{Known, Origin, Unsplit, Written};

/// Attributes that were read before.
#[derive(Default)]
pub(super) struct KnownWords {
    tokens: Known<TokenStream>,
    /// Those of a field that has no other.
    fields: Known<FieldAttr>,
}

/// Fills the workspace from files.
pub(super) struct Collector<'a> {
    pub(super) workspace: &'a mut Workspace,
    pub(super) diagnostics: &'a mut Vec<Diagnostic>,
    pub(super) known: &'a mut KnownWords,
    pub(super) options: &'a ReadOptions,
    pub(super) file: Arc<PathBuf>,
    /// Where the text begins that the spans at hand are in.
    pub(super) origin: Origin,
    /// What a `table!` of the file counts for.
    pub(super) standing: Standing,
}

fn plain(ident: &syn::Ident) -> String {
    ident.to_string().trim_start_matches("r#").to_owned()
}

fn parameters(generics: &Generics) -> Vec<String> {
    let types = generics.params.iter().filter_map(|param| match param {
        GenericParam::Type(param) => Some(param.ident.to_string()),
        _ => None,
    });
    types.collect()
}

impl Collector<'_> {
    fn span(&self, span: proc_macro2::Span) -> Span {
        self.origin.shift(grammar::span_of(&self.file, span))
    }

    fn attribute<T>(&mut self, metas: &[Meta], parse: fn(&Arc<PathBuf>, Vec<Written>) -> Parsed<T>) -> T {
        let origin = self.origin;
        let written = autogen(metas).into_iter().map(|tokens| Written { tokens, origin }).collect();
        self.parsed(written, parse)
    }

    fn parsed<T>(&mut self, written: Vec<Written>, parse: fn(&Arc<PathBuf>, Vec<Written>) -> Parsed<T>) -> T {
        let (value, problems) = parse(&self.file, written);
        self.diagnostics.extend(problems);
        value
    }

    /// Enters a part of a file whose text is given.
    pub(super) fn piece(&mut self, module: usize, piece: Piece, text: &str) {
        match piece {
            Piece::Struct(read) => self.plain(module, read, text),
            Piece::Items(items, origin) => {
                self.origin = origin;
                self.items(module, items);
            }
        }
    }

    pub(super) fn items(&mut self, module: usize, items: Vec<Item>) {
        for item in items {
            self.item(module, item);
        }
    }

    fn item(&mut self, module: usize, item: Item) {
        let attrs = match &item {
            Item::Struct(item) => &item.attrs,
            Item::Enum(item) => &item.attrs,
            Item::Type(item) => &item.attrs,
            Item::Use(item) => &item.attrs,
            Item::Mod(item) => &item.attrs,
            Item::Impl(item) => &item.attrs,
            Item::Macro(item) => &item.attrs,
            _ => return,
        };
        let Some(metas) = flatten(attrs, self.options) else { return };
        match item {
            Item::Struct(item) => self.structure(module, item, &metas),
            Item::Enum(item) => self.enumeration(module, item, &metas),
            Item::Type(item) => {
                let def = Def::Alias(self.workspace.aliases.len());
                let (name, generics) = (plain(&item.ident), parameters(&item.generics));
                self.workspace.aliases.push(AliasItem { name: name.clone(), module, generics, ty: *item.ty });
                self.workspace.define(module, &name, def);
            }
            Item::Use(item) => self.import(module, item),
            Item::Mod(item) => {
                if let Some((_, items)) = item.content {
                    let child = self.workspace.child(module, &plain(&item.ident));
                    self.items(child, items);
                }
            }
            Item::Impl(item) => {
                let trait_name = item.trait_.as_ref().and_then(|(_, path, _)| segments(path).pop());
                if trait_name.as_deref().is_none_or(|name| TRAITS.contains(&name)) {
                    self.workspace.impls.push(ImplItem { module, trait_name, item });
                }
            }
            Item::Macro(item) => self.call(module, &item),
            _ => {}
        }
    }

    fn structure(&mut self, module: usize, item: syn::ItemStruct, metas: &[Meta]) {
        let has_autogen =
            !autogen(metas).is_empty() || derives(metas).iter().any(|derive| derive == "Autogen");
        let mut fields = Vec::new();
        let all = match item.fields {
            Fields::Named(fields) => fields.named,
            Fields::Unnamed(fields) => fields.unnamed,
            Fields::Unit => Default::default(),
        };
        for field in all {
            let Some(metas) = flatten(&field.attrs, self.options) else { continue };
            let span = match &field.ident {
                Some(ident) => ident.span(),
                None => field.ty.span(),
            };
            let field = FieldItem {
                name: field.ident.as_ref().map(plain),
                span: self.span(span),
                ty: Rc::new(field.ty),
                diesel: diesel_args(&metas),
                autogen: (!autogen(&metas).is_empty())
                    .then(|| Arc::new(self.attribute(&metas, grammar::field_in))),
            };
            fields.push(field);
        }
        let name = plain(&item.ident);
        let new = StructItem {
            name: name.clone(),
            module,
            span: self.span(item.ident.span()),
            generics: parameters(&item.generics),
            derives: derives(metas),
            diesel: diesel_args(metas),
            autogen: Arc::new(self.attribute(metas, grammar::table_in)),
            has_autogen,
            fields,
        };
        self.enter(new);
    }

    fn enter(&mut self, item: StructItem) {
        let (module, name) = (item.module, item.name.clone());
        let def = Def::Struct(self.workspace.structs.len());
        self.workspace.structs.push(item);
        self.workspace.define(module, &name, def);
    }

    fn plain(&mut self, module: usize, read: PlainStruct, text: &str) {
        let PlainStruct { name, place, derives, attributes, fields } = read;
        let autogen = self.split(&attributes.autogen, text);
        let new = StructItem {
            fields: fields.into_iter().map(|field| self.plain_field(field, text)).collect(),
            module,
            span: place.span(&self.file, text, &name),
            generics: Vec::new(),
            has_autogen: !autogen.is_empty() || derives.iter().any(|derive| derive == "Autogen"),
            derives,
            diesel: self.plain_diesel(&attributes, text),
            autogen: Arc::new(self.parsed(autogen, grammar::table_in)),
            name,
        };
        self.enter(new);
    }

    fn plain_field(&mut self, field: PlainField, text: &str) -> FieldItem {
        let PlainField { name, place, ty, attributes } = field;
        FieldItem {
            span: place.span(&self.file, text, &name),
            name: Some(name),
            ty,
            diesel: self.plain_diesel(&attributes, text),
            autogen: self.plain_autogen(&attributes.autogen, text).map(Arc::new),
        }
    }

    /// What the attributes of a field say; `None` without any.
    fn plain_autogen(&mut self, attributes: &[Unsplit], text: &str) -> Option<FieldAttr> {
        let only = if let [only] = attributes { Some(only) } else { None };
        if let Some((one, known)) = only.and_then(|one| Some((one, self.known.fields.get(one.text(text))?))) {
            return Some(known.placed(|span| {
                *span = one.origin.shift(Span::new(self.file.clone(), span.start(), span.end()))
            }));
        }
        let written = self.split(attributes, text);
        if written.is_empty() {
            return None;
        }
        let (said, problems) = grammar::field_in(&self.file, written.clone());
        if let Some(one) = only.filter(|_| problems.is_empty()) {
            let unplaced = |one: Written| Written { origin: Origin::default(), ..one };
            let said = || grammar::field_in(&self.file, written.into_iter().map(unplaced).collect()).0;
            self.known.fields.keep(one.text(text), said);
        }
        self.diagnostics.extend(problems);
        Some(said)
    }

    fn plain_diesel(&mut self, attributes: &Attributes, text: &str) -> Vec<DieselArg> {
        self.split(&attributes.diesel, text).into_iter().flat_map(|one| arguments(one.tokens)).collect()
    }

    /// The tokens of attributes. A text that has none, because of a character that no token has, is no Rust.
    fn split(&mut self, attributes: &[Unsplit], text: &str) -> Vec<Written> {
        let mut written = Vec::new();
        for one in attributes {
            match one.split(text, &mut self.known.tokens) {
                Ok(tokens) => written.push(tokens),
                Err(error) => {
                    let span = one.origin.shift(grammar::span_of(&self.file, error.span()));
                    let message = format!("this is not Rust: {error}");
                    self.diagnostics.push(Diagnostic::error("syntax", message).at(span));
                }
            }
        }
        written
    }

    fn enumeration(&mut self, module: usize, item: syn::ItemEnum, metas: &[Meta]) {
        let mut variants = Vec::new();
        for variant in &item.variants {
            let Some(metas) = flatten(&variant.attrs, self.options) else { continue };
            variants.push(VariantItem {
                name: plain(&variant.ident),
                span: self.span(variant.ident.span()),
                diesel: diesel_args(&metas),
                autogen: self.attribute(&metas, grammar::variant_in),
                is_unit: matches!(variant.fields, Fields::Unit),
            });
        }
        let name = plain(&item.ident);
        let new = EnumItem {
            name: name.clone(),
            module,
            span: self.span(item.ident.span()),
            derives: derives(metas),
            diesel: diesel_args(metas),
            autogen: self.attribute(metas, grammar::enumeration_in),
            has_autogen: !autogen(metas).is_empty(),
            variants,
        };
        let def = Def::Enum(self.workspace.enums.len());
        self.workspace.enums.push(new);
        self.workspace.define(module, &name, def);
    }

    fn import(&mut self, module: usize, item: syn::ItemUse) {
        let mut stack = vec![(Vec::new(), item.tree)];
        while let Some((mut prefix, tree)) = stack.pop() {
            let here = &mut self.workspace.modules[module];
            match tree {
                UseTree::Path(path) => {
                    prefix.push(plain(&path.ident));
                    stack.push((prefix, *path.tree));
                }
                UseTree::Group(group) => {
                    stack.extend(group.items.into_iter().map(|tree| (prefix.clone(), tree)))
                }
                UseTree::Glob(_) => here.globs.push(prefix),
                UseTree::Name(name) if name.ident == "self" => {
                    if let Some(last) = prefix.last().cloned() {
                        here.uses.insert(last, prefix);
                    }
                }
                UseTree::Name(name) => {
                    prefix.push(plain(&name.ident));
                    here.uses.insert(plain(&name.ident), prefix);
                }
                UseTree::Rename(rename) => {
                    if rename.ident != "self" {
                        prefix.push(plain(&rename.ident));
                    }
                    here.uses.insert(plain(&rename.rename), prefix);
                }
            }
        }
    }

    fn call(&mut self, module: usize, item: &ItemMacro) {
        let name = segments(&item.mac.path).pop().unwrap_or_default();
        let tokens = item.mac.tokens.clone();
        match name.as_str() {
            "table" | "view" => match syn::parse2::<TableMacro>(tokens) {
                Ok(table) => self.table(module, table, name == "view"),
                // Other crates have macros of the name; only Diesel's makes a difference.
                Err(error) => self.diagnostics.push(
                    Diagnostic::warning("bad-table-macro", format!("this `{name}!` cannot be read: {error}"))
                        .at(self.span(error.span())),
                ),
            },
            "joinable" => {
                if let Ok(join) = syn::parse2::<JoinableMacro>(tokens) {
                    let span = self.span(item.mac.path.span());
                    let JoinableMacro { child, parent, column } = join;
                    self.workspace.joinables.push(JoinableItem { child, parent, column, span });
                }
            }
            "allow_tables_to_appear_in_same_query" => {}
            "macro_rules" => {
                let name = item.ident.as_ref().map(plain).unwrap_or_default();
                if macros::makes_models(&tokens) {
                    self.workspace.model_macros.push(name.clone());
                }
                let makes_types = macros::makes_types(&tokens);
                let subject = macros::subject(&tokens);
                if let Some(fixed) = macros::fixed(tokens) {
                    self.workspace.macros.push(MacroItem { name, module, fixed, makes_types, subject });
                }
            }
            "cfg_if" => {
                let items = macros::cfg_if(tokens, self.options);
                self.items(module, items);
            }
            _ => {
                let arguments = macros::arguments(tokens.clone());
                let subjects = match syn::parse2::<syn::File>(tokens.clone()) {
                    Ok(file) => {
                        let subjects = file.items.iter().filter_map(|item| match item {
                            Item::Struct(item) => Some(plain(&item.ident)),
                            Item::Enum(item) => Some(plain(&item.ident)),
                            _ => None,
                        });
                        let subjects = subjects.collect();
                        self.items(module, file.items);
                        subjects
                    }
                    Err(_) => macros::bare_names(tokens),
                };
                if !subjects.is_empty() {
                    let file_span = self.span(item.mac.path.span());
                    self.workspace.calls.push(CallItem { name, module, subjects, arguments, file_span });
                }
            }
        }
    }

    fn table(&mut self, parent: usize, table: TableMacro, is_view: bool) {
        let rust_name = plain(&table.name);
        let module = self.workspace.child(parent, &rust_name);
        if self.workspace.modules[module].table.is_some() {
            return;
        }
        let here = &mut self.workspace.modules[module];
        here.table = Some(self.workspace.tables.len());
        // What a `table!` does not import itself is found where it stands; without imports of its own, in Diesel.
        here.globs.push(vec!["super".to_owned()]);
        for item in table.uses {
            self.import(module, item);
        }
        let columns = table
            .columns
            .into_iter()
            .map(|column| TableColumn {
                sql_name: column.sql_name.unwrap_or_else(|| column.name.clone()),
                rust_name: column.name,
                ty: column.ty,
                max_length: column.max_length,
                span: self.span(column.span),
            })
            .collect();
        let primary_key =
            if table.primary_key.is_empty() { vec!["id".to_owned()] } else { table.primary_key };
        let item = TableItem {
            sql_name: table.sql_name.unwrap_or_else(|| rust_name.clone()),
            rust_name,
            schema: table.schema,
            is_view,
            standing: self.standing,
            span: self.span(table.name.span()),
            module,
            primary_key,
            columns,
        };
        self.workspace.tables.push(item);
    }
}
