//! Attributes with `cfg_attr` opened, in any nesting, and Diesel's own attributes in the forms of versions 1 and 2.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::punctuated::Punctuated;
use syn::{Attribute, Meta, Token, Type};

use super::{ReadOptions, cfg};

/// One attribute that holds, outside of any `cfg_attr`.
pub(super) fn flatten(attrs: &[Attribute], options: &ReadOptions) -> Option<Vec<Meta>> {
    let mut out = Vec::new();
    for attr in attrs {
        if attr.path().is_ident("doc") {
            continue;
        }
        open(&attr.meta, options, &mut out)?;
    }
    Some(out)
}

/// `None` when the item is configured away.
fn open(meta: &Meta, options: &ReadOptions, out: &mut Vec<Meta>) -> Option<()> {
    let Meta::List(list) = meta else {
        out.push(meta.clone());
        return Some(());
    };
    if list.path.is_ident("cfg") {
        let holds = list.parse_args::<Meta>().map_or(true, |predicate| cfg::holds(&predicate, options));
        return holds.then_some(());
    }
    if !list.path.is_ident("cfg_attr") {
        out.push(meta.clone());
        return Some(());
    }
    let Ok(inner) = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated) else {
        return Some(());
    };
    let mut inner = inner.iter();
    // What stands under `any()` is never compiled, so it is there for us.
    let is_ours = |predicate: &Meta| matches!(predicate, Meta::List(list) if list.path.is_ident("any") && list.tokens.is_empty());
    let ours = inner.clone().next().is_some_and(is_ours);
    let on = inner.next().is_none_or(|predicate| cfg::holds(predicate, options));
    for meta in inner {
        let mut found = Vec::new();
        let kept = open(meta, options, &mut found).is_some();
        // `cfg_attr(any(), autogen(…))` is how a project without the derive writes the attribute, so it always counts.
        found
            .retain(|meta| on || meta.path().is_ident("autogen") || (ours && meta.path().is_ident("diesel")));
        out.extend(found);
        if on && !kept {
            return None;
        }
    }
    Some(())
}

/// What stands in the parentheses of the `autogen` attributes.
pub(super) fn autogen(metas: &[Meta]) -> Vec<TokenStream> {
    let lists = metas.iter().filter_map(|meta| match meta {
        Meta::List(list) if list.path.is_ident("autogen") => Some(list.tokens.clone()),
        _ => None,
    });
    lists.collect()
}

/// The last segments of all derived paths, each with its first segment.
pub(super) fn derives(metas: &[Meta]) -> Vec<String> {
    let mut out = Vec::new();
    for meta in metas {
        if let Meta::List(list) = meta
            && list.path.is_ident("derive")
        {
            let paths = list.parse_args_with(Punctuated::<syn::Path, Token![,]>::parse_terminated);
            for path in paths.into_iter().flatten() {
                out.extend(path.segments.last().map(|segment| segment.ident.to_string()));
            }
        }
    }
    out
}

/// One entry of Diesel's (or a companion's) attribute: `key`, `key = value`, `key(group)`.
#[derive(Clone, Debug)]
pub(crate) struct DieselArg {
    pub(crate) key: String,
    pub(crate) value: TokenStream,
    pub(crate) group: Option<TokenStream>,
}

/// Diesel 1 wrote these outside of `diesel(…)`; the last ones are diesel-derive-enum's.
pub(super) const BARE: &[&str] = &[
    "table_name",
    "column_name",
    "primary_key",
    "belongs_to",
    "changeset_options",
    "sql_type",
    "postgres",
    "ExistingTypePath",
    "PgType",
    "DieselType",
    "DbValueStyle",
    "db_rename",
];

/// Attributes of companions that have entries as `diesel(…)` has them.
pub(super) const COMPANIONS: &[&str] = &["db_enum", "changeset_options"];

/// All entries of the attributes that are Diesel's or a companion's.
pub(crate) fn diesel_args(metas: &[Meta]) -> Vec<DieselArg> {
    let mut out = Vec::new();
    for meta in metas {
        let Some(name) = meta.path().get_ident().map(ToString::to_string) else { continue };
        match meta {
            Meta::List(list) if name == "diesel" || COMPANIONS.contains(&name.as_str()) => {
                out.extend(arguments(list.tokens.clone()));
            }
            Meta::List(list) if BARE.contains(&name.as_str()) => {
                out.push(DieselArg {
                    key: name,
                    value: TokenStream::new(),
                    group: Some(list.tokens.clone()),
                });
            }
            Meta::NameValue(pair) if BARE.contains(&name.as_str()) => {
                let value = quote::ToTokens::to_token_stream(&pair.value);
                out.push(DieselArg { key: name, value, group: None });
            }
            _ => {}
        }
    }
    out
}

/// Cuts at the commas that are outside of parentheses and angle brackets.
pub(crate) fn arguments(stream: TokenStream) -> Vec<DieselArg> {
    let mut pieces: Vec<Vec<TokenTree>> = vec![Vec::new()];
    let mut depth = 0usize;
    let mut dash = false;
    for tree in stream {
        let punct = match &tree {
            TokenTree::Punct(p) => p.as_char(),
            _ => ' ',
        };
        match punct {
            '<' => depth += 1,
            '>' if !dash => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                pieces.push(Vec::new());
                continue;
            }
            _ => {}
        }
        dash = punct == '-' || punct == '=';
        pieces.last_mut().into_iter().for_each(|piece| piece.push(tree.clone()));
    }
    pieces.iter().filter_map(|piece| argument(piece)).collect()
}

fn argument(piece: &[TokenTree]) -> Option<DieselArg> {
    let TokenTree::Ident(key) = piece.first()? else { return None };
    // A path such as `crate::User` as the first thing in belongs_to(…) keeps its tokens in `value`.
    let (value, group) = match &piece[1..] {
        [] => (TokenStream::new(), None),
        [TokenTree::Group(g)] if g.delimiter() == Delimiter::Parenthesis => {
            (TokenStream::new(), Some(g.stream()))
        }
        [TokenTree::Punct(p), value @ ..] if p.as_char() == '=' => (value.iter().cloned().collect(), None),
        _ => (piece.iter().cloned().collect(), None),
    };
    Some(DieselArg { key: key.to_string().trim_start_matches("r#").to_owned(), value, group })
}

impl DieselArg {
    /// The value as a type; a string holds it in Diesel 1.
    pub(crate) fn ty(&self) -> Option<Type> {
        let tokens = if self.value.is_empty() { self.group.clone()? } else { self.value.clone() };
        tokens_type(tokens)
    }

    /// The value as a path's segments.
    pub(crate) fn path(&self) -> Option<Vec<String>> {
        match self.ty()? {
            Type::Path(path) => Some(super::scope::segments(&path.path)),
            _ => None,
        }
    }

    /// The value as text: a string's, an identifier's, a boolean's.
    pub(crate) fn text(&self) -> Option<String> {
        let tokens = if self.value.is_empty() { self.group.clone()? } else { self.value.clone() };
        if let Ok(text) = syn::parse2::<syn::LitStr>(tokens.clone()) {
            return Some(text.value());
        }
        let text: String = tokens.into_iter().map(|tree| tree.to_string()).collect();
        Some(text.trim_start_matches("r#").to_owned())
    }

    /// Identifiers in the parentheses.
    pub(crate) fn idents(&self) -> Vec<String> {
        let trees = self.group.clone().unwrap_or_default().into_iter();
        trees
            .filter_map(|tree| match tree {
                TokenTree::Ident(i) => Some(i.to_string().trim_start_matches("r#").to_owned()),
                _ => None,
            })
            .collect()
    }

    /// The entries in the parentheses.
    pub(crate) fn inner(&self) -> Vec<DieselArg> {
        self.group.clone().map(arguments).unwrap_or_default()
    }
}

/// Tokens as a type; a string holds it in Diesel 1.
pub(crate) fn tokens_type(tokens: TokenStream) -> Option<Type> {
    if let Ok(text) = syn::parse2::<syn::LitStr>(tokens.clone()) {
        return text.parse().ok();
    }
    syn::parse2(tokens).ok()
}
