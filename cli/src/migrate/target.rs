//! What a statement that cannot run in a transaction works on, as far as its first tokens tell. Names stay as SQL has
//! them, quotes and all, for the server to look up.

/// The object that tells whether the statement took effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// CREATE INDEX CONCURRENTLY.
    NewIndex { table: String, name: Option<String> },
    /// DROP INDEX CONCURRENTLY.
    OldIndex { name: String },
    /// ALTER TABLE … DETACH PARTITION … CONCURRENTLY.
    Partition { parent: String, name: String },
    /// Done twice it is as if done once: VACUUM, REINDEX, CLUSTER, ALTER SYSTEM.
    Repeatable,
    /// Nothing tells.
    Unknown,
}

/// Of a statement.
pub(super) fn target(sql: &str) -> Target {
    let tokens = tokens(sql);
    let mut reader = Reader { tokens: &tokens };
    let found = if reader.words(&["CREATE"]) {
        let _ = reader.words(&["UNIQUE"]);
        reader.words(&["INDEX", "CONCURRENTLY"]).then(|| reader.new_index()).flatten()
    } else if reader.words(&["DROP", "INDEX", "CONCURRENTLY"]) {
        let _ = reader.words(&["IF", "EXISTS"]);
        reader.name().map(|name| Target::OldIndex { name })
    } else if reader.words(&["ALTER", "TABLE"]) {
        reader.partition()
    } else {
        let repeatable: [&[&str]; 4] = [&["VACUUM"], &["REINDEX"], &["CLUSTER"], &["ALTER", "SYSTEM"]];
        repeatable.iter().any(|words| reader.words(words)).then_some(Target::Repeatable)
    };
    found.unwrap_or(Target::Unknown)
}

struct Reader<'a> {
    tokens: &'a [&'a str],
}

impl Reader<'_> {
    /// Passes over words if they are next.
    fn words(&mut self, words: &[&str]) -> bool {
        let is_next = self.tokens.len() >= words.len()
            && self.tokens.iter().zip(words).all(|(token, word)| token.eq_ignore_ascii_case(word));
        if is_next {
            self.tokens = &self.tokens[words.len()..];
        }
        is_next
    }

    /// A name with what qualifies it.
    fn name(&mut self) -> Option<String> {
        let mut text = (*self.tokens.first().filter(|token| is_name(token))?).to_owned();
        self.tokens = &self.tokens[1..];
        while let [".", next, ..] = self.tokens {
            text = format!("{text}.{next}");
            self.tokens = &self.tokens[2..];
        }
        Some(text)
    }

    fn new_index(&mut self) -> Option<Target> {
        let _ = self.words(&["IF", "NOT", "EXISTS"]);
        let name = if self.words(&["ON"]) {
            None
        } else {
            let name = plain(&self.name()?);
            if !self.words(&["ON"]) {
                return None;
            }
            Some(name)
        };
        let _ = self.words(&["ONLY"]);
        Some(Target::NewIndex { table: self.name()?, name })
    }

    fn partition(&mut self) -> Option<Target> {
        let _ = self.words(&["IF", "EXISTS"]);
        let _ = self.words(&["ONLY"]);
        let parent = self.name()?;
        if !self.words(&["DETACH", "PARTITION"]) {
            return None;
        }
        let name = self.name()?;
        self.words(&["CONCURRENTLY"]).then_some(Target::Partition { parent, name })
    }
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c == '"' || c == '_' || c.is_alphabetic())
}

/// A name as the catalog has it.
fn plain(name: &str) -> String {
    match name.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(inner) => inner.replace("\"\"", "\""),
        None => name.to_ascii_lowercase(),
    }
}

/// Words, quoted names and single characters, without comments.
fn tokens(sql: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = sql.trim_start();
    while let Some(c) = rest.chars().next() {
        let length = if rest.starts_with("--") {
            rest = rest.find('\n').map_or("", |end| &rest[end..]).trim_start();
            continue;
        } else if rest.starts_with("/*") {
            rest = rest[comment(rest)..].trim_start();
            continue;
        } else if c == '"' {
            quoted(rest)
        } else if c.is_alphanumeric() || c == '_' {
            rest.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '$').unwrap_or(rest.len())
        } else {
            c.len_utf8()
        };
        found.push(&rest[..length]);
        rest = rest[length..].trim_start();
    }
    found
}

/// The length of a comment, with those inside it.
fn comment(text: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < text.len() {
        let rest = &text.as_bytes()[at..];
        if rest.starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    text.len()
}

/// The length of a quoted name.
fn quoted(text: &str) -> usize {
    let mut at = 1;
    while let Some(end) = text[at..].find('"') {
        at += end + 1;
        if !text[at..].starts_with('"') {
            return at;
        }
        at += 1;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(sql: &str, expect: Target) {
        assert_eq!(target(sql), expect, "{sql}");
    }

    #[test]
    fn targets() {
        let index = |table: &str, name: Option<&str>| Target::NewIndex {
            table: table.to_owned(),
            name: name.map(str::to_owned),
        };
        check("CREATE INDEX CONCURRENTLY Users_Idx ON users (a)", index("users", Some("users_idx")));
        check(
            "create unique index concurrently if not exists \"a \"\"b\" on only s.\"T ON\" using btree (a)",
            index("s.\"T ON\"", Some("a \"b")),
        );
        check("CREATE INDEX CONCURRENTLY -- ON x\n /* a /* b */ */ ON users(a)", index("users", None));
        check("DROP INDEX CONCURRENTLY IF EXISTS s.i", Target::OldIndex { name: "s.i".into() });
        check(
            "ALTER TABLE IF EXISTS a.b DETACH PARTITION c CONCURRENTLY",
            Target::Partition { parent: "a.b".into(), name: "c".into() },
        );
        check("VACUUM (ANALYZE) t", Target::Repeatable);
        check("CREATE DATABASE x", Target::Unknown);
        check("CREATE INDEX CONCURRENTLY", Target::Unknown);
        check("CREATE INDEX CONCURRENTLY /*", Target::Unknown);
    }
}
