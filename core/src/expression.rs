//! SQL expressions and definitions as text, with a small lexer. The text of an expression is the server's own deparse
//! (or the user's words until a server has parsed them); we compare it, carry it and print it, and never rewrite it but
//! for one case: names that a rename changes, exchanged token by token so that a renamed column is no difference.

use serde::{Deserialize, Serialize};

use crate::Name;
use crate::array_cast::{has_constructor, spread};

/// A piece of SQL: an expression, a predicate, or a whole definition.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Expression(String);

impl Expression {
    /// Wraps text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The SQL text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// True where the server may write the same expression in another way, too.
    pub fn has_two_spellings(&self) -> bool {
        has_constructor(&self.0)
    }

    /// True for the same expression, also in the other of two ways in which the server writes it (see [`crate::array_cast`]).
    pub fn means(&self, other: &Self) -> bool {
        self == other || spread(&self.0) == spread(&other.0)
    }

    /// True if the server prints this text again once it has parsed it.
    pub fn is_stable(&self) -> bool {
        spread(&self.0) == self.0
    }

    /// True if the text stays within the place where it is put: its parentheses and quotes close, and neither a
    /// semicolon nor a comment ends it early. What it means is for a server to say.
    pub fn is_contained(&self) -> bool {
        self.is_plainly_contained() || self.is_lexically_contained()
    }

    /// True where no lexer is needed to tell: without comments, escapes, dollar quotes and semicolons a quote lasts to the
    /// next one.
    fn is_plainly_contained(&self) -> bool {
        let (mut depth, mut quote) = (0u32, None);
        for byte in self.0.bytes() {
            match (byte, quote) {
                (b'\\' | b'$' | b'-' | b'/' | b';', _) => return false,
                (_, Some(open)) if byte == open => quote = None,
                (_, Some(_)) => {}
                (b'\'' | b'"', None) => quote = Some(byte),
                (b'(' | b'[', None) => depth += 1,
                (b')' | b']', None) => match depth.checked_sub(1) {
                    Some(less) => depth = less,
                    None => return false,
                },
                (_, None) => {}
            }
        }
        depth == 0 && quote.is_none()
    }

    fn is_lexically_contained(&self) -> bool {
        let mut depth = 0i64;
        for token in tokens(&self.0) {
            let open = match token.kind {
                TokenKind::String | TokenKind::Quoted => !is_closed(token.text),
                TokenKind::Comment => true,
                TokenKind::Word | TokenKind::Space | TokenKind::Other => false,
            };
            match token.text {
                "(" | "[" => depth += 1,
                ")" | "]" => depth -= 1,
                _ => {}
            }
            if open || depth < 0 || token.text == ";" {
                return false;
            }
        }
        depth == 0
    }

    /// The text with identifiers exchanged by `rename`, which sees each one unquoted and folded.
    pub fn map_identifiers(&self, mut rename: impl FnMut(&str) -> Option<Name>) -> Self {
        let mut out = String::with_capacity(self.0.len());
        for token in tokens(&self.0) {
            let new = match token.kind {
                TokenKind::Word => rename(&token.text.to_lowercase()),
                TokenKind::Quoted => rename(&unquote(token.text)),
                TokenKind::String | TokenKind::Comment | TokenKind::Space | TokenKind::Other => None,
            };
            match new {
                Some(name) => out.push_str(&quoted_where_needed(&name)),
                None => out.push_str(token.text),
            }
        }
        Self(out)
    }
}

impl Expression {
    /// The name that Postgres gives a column of this expression, in an index for example, as far as calls and columns go
    /// (`FigureColname` in parse_target.c). `None` where it is not the expression that names it.
    pub fn figured_name(&self) -> Option<String> {
        let all = tokens(&self.0);
        let all: Vec<Token<'_>> = all
            .into_iter()
            .filter(|token| !matches!(token.kind, TokenKind::Space | TokenKind::Comment))
            .collect();
        figured(&all)
    }
}

fn figured(all: &[Token<'_>]) -> Option<String> {
    let is = |at: usize, text: &str| all.get(at).is_some_and(|token| token.text == text);
    let mut depth = 0_usize;
    let mut opened = None;
    for (at, token) in all.iter().enumerate() {
        match token.text {
            // A cast or collation says nothing of the name.
            "COLLATE" if depth == 0 => return figured(&all[..at]),
            ":" if depth == 0 && is(at + 1, ":") => return figured(&all[..at]),
            "(" if depth == 0 && opened.replace(at).is_some() => return None,
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    let path = match opened {
        Some(_) if !is(all.len() - 1, ")") => return None,
        Some(0) => return figured(&all[1..all.len() - 1]),
        Some(open) => &all[..open],
        None => all,
    };
    let is_name = |token: &Token<'_>| matches!(token.kind, TokenKind::Word | TokenKind::Quoted);
    let is_path = path
        .iter()
        .enumerate()
        .all(|(at, token)| if at % 2 == 0 { is_name(token) } else { token.text == "." });
    let last = path.last().filter(|last| is_path && is_name(last))?;
    Some(if last.kind == TokenKind::Quoted { unquote(last.text) } else { last.text.to_lowercase() })
}

/// True for a quoted token whose closing quote is there.
fn is_closed(text: &str) -> bool {
    let Some(start) = text.find(['\'', '"', '$']) else { return false };
    let inner = &text[start..];
    if let Some(rest) = inner.strip_prefix('$') {
        let tag = rest.find('$').map_or(inner, |end| &inner[..end + 2]);
        return inner.len() >= 2 * tag.len() && inner.ends_with(tag);
    }
    inner.len() >= 2 && inner.ends_with(['\'', '"'])
}

fn is_plain(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_ascii_lowercase() || c == '_')
        && chars.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// An identifier as the server prints it in an expression, but for keywords.
pub(crate) fn quoted_where_needed(name: &Name) -> String {
    let name = name.as_str();
    if is_plain(name) { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}

fn unquote(text: &str) -> String {
    text.trim_matches('"').replace("\"\"", "\"")
}

/// What a stretch of SQL is, as far as a lexer can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// A bare identifier, keyword.
    Word,
    /// `"An identifier"`, with its quotes.
    Quoted,
    /// A string constant of any form, with its quotes.
    String,
    /// A comment of either form.
    Comment,
    /// White space.
    Space,
    /// A number, an operator's character, punctuation.
    Other,
}

/// A token and its exact text; the texts of all tokens put together are the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token<'a> {
    /// What it is.
    pub kind: TokenKind,
    /// Its text.
    pub text: &'a str,
}

impl Token<'_> {
    /// A quoted identifier without its quotes.
    pub fn unquoted(&self) -> String {
        unquote(self.text)
    }
}

/// Splits SQL into tokens as the server's lexer does (manual, "Lexical Structure"). Never fails: what is left open
/// runs to the end.
pub fn tokens(sql: &str) -> Vec<Token<'_>> {
    let mut out = Vec::new();
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let (kind, length) = next_token(rest, first);
        let (text, tail) = rest.split_at(length);
        out.push(Token { kind, text });
        rest = tail;
    }
    out
}

fn next_token(rest: &str, first: char) -> (TokenKind, usize) {
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    if first.is_whitespace() {
        let end = rest.find(|c: char| !c.is_whitespace()).unwrap_or(rest.len());
        return (TokenKind::Space, end);
    }
    if rest.starts_with("--") {
        return (TokenKind::Comment, rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return (TokenKind::Comment, block_comment(rest));
    }
    if first == '"' {
        return (TokenKind::Quoted, quoted(rest, '"', 1));
    }
    if first == '\'' {
        return (TokenKind::String, quoted(rest, '\'', 1));
    }
    if matches!(first, 'e' | 'E') && rest[1..].starts_with('\'') {
        return (TokenKind::String, escape_string(rest));
    }
    if matches!(first, 'b' | 'B' | 'x' | 'X' | 'n' | 'N') && rest[1..].starts_with('\'') {
        return (TokenKind::String, quoted(rest, '\'', 2));
    }
    if first == '$'
        && let Some(length) = dollar_string(rest)
    {
        return (TokenKind::String, length);
    }
    if first.is_alphabetic() || first == '_' {
        return (TokenKind::Word, rest.find(|c| !is_word(c)).unwrap_or(rest.len()));
    }
    if first.is_ascii_digit() {
        return (TokenKind::Other, rest.find(|c: char| !(is_word(c) || c == '.')).unwrap_or(rest.len()));
    }
    (TokenKind::Other, first.len_utf8())
}

fn quoted(rest: &str, quote: char, from: usize) -> usize {
    let mut at = from;
    while let Some(found) = rest[at..].find(quote) {
        at += found + 1;
        if !rest[at..].starts_with(quote) {
            return at;
        }
        at += 1;
    }
    rest.len()
}

fn escape_string(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let mut at = 2;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'\'' if bytes.get(at + 1) == Some(&b'\'') => at += 2,
            b'\'' => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

fn block_comment(rest: &str) -> usize {
    let mut depth = 0usize;
    let mut at = 0;
    while at < rest.len() {
        if rest[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

fn dollar_string(rest: &str) -> Option<usize> {
    let close = rest[1..].find('$')? + 2;
    let tag = &rest[..close];
    let inner = &tag[1..tag.len() - 1];
    let starts_well = inner.chars().next().is_none_or(|c| c.is_alphabetic() || c == '_');
    if !starts_well || !inner.chars().all(|c| c.is_alphanumeric() || c == '_') {
        return None;
    }
    Some(rest[close..].find(tag).map_or(rest.len(), |found| close + found + tag.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(sql: &str, expect: &[&str]) {
        let all = tokens(sql);
        assert_eq!(all.iter().map(|t| t.text).collect::<String>(), sql);
        let got: Vec<_> = all.iter().filter(|t| t.kind != TokenKind::Space).map(|t| t.text).collect();
        assert_eq!(got, expect);
    }

    #[test]
    fn lexes_as_the_server_does() {
        check(
            "a + 'it''s' --x\n/* a /* b */ c */ \"q\"\"q\"",
            &["a", "+", "'it''s'", "--x", "/* a /* b */ c */", "\"q\"\"q\""],
        );
        check("E'a\\'b' $$x'y$$ $t$ $$ $t$ $1", &["E'a\\'b'", "$$x'y$$", "$t$ $$ $t$", "$", "1"]);
        check("'open", &["'open"]);
        check("$a$ open", &["$a$ open"]);
        check("ü.é", &["ü", ".", "é"]);
    }

    /// As Postgres 15 named them.
    #[test]
    fn names_of_expressions() {
        for (expression, name) in [
            ("lower(email)", Some("lower")),
            ("(lower(email))", Some("lower")),
            ("pg_catalog.lower((email)::text)", Some("lower")),
            ("app.\"Key of\"(1)", Some("Key of")),
            ("a || b", None),
            ("lower(a) || lower(b)", None),
            ("(a) || (b)", None),
            ("(data ->> 'x')", None),
            ("email::text", Some("email")),
            ("((email)::text) COLLATE \"C\"", Some("email")),
            ("(a + b)::bigint", None),
        ] {
            assert_eq!(Expression::new(expression).figured_name().as_deref(), name, "{expression}");
        }
    }

    #[test]
    fn an_expression_stays_in_its_place() {
        for text in ["now()", "a > 1 AND (b = 'x;)')", "$$;$$ || \"q;\"", "ARRAY[1, 2]", "E'\\''"] {
            assert!(Expression::new(text).is_contained(), "{text}");
        }
        for text in [
            "1; DROP TABLE posts",
            "a > 1); --",
            "(a",
            "'open",
            "$$open",
            "\"open",
            "1 -- x",
            "1 /* x */",
            "a]",
        ] {
            assert!(!Expression::new(text).is_contained(), "{text}");
        }
    }

    #[test]
    fn renames_identifiers_only() {
        let expression = Expression::new("nick <> 'nick' AND \"nick\" IS NOT NULL");
        let renamed = expression.map_identifiers(|word| (word == "nick").then(|| Name::new("my handle")));
        assert_eq!(renamed.as_str(), "\"my handle\" <> 'nick' AND \"my handle\" IS NOT NULL");
    }
}
