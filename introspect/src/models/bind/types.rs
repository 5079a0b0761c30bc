//! From a field's Rust type to the SQL types that it accepts: Diesel's own impls by a table, the project's types by
//! their derives and impls.

use std::collections::HashMap;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::Type;

use super::builtin::{array, builtin, is_byte, is_range, length, range, substitute};
use super::facts::{Fact, Told};
use super::sql::{arguments, widen, written};
use crate::models::model::{EnumModel, Nulls, SqlType, TypeSet};
use crate::models::read::{Def, Found, ImplItem, Workspace};

/// What a Rust type means.
#[derive(Clone)]
pub(super) struct RustType {
    pub(super) nulls: Nulls,
    pub(super) set: TypeSet,
}

impl RustType {
    pub(super) fn unknown() -> Self {
        Self { nulls: Nulls::Never, set: TypeSet::Unknown }
    }

    fn of(names: &[&str]) -> Self {
        Self {
            nulls: Nulls::Never,
            set: TypeSet::OneOf(names.iter().map(|name| SqlType::plain(*name)).collect()),
        }
    }
}

/// All that is known about types.
pub(super) struct Types<'a> {
    pub(super) workspace: &'a Workspace,
    pub(super) facts: HashMap<Def, Vec<Fact>>,
    /// SQL types that derives of enums generate, by their Rust names.
    pub(super) mappings: HashMap<String, SqlType>,
    /// Rust enums that are Postgres enums, by their index.
    pub(super) enums: HashMap<usize, EnumModel>,
    /// Types of other crates that `foreign_derive` speaks of, by their paths.
    pub(super) foreign: HashMap<Vec<String>, Vec<Fact>>,
    /// What the user says of types.
    pub(super) told: Told,
}

impl<'a> Types<'a> {
    /// The project's type that an impl is about.
    pub(super) fn subject(&self, item: &ImplItem) -> Option<Def> {
        let mut ty = &*item.item.self_ty;
        while let Type::Reference(reference) = ty {
            ty = &reference.elem;
        }
        self.def(item.module, ty)
    }

    /// The project's type that a path names.
    pub(super) fn def(&self, module: usize, ty: &Type) -> Option<Def> {
        let Type::Path(path) = ty else { return None };
        let segments: Vec<String> = path.path.segments.iter().map(|s| s.ident.to_string()).collect();
        match self.workspace.resolve(module, &segments) {
            Found::Item(def) => Some(def),
            Found::External(path) => self.unresolved(module, &path),
            Found::Module(_) => None,
        }
    }

    /// What a path may mean that leads out of what was read: a macro made the module, or a glob import is not known.
    /// Then the only definition of the last name is meant, in the crate that the path names; and for a bare name, which
    /// says nothing of a crate, in its own crate, or else anywhere. The type of a crate that was not read is nobody's.
    fn unresolved(&self, module: usize, path: &[String]) -> Option<Def> {
        let workspace = self.workspace;
        let own = workspace.modules[module].root;
        let name = path.last()?;
        let root = match path.first()?.as_str() {
            _ if path.len() == 1 => {
                return self.only(name, |root| root == own).or_else(|| self.only(name, |_| true));
            }
            "crate" | "$crate" | "self" | "super" => own,
            // A module that a macro made or that was not read is called like any other path.
            first => match workspace.crates.get(first) {
                Some(root) => *root,
                None if workspace.modules[module].children.contains_key(first) => own,
                None => return None,
            },
        };
        self.only(name, |one| one == root)
    }

    /// The only definition of a name that can be a field's type, in crates with such a root.
    fn only(&self, name: &str, is_meant: impl Fn(usize) -> bool) -> Option<Def> {
        let workspace = self.workspace;
        let mut all = workspace.by_name.get(name)?.iter().filter(|def| {
            let (module, is_type) = match def {
                Def::Struct(at) => {
                    let item = &workspace.structs[*at];
                    (item.module, !item.derives("SqlType"))
                }
                Def::Enum(at) => (workspace.enums[*at].module, true),
                Def::Alias(at) => (workspace.aliases[*at].module, true),
            };
            is_type && is_meant(workspace.modules[module].root)
        });
        let first = all.next()?;
        all.next().is_none().then_some(*first)
    }

    /// What a type that stands in a module means.
    pub(super) fn rust(&self, module: usize, generics: &[String], ty: &Type) -> RustType {
        self.deep(module, generics, ty, 0)
    }

    pub(super) fn deep(&self, module: usize, generics: &[String], ty: &Type, depth: usize) -> RustType {
        if depth > 20 {
            return RustType::unknown();
        }
        let inner = |ty: &Type| self.deep(module, generics, ty, depth + 1);
        match ty {
            Type::Reference(ty) => inner(&ty.elem),
            Type::Paren(ty) => inner(&ty.elem),
            Type::Group(ty) => inner(&ty.elem),
            Type::Slice(ty) if is_byte(&ty.elem) => RustType::of(&["bytea"]),
            Type::Slice(ty) => array(inner(&ty.elem), is_range(&ty.elem)),
            Type::Array(ty) if is_byte(&ty.elem) => match length(&ty.len) {
                Some(6) => RustType::of(&["bytea", "macaddr"]),
                Some(8) => RustType::of(&["bytea", "macaddr8"]),
                _ => RustType::of(&["bytea"]),
            },
            Type::Array(ty) => array(inner(&ty.elem), false),
            Type::Tuple(_) if is_range(ty) => match ty {
                Type::Tuple(pair) => pair.elems.first().map_or_else(RustType::unknown, |bound| match bound {
                    Type::Path(path) => {
                        arguments(&path.path).first().map_or_else(RustType::unknown, |ty| range(inner(ty)))
                    }
                    _ => RustType::unknown(),
                }),
                _ => RustType::unknown(),
            },
            Type::Path(path) if path.qself.is_none() => self.path(module, generics, &path.path, depth),
            _ => RustType::unknown(),
        }
    }

    fn path(&self, module: usize, generics: &[String], path: &syn::Path, depth: usize) -> RustType {
        let segments: Vec<String> = path.segments.iter().map(|s| s.ident.to_string()).collect();
        if let [only] = segments.as_slice()
            && generics.contains(only)
        {
            return RustType { nulls: Nulls::Unknown, set: TypeSet::Unknown };
        }
        let args = arguments(path);
        let external = match self.workspace.resolve(module, &segments) {
            Found::Item(def) => return self.own(def, &self.qualified(module, &args), depth),
            Found::Module(_) => return RustType::unknown(),
            Found::External(path) => path,
        };
        if let Some(types) = self.told.get(&external) {
            return RustType { nulls: Nulls::Never, set: TypeSet::OneOf(types.into()) };
        }
        if let Some(facts) = self.foreign.get(&external) {
            return self.fold(facts, depth);
        }
        let inner = |at: usize| args.get(at).map(|ty| self.deep(module, generics, ty, depth + 1));
        let (Some(first), Some(last)) = (external.first(), external.last()) else {
            return RustType::unknown();
        };
        let wrapped = match (last.as_str(), args.as_slice()) {
            ("Option", [_]) => inner(0).map(|ty| RustType {
                nulls: match ty.nulls {
                    Nulls::Never => Nulls::Once,
                    Nulls::Once | Nulls::Twice => Nulls::Twice,
                    Nulls::Unknown => Nulls::Unknown,
                },
                ..ty
            }),
            ("Box" | "Rc" | "Arc" | "Cow", [_, ..]) => inner(args.len() - 1),
            ("Vec", [ty]) if is_byte(ty) => Some(RustType::of(&["bytea"])),
            ("Vec" | "NdArray", [ty]) => inner(0).map(|element| array(element, is_range(ty))),
            ("Range" | "RangeInclusive" | "RangeFrom" | "RangeTo" | "RangeToInclusive", [_]) => {
                inner(0).map(range)
            }
            _ => None,
        };
        if let Some(ty) = wrapped {
            return ty;
        }
        if let Some(names) = builtin(first, last) {
            return RustType::of(names);
        }
        match self.unresolved(module, &external) {
            Some(def) => self.own(def, &self.qualified(module, &args), depth),
            None => RustType::unknown(),
        }
    }

    /// Type arguments with full paths, so that they can stand in the module of an alias.
    fn qualified(&self, module: usize, args: &[&Type]) -> Vec<Type> {
        args.iter().map(|ty| self.full(module, ty)).collect()
    }

    fn full(&self, module: usize, ty: &Type) -> Type {
        let inner = |ty: &Type| Box::new(self.full(module, ty));
        match ty {
            Type::Reference(ty) => {
                Type::Reference(syn::TypeReference { elem: inner(&ty.elem), ..ty.clone() })
            }
            Type::Slice(ty) => Type::Slice(syn::TypeSlice { elem: inner(&ty.elem), ..ty.clone() }),
            Type::Array(ty) => Type::Array(syn::TypeArray { elem: inner(&ty.elem), ..ty.clone() }),
            Type::Path(path) if path.qself.is_none() => {
                let segments: Vec<String> = path.path.segments.iter().map(|s| s.ident.to_string()).collect();
                let found = match self.workspace.resolve(module, &segments) {
                    Found::Item(def) => self.workspace.path(def),
                    Found::External(path) => path,
                    Found::Module(_) => return ty.clone(),
                };
                let Ok(mut full) = syn::parse_str::<syn::Path>(&found.join("::")) else { return ty.clone() };
                if let (Some(last), Some(written)) = (full.segments.last_mut(), path.path.segments.last()) {
                    last.arguments = written.arguments.clone();
                    if let syn::PathArguments::AngleBracketed(args) = &mut last.arguments {
                        for arg in &mut args.args {
                            if let syn::GenericArgument::Type(ty) = arg {
                                *ty = self.full(module, ty);
                            }
                        }
                    }
                }
                Type::Path(syn::TypePath { qself: None, path: full })
            }
            other => other.clone(),
        }
    }

    /// A type of the project.
    fn own(&self, def: Def, args: &[Type], depth: usize) -> RustType {
        if !self.told.is_empty()
            && let Some(types) = self.told.get(&self.workspace.path(def))
        {
            return RustType { nulls: Nulls::Never, set: TypeSet::OneOf(types.into()) };
        }
        match def {
            Def::Alias(at) => {
                let alias = &self.workspace.aliases[at];
                if alias.generics.is_empty() {
                    return self.deep(alias.module, &[], &alias.ty, depth + 1);
                }
                let map: HashMap<String, TokenStream> =
                    alias.generics.iter().cloned().zip(args.iter().map(|ty| ty.to_token_stream())).collect();
                let Ok(ty) = syn::parse2::<Type>(substitute(alias.ty.to_token_stream(), &map)) else {
                    return RustType::unknown();
                };
                self.deep(alias.module, &[], &ty, depth + 1)
            }
            Def::Enum(at) if self.enums.contains_key(&at) => {
                let found = &self.enums[&at];
                let ty = SqlType { schema: found.schema.clone(), name: found.name.clone(), array: false };
                RustType { nulls: Nulls::Never, set: TypeSet::OneOf([ty].into()) }
            }
            Def::Struct(at) if self.workspace.structs[at].derives("SqlType") => {
                let item = &self.workspace.structs[at];
                match self.unresolved(item.module, std::slice::from_ref(&item.name)) {
                    Some(other) if other != def => self.own(other, args, depth + 1),
                    _ => RustType::unknown(),
                }
            }
            Def::Struct(_) | Def::Enum(_) => {
                if let Def::Enum(at) = def
                    && let Some(stored) = &self.workspace.enums[at].autogen.stored_as
                {
                    return RustType {
                        nulls: Nulls::Never,
                        set: TypeSet::OneOf(widen(written(&stored.value)).into()),
                    };
                }
                self.stored(def, depth)
            }
        }
    }
}
