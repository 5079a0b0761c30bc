//! From a field's Rust type to the SQL types that it accepts: Diesel's own impls by a table, the project's types by
//! their derives and impls.

use std::collections::HashMap;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Type, TypeParamBound, WherePredicate};

use super::builtin::{array, builtin, is_byte, is_range, length, range, substitute};
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
    fn unknown() -> Self {
        Self { nulls: Nulls::Never, set: TypeSet::Unknown }
    }

    fn of(names: &[&str]) -> Self {
        Self {
            nulls: Nulls::Never,
            set: TypeSet::OneOf(names.iter().map(|name| SqlType::plain(*name)).collect()),
        }
    }
}

/// A thing known of a project's type.
#[derive(Clone)]
enum Fact {
    /// It is stored as this SQL type.
    Sql(usize, Type),
    /// The same, by its catalog name.
    Known(SqlType),
    /// It is stored as this Rust type.
    Inner(usize, Vec<String>, Type),
}

/// All that is known about types.
pub(super) struct Types<'a> {
    pub(super) workspace: &'a Workspace,
    facts: HashMap<Def, Vec<Fact>>,
    /// SQL types that derives of enums generate, by their Rust names.
    pub(super) mappings: HashMap<String, SqlType>,
    /// Rust enums that are Postgres enums, by their index.
    pub(super) enums: HashMap<usize, EnumModel>,
}

const SQL_TRAITS: &[&str] =
    &["FromSql", "ToSql", "Queryable", "FromSqlRow", "FromStaticSqlRow", "AsExpression"];

impl<'a> Types<'a> {
    pub(super) fn new(workspace: &'a Workspace) -> Self {
        let mut types =
            Self { workspace, facts: HashMap::new(), mappings: HashMap::new(), enums: HashMap::new() };
        for (at, item) in workspace.structs.iter().enumerate() {
            let sql = item.diesel.iter().filter(|arg| arg.key == "sql_type").filter_map(|arg| arg.ty());
            let mut facts: Vec<Fact> = sql.map(|ty| Fact::Sql(item.module, ty)).collect();
            if let (true, [field]) = (item.derives("DieselNewType"), item.fields.as_slice()) {
                facts.push(Fact::Inner(item.module, item.generics.clone(), field.ty.clone()));
            }
            types.add(Def::Struct(at), facts);
        }
        for (at, item) in workspace.enums.iter().enumerate() {
            let sql = item.diesel.iter().filter(|arg| arg.key == "sql_type").filter_map(|arg| arg.ty());
            types.add(Def::Enum(at), sql.map(|ty| Fact::Sql(item.module, ty)).collect());
        }
        for item in &workspace.impls {
            if let Some((def, fact)) = types.implementation(item) {
                types.add(def, vec![fact]);
            }
        }
        for call in &workspace.calls {
            let root = workspace.modules[call.module].root;
            let mut all: Vec<_> = workspace.macros.iter().filter(|item| item.name == call.name).collect();
            all.sort_by_key(|item| workspace.modules[item.module].root != root);
            let Some(item) = all.first() else { continue };
            for subject in &call.subjects {
                if let Found::Item(def) = workspace.resolve(call.module, std::slice::from_ref(subject)) {
                    types.add(def, vec![Fact::Sql(item.module, item.sql_type.clone())]);
                }
            }
        }
        types
    }

    /// Notes that a project's type is stored as an SQL type.
    pub(super) fn know(&mut self, def: Def, ty: SqlType) {
        self.add(def, vec![Fact::Known(ty)]);
    }

    fn add(&mut self, def: Def, facts: Vec<Fact>) {
        if !facts.is_empty() {
            self.facts.entry(def).or_default().extend(facts);
        }
    }

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

    fn implementation(&self, item: &ImplItem) -> Option<(Def, Fact)> {
        let name = item.trait_name.as_deref()?;
        if !SQL_TRAITS.contains(&name) {
            return None;
        }
        let (_, path, _) = item.item.trait_.as_ref()?;
        let args = arguments(path);
        let ends = |ty: &Type, words: &[&str]| match ty {
            Type::Path(path) => {
                path.path.segments.last().is_some_and(|last| words.contains(&last.ident.to_string().as_str()))
            }
            _ => false,
        };
        if args.iter().skip(1).any(|ty| ends(ty, &["Sqlite", "Mysql"])) {
            return None;
        }
        let def = self.subject(item)?;
        let sql = *args.first()?;
        let generic =
            item.item.generics.type_params().any(|param| ends(sql, &[param.ident.to_string().as_str()]));
        if !generic {
            return Some((def, Fact::Sql(item.module, sql.clone())));
        }
        // `impl<ST, DB> FromSql<ST, DB> for T where String: FromSql<ST, DB>`: whatever the inner type is stored as.
        let inner =
            item.item.generics.where_clause.as_ref()?.predicates.iter().find_map(
                |predicate| match predicate {
                    WherePredicate::Type(bound) => bound.bounds.iter().find_map(|one| match one {
                        TypeParamBound::Trait(one) => {
                            let last = one.path.segments.last()?;
                            (SQL_TRAITS.contains(&last.ident.to_string().as_str())
                                && bound.bounded_ty != *item.item.self_ty)
                                .then(|| bound.bounded_ty.clone())
                        }
                        _ => None,
                    }),
                    _ => None,
                },
            )?;
        Some((def, Fact::Inner(item.module, Vec::new(), inner)))
    }

    /// What a type that stands in a module means.
    pub(super) fn rust(&self, module: usize, generics: &[String], ty: &Type) -> RustType {
        self.deep(module, generics, ty, 0)
    }

    fn deep(&self, module: usize, generics: &[String], ty: &Type, depth: usize) -> RustType {
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
            Found::Item(def) => return self.own(def, &args, depth),
            Found::Module(_) => return RustType::unknown(),
            Found::External(path) => path,
        };
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
            Some(def) => self.own(def, &args, depth),
            None => RustType::unknown(),
        }
    }

    /// A type of the project.
    fn own(&self, def: Def, args: &[&Type], depth: usize) -> RustType {
        match def {
            Def::Alias(at) => {
                let alias = &self.workspace.aliases[at];
                if alias.generics.is_empty() {
                    return self.deep(alias.module, &[], &alias.ty, depth + 1);
                }
                // The arguments stand in the user's module, the alias in its own; names of arguments that only the
                // user's module knows are then found by the workspace-wide fallback.
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
                RustType { nulls: Nulls::Never, set: TypeSet::OneOf(vec![ty]) }
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
                        set: TypeSet::OneOf(widen(written(&stored.value))),
                    };
                }
                self.stored(def, depth)
            }
        }
    }

    fn stored(&self, def: Def, depth: usize) -> RustType {
        let mut types: Vec<SqlType> = Vec::new();
        let mut nulls = Nulls::Never;
        for fact in self.facts.get(&def).into_iter().flatten() {
            let found = match fact {
                Fact::Sql(module, ty) => match self.sql(*module, ty) {
                    Some(column) => {
                        if column.nullable {
                            nulls = Nulls::Unknown;
                        }
                        widen(column.ty)
                    }
                    None => Vec::new(),
                },
                Fact::Known(ty) => widen(ty.clone()),
                Fact::Inner(module, generics, ty) => match self.deep(*module, generics, ty, depth + 1).set {
                    TypeSet::OneOf(types) => types,
                    TypeSet::Unknown => Vec::new(),
                },
            };
            for ty in found {
                if !types.contains(&ty) {
                    types.push(ty);
                }
            }
        }
        let set = if types.is_empty() { TypeSet::Unknown } else { TypeSet::OneOf(types) };
        RustType { nulls, set }
    }

    /// The SQL types that impls and derives give a project's type, without widening.
    pub(super) fn sql_types(&self, def: Def) -> Vec<SqlType> {
        let facts = self.facts.get(&def).into_iter().flatten();
        facts
            .filter_map(|fact| match fact {
                Fact::Sql(module, ty) => self.sql(*module, ty).map(|column| column.ty),
                Fact::Known(ty) => Some(ty.clone()),
                Fact::Inner(..) => None,
            })
            .collect()
    }
}
