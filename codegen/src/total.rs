//! Whether an expression can be computed for every row, as far as its words tell: sums go out of range, text is no number, a divisor
//! is zero, and what a user's function does nobody knows.

use autogen_core::{Expression, Token, TokenKind, tokens};

/// Functions of the server's own that take whatever is of the right type.
const FUNCTIONS: &[&str] = &[
    "btrim",
    "char_length",
    "coalesce",
    "concat",
    "concat_ws",
    "greatest",
    "jsonb_typeof",
    "json_typeof",
    "least",
    "length",
    "lower",
    "ltrim",
    "md5",
    "nullif",
    "octet_length",
    "reverse",
    "rtrim",
    "starts_with",
    "to_tsvector",
    "trim",
    "upper",
];

/// Words before a parenthesis that are no function's name.
const WORDS: &[&str] = &[
    "all", "and", "any", "array", "between", "case", "distinct", "else", "from", "in", "is", "not", "or",
    "row", "some", "then", "when",
];

/// Types that any value can be cast to, as it has a text.
const TEXTS: &[&str] = &["text", "varchar"];

/// True for an expression that gives something for every row. False where that is not certain.
pub(crate) fn is_total(expression: &Expression) -> bool {
    let all = tokens(expression.as_str());
    let is_blank = |token: &&Token<'_>| matches!(token.kind, TokenKind::Space | TokenKind::Comment);
    let all: Vec<Token<'_>> = all.into_iter().filter(|token| !is_blank(&token)).collect();
    (0..all.len()).all(|at| is_harmless(&all, at))
}

/// True for a condition that is NULL, and so is met, where what it is about is.
pub(crate) fn is_strict(check: &Expression) -> bool {
    let blind =
        ["is", "case", "coalesce", "distinct", "row", "concat", "concat_ws", "num_nulls", "num_nonnulls"];
    let all = tokens(check.as_str());
    let has = |words: &[&str]| {
        let is_word = |token: &Token<'_>| {
            token.kind == TokenKind::Word && words.contains(&token.text.to_ascii_lowercase().as_str())
        };
        all.iter().any(is_word)
    };
    // `= ANY (ARRAY[…])`, as the server prints IN.
    let is_list = has(&["any", "all"]);
    is_total(check) && !has(&blind) && (is_list || !has(&["array"]))
}

fn is_harmless(all: &[Token<'_>], at: usize) -> bool {
    let text = |at: Option<usize>| at.and_then(|at| all.get(at)).map_or("", |token| token.text);
    let (this, next) = (all[at], text(Some(at + 1)));
    let before = text(at.checked_sub(1));
    match this.kind {
        TokenKind::Word | TokenKind::Quoted if before == ":" => {
            is_constant(all, at) || TEXTS.contains(&this.text) || is_words_of_text(all, at)
        }
        // The rest of a type's name, or of `character varying(40)`.
        TokenKind::Word if next == "(" && this.text.eq_ignore_ascii_case("varying") => {
            is_constant(all, at - 1)
        }
        TokenKind::Word if next == "(" => {
            let word = this.text.to_ascii_lowercase();
            let is_own = before != "." || text(at.checked_sub(2)) == "pg_catalog";
            WORDS.contains(&word.as_str()) || is_own && FUNCTIONS.contains(&word.as_str())
        }
        TokenKind::Quoted => next != "(",
        TokenKind::Word | TokenKind::String | TokenKind::Comment | TokenKind::Space => true,
        TokenKind::Other => match this.text {
            // A sign before a number is part of it, and `->` is another operator.
            "-" => {
                let is_number = next.starts_with(|c: char| c.is_ascii_digit());
                next == ">" || is_number && ["(", "", ",", "=", "<", ">"].contains(&before)
            }
            // `!~~`, `@>`, `&&`.
            "!" => ["~", "="].contains(&next),
            "@" => next == ">" || before == "<",
            "&" => [before, next].contains(&"&"),
            "+" | "*" | "/" | "%" | "^" | "#" => false,
            _ => true,
        },
    }
}

/// `'…'::type`: it has been computed when the expression was stored.
fn is_constant(all: &[Token<'_>], at: usize) -> bool {
    let colons = all[..at].iter().rev().take_while(|token| token.text == ":").count();
    let value = at.checked_sub(colons + 1).and_then(|at| all.get(at));
    value.is_some_and(|value| {
        value.kind == TokenKind::String
            || value.text.eq_ignore_ascii_case("null")
            || value.text.starts_with(|c: char| c.is_ascii_digit())
    })
}

/// `::character varying` without a length.
fn is_words_of_text(all: &[Token<'_>], at: usize) -> bool {
    let word = |at: usize| all.get(at).map_or("", |token| token.text);
    word(at) == "character" && word(at + 1) == "varying" && word(at + 2) != "("
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(text: &str) -> bool {
        is_total(&Expression::new(text))
    }

    #[test]
    fn text_and_comparisons_always_work() {
        for text in [
            "lower(email)",
            "(a IS NOT NULL)",
            "COALESCE(nick, name)",
            "((a > '-1'::integer) AND (b <= 7))",
            "((first || ' '::text) || last)",
            "(a)::text",
            "lower((a)::character varying)",
            "(a = ANY (ARRAY[1, 2]))",
            "to_tsvector('english'::regconfig, body)",
            "CASE WHEN (a = 1) THEN 'x'::character varying(3) ELSE NULL::text END",
            "(\"a+b\" > (- 1))",
            "(meta ->> 'a'::text)",
            "(name !~~ 'a%'::text)",
            "(tags @> ARRAY['x'::text])",
            "(a && b)",
            "tags[1]",
        ] {
            assert!(is(text), "{text}");
        }
    }

    #[test]
    fn null_meets_what_does_not_ask_for_it() {
        let is = |text: &str| is_strict(&Expression::new(text));
        let list = "((kind)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))";
        assert!(is("(VALUE > 0)") && is(list) && is("(length(a) < 9)"));
        assert!(
            !is("(a IS NOT NULL)")
                && !is("(COALESCE(a, 0) > 0)")
                && !is("public.f(a)")
                && !is("(ARRAY[a] <> '{}')")
        );
    }

    #[test]
    fn the_rest_may_fail() {
        for text in [
            "(a + 1)",
            "(a * b)",
            "(a / b)",
            "(a)::integer",
            "((a)::character varying(3))::text",
            "public.f(a)",
            "f(a)",
            "\"F\"(a)",
            "((meta ->> 'a'::text))::numeric",
            "(- a)",
            "sqrt(a)",
            "public.lower(a)",
            "(a)::public.mood",
            "(a)::numeric(3,1)",
            "(a & b)",
            "(- 'x')",
            "(@ a)",
        ] {
            assert!(!is(text), "{text}");
        }
    }
}
