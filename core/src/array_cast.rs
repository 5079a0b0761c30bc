//! Casts of array constructors, `(ARRAY['a'::character varying])::text[]`, which is what `IN ('a')` over a varchar column becomes.
//! Parsed again, the cast moves into the elements (`transformArrayExpr` in parse_expr.c), and the catalog then prints another
//! text of the same meaning: that of a check, an index or a view over a column whose type was changed.

use std::borrow::Cow;
use std::ops::Range;

use crate::expression::{Token, TokenKind, tokens};

/// The text in a form that parses back to the same expression: with the elements' own type named first, the cast stays
/// where it is.
pub fn settled(text: &str) -> String {
    if !has_constructor(text) {
        return text.to_owned();
    }
    let all = tokens(text);
    let casts = (0..all.len()).filter_map(|at| Cast::at(&all, at)).filter(|cast| !cast.is_settled);
    let types: Vec<(usize, String)> =
        casts.filter_map(|cast| Some((cast.close, element_type(&all, cast.elements.first()?)?))).collect();
    let mut out = String::with_capacity(text.len());
    for (at, token) in all.iter().enumerate() {
        out.push_str(token.text);
        for (_, data_type) in types.iter().filter(|(close, _)| *close == at) {
            out.push_str("::");
            out.push_str(data_type);
            out.push_str("[]");
        }
    }
    out
}

/// The text as the server prints it once it has been parsed again: with such casts at the elements.
pub(crate) fn spread(text: &str) -> Cow<'_, str> {
    if has_constructor(text) { Cow::Owned(spread_tokens(&tokens(text))) } else { Cow::Borrowed(text) }
}

/// True if there is an array constructor in the text.
pub(crate) fn has_constructor(text: &str) -> bool {
    text.contains("ARRAY[")
}

fn spread_tokens(all: &[Token<'_>]) -> String {
    let mut out = String::new();
    let mut at = 0;
    while at < all.len() {
        // It begins with the parenthesis in front of the constructor.
        let cast = Cast::at(all, at + 1).filter(|_| all[at].text == "(");
        let Some(cast) = cast else {
            out.push_str(all[at].text);
            at += 1;
            continue;
        };
        out.push_str("ARRAY[");
        for (number, element) in cast.elements.iter().enumerate() {
            let comma = if number > 0 { ", " } else { "" };
            let element = spread_tokens(&all[element.clone()]);
            out.push_str(&format!("{comma}({})::{}", element.trim(), cast.to));
        }
        out.push(']');
        at = cast.end;
    }
    out
}

/// An array constructor that is cast.
struct Cast {
    elements: Vec<Range<usize>>,
    /// Its closing bracket.
    close: usize,
    /// True if a type is named behind the bracket.
    is_settled: bool,
    /// The type of the elements that it is cast to.
    to: String,
    /// What comes behind the cast.
    end: usize,
}

impl Cast {
    /// The one that begins with this word.
    fn at(all: &[Token<'_>], array: usize) -> Option<Cast> {
        let word = all.get(array).filter(|token| token.kind == TokenKind::Word && token.text == "ARRAY");
        word.filter(|_| is(all, array + 1, "["))?;
        let (mut depth, mut at) = (0_u32, array + 1);
        let (mut elements, mut first) = (Vec::new(), array + 2);
        loop {
            let token = all.get(at)?;
            match token.text {
                "[" | "(" => depth += 1,
                "]" | ")" => depth -= 1,
                "," if depth == 1 => {
                    elements.push(first..at);
                    first = at + 1;
                }
                _ => {}
            }
            if depth == 0 {
                break;
            }
            at += 1;
        }
        elements.push(first..at);
        let own = array_type(all, at + 1);
        let inside = own.as_ref().map_or(at + 1, |(_, end)| *end);
        let (to, end) = array_type(all, inside + 1).filter(|_| is(all, inside, ")"))?;
        Some(Cast { elements, close: at, is_settled: own.is_some(), to, end })
    }
}

fn is(all: &[Token<'_>], at: usize, text: &str) -> bool {
    all.get(at).is_some_and(|token| token.text == text)
}

/// `::character varying[]`: the type of the elements, and where it ends.
fn array_type(all: &[Token<'_>], at: usize) -> Option<(String, usize)> {
    if !is(all, at, ":") || !is(all, at + 1, ":") {
        return None;
    }
    let name = all.get(at + 2..)?;
    let is_of_name = |token: &Token<'_>| {
        matches!(token.kind, TokenKind::Word | TokenKind::Quoted | TokenKind::Space) || token.text == "."
    };
    let length = name.iter().take_while(|token| is_of_name(token)).count();
    let end = at + 2 + length;
    let text: String = name[..length].iter().map(|token| token.text).collect();
    (length > 0 && is(all, end, "[") && is(all, end + 1, "]")).then(|| (text, end + 2))
}

/// The type that an element is of, where it says so.
fn element_type(all: &[Token<'_>], element: &Range<usize>) -> Option<String> {
    let mut depth = 0_u32;
    for at in element.clone() {
        match all[at].text {
            "[" | "(" => depth += 1,
            "]" | ")" => depth = depth.saturating_sub(1),
            ":" if depth == 0 && is(all, at + 1, ":") => {
                let data_type: String = all[at + 2..element.end].iter().map(|token| token.text).collect();
                return Some(data_type.trim().to_owned()).filter(|data_type| !data_type.is_empty());
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{settled, spread};

    const CAST: &str =
        "((status)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))";
    const SETTLED: &str = "((status)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying]::character varying[])::text[]))";
    const SPREAD: &str =
        "((status)::text = ANY (ARRAY[('a'::character varying)::text, ('b'::character varying)::text]))";

    #[test]
    fn only_a_cast_constructor_changes() {
        assert_eq!(settled(CAST), SETTLED);
        assert_eq!(settled(SETTLED), SETTLED);
        for other in [
            "x = ANY (ARRAY[1, 2])",
            "x = ANY (ARRAY[('a'::bpchar)::text])",
            "'(ARRAY[''a''::x])::text[]'",
            "(ARRAY[",
            "(ARRAY['a'::x])::text",
            SPREAD,
        ] {
            assert_eq!(settled(other), other);
            assert_eq!(spread(other), other);
        }
    }

    #[test]
    fn a_cast_moves_to_the_elements() {
        assert_eq!(spread(CAST), SPREAD);
        assert_eq!(spread(SETTLED), SPREAD);
        assert_eq!(
            spread("(ARRAY[f((ARRAY['a'::x])::app.\"T\"[]), NULL::x])::text[]"),
            "ARRAY[(f(ARRAY[('a'::x)::app.\"T\"]))::text, (NULL::x)::text]"
        );
    }
}
