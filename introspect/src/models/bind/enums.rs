//! Which Rust enums are Postgres enums, and their labels: diesel-derive-enum in all attribute forms, Diesel's own
//! derive, impls by hand, and the autogen attribute over all of them.

use std::collections::BTreeMap;

use autogen_core::Diagnostic;
use heck::ToSnakeCase;

use super::labels::{Impls, Labels};
use super::sql::is_builtin;
use super::types::Types;
use crate::models::grammar::RenameRule;
use crate::models::model::{EnumLabel, EnumModel, EnumOrigin, SqlType};
use crate::models::read::{Def, DieselArg, EnumItem, VariantItem, tokens_type};

/// Fills the types with the Postgres enums.
pub(super) fn find(types: &mut Types<'_>, diagnostics: &mut Vec<Diagnostic>) {
    // Generated SQL types first: another enum's or a table's type can name them.
    for (at, item) in types.workspace.enums.iter().enumerate() {
        if is_db_enum(item) && arg(item, EXISTING).is_none() {
            let rust = text(item, DIESEL_TYPE).unwrap_or_else(|| format!("{}Mapping", item.name));
            let name = SqlType::plain(derived_name(item));
            // `PgType = "text"`: it is stored in a column of text, and no Postgres enum at all.
            if is_builtin(&name.name) {
                types.know(Def::Enum(at), name.clone());
            }
            types.mappings.insert(rust, name);
        }
    }
    let mut impls: Option<Impls> = None;
    for (at, item) in types.workspace.enums.iter().enumerate() {
        if item.autogen.stored_as.is_some() || item.autogen.ignore.is_some() {
            continue;
        }
        let Some((origin, name)) = origin(types, at, item) else { continue };
        let rule = item.autogen.rename_all.as_ref().map(|rule| rule.value);
        let written = match origin {
            EnumOrigin::HandWritten | EnumOrigin::Attribute if rule.is_none() => {
                impls.get_or_insert_with(|| Impls::of(types)).labels(types, Def::Enum(at), item)
            }
            _ => Labels::new(),
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
    if is_db_enum(item) {
        let existing =
            arg(item, EXISTING).and_then(|arg| tokens_type(arg.value.clone()).or_else(|| arg.ty()));
        let name = match existing {
            Some(ty) => types.sql(item.module, &ty)?.ty,
            None => SqlType::plain(derived_name(item)),
        };
        return (!is_builtin(&name.name)).then_some((EnumOrigin::DeriveEnum, name));
    }
    // A type of ours over one of the project's own SQL types, not over text or a number.
    let own = types.sql_types(Def::Enum(at)).into_iter().find(|ty| is_custom(types, ty))?;
    // Diesel's derive implies `AsExpression`; a derive of the same name from elsewhere (of GraphQL, say) stands beside.
    let is_diesels =
        derives("Enum") && !derives("AsExpression") && item.diesel.iter().any(|arg| arg.key == "sql_type");
    let origin = if is_diesels { EnumOrigin::Diesel } else { EnumOrigin::HandWritten };
    Some((origin, own))
}

/// True for diesel-derive-enum. Another crate's `DbEnum` stores as the `sql_type` that stands beside.
fn is_db_enum(item: &EnumItem) -> bool {
    item.derives.iter().any(|derive| derive == "DbEnum")
        && !item.diesel.iter().any(|arg| arg.key == "sql_type")
}

/// True if a `derive(SqlType)` struct of the project has the name, and Postgres itself has not.
fn is_custom(types: &Types<'_>, ty: &SqlType) -> bool {
    !ty.array
        && !is_builtin(&ty.name)
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

fn label(variant: &VariantItem, rule: Option<RenameRule>, written: &Labels, derived: RenameRule) -> String {
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

/// One statement for each Postgres enum. Several Rust enums of one type agree, or one of them has all labels of the
/// others; else nobody knows which is meant, and the live labels stay. What an attribute says stands above all, and the
/// models above their context.
pub(super) fn settle(
    found: Vec<EnumModel>,
    is_context: impl Fn(&EnumModel) -> bool,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<EnumModel> {
    let mut by_name: BTreeMap<(Option<String>, String), Vec<EnumModel>> = BTreeMap::new();
    for one in found {
        by_name.entry((one.schema.clone(), one.name.clone())).or_default().push(one);
    }
    let mut out = Vec::new();
    for mut all in by_name.into_values() {
        all.sort_by_key(|one| one.span.clone());
        let said = all.iter().filter(|one| one.is_ordered).count();
        if said > 0 {
            all.retain(|one| one.is_ordered);
        }
        if all.iter().any(|one| !is_context(one)) {
            all.retain(|one| !is_context(one));
        }
        let has = |one: &EnumModel, label: &str| one.labels.iter().any(|known| known.label == label);
        let covers =
            |one: &EnumModel| all.iter().flat_map(|other| &other.labels).all(|label| has(one, &label.label));
        match all.iter().position(covers) {
            Some(at) => out.push(all.swap_remove(at)),
            None => {
                let [first, second, ..] = all.as_slice() else { continue };
                let message = format!(
                    "{} and {} have different labels for the enum {}; it stays as it is",
                    first.rust_name, second.rust_name, first.name
                );
                let note = Diagnostic::note("enum-conflict", message).at(second.span.clone());
                diagnostics.push(note.related(first.span.clone(), first.rust_name.clone()));
            }
        }
    }
    out
}
