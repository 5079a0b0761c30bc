//! What can be known of macros without expanding them: the one type that the body of a declarative macro fixes, the
//! names that one is called with, and the branches of `cfg_if!`.

use std::collections::BTreeMap;

use proc_macro2::{TokenStream, TokenTree};
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Item, Token, Type, braced};

use super::items::Fixed;
use super::{ReadOptions, cfg};

/// What a macro's body makes of its argument: the SQL type that every `sql_type = X` and `FromSql<X, …>` in it names, or
/// the type inside of a `DieselNewType`.
pub(super) fn fixed(body: TokenStream) -> Option<Fixed> {
    let mut found = BTreeMap::new();
    search(body.clone(), &mut found);
    match found.len() {
        0 if has_word(&body, "DieselNewType") => {
            let mut inner = Vec::new();
            made_structs(&body, &mut inner);
            match inner.as_slice() {
                [Some(inner)] => Some(Fixed::Inner(inner.clone())),
                _ => None,
            }
        }
        1 => found.into_values().next().map(Fixed::Sql),
        _ => None,
    }
}

/// True if a body defines a struct or enum of a name that it is given.
pub(super) fn makes_types(body: &TokenStream) -> bool {
    let mut found = Vec::new();
    made_structs(body, &mut found);
    !found.is_empty()
}

/// Each `struct $name(Inner)` or `enum $name`, with the inner type of a tuple struct with one field.
fn made_structs(stream: &TokenStream, out: &mut Vec<Option<Type>>) {
    let trees: Vec<TokenTree> = stream.clone().into_iter().collect();
    for (at, tree) in trees.iter().enumerate() {
        if let TokenTree::Group(group) = tree {
            made_structs(&group.stream(), out);
        }
        let is_keyword = matches!(tree, TokenTree::Ident(word) if word == "struct" || word == "enum");
        let is_made = matches!(trees.get(at + 1), Some(TokenTree::Punct(p)) if p.as_char() == '$');
        // `$name:ident` is the pattern, which makes nothing.
        let is_pattern = matches!(trees.get(at + 3), Some(TokenTree::Punct(p)) if p.as_char() == ':');
        if is_keyword && is_made && !is_pattern {
            out.push(match trees.get(at + 3) {
                Some(TokenTree::Group(fields)) => inner_type(fields.stream()),
                _ => None,
            });
        }
    }
}

/// The type of the only field of a tuple struct.
fn inner_type(fields: TokenStream) -> Option<Type> {
    let parse = |input: ParseStream<'_>| {
        let field = syn::Field::parse_unnamed(input)?;
        input.parse::<Option<Token![,]>>()?;
        Ok(field.ty)
    };
    syn::parse::Parser::parse2(parse, fields).ok()
}

fn has_word(stream: &TokenStream, word: &str) -> bool {
    stream.clone().into_iter().any(|tree| match tree {
        TokenTree::Ident(ident) => ident == word,
        TokenTree::Group(group) => has_word(&group.stream(), word),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

/// The items of a `cfg_if!` whose branch holds. One that nobody can know excludes neither itself nor the next.
pub(super) fn cfg_if(tokens: TokenStream, options: &ReadOptions) -> Vec<Item> {
    let Ok(CfgIf(branches)) = syn::parse2::<CfgIf>(tokens) else { return Vec::new() };
    let mut items = Vec::new();
    for (condition, branch) in branches {
        let holds = match &condition {
            Some(predicate) => cfg::eval(predicate, options),
            None => Some(true),
        };
        if holds != Some(false) {
            items.extend(branch);
        }
        if holds == Some(true) {
            break;
        }
    }
    items
}

/// `if #[cfg(…)] { … } else if #[cfg(…)] { … } else { … }`.
struct CfgIf(Vec<(Option<syn::Meta>, Vec<Item>)>);

impl Parse for CfgIf {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut branches = Vec::new();
        loop {
            let mut condition = None;
            if input.parse::<Option<Token![if]>>()?.is_some() {
                for attribute in Attribute::parse_outer(input)? {
                    condition = Some(attribute.parse_args()?);
                }
            }
            let body;
            braced!(body in input);
            branches.push((condition, body.call(syn::File::parse)?.items));
            if input.parse::<Option<Token![else]>>()?.is_none() {
                return Ok(Self(branches));
            }
        }
    }
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
