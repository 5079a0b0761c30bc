//! `[table.…]` and `[enum.…]`: the attribute's grammar in TOML's clothes. A value becomes the tokens that would stand
//! in Rust, and the attribute's own parser reads them, so both mean the same and fail with the same words.

use autogen_core::{Diagnostic, visible};
use autogen_introspect::models::grammar::{self, ENUM_KEYS, FIELD_KEYS, Said, TABLE_KEYS, VARIANT_KEYS};
use autogen_introspect::models::{Outside, OutsideEnum, OutsideTable};
use proc_macro2::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span as Call, TokenStream, TokenTree};

use super::reader::{Reader, get};
use super::tree::{Node, Table, Value};

/// Keys whose string is what stands in the parentheses in Rust.
const ARGUMENTS: &[&str] = &[
    "index",
    "unique",
    "exclude",
    "foreign_key",
    "policy",
    "partition_by",
    "partition_of",
    "with",
    "rls",
    "primary_key",
    "references",
];
/// Keys that may stand several times in Rust, and take a list here.
const REPEATED: &[&str] = &["index", "unique", "check", "exclude", "foreign_key", "policy", "references"];
/// Keys whose list is one list of names.
const NAMES: &[&str] = &["primary_key", "drop", "accept"];

/// Reads both sections.
pub(super) fn read(reader: &mut Reader, document: &Table) -> Outside {
    let mut outside = Outside::default();
    for (name, node) in reader.table(document, "table").into_iter().flatten() {
        let Some(table) = reader.as_table(&name.value, node) else { continue };
        // Which table it is says the section's name.
        let keys = keys(TABLE_KEYS, "column", "table");
        reader.keys(table, &format!("of [table.{}]", visible(&name.value)), &keys);
        let mut columns = Vec::new();
        for (column, node) in reader.table(table, "column").into_iter().flatten() {
            let Some(table) = reader.as_table(&column.value, node) else { continue };
            reader.keys(table, "of a column", FIELD_KEYS);
            let pieces = pieces(reader, table, FIELD_KEYS);
            let (attribute, problems) = grammar::field_elsewhere(&pieces);
            reader.diagnostics.extend(problems);
            columns.push((column.clone(), attribute));
        }
        let pieces = pieces(reader, table, TABLE_KEYS);
        let (attribute, problems) = grammar::table_elsewhere(&pieces);
        reader.diagnostics.extend(problems);
        outside.tables.push(OutsideTable { name: name.clone(), attribute, columns });
    }
    for (name, node) in reader.table(document, "enum").into_iter().flatten() {
        let Some(table) = reader.as_table(&name.value, node) else { continue };
        let keys = keys(ENUM_KEYS, "variant", "");
        reader.keys(table, &format!("of [enum.{}]", visible(&name.value)), &keys);
        let mut variants = Vec::new();
        for (variant, node) in reader.table(table, "variant").into_iter().flatten() {
            let Some(table) = reader.as_table(&variant.value, node) else { continue };
            reader.keys(table, "of a variant", VARIANT_KEYS);
            let (attribute, problems) = grammar::variant_elsewhere(&pieces(reader, table, VARIANT_KEYS));
            reader.diagnostics.extend(problems);
            variants.push((variant.clone(), attribute));
        }
        let (attribute, problems) = grammar::enumeration_elsewhere(&pieces(reader, table, ENUM_KEYS));
        reader.diagnostics.extend(problems);
        outside.enums.push(OutsideEnum { name: name.clone(), attribute, variants });
    }
    outside
}

fn keys(own: &[&'static str], more: &'static str, without: &str) -> Vec<&'static str> {
    own.iter().copied().chain([more]).filter(|key| *key != without).collect()
}

/// The entries of an attribute, each with the place of its value.
fn pieces(reader: &mut Reader, table: &Table, known: &[&str]) -> Vec<Said<TokenStream>> {
    let mut out = Vec::new();
    for key in known.iter().filter(|key| !(**key == "table" && known == TABLE_KEYS)) {
        let Some(node) = get(table, key) else { continue };
        match &node.value {
            Value::List(all) if NAMES.contains(key) => {
                let names = all.iter().filter_map(|one| text(reader, key, one)).map(|name| literal(&name));
                let group = separated(names.collect());
                out.push(Said { value: call(key, group), span: node.span.clone() });
            }
            Value::List(all) if all.is_empty() && REPEATED.contains(key) => {
                out.push(Said { value: call(key, TokenStream::new()), span: node.span.clone() });
            }
            Value::List(all) if REPEATED.contains(key) => {
                out.extend(all.iter().filter_map(|one| piece(reader, key, one)));
            }
            _ => out.extend(piece(reader, key, node)),
        }
    }
    out
}

fn piece(reader: &mut Reader, key: &str, node: &Node) -> Option<Said<TokenStream>> {
    let value = match &node.value {
        Value::Bool(yes) if key == "default" => assign(key, word(if *yes { "true" } else { "false" })),
        Value::Bool(true) => word(key),
        Value::Bool(false) => {
            let message = format!("`{key} = false` says nothing; leave it out");
            reader.report(Diagnostic::error("bad-value", message).at(node.span.clone()));
            return None;
        }
        Value::Number(number) => assign(key, tokens(reader, key, number, node)?),
        Value::Text(text) if ARGUMENTS.contains(&key) => call(key, tokens(reader, key, text, node)?),
        // A check is its SQL, or the arguments that would stand in Rust: a string, then options.
        Value::Text(text) if key == "check" => match options_after_literal(text) {
            Some(arguments) => call(key, arguments),
            None => call(key, literal(text)),
        },
        Value::Text(text) => assign(key, literal(text)),
        Value::Table(table) if key == "with" || key == "identity" => {
            let mut options = Vec::new();
            for (name, node) in table {
                if !is_identifier(&name.value) {
                    let message = format!("`{}` is no option of `{key}`", visible(&name.value));
                    reader.report(Diagnostic::error("bad-value", message).at(name.span.clone()));
                    continue;
                }
                let name = &name.value;
                options.push(match &node.value {
                    Value::Bool(true) if key == "identity" => word(name),
                    Value::Bool(yes) => assign(name, word(if *yes { "true" } else { "false" })),
                    Value::Number(number) => assign(name, tokens(reader, name, number, node)?),
                    Value::Text(text) => assign(name, literal(text)),
                    Value::List(_) | Value::Table(_) | Value::Date => return wrong(reader, name, node),
                });
            }
            call(key, separated(options))
        }
        Value::List(_) | Value::Table(_) | Value::Date => return wrong(reader, key, node),
    };
    Some(Said { value, span: node.span.clone() })
}

fn wrong<T>(reader: &mut Reader, key: &str, node: &Node) -> Option<T> {
    let message = format!("`{key}` cannot be {}", node.value.what());
    reader.report(Diagnostic::error("bad-value", message).at(node.span.clone()));
    None
}

fn text(reader: &mut Reader, key: &str, node: &Node) -> Option<String> {
    match &node.value {
        Value::Text(text) => Some(text.clone()),
        _ => wrong(reader, key, node),
    }
}

/// Text that is to be read as it would be in Rust.
fn tokens(reader: &mut Reader, key: &str, text: &str, node: &Node) -> Option<TokenStream> {
    let parsed = text.parse::<TokenStream>().ok();
    if parsed.is_none() {
        let message = format!("this is not what stands in the parentheses of `{key}(…)`");
        let help = "brackets and quotes must be closed; SQL stands in double quotes: 'lower(email)' is '\"lower(email)\"'";
        reader.report(Diagnostic::error("bad-value", message).at(node.span.clone()).help(help));
    }
    parsed
}

/// `"sql", name = "x"` is how a check with options is written; anything else is SQL itself.
fn options_after_literal(text: &str) -> Option<TokenStream> {
    let parsed: TokenStream = text.parse().ok()?;
    let mut trees = parsed.clone().into_iter();
    let is_string =
        matches!(trees.next(), Some(TokenTree::Literal(one)) if one.to_string().starts_with(['"', 'r']));
    let comma = matches!(trees.next(), Some(TokenTree::Punct(punct)) if punct.as_char() == ',');
    (is_string && comma).then_some(parsed)
}

fn is_identifier(text: &str) -> bool {
    let mut trees = text.parse::<TokenStream>().unwrap_or_default().into_iter();
    matches!((trees.next(), trees.next()), (Some(TokenTree::Ident(ident)), None) if ident == text)
}

/// An identifier; the text is a key that we know, or was found to be one.
fn word(text: &str) -> TokenStream {
    TokenTree::from(Ident::new(text, Call::call_site())).into()
}

fn literal(text: &str) -> TokenStream {
    TokenTree::from(Literal::string(text)).into()
}

fn assign(key: &str, value: TokenStream) -> TokenStream {
    let equals = TokenTree::from(Punct::new('=', Spacing::Alone));
    word(key).into_iter().chain([equals]).chain(value).collect()
}

fn call(key: &str, arguments: TokenStream) -> TokenStream {
    let group = TokenTree::from(Group::new(Delimiter::Parenthesis, arguments));
    word(key).into_iter().chain([group]).collect()
}

fn separated(pieces: Vec<TokenStream>) -> TokenStream {
    let comma = || TokenStream::from(TokenTree::from(Punct::new(',', Spacing::Alone)));
    pieces.into_iter().flat_map(|piece| [piece, comma()]).collect()
}
