//! What can be known of a declarative macro without expanding it: the one SQL type that its body fixes.

use std::collections::BTreeMap;

use proc_macro2::{TokenStream, TokenTree};
use syn::Type;

/// The SQL type in a macro's body, if every `sql_type = X` and `FromSql<X, …>` in it names the same.
pub(super) fn only_sql_type(body: TokenStream) -> Option<Type> {
    let mut found = BTreeMap::new();
    search(body, &mut found);
    if found.len() != 1 {
        return None;
    }
    found.into_values().next()
}

fn search(stream: TokenStream, found: &mut BTreeMap<String, Type>) {
    let trees: Vec<TokenTree> = stream.into_iter().collect();
    for (at, tree) in trees.iter().enumerate() {
        if let TokenTree::Group(group) = tree {
            search(group.stream(), found);
        }
        let TokenTree::Ident(word) = tree else { continue };
        let opener = match word.to_string().as_str() {
            "sql_type" => '=',
            "FromSql" | "ToSql" => '<',
            _ => continue,
        };
        // `FromSql::<X, …>` too.
        let mut next = at + 1;
        while matches!(trees.get(next), Some(TokenTree::Punct(p)) if p.as_char() == ':') {
            next += 1;
        }
        if !matches!(trees.get(next), Some(TokenTree::Punct(p)) if p.as_char() == opener) {
            continue;
        }
        let path: Vec<TokenTree> = trees[next + 1..]
            .iter()
            .take_while(|tree| match tree {
                TokenTree::Ident(_) => true,
                TokenTree::Punct(p) => p.as_char() == ':',
                _ => false,
            })
            .cloned()
            .collect();
        let last = path.last().map(ToString::to_string).unwrap_or_default();
        if let Ok(ty) = syn::parse2::<Type>(path.into_iter().collect()) {
            found.entry(last).or_insert(ty);
        }
    }
}

/// Names in a call such as `text_enum!(Color, Size)`.
pub(super) fn bare_names(tokens: TokenStream) -> Vec<String> {
    let mut out = Vec::new();
    let mut fresh = true;
    for tree in tokens {
        match tree {
            TokenTree::Ident(name) if fresh => {
                let name = name.to_string();
                if name.starts_with(char::is_uppercase) {
                    out.push(name);
                }
                fresh = false;
            }
            TokenTree::Punct(p) => fresh = p.as_char() == ',' || p.as_char() == ';',
            _ => fresh = false,
        }
    }
    out
}
