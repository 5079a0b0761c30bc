//! Attributes from outside of the Rust code, for sources that cannot be edited: what autogen.toml says of tables and
//! enums, in the same grammar and with the same authority as an attribute. How a configuration file is read is the
//! command line's affair; here they are laid onto what the code binds.

use std::sync::Arc;

use autogen_core::{Diagnostic, visible};

use super::bind::enum_names;
use super::grammar::{EnumAttr, FieldAttr, Said, TableAttr, VariantAttr};
use super::model::TableModel;
use super::read::Workspace;

/// Everything that is said outside.
#[derive(Clone, Debug, Default)]
pub struct Outside {
    /// About tables.
    pub tables: Vec<OutsideTable>,
    /// About enums.
    pub enums: Vec<OutsideEnum>,
}

/// What is said about a table.
#[derive(Clone, Debug)]
pub struct OutsideTable {
    /// `users` or `audit.users`.
    pub name: Said<String>,
    /// As on a struct.
    pub attribute: TableAttr,
    /// As on fields, by SQL or field name.
    pub columns: Vec<(Said<String>, FieldAttr)>,
}

/// What is said about an enum.
#[derive(Clone, Debug)]
pub struct OutsideEnum {
    /// The Postgres name, or the Rust one.
    pub name: Said<String>,
    /// As on the enum.
    pub attribute: EnumAttr,
    /// As on variants, by their Rust names.
    pub variants: Vec<(Said<String>, VariantAttr)>,
}

/// Adds what is said about tables, before their columns are merged.
pub(crate) fn tables(outside: &[OutsideTable], models: &mut [TableModel], diagnostics: &mut Vec<Diagnostic>) {
    for said in outside {
        let found = candidates(models, &said.name.value);
        let at = match found.as_slice() {
            [at] => *at,
            [] => {
                let message =
                    format!("no struct and no table! binds the table {}", visible(&said.name.value));
                let help = "an attribute needs a model to stand on; is the name right, and its file among the models?";
                diagnostics
                    .push(Diagnostic::error("unbound-table", message).at(said.name.span.clone()).help(help));
                continue;
            }
            several => {
                let mut error = Diagnostic::error(
                    "ambiguous-table",
                    format!("there are several tables {}", visible(&said.name.value)),
                )
                .at(said.name.span.clone())
                .help("write the schema too: [table.\"schema.name\"]");
                for at in several {
                    error = error.related(models[*at].span.clone(), "one of them");
                }
                diagnostics.push(error);
                continue;
            }
        };
        diagnostics.extend(Arc::make_mut(&mut models[at].attribute).merge(said.attribute.clone()));
        models[at].outside.extend(said.columns.iter().cloned());
    }
}

/// The tables that a name may mean: as it is, else with a schema in front.
fn candidates(models: &[TableModel], name: &str) -> Vec<usize> {
    let at = |holds: &dyn Fn(&TableModel) -> bool| -> Vec<usize> {
        (0..models.len()).filter(|at| holds(&models[*at])).collect()
    };
    let named = at(&|model| model.name == name);
    if named.len() > 1 {
        // Diesel's default schema is what a name without one means.
        let public: Vec<usize> =
            named.iter().copied().filter(|at| schema(&models[*at]) == "public").collect();
        return if public.len() == 1 { public } else { named };
    }
    match (named.is_empty(), name.split_once('.')) {
        (true, Some((first, rest))) => at(&|model| model.name == rest && schema(model) == first),
        _ => named,
    }
}

fn schema(model: &TableModel) -> &str {
    let said = model.attribute.schema.as_ref().map(|said| said.value.as_str());
    said.or(model.schema.as_deref()).unwrap_or("public")
}

/// A column that neither a field nor a `table!` has.
pub(crate) fn unbound_columns(model: &TableModel) -> Vec<Diagnostic> {
    let unbound = model.outside.iter().filter(|(name, _)| model.column_named(&name.value).is_none());
    unbound
        .map(|(name, _)| {
            let message = format!(
                "no field and no table! binds the column {} of {}",
                visible(&name.value),
                visible(&model.name)
            );
            Diagnostic::error("unbound-column", message).at(name.span.clone())
        })
        .collect()
}

/// Adds what is said about enums, before their labels are made.
pub(crate) fn enums(outside: &[OutsideEnum], workspace: &mut Workspace, diagnostics: &mut Vec<Diagnostic>) {
    if outside.is_empty() {
        return;
    }
    let sql_names = enum_names(workspace);
    for said in outside {
        let name = said.name.value.as_str();
        let mut found = false;
        for (item, sql_name) in workspace.enums.iter_mut().zip(&sql_names) {
            if item.name != name && sql_name.as_deref() != Some(name) {
                continue;
            }
            found = true;
            item.has_autogen = true;
            diagnostics.extend(item.autogen.merge(said.attribute.clone()));
            for (variant, attribute) in &said.variants {
                match item.variants.iter_mut().find(|one| one.name == variant.value) {
                    Some(one) => diagnostics.extend(one.autogen.merge(attribute.clone())),
                    None => {
                        let message =
                            format!("the enum {} has no variant {}", item.name, visible(&variant.value));
                        let known: Vec<&str> = item.variants.iter().map(|one| one.name.as_str()).collect();
                        diagnostics.push(
                            Diagnostic::error("unbound-variant", message)
                                .at(variant.span.clone())
                                .related(item.span.clone(), "this enum")
                                .help(format!("its variants are: {}", known.join(", "))),
                        );
                    }
                }
            }
        }
        if !found {
            let message = format!("no Rust enum is the Postgres enum {}, or is called so", visible(name));
            diagnostics.push(Diagnostic::error("unbound-enum", message).at(said.name.span.clone()));
        }
    }
}
