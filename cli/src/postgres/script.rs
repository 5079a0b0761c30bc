//! Cutting a SQL script into statements as psql does: quotes, dollar quotes, nested comments, parentheses,
//! BEGIN ATOMIC bodies, backslash commands and the data of COPY. What the statements mean is the server's
//! affair; only their first words are kept, for the few decisions that `load` takes.

/// A piece of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Item<'a> {
    /// A statement without its semicolon.
    Statement(Statement<'a>),
    /// `COPY … FROM STDIN` with its data.
    Copy(Statement<'a>),
    /// A backslash command to the end of its line, without the backslash. It stands alone: `inside` is false
    /// where it follows the beginning of a statement, as `\gset` does.
    Meta { text: &'a str, start: usize, inside: bool },
}

/// One statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Statement<'a> {
    /// From its first token on.
    pub(crate) sql: &'a str,
    /// Byte offset in the script.
    pub(crate) start: usize,
    /// The bare words outside of parentheses, in capitals; the first few of them.
    pub(crate) words: Vec<String>,
}

impl Statement<'_> {
    /// Whether it begins with these words.
    pub(crate) fn begins(&self, words: &[&str]) -> bool {
        self.words.len() >= words.len() && self.words.iter().zip(words).all(|(a, b)| a == b)
    }
}

/// How many leading words are kept.
const WORDS: usize = 12;

/// Cuts a script. An open quote or comment at its end is left in the last statement for the server to name.
pub(crate) fn split(text: &str) -> Vec<Item<'_>> {
    let mut lexer = Lexer { text, at: 0, items: Vec::new(), pending: Pending::default() };
    lexer.run();
    lexer.items
}

/// The statement that is being read.
#[derive(Default)]
struct Pending {
    start: Option<usize>,
    words: Vec<String>,
    last_word: String,
    parens: usize,
    begins: usize,
    from_stdin: bool,
}

impl Pending {
    /// As in psql: BEGIN and CASE open a level, but only in the body of a function or procedure.
    fn word(&mut self, word: String) {
        if self.parens == 0 {
            let routine = match self.words.as_slice() {
                [create, or, replace, kind, ..]
                    if create == "CREATE" && or == "OR" && replace == "REPLACE" =>
                {
                    Some(kind)
                }
                [create, kind, ..] if create == "CREATE" => Some(kind),
                _ => None,
            };
            if routine.is_some_and(|kind| kind == "FUNCTION" || kind == "PROCEDURE") {
                match word.as_str() {
                    "BEGIN" => self.begins += 1,
                    "CASE" if self.begins > 0 => self.begins += 1,
                    "END" => self.begins = self.begins.saturating_sub(1),
                    _ => {}
                }
            }
            self.from_stdin |= self.last_word == "FROM" && word == "STDIN";
            if self.words.len() < WORDS {
                self.words.push(word.clone());
            }
        }
        self.last_word = word;
    }
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    items: Vec<Item<'a>>,
    pending: Pending,
}

fn is_word_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

fn is_word(byte: u8) -> bool {
    is_word_start(byte) || byte.is_ascii_digit() || byte == b'$'
}

impl<'a> Lexer<'a> {
    fn run(&mut self) {
        let bytes = self.text.as_bytes();
        // A byte order mark, as some editors write it.
        if self.text.starts_with('\u{feff}') {
            self.at = 3;
        }
        while let Some(&byte) = bytes.get(self.at) {
            let next = bytes.get(self.at + 1).copied();
            match byte {
                _ if byte.is_ascii_whitespace() => self.at += 1,
                b'-' if next == Some(b'-') => self.at = self.line_end(),
                b'/' if next == Some(b'*') => self.block_comment(),
                b'\\' => self.meta(),
                b';' if self.pending.parens == 0 && self.pending.begins == 0 => {
                    self.finish();
                    self.at += 1;
                    self.copy_data();
                }
                _ => self.token(byte),
            }
        }
        self.finish();
    }

    /// One token of a statement.
    fn token(&mut self, byte: u8) {
        let bytes = self.text.as_bytes();
        self.pending.start.get_or_insert(self.at);
        match byte {
            b'\'' => self.quoted(b'\'', false),
            b'"' => {
                self.quoted(b'"', false);
                self.pending.last_word.clear();
            }
            b'$' => self.dollar(),
            b'(' => {
                self.pending.parens += 1;
                self.at += 1;
            }
            b')' => {
                self.pending.parens = self.pending.parens.saturating_sub(1);
                self.at += 1;
            }
            _ if is_word_start(byte) => {
                let start = self.at;
                while bytes.get(self.at).is_some_and(|b| is_word(*b)) {
                    self.at += 1;
                }
                let word = &self.text[start..self.at];
                if bytes.get(self.at) == Some(&b'\'') && word.eq_ignore_ascii_case("e") {
                    self.quoted(b'\'', true);
                } else {
                    self.pending.word(word.to_ascii_uppercase());
                }
            }
            _ if byte.is_ascii_digit() => {
                // So that the letters of 1e5 and the dollar of a parameter start nothing.
                while bytes.get(self.at).is_some_and(|b| is_word(*b) || *b == b'.') {
                    self.at += 1;
                }
            }
            _ => self.at += 1,
        }
    }

    fn quoted(&mut self, quote: u8, escapes: bool) {
        let bytes = self.text.as_bytes();
        self.at += 1;
        while let Some(&byte) = bytes.get(self.at) {
            self.at += 1;
            if byte == b'\\' && escapes {
                self.at += 1;
            } else if byte == quote {
                if bytes.get(self.at) != Some(&quote) {
                    return;
                }
                self.at += 1;
            }
        }
        self.at = bytes.len();
    }

    /// `$tag$ … $tag$`, or a lone dollar sign.
    fn dollar(&mut self) {
        let bytes = self.text.as_bytes();
        let mut end = self.at + 1;
        while bytes.get(end).is_some_and(|b| is_word(*b) && *b != b'$') {
            end += 1;
        }
        let is_tag = bytes.get(end) == Some(&b'$') && !bytes[self.at + 1].is_ascii_digit();
        if !is_tag {
            self.at += 1;
            return;
        }
        let tag = &self.text[self.at..=end];
        let body = end + 1;
        self.at = match self.text[body..].find(tag) {
            Some(length) => body + length + tag.len(),
            None => self.text.len(),
        };
    }

    fn block_comment(&mut self) {
        let bytes = self.text.as_bytes();
        let mut depth = 0_usize;
        while self.at < bytes.len() {
            match &bytes[self.at..bytes.len().min(self.at + 2)] {
                b"/*" => depth += 1,
                b"*/" => depth -= 1,
                _ => {
                    self.at += 1;
                    continue;
                }
            }
            self.at += 2;
            if depth == 0 {
                return;
            }
        }
        // Never closed: kept as a statement, so that the server can say so.
        self.pending.start.get_or_insert(self.text.len());
    }

    fn line_end(&self) -> usize {
        self.text[self.at..].find('\n').map_or(self.text.len(), |n| self.at + n)
    }

    fn meta(&mut self) {
        let (start, end) = (self.at, self.line_end());
        let inside = self.pending.start.is_some();
        self.items.push(Item::Meta { text: self.text[start + 1..end].trim_end(), start, inside });
        self.at = end;
    }

    fn finish(&mut self) {
        let pending = std::mem::take(&mut self.pending);
        let Some(start) = pending.start else { return };
        let statement = Statement { sql: self.text[start..self.at].trim_end(), start, words: pending.words };
        let is_copy = pending.from_stdin && statement.begins(&["COPY"]);
        self.items.push(if is_copy { Item::Copy(statement) } else { Item::Statement(statement) });
    }

    /// After the semicolon of a COPY FROM STDIN: skips the lines up to `\.`.
    fn copy_data(&mut self) {
        if !matches!(self.items.last(), Some(Item::Copy(_))) {
            return;
        }
        self.at = (self.line_end() + 1).min(self.text.len());
        while self.at < self.text.len() {
            let end = self.line_end();
            let line = self.text[self.at..end].trim_end_matches('\r');
            self.at = (end + 1).min(self.text.len());
            if line == "\\." {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &[&str]) {
        let found: Vec<String> = split(text)
            .iter()
            .map(|item| match item {
                Item::Statement(s) => s.sql.to_owned(),
                Item::Copy(s) => format!("copy {}", s.sql),
                Item::Meta { text, inside, .. } => {
                    format!("{}meta {text}", if *inside { "inside " } else { "" })
                }
            })
            .collect();
        assert_eq!(found, expect, "{text}");
    }

    #[test]
    fn quotes_and_comments() {
        check("SELECT 1; SELECT 2", &["SELECT 1", "SELECT 2"]);
        check("a ';' b; \"x;\"\"y\"; 'it''s;'", &["a ';' b", "\"x;\"\"y\"", "'it''s;'"]);
        check(r"E'\';'; '\'; x", &[r"E'\';'", r"'\'", "x"]);
        check("-- a;\n/* b; /* c; */ d; */ SELECT 1;;", &["SELECT 1"]);
        check("$$ a; $b$ ; $$; $b$ $$ ; $b$", &["$$ a; $b$ ; $$", "$b$ $$ ; $b$"]);
        check("SELECT a$b$ ; SELECT $1; x", &["SELECT a$b$", "SELECT $1", "x"]);
        check(
            "CREATE RULE r AS ON INSERT TO t DO (DELETE FROM a; DELETE FROM b); x",
            &["CREATE RULE r AS ON INSERT TO t DO (DELETE FROM a; DELETE FROM b)", "x"],
        );
        check("\u{feff}SELECT 'ä;ö' ; é;", &["SELECT 'ä;ö'", "é"]);
        check("-- only a comment", &[]);
        check("SELECT 'open; ", &["SELECT 'open;"]);
        check("SELECT 1 /* open", &["SELECT 1 /* open"]);
    }

    #[test]
    fn atomic_bodies() {
        let body = "CREATE OR REPLACE FUNCTION f(a int) RETURNS int\nBEGIN ATOMIC\n SELECT CASE WHEN a > 0 THEN 1 END;\n SELECT 2;\nEND";
        check(&format!("{body};\nSELECT 1;"), &[body, "SELECT 1"]);
        check("BEGIN; SELECT 1; END; x", &["BEGIN", "SELECT 1", "END", "x"]);
        check(
            "CREATE PROCEDURE p() BEGIN ATOMIC INSERT INTO t VALUES (1); END; x",
            &["CREATE PROCEDURE p() BEGIN ATOMIC INSERT INTO t VALUES (1); END", "x"],
        );
    }

    #[test]
    fn psql() {
        check(
            "\\restrict abc\nSELECT 1;\n\\connect db\n",
            &["meta restrict abc", "SELECT 1", "meta connect db"],
        );
        check("SELECT 1 \\gset\n", &["inside meta gset", "SELECT 1 \\gset"]);
        check(
            "COPY public.t (a, b) FROM stdin;\n1\tit's;\n\\\\.\n\\.\n\nSELECT 1;",
            &["copy COPY public.t (a, b) FROM stdin", "SELECT 1"],
        );
        check(
            "COPY t FROM stdin WITH (FORMAT csv);\n\\.\nx",
            &["copy COPY t FROM stdin WITH (FORMAT csv)", "x"],
        );
        check("COPY t TO stdout; x", &["COPY t TO stdout", "x"]);
    }
}
