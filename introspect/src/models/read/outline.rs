//! From a file's text to the items that can matter to a schema. The others (functions, constants, traits, the methods
//! of structs) are most of a program, and what syntax trees of them would cost is most of what parsing costs; they are
//! passed over as tokens. A mistake in one of them is rustc's to tell.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::buffer::Cursor;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Item, ItemMod, Visibility, braced};

/// Traits whose impls tell a type's SQL form, or an enum's labels.
pub(super) const TRAITS: &[&str] = &[
    "FromSql",
    "ToSql",
    "Queryable",
    "FromSqlRow",
    "FromStaticSqlRow",
    "AsExpression",
    "Display",
    "FromStr",
    "From",
    "TryFrom",
    "AsRef",
];

/// Parses a file, or whole items of one.
pub(super) fn parse(text: &str) -> syn::Result<Vec<Item>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    // A first line for the shell is as good as a comment; `#![…]` is an attribute.
    let commented = if has_shell_line(text) { Some(format!("// {}", &text[2..])) } else { None };
    let tokens: TokenStream = commented.as_deref().unwrap_or(text).parse()?;
    Ok(syn::parse2::<Outline>(tokens)?.0)
}

/// True for a first line that is the shell's.
pub(super) fn has_shell_line(text: &str) -> bool {
    text.strip_prefix("#!").is_some_and(|rest| !rest.trim_start().starts_with('['))
}

/// The items of a file or an inline module.
struct Outline(Vec<Item>);

impl Parse for Outline {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        input.call(Attribute::parse_inner)?;
        let mut items = Vec::new();
        while !input.is_empty() {
            match input.step(|cursor| Ok(Head::of(*cursor)))? {
                Head::PassedOver => {}
                Head::Module => items.push(module(input)?),
                Head::Parse => items.push(input.parse()?),
            }
        }
        Ok(Self(items))
    }
}

/// `mod name;` or `mod name { … }`, whose items are taken the same way.
fn module(input: ParseStream<'_>) -> syn::Result<Item> {
    let mut attrs = input.call(Attribute::parse_outer)?;
    let vis: Visibility = input.parse()?;
    let (unsafety, mod_token, ident) = (input.parse()?, input.parse()?, input.parse()?);
    let (mut content, mut semi) = (None, None);
    if input.peek(syn::Token![;]) {
        semi = Some(input.parse()?);
    } else {
        let body;
        let brace = braced!(body in input);
        attrs.extend(body.call(Attribute::parse_inner)?);
        content = Some((brace, body.call(Outline::parse)?.0));
    }
    Ok(Item::Mod(ItemMod { attrs, vis, unsafety, mod_token, ident, content, semi }))
}

/// What the first words of an item say.
enum Head {
    /// No schema is in it; it is behind us.
    PassedOver,
    /// A module.
    Module,
    /// Anything else, and whatever is not understood.
    Parse,
}

impl Head {
    /// With where to go on: behind what is passed over, or where it was.
    fn of(start: Cursor<'_>) -> (Self, Cursor<'_>) {
        let mut at = after_visibility(after_attributes(start));
        while let Some((word, rest)) = at.ident() {
            let end = match word.to_string().as_str() {
                "mod" => return (Head::Module, start),
                "fn" | "trait" => after_body(rest),
                "static" => after_semicolon(rest),
                "impl" if is_beside_the_point(rest) => after_body(rest),
                "const" if !matches!(rest.ident(), Some((next, _)) if is_function_word(&next.to_string())) => {
                    after_semicolon(rest)
                }
                "const" | "async" | "unsafe" | "extern" => {
                    // `extern "C" fn`
                    at = rest.literal().map_or(rest, |(_, rest)| rest);
                    continue;
                }
                _ => None,
            };
            return end.map_or((Head::Parse, start), |end| (Head::PassedOver, end));
        }
        (Head::Parse, start)
    }
}

/// What may stand between `const` and the name of a function.
fn is_function_word(word: &str) -> bool {
    matches!(word, "fn" | "async" | "unsafe" | "extern")
}

fn after_attributes(mut at: Cursor<'_>) -> Cursor<'_> {
    while let Some((_, rest)) = at.punct().filter(|(punct, _)| punct.as_char() == '#') {
        match rest.group(Delimiter::Bracket) {
            Some((_, _, rest)) => at = rest,
            None => break,
        }
    }
    at
}

fn after_visibility(at: Cursor<'_>) -> Cursor<'_> {
    match at.ident() {
        Some((word, rest)) if word == "pub" => {
            rest.group(Delimiter::Parenthesis).map_or(rest, |(_, _, after)| after)
        }
        _ => at,
    }
}

fn after_semicolon(mut at: Cursor<'_>) -> Option<Cursor<'_>> {
    while let Some((tree, rest)) = at.token_tree() {
        at = rest;
        if matches!(tree, TokenTree::Punct(punct) if punct.as_char() == ';') {
            return Some(at);
        }
    }
    None
}

/// Behind the braces of a body, or a semicolon in their place.
fn after_body(mut at: Cursor<'_>) -> Option<Cursor<'_>> {
    loop {
        let (tree, rest) = at.token_tree()?;
        at = rest;
        match tree {
            TokenTree::Group(group) if is_body(&group, rest) => return Some(at),
            TokenTree::Punct(punct) if punct.as_char() == ';' => return Some(at),
            _ => {}
        }
    }
}

/// True for braces that are no generic argument, as in `Buffer<{ SIZE }>`.
fn is_body(group: &Group, after: Cursor<'_>) -> bool {
    group.delimiter() == Delimiter::Brace
        && !matches!(after.punct(), Some((punct, _)) if matches!(punct.as_char(), '>' | ','))
}

/// True for an impl of none of the [`TRAITS`]; and for one of no trait without a `match`, which can convert no enum
/// to its labels.
fn is_beside_the_point(mut at: Cursor<'_>) -> bool {
    let mut is_of_trait = false;
    while let Some((tree, rest)) = at.token_tree() {
        match tree {
            TokenTree::Ident(word) if TRAITS.iter().any(|name| word == name) => return false,
            // `for<'a>` is a bound.
            TokenTree::Ident(word) if word == "for" => {
                is_of_trait |= !matches!(rest.punct(), Some((punct, _)) if punct.as_char() == '<');
            }
            TokenTree::Group(group) if is_body(&group, rest) => {
                return is_of_trait || !has_match(group.stream());
            }
            _ => {}
        }
        at = rest;
    }
    false
}

/// True if the tokens, at any depth, have the word `match`.
fn has_match(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|tree| match tree {
        TokenTree::Ident(word) => word == "match",
        TokenTree::Group(group) => has_match(group.stream()),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

#[cfg(test)]
mod tests {
    use super::parse;
    use quote::ToTokens;
    use syn::Item;

    /// What is left of a file, without spaces.
    #[track_caller]
    fn check(text: &str, expect: &str) {
        fn show(item: &Item) -> String {
            match item {
                Item::Mod(item) if item.content.is_some() => {
                    let inside = item.content.iter().flat_map(|(_, items)| items).map(show);
                    format!("mod{}{{{}}}", item.ident, inside.collect::<String>())
                }
                item => item.to_token_stream().to_string().replace(' ', ""),
            }
        }
        let items = parse(text).unwrap_or_default();
        assert_eq!(items.iter().map(show).collect::<String>(), expect);
    }

    #[test]
    fn what_can_matter_is_parsed() {
        check(
            "#!/usr/bin/env run\n#![a]\nuse a::{b, c}; pub struct A { b: i32 }",
            "usea::{b,c};pubstructA{b:i32}",
        );
        check("mod a { fn b() {} struct C; } #[x] pub mod d;", "moda{structC;}#[x]pubmodd;");
        check("enum A { B } type C = D; x! { fn } extern crate e;", "enumA{B}typeC=D;x!{fn}externcratee;");
        check("impl ToSql<X, Pg> for A { fn a() {} }", "implToSql<X,Pg>forA{fna(){}}");
        check("impl A { fn a() { match b { _ => 1 } } }", "implA{fna(){matchb{_=>1}}}");
    }

    #[test]
    fn what_cannot_is_passed_over() {
        check("pub(crate) async fn a<T: B>() -> C<{ 1 }> where T: D, { not rust } struct E;", "structE;");
        check("const unsafe extern \"C\" fn a() {} unsafe fn b(); const fn c() {} struct E;", "structE;");
        check("const A: B<{ 1 }> = B { c: 1 }; static D: [u8; 1] = { [1] }; struct E;", "structE;");
        check("pub unsafe trait A { fn b() {} } trait C = D; struct E;", "structE;");
        check("impl A<{ 1 }> { fn b() {} } impl<F: for<'a> Fn(&'a u8)> A for F {} struct E;", "structE;");
    }
}
