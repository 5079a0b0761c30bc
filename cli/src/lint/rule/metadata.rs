//! `metadata`: a metadata.toml that Diesel reads otherwise than it was meant. Diesel ignores keys that it does not know, and
//! a file without `run_in_transaction` means false.

use std::sync::Arc;

use autogen_core::{Diagnostic, Span, visible};
use toml::Spanned;
use toml::de::DeTable;

use super::{Check, Rule};
use crate::lint::files::{Metadata, Migration, Script};

pub(super) const RULE: Rule = Rule { names: &["metadata"], check: Check::Each(check) };

const KEY: &str = "run_in_transaction";

fn check(migration: &Migration, found: &mut Vec<Diagnostic>) {
    let Some(metadata) = &migration.metadata else { return };
    let help = format!("its one key is `{KEY} = true` or `{KEY} = false`");
    let mut tell = |message: String, place: Span| {
        found.push(Diagnostic::error("metadata", message).at(place).help(help.clone()));
    };
    let table = match DeTable::parse(&metadata.text).map(Spanned::into_inner) {
        Ok(table) => table,
        Err(error) => {
            let place = error.span().map_or_else(|| whole(metadata), |span| at(metadata, span));
            return tell(format!("metadata.toml is not TOML: {}", visible(error.message())), place);
        }
    };
    for (name, value) in &table {
        if name.get_ref() != KEY {
            let message = format!("Diesel knows no key `{}` and ignores it", visible(name.get_ref()));
            tell(message, at(metadata, name.span()));
        } else if value.get_ref().as_bool().is_none() {
            tell(format!("`{KEY}` is neither true nor false"), at(metadata, value.span()));
        }
    }
    if !table.keys().any(|name| name.get_ref() == KEY) {
        let message =
            format!("without `{KEY}`, Diesel takes this file to mean that no transaction is wanted");
        tell(message, whole(metadata));
    }
}

fn whole(metadata: &Metadata) -> Span {
    Span::file(metadata.path.clone())
}

fn at(metadata: &Metadata, range: std::ops::Range<usize>) -> Span {
    let script =
        Script { path: Arc::new(metadata.path.clone()), text: metadata.text.clone(), ..Script::default() };
    script.span(range.start, range.end.max(range.start + 1))
}
