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
    let parameters = parameters(&body);
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
        1 => match found.into_iter().next()? {
            (_, Some(ty)) => Some(Fixed::Sql(ty)),
            (name, None) => parameters.iter().position(|one| *one == name).map(Fixed::Argument),
        },
        _ => None,
    }
}

/// True if a body has a struct for a table that is a parameter.
pub(super) fn makes_models(body: &TokenStream) -> bool {
    let trees: Vec<TokenTree> = body.clone().into_iter().collect();
    let is_named = |words: &[TokenTree]| {
        matches!(words, [TokenTree::Ident(key), TokenTree::Punct(equals), TokenTree::Punct(sign)]
            if key == "table_name" && equals.as_char() == '=' && sign.as_char() == '$')
    };
    trees.windows(3).any(is_named)
        || trees.iter().any(|tree| matches!(tree, TokenTree::Group(group) if makes_models(&group.stream())))
}

/// The parameters at the beginning of a macro's only pattern, as far as each stands alone between commas: `$name:ident, $ty:ty`.
fn parameters(body: &TokenStream) -> Vec<String> {
    let rules: Vec<TokenTree> = body.clone().into_iter().collect();
    let is_rule = |pair: &&[TokenTree]| matches!(pair, [TokenTree::Punct(equals), TokenTree::Punct(more)] if equals.as_char() == '=' && more.as_char() == '>');
    let Some(TokenTree::Group(pattern)) = rules.first() else { return Vec::new() };
    if rules.windows(2).filter(is_rule).count() != 1 {
        return Vec::new();
    }
    let trees: Vec<TokenTree> = pattern.stream().into_iter().collect();
    let mut found = Vec::new();
    for part in trees.split(|tree| matches!(tree, TokenTree::Punct(comma) if comma.as_char() == ',')) {
        match part {
            [
                TokenTree::Punct(sign),
                TokenTree::Ident(name),
                TokenTree::Punct(colon),
                TokenTree::Ident(_),
            ] if sign.as_char() == '$' && colon.as_char() == ':' => {
                found.push(name.to_string());
            }
            _ => break,
        }
    }
    found
}

/// The number of the parameter that names the only type that a body defines.
pub(super) fn subject(body: &TokenStream) -> Option<usize> {
    let parameters = parameters(body);
    let mut names = Vec::new();
    made_names(body, &mut names);
    names.dedup();
    match names.as_slice() {
        [name] => parameters.iter().position(|one| one == name),
        _ => None,
    }
}

/// The parameters behind `struct` and `enum`.
fn made_names(stream: &TokenStream, out: &mut Vec<String>) {
    let trees: Vec<TokenTree> = stream.clone().into_iter().collect();
    for tree in &trees {
        if let TokenTree::Group(group) = tree {
            made_names(&group.stream(), out);
        }
    }
    for words in trees.windows(3) {
        if let [TokenTree::Ident(word), TokenTree::Punct(sign), TokenTree::Ident(name)] = words
            && (word == "struct" || word == "enum")
            && sign.as_char() == '$'
        {
            out.push(name.to_string());
        }
    }
}

/// What stands between the commas of a call, where it is a type.
pub(super) fn arguments(tokens: TokenStream) -> Vec<Option<Type>> {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    let parts = trees.split(|tree| matches!(tree, TokenTree::Punct(comma) if comma.as_char() == ','));
    parts.map(|part| syn::parse2::<Type>(part.iter().cloned().collect()).ok()).collect()
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

/// The SQL types that are named, by their last name; without the type, a parameter's.
fn search(stream: TokenStream, found: &mut BTreeMap<String, Option<Type>>) {
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
        if let [TokenTree::Punct(sign), TokenTree::Ident(name), ..] = &trees[next + 1..]
            && sign.as_char() == '$'
        {
            found.entry(name.to_string()).or_insert(None);
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
            found.entry(last).or_insert(Some(ty));
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
