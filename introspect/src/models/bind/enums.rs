//! Which Rust enums are Postgres enums, and their labels: diesel-derive-enum in all attribute forms, Diesel's own
//! derive, impls by hand, and the autogen attribute over all of them.

use std::collections::HashMap;

use autogen_core::Diagnostic;
use heck::ToSnakeCase;
use syn::visit::Visit;
use syn::{Expr, Lit, Pat};

use super::types::Types;
use crate::models::grammar::RenameRule;
use crate::models::model::{EnumLabel, EnumModel, EnumOrigin, SqlType};
use crate::models::read::{Def, DieselArg, EnumItem, VariantItem, tokens_type};

/// Fills the types with the Postgres enums.
pub(super) fn find(types: &mut Types<'_>, diagnostics: &mut Vec<Diagnostic>) {
    // Generated SQL types first: another enum's or a table's type can name them.
    for (at, item) in types.workspace.enums.iter().enumerate() {
        if item.derives.iter().any(|derive| derive == "DbEnum") && arg(item, EXISTING).is_none() {
            let rust = text(item, DIESEL_TYPE).unwrap_or_else(|| format!("{}Mapping", item.name));
            let name = SqlType::plain(derived_name(item));
            types.mappings.insert(rust, name);
        }
        if item.autogen.stored_as.is_some() || item.autogen.ignore.is_some() {
            types.enums.remove(&at);
        }
    }
    let mut by_hand: Option<HashMap<Def, Vec<usize>>> = None;
    for (at, item) in types.workspace.enums.iter().enumerate() {
        if item.autogen.stored_as.is_some() || item.autogen.ignore.is_some() {
            continue;
        }
        let Some((origin, name)) = origin(types, at, item) else { continue };
        let rule = item.autogen.rename_all.as_ref().map(|rule| rule.value);
        let written = match origin {
            EnumOrigin::HandWritten | EnumOrigin::Attribute if rule.is_none() => {
                let impls = by_hand.get_or_insert_with(|| impls(types));
                literals(types, item, impls.get(&Def::Enum(at)).map_or(&[], Vec::as_slice))
            }
            _ => HashMap::new(),
        };
        let derived = derived_rule(item, origin);
        let labels: Vec<EnumLabel> = item
            .variants
            .iter()
            .map(|variant| EnumLabel {
                label: label(variant, rule, &written, derived),
                variant: variant.name.clone(),
                span: variant.span.clone(),
                attribute: variant.autogen.clone(),
            })
            .collect();
        let complete =
            origin != EnumOrigin::HandWritten || item.variants.iter().all(|v| written.contains_key(&v.name));
        if !complete || item.variants.iter().any(|variant| !variant.is_unit) {
            // The type's name is known all the same, so that fields resolve.
            diagnostics.extend((origin == EnumOrigin::Attribute).then(|| {
                Diagnostic::error(
                    "enum-data",
                    format!("enum {} has variants with data; it cannot be a Postgres enum", item.name),
                )
                .at(item.span.clone())
            }));
            continue;
        }
        let model = EnumModel {
            schema: item.autogen.schema.as_ref().map(|schema| schema.value.clone()).or(name.schema),
            name: name.name,
            rust_name: item.name.clone(),
            span: item.span.clone(),
            origin,
            labels,
            is_ordered: item.has_autogen,
            attribute: item.autogen.clone(),
        };
        types.enums.insert(at, model);
    }
}

const EXISTING: &[&str] = &["ExistingTypePath", "existing_type_path", "existing_type"];
const PG_TYPE: &[&str] = &["PgType", "pg_type", "db_type", "type_name"];
const DIESEL_TYPE: &[&str] = &["DieselType", "diesel_type"];
const STYLE: &[&str] = &["DbValueStyle", "value_style", "db_value_style", "rename_all"];

fn arg<'a>(item: &'a EnumItem, keys: &[&str]) -> Option<&'a DieselArg> {
    item.diesel.iter().find(|arg| keys.contains(&arg.key.as_str()))
}

fn text(item: &EnumItem, keys: &[&str]) -> Option<String> {
    arg(item, keys)?.text()
}

/// The Postgres name that diesel-derive-enum makes: what is said, else the SQL type's name in snake case.
fn derived_name(item: &EnumItem) -> String {
    text(item, PG_TYPE).unwrap_or_else(|| item.name.to_snake_case())
}

/// Who says that the enum is a Postgres enum, and its name there.
pub(super) fn origin(types: &Types<'_>, at: usize, item: &EnumItem) -> Option<(EnumOrigin, SqlType)> {
    let derives = |name: &str| item.derives.iter().any(|derive| derive == name);
    if let Some(name) = &item.autogen.sql_type {
        return Some((EnumOrigin::Attribute, super::sql::written(&name.value)));
    }
    if derives("DbEnum") {
        let existing =
            arg(item, EXISTING).and_then(|arg| tokens_type(arg.value.clone()).or_else(|| arg.ty()));
        let name = match existing {
            Some(ty) => types.sql(item.module, &ty)?.ty,
            None => SqlType::plain(derived_name(item)),
        };
        return Some((EnumOrigin::DeriveEnum, name));
    }
    // A type of ours over one of the project's own SQL types, not over text or a number.
    let own = types.sql_types(Def::Enum(at)).into_iter().find(|ty| is_custom(types, ty))?;
    let origin = if derives("Enum") { EnumOrigin::Diesel } else { EnumOrigin::HandWritten };
    Some((origin, own))
}

/// True if a `derive(SqlType)` struct of the project has the name.
fn is_custom(types: &Types<'_>, ty: &SqlType) -> bool {
    !ty.array
        && types.workspace.structs.iter().any(|item| {
            let arg = item.diesel.iter().find(|arg| arg.key == "postgres_type" || arg.key == "postgres");
            arg.is_some_and(|arg| {
                arg.inner().iter().any(|inner| {
                    ["name", "type_name"].contains(&inner.key.as_str())
                        && inner.text().as_deref() == Some(&ty.name)
                })
            })
        })
}

fn derived_rule(item: &EnumItem, origin: EnumOrigin) -> RenameRule {
    let style = text(item, STYLE).and_then(|style| RenameRule::parse(&style));
    style.unwrap_or(match origin {
        EnumOrigin::Diesel => RenameRule::Verbatim,
        EnumOrigin::Attribute if item.derives.iter().any(|derive| derive == "Enum") => RenameRule::Verbatim,
        EnumOrigin::Attribute | EnumOrigin::DeriveEnum | EnumOrigin::HandWritten => RenameRule::Snake,
    })
}

fn label(
    variant: &VariantItem,
    rule: Option<RenameRule>,
    written: &HashMap<String, String>,
    derived: RenameRule,
) -> String {
    if let Some(rename) = &variant.autogen.rename {
        return rename.value.clone();
    }
    let renamed = variant.diesel.iter().find(|arg| ["db_rename", "rename"].contains(&arg.key.as_str()));
    if let Some(renamed) = renamed.and_then(DieselArg::text) {
        return renamed;
    }
    match (rule, written.get(&variant.name)) {
        (Some(rule), _) => rule.apply(&variant.name),
        (None, Some(label)) => label.clone(),
        (None, None) => derived.apply(&variant.name),
    }
}

/// Impl blocks by the enum that they are about, or convert from.
fn impls(types: &Types<'_>) -> HashMap<Def, Vec<usize>> {
    let mut out: HashMap<Def, Vec<usize>> = HashMap::new();
    for (at, item) in types.workspace.impls.iter().enumerate() {
        let mut defs: Vec<Def> = types.subject(item).into_iter().collect();
        if let Some((_, path, _)) = &item.item.trait_ {
            for ty in super::sql::arguments(path) {
                let ty = match ty {
                    syn::Type::Reference(reference) => &*reference.elem,
                    other => other,
                };
                defs.extend(types.def(item.module, ty));
            }
        }
        for def in defs {
            out.entry(def).or_default().push(at);
        }
    }
    out
}

/// Labels as the match arms have them: `ToSql` first, then `FromSql`, then whatever else converts the enum.
fn literals(types: &Types<'_>, item: &EnumItem, impls: &[usize]) -> HashMap<String, String> {
    let rank = |name: Option<&str>| match name {
        Some("ToSql") => 0,
        Some("FromSql") => 1,
        _ => 2,
    };
    let mut impls: Vec<_> = impls.iter().map(|at| &types.workspace.impls[*at]).collect();
    impls.sort_by_key(|one| rank(one.trait_name.as_deref()));
    let mut out = HashMap::new();
    for one in impls {
        let mut arms = Arms { item, found: HashMap::new() };
        arms.visit_item_impl(&one.item);
        for (variant, label) in arms.found {
            out.entry(variant).or_insert(label);
        }
    }
    out
}

/// Collects match arms between a variant and a literal, in either direction.
struct Arms<'a> {
    item: &'a EnumItem,
    found: HashMap<String, String>,
}

impl Arms<'_> {
    fn variant(&self, path: &syn::Path) -> Option<String> {
        let last = path.segments.last()?.ident.to_string();
        self.item.variants.iter().any(|variant| variant.name == last).then_some(last)
    }
}

impl<'ast> Visit<'ast> for Arms<'_> {
    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        let (pattern_variant, pattern_label) = match &arm.pat {
            Pat::Path(path) => (self.variant(&path.path), None),
            Pat::Ident(ident) => (self.variant(&ident.ident.clone().into()), None),
            Pat::Lit(lit) => (None, literal(&lit.lit)),
            _ => (None, None),
        };
        let mut body = Body { first: None, variants: Vec::new() };
        body.visit_expr(&arm.body);
        match (pattern_variant, pattern_label) {
            (Some(variant), _) => {
                if let Some(label) = body.first {
                    self.found.entry(variant).or_insert(label);
                }
            }
            (_, Some(label)) => {
                let variant = body.variants.iter().find_map(|path| self.variant(path));
                if let Some(variant) = variant {
                    self.found.entry(variant).or_insert(label);
                }
            }
            _ => {}
        }
        syn::visit::visit_arm(self, arm);
    }
}

/// The first literal and all paths of an expression.
struct Body {
    first: Option<String>,
    variants: Vec<syn::Path>,
}

impl<'ast> Visit<'ast> for Body {
    fn visit_expr(&mut self, expr: &'ast Expr) {
        match expr {
            Expr::Lit(lit) if self.first.is_none() => self.first = literal(&lit.lit),
            Expr::Path(path) => self.variants.push(path.path.clone()),
            _ => {}
        }
        syn::visit::visit_expr(self, expr);
    }
}

fn literal(lit: &Lit) -> Option<String> {
    match lit {
        Lit::Str(text) => Some(text.value()),
        Lit::ByteStr(text) => String::from_utf8(text.value()).ok(),
        _ => None,
    }
}
