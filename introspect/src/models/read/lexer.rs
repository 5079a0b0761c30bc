//! A lexer that only tells where Rust's tokens begin and end. It makes nothing of them, so that to pass over a megabyte
//! of models costs a few milliseconds. What it does not understand is no error here: the real lexer is asked instead.

use std::ops::Range;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// An identifier or keyword, `r#` included.
    Word,
    /// An opening bracket of any sort.
    Open,
    /// A closing one.
    Close,
    /// A literal or a lifetime.
    Other,
    /// One character of punctuation.
    Punct(u8),
}

/// A token and where it stands, in bytes.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) range: Range<usize>,
}

/// The tokens of a text from a place on. Comments are passed over, those for documentation too.
#[derive(Clone)]
pub(super) struct Lexer<'t> {
    text: &'t str,
    at: usize,
}

/// A text that is not made of tokens: a quote or comment is left open, or a bracket has no partner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NotUnderstood;

type Result<T> = std::result::Result<T, NotUnderstood>;

impl<'t> Lexer<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    /// Where it is, in bytes.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// The text of a token.
    pub(super) fn text(&self, token: &Token) -> &'t str {
        &self.text[token.range.clone()]
    }

    /// The next token; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Token>> {
        self.pass_blanks()?;
        let start = self.at;
        let Some(&byte) = self.text.as_bytes().get(start) else { return Ok(None) };
        let kind = match byte {
            b'(' | b'[' | b'{' => self.one(Kind::Open),
            b')' | b']' | b'}' => self.one(Kind::Close),
            b'"' => self.string(start)?,
            b'\'' => self.quote()?,
            b'0'..=b'9' => self.number(),
            _ if is_word(byte) => self.word()?,
            _ => self.one(Kind::Punct(byte)),
        };
        Ok(Some(Token { kind, range: start..self.at }))
    }

    /// The next token without going there.
    pub(super) fn peek(&self) -> Result<Option<Token>> {
        self.clone().next()
    }

    /// Goes behind the bracket that closes the one just read.
    pub(super) fn pass_group(&mut self) -> Result<()> {
        let mut open = vec![self.text.as_bytes()[self.at - 1]];
        while let Some(last) = open.last() {
            let token = self.next()?.ok_or(NotUnderstood)?;
            let byte = self.text.as_bytes()[token.range.start];
            match token.kind {
                Kind::Open => open.push(byte),
                Kind::Close if matches!((last, byte), (b'(', b')') | (b'[', b']') | (b'{', b'}')) => {
                    open.pop();
                }
                Kind::Close => return Err(NotUnderstood),
                Kind::Word | Kind::Other | Kind::Punct(_) => {}
            }
        }
        Ok(())
    }

    fn one(&mut self, kind: Kind) -> Kind {
        self.at += 1;
        kind
    }

    fn rest(&self) -> &'t [u8] {
        &self.text.as_bytes()[self.at..]
    }

    fn pass_blanks(&mut self) -> Result<()> {
        loop {
            match self.rest() {
                [b' ' | b'\t' | b'\r' | b'\n', ..] => self.at += 1,
                [b'/', b'/', rest @ ..] => {
                    self.at += 2 + rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
                }
                [b'/', b'*', ..] => self.block_comment()?,
                _ => return Ok(()),
            }
        }
    }

    fn block_comment(&mut self) -> Result<()> {
        let mut depth = 0usize;
        loop {
            match self.rest() {
                [b'/', b'*', ..] => (depth, self.at) = (depth + 1, self.at + 2),
                [b'*', b'/', ..] => (depth, self.at) = (depth - 1, self.at + 2),
                [_, ..] => self.at += 1,
                [] => return Err(NotUnderstood),
            }
            if depth == 0 {
                return Ok(());
            }
        }
    }

    /// A string with escapes, whose first quote is at a place.
    fn string(&mut self, quote: usize) -> Result<Kind> {
        self.at = quote + 1;
        loop {
            match self.rest() {
                [b'\\', _, ..] => self.at += 2,
                [b'"', ..] => return Ok(self.one(Kind::Other)),
                [_, ..] => self.at += 1,
                [] => return Err(NotUnderstood),
            }
        }
    }

    /// A raw string; the number signs and the quote are next. Back where it was if they are not.
    fn raw_string(&mut self) -> Result<Option<Kind>> {
        let signs = self.rest().iter().take_while(|byte| **byte == b'#').count();
        if self.rest().get(signs) != Some(&b'"') {
            return Ok(None);
        }
        let body = &self.text[self.at + signs + 1..];
        let close = format!("\"{}", "#".repeat(signs));
        let end = body.find(&close).ok_or(NotUnderstood)?;
        self.at += signs + 1 + end + close.len();
        Ok(Some(Kind::Other))
    }

    /// A character or a lifetime.
    fn quote(&mut self) -> Result<Kind> {
        let inner = &self.text[self.at + 1..];
        let mut chars = inner.chars();
        let first = chars.next().ok_or(NotUnderstood)?;
        if first == '\\' {
            self.at += 3;
            let end = self.rest().iter().position(|byte| *byte == b'\'').ok_or(NotUnderstood)?;
            self.at += end + 1;
        } else if chars.next() == Some('\'') {
            self.at += 2 + first.len_utf8();
        } else {
            self.at += 1;
            self.pass_word();
        }
        Ok(Kind::Other)
    }

    fn number(&mut self) -> Kind {
        self.pass_word();
        if let [b'.', b'0'..=b'9', ..] = self.rest() {
            self.at += 1;
            self.pass_word();
        }
        Kind::Other
    }

    fn pass_word(&mut self) {
        self.at += self.rest().iter().take_while(|byte| is_word(**byte)).count();
    }

    /// A word, or what begins with a letter: `b"…"`, `r#"…"#`, `b'…'`.
    fn word(&mut self) -> Result<Kind> {
        let start = self.at;
        self.pass_word();
        match (&self.text[start..self.at], self.rest()) {
            ("b" | "c", [b'"', ..]) => self.string(self.at),
            ("b", [b'\'', ..]) => self.quote(),
            ("r" | "br" | "cr", [b'"' | b'#', ..]) => {
                if let Some(kind) = self.raw_string()? {
                    return Ok(kind);
                }
                // `r#type`
                self.at += 1;
                self.pass_word();
                Ok(Kind::Word)
            }
            _ => Ok(Kind::Word),
        }
    }
}

/// True in identifiers; what is not ASCII can stand nowhere else outside of literals and comments.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &[&str]) {
        let mut lexer = Lexer::new(text);
        let mut all = Vec::new();
        while let Some(token) = lexer.next().unwrap() {
            all.push(lexer.text(&token));
        }
        assert_eq!(all, expect);
    }

    #[test]
    fn tokens_are_those_of_rust() {
        check("/// doc\npub r#type: i64, /* a /* } */ */ b", &["pub", "r#type", ":", "i64", ",", "b"]);
        check(
            r##"r#"}""# b"\"}" '}' '\'' b'{' 'a: '\u{7d}'"##,
            &[r##"r#"}""#"##, r#"b"\"}""#, "'}'", r"'\''", "b'{'", "'a", ":", r"'\u{7d}'"],
        );
        check("1.5e3 1..2 \"é}\" naïve", &["1.5e3", "1", ".", ".", "2", "\"é}\"", "naïve"]);
    }

    #[test]
    fn what_stays_open_is_not_understood() {
        for text in ["\"a", "r#\"a\"", "/* a /* */", "'"] {
            assert!(Lexer::new(text).next().is_err(), "{text}");
        }
        let mut lexer = Lexer::new("{ ( }");
        let _ = lexer.next();
        assert_eq!(lexer.pass_group(), Err(NotUnderstood));
    }
}
