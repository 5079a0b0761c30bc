//! Makes the server's text of an expression parse back to the same expression. One form does not by itself: a cast of
//! an array constructor, `(ARRAY['a'::character varying])::text[]`, which is what `IN ('a')` over a varchar column
//! becomes. Parsed again, the cast moves into the elements (`transformArrayExpr` in parse_expr.c), and the catalog then
//! prints another text. With the elements' own type named first the cast stays where it is.

use autogen_core::{Token, TokenKind, tokens};

/// The text, with the type of the elements behind every array constructor that is cast to another.
pub(crate) fn settled(text: &str) -> String {
    let all = tokens(text);
    if !all.iter().any(|token| token.kind == TokenKind::Word && token.text == "ARRAY") {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut inserts: Vec<(usize, String)> = Vec::new();
    for (at, token) in all.iter().enumerate() {
        if token.kind == TokenKind::Word
            && token.text == "ARRAY"
            && let Some(insert) = own_type(&all, at)
        {
            inserts.push(insert);
        }
    }
    for (at, token) in all.iter().enumerate() {
        out.push_str(token.text);
        for (_, data_type) in inserts.iter().filter(|(close, _)| *close == at) {
            out.push_str("::");
            out.push_str(data_type);
            out.push_str("[]");
        }
    }
    out
}

/// For a constructor that is cast: its closing bracket and the type of its first element.
fn own_type(all: &[Token<'_>], array: usize) -> Option<(usize, String)> {
    let open = array + 1;
    if all.get(open)?.text != "[" {
        return None;
    }
    let mut depth = 0i32;
    let mut close = None;
    let mut first_end = None;
    let mut cast = None;
    for (at, token) in all.iter().enumerate().skip(open) {
        match token.text {
            "[" | "(" if token.kind == TokenKind::Other => depth += 1,
            "]" | ")" if token.kind == TokenKind::Other => depth -= 1,
            "," if depth == 1 => first_end = first_end.or(Some(at)),
            ":" if depth == 1
                && first_end.is_none()
                && all.get(at + 1).is_some_and(|next| next.text == ":") =>
            {
                cast = Some(at + 2);
            }
            _ => {}
        }
        if depth == 0 {
            close = Some(at);
            break;
        }
    }
    let close = close?;
    let is = |at: usize, text: &str| all.get(at).is_some_and(|token| token.text == text);
    if !(is(close + 1, ")") && is(close + 2, ":") && is(close + 3, ":")) {
        return None;
    }
    let end = first_end.unwrap_or(close);
    let data_type: String = all.get(cast?..end)?.iter().map(|token| token.text).collect();
    (!data_type.trim().is_empty()).then(|| (close, data_type.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::settled;

    #[track_caller]
    fn check(text: &str, expect: &str) {
        assert_eq!(settled(text), expect);
    }

    #[test]
    fn only_a_cast_constructor_changes() {
        check(
            "((status)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))",
            "((status)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying]::character varying[])::text[]))",
        );
        check("x = ANY (ARRAY[1, 2])", "x = ANY (ARRAY[1, 2])");
        check("x = ANY (ARRAY[('a'::bpchar)::text])", "x = ANY (ARRAY[('a'::bpchar)::text])");
        check("'ARRAY[''a''::x])::text[]'", "'ARRAY[''a''::x])::text[]'");
    }
}
