//! What the project's own types are stored as, as far as derives, attributes, impls and macros tell.

use std::collections::HashMap;

use syn::{Type, TypeParamBound, WherePredicate};

use super::sql::{arguments, widen, written};
use super::types::{RustType, Types};
use crate::models::model::{Nulls, SqlType, TypeSet};
use crate::models::read::{Def, Fixed, Found, ImplItem, ReadOptions, Workspace};

/// A thing known of a project's type.
#[derive(Clone)]
pub(super) enum Fact {
    /// It is stored as this SQL type.
    Sql(usize, Type),
    /// The same, by its catalog name.
    Known(SqlType),
    /// It is stored as this Rust type.
    Inner(usize, Vec<String>, Type),
}

const SQL_TRAITS: &[&str] =
    &["FromSql", "ToSql", "Queryable", "FromSqlRow", "FromStaticSqlRow", "AsExpression"];

impl<'a> Types<'a> {
    pub(super) fn new(workspace: &'a Workspace, options: &ReadOptions) -> Self {
        let mut types = Self {
            workspace,
            facts: HashMap::new(),
            mappings: HashMap::new(),
            enums: HashMap::new(),
            foreign: HashMap::new(),
            told: Told::new(options),
        };
        for (at, item) in workspace.structs.iter().enumerate() {
            let sql = item.diesel.iter().filter(|arg| arg.key == "sql_type").filter_map(|arg| arg.ty());
            let mut facts: Vec<Fact> = sql.map(|ty| Fact::Sql(item.module, ty)).collect();
            if let (true, [field]) = (item.derives("DieselNewType"), item.fields.as_slice()) {
                facts.push(Fact::Inner(item.module, item.generics.clone(), Type::clone(&field.ty)));
            }
            if let (true, [field]) =
                (item.diesel.iter().any(|arg| arg.key == "foreign_derive"), item.fields.as_slice())
            {
                types.add_foreign(item.module, &field.ty, &facts);
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
            let Some(item) = workspace.macro_named(&call.name, call.module) else { continue };
            for subject in item.subjects(call) {
                let fact = match &item.fixed {
                    Fixed::Sql(ty) => Fact::Sql(item.module, ty.clone()),
                    Fixed::Argument(at) => match call.arguments.get(*at) {
                        Some(Some(ty)) => Fact::Sql(call.module, ty.clone()),
                        Some(None) | None => continue,
                    },
                    Fixed::Inner(ty) => Fact::Inner(item.module, Vec::new(), ty.clone()),
                };
                if let Found::Item(def) = workspace.resolve(call.module, std::slice::from_ref(subject)) {
                    types.add(def, vec![fact]);
                }
            }
        }
        types
    }

    /// Notes that a project's type is stored as an SQL type.
    pub(super) fn know(&mut self, def: Def, ty: SqlType) {
        self.add(def, vec![Fact::Known(ty)]);
    }

    /// `foreign_derive`: the attributes of a wrapper that nobody uses speak of the type inside.
    fn add_foreign(&mut self, module: usize, ty: &Type, facts: &[Fact]) {
        let Type::Path(path) = ty else { return };
        let segments: Vec<String> = path.path.segments.iter().map(|s| s.ident.to_string()).collect();
        match self.workspace.resolve(module, &segments) {
            Found::Item(def) => self.add(def, facts.to_vec()),
            Found::External(path) => self.foreign.entry(path).or_default().extend_from_slice(facts),
            Found::Module(_) => {}
        }
    }

    fn add(&mut self, def: Def, facts: Vec<Fact>) {
        if !facts.is_empty() {
            self.facts.entry(def).or_default().extend(facts);
        }
    }

    fn implementation(&self, item: &ImplItem) -> Option<(Def, Fact)> {
        let name = item.trait_name.as_deref()?;
        if !SQL_TRAITS.contains(&name) {
            return None;
        }
        let (_, path, _) = item.item.trait_.as_ref()?;
        let args = arguments(path);
        if args.iter().skip(1).any(|ty| ends_with(ty, "Sqlite") || ends_with(ty, "Mysql")) {
            return None;
        }
        let def = self.subject(item)?;
        let sql = *args.first()?;
        let generic = item.item.generics.type_params().any(|param| ends_with(sql, &param.ident.to_string()));
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

    /// What a project's type is stored as.
    pub(super) fn stored(&self, def: Def, depth: usize) -> RustType {
        self.fold(self.facts.get(&def).map_or(&[], Vec::as_slice), depth)
    }

    /// All that the facts say, together.
    pub(super) fn fold(&self, facts: &[Fact], depth: usize) -> RustType {
        let mut types: Vec<SqlType> = Vec::new();
        let mut nulls = Nulls::Never;
        for fact in facts {
            let found = match fact {
                Fact::Sql(module, ty) => match self.sql(*module, ty) {
                    Some(column) => {
                        if column.nullable {
                            nulls = Nulls::Unknown;
                        }
                        widen(column.ty)
                    }
                    None => {
                        // `Nullable<Array<U>>`: of what is open, NULL is not.
                        if ends_with(ty, "Nullable") {
                            nulls = Nulls::Unknown;
                        }
                        Vec::new()
                    }
                },
                Fact::Known(ty) => widen(ty.clone()),
                Fact::Inner(module, generics, ty) => match self.deep(*module, generics, ty, depth + 1).set {
                    TypeSet::OneOf(types) => types.to_vec(),
                    TypeSet::Unknown => Vec::new(),
                },
            };
            for ty in found {
                if !types.contains(&ty) {
                    types.push(ty);
                }
            }
        }
        let set = if types.is_empty() { TypeSet::Unknown } else { TypeSet::OneOf(types.into()) };
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

/// True for a type whose path ends so.
fn ends_with(ty: &Type, name: &str) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == name))
}

/// A path as the user told it, and the SQL types.
type TypesOfPath = (Vec<String>, Vec<SqlType>);

/// The SQL types that the user says a Rust type accepts.
pub(super) struct Told {
    /// By the last segment of the path.
    by_name: HashMap<String, Vec<TypesOfPath>>,
}

impl Told {
    fn new(options: &ReadOptions) -> Self {
        let mut by_name: HashMap<String, Vec<TypesOfPath>> = HashMap::new();
        for (path, types) in &options.types {
            let bare = path.split('<').next().unwrap_or_default();
            let path: Vec<String> = bare.split("::").map(|part| part.trim().to_owned()).collect();
            let Some(name) = path.last().cloned() else { continue };
            let path = path.into_iter().filter(|part| part != "crate").collect();
            let types: Vec<SqlType> = types.iter().map(|ty| written(ty)).collect();
            if !types.is_empty() {
                by_name.entry(name).or_default().push((path, types));
            }
        }
        // The longest path is the most exact.
        by_name.values_mut().for_each(|all| all.sort_by_key(|(path, _)| std::cmp::Reverse(path.len())));
        Self { by_name }
    }

    /// The types told for a full path.
    pub(super) fn get(&self, path: &[String]) -> Option<&[SqlType]> {
        let all = self.by_name.get(path.last()?)?;
        all.iter().find(|(told, _)| path.ends_with(told)).map(|(_, types)| types.as_slice())
    }

    /// True if nothing is told.
    pub(super) fn is_empty(&self) -> bool {
        self.by_name.is_empty()
    }
}
