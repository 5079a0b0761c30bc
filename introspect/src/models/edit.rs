//! Puts attributes into Rust files and leaves every other byte as it is: comments, line ends, tabs, the byte order mark.
//! What a macro makes has no place: who knows what the macro takes. Only places are found here; what is written there is
//! the caller's.

use autogen_core::Span;
use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

use super::grammar::span_of;

/// A file in which attributes are to be placed.
#[derive(Debug)]
pub struct Editor<'a> {
    text: &'a str,
    /// Bytes before what the lexer saw: a byte order mark.
    skipped: usize,
    tokens: TokenStream,
    /// Where, in bytes, and what.
    insertions: Vec<(usize, String)>,
}

/// Where a declaration begins, behind its attributes.
struct Declaration {
    start: usize,
    attributes: Vec<TokenStream>,
}

impl<'a> Editor<'a> {
    /// Reads a file; `None` if it is not made of Rust's tokens.
    pub fn new(text: &'a str) -> Option<Self> {
        let code = text.strip_prefix('\u{feff}').unwrap_or(text);
        let tokens = code.parse().ok()?;
        Some(Self { text, skipped: text.len() - code.len(), tokens, insertions: Vec::new() })
    }

    /// True if the struct whose name is at the place derives this.
    pub fn derives(&self, name: &Span, derive: &str) -> bool {
        let Some(found) = self.find(name) else { return false };
        let mut all = found.attributes.into_iter().filter(|tokens| {
            matches!(tokens.clone().into_iter().next(), Some(TokenTree::Ident(first)) if first == "derive" || first == "cfg_attr")
        });
        all.any(|tokens| mentions(tokens, derive))
    }

    /// True if a struct, enum or field of that name is declared at the place, outside of macros.
    pub fn has(&self, name: &Span) -> bool {
        self.find(name).is_some()
    }

    /// Puts attributes on the struct, enum or field whose name is at the place, each on a line of its own where the
    /// declaration begins one. Returns false if there is no such place.
    pub fn insert(&mut self, name: &Span, attributes: &[String]) -> bool {
        let Some(found) = self.find(name) else { return false };
        let before = &self.text[..found.start];
        let line = before.rfind('\n').map_or(self.skipped, |end| end + 1);
        let indent = &self.text[line..found.start];
        let separator = if indent.trim().is_empty() {
            format!("{}{indent}", self.line_end(line))
        } else {
            " ".to_owned()
        };
        let new: String = attributes.iter().map(|attribute| format!("{attribute}{separator}")).collect();
        self.insertions.push((found.start, new));
        true
    }

    /// The file with everything put in.
    pub fn finish(mut self) -> String {
        self.insertions.sort_by_key(|(at, _)| *at);
        let mut out = String::with_capacity(self.text.len());
        let mut done = 0;
        for (at, new) in &self.insertions {
            out.push_str(&self.text[done..*at]);
            out.push_str(new);
            done = *at;
        }
        out.push_str(&self.text[done..]);
        out
    }

    /// How lines end here: as the line before does, or else the first one.
    fn line_end(&self, line: usize) -> &'static str {
        let before = &self.text[..line];
        let crlf = match before.is_empty() {
            true => self.text.split_once('\n').is_some_and(|(first, _)| first.ends_with('\r')),
            false => before.ends_with("\r\n"),
        };
        if crlf { "\r\n" } else { "\n" }
    }

    fn find(&self, name: &Span) -> Option<Declaration> {
        let mut found = find(self.tokens.clone(), name)?;
        found.start += self.skipped;
        self.text.is_char_boundary(found.start).then_some(found)
    }
}

/// Looks in a list of tokens and in all groups within.
fn find(tokens: TokenStream, name: &Span) -> Option<Declaration> {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    for (at, tree) in trees.iter().enumerate() {
        match tree {
            TokenTree::Ident(ident) => {
                let own = span_of(&name.file, ident.span());
                if own.start() == name.start() {
                    return is_declared(&trees, at).then(|| declaration(&trees[..=at]));
                }
            }
            TokenTree::Group(_) if is_argument(&trees[..at]) => {}
            TokenTree::Group(group) => {
                let own = span_of(&name.file, group.span());
                let inside = (own.line()..=own.end().0).contains(&name.line());
                if let (true, Some(found)) = (inside, find(group.stream(), name)) {
                    return Some(found);
                }
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
    None
}

fn is_word(tree: Option<&TokenTree>, word: &str) -> bool {
    matches!(tree, Some(TokenTree::Ident(ident)) if ident == word)
}

fn is_punct(tree: Option<&TokenTree>, char: char) -> bool {
    matches!(tree, Some(TokenTree::Punct(punct)) if punct.as_char() == char)
}

/// True for what follows `name!` or `macro_rules! name`.
fn is_argument(before: &[TokenTree]) -> bool {
    match before {
        [.., TokenTree::Ident(_), bang] if is_punct(Some(bang), '!') => true,
        [.., TokenTree::Ident(_), bang, TokenTree::Ident(_)] => is_punct(Some(bang), '!'),
        _ => false,
    }
}

/// `struct name`, `enum name` or `name: Type`.
fn is_declared(trees: &[TokenTree], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|at| trees.get(at));
    let is_field = matches!(trees.get(at + 1), Some(TokenTree::Punct(punct)) if punct.as_char() == ':' && punct.spacing() == Spacing::Alone);
    is_word(before, "struct") || is_word(before, "enum") || is_field
}

/// Walks back from the name over `struct` and the visibility to the attributes.
fn declaration(trees: &[TokenTree]) -> Declaration {
    let mut at = trees.len() - 1;
    let before = |at: usize| at.checked_sub(1).and_then(|at| trees.get(at));
    if is_word(before(at), "struct") || is_word(before(at), "enum") {
        at -= 1;
    }
    if is_word(before(at), "pub") {
        at -= 1;
    } else if let Some(TokenTree::Group(group)) = before(at)
        && group.delimiter() == Delimiter::Parenthesis
        && at >= 2
        && is_word(trees.get(at - 2), "pub")
    {
        at -= 2;
    }
    let start = trees[at].span().byte_range().start;
    let mut attributes = Vec::new();
    while let (Some(TokenTree::Group(group)), true) = (before(at), at >= 2)
        && group.delimiter() == Delimiter::Bracket
        && is_punct(trees.get(at - 2), '#')
    {
        attributes.push(group.stream());
        at -= 2;
    }
    Declaration { start, attributes }
}

fn mentions(tokens: TokenStream, word: &str) -> bool {
    tokens.into_iter().any(|tree| match tree {
        TokenTree::Ident(ident) => ident == word,
        TokenTree::Group(group) => mentions(group.stream(), word),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::sync::Arc;

    use super::*;

    #[track_caller]
    fn check(text: &str, words: &[&str], expect: &str) {
        let code = text.trim_start_matches('\u{feff}');
        let mut editor = Editor::new(text).unwrap();
        for word in words {
            let at = code.find(word).unwrap();
            let line = code[..at].matches('\n').count() + 1;
            let column = code[..at].rsplit('\n').next().unwrap().chars().count() + 1;
            let file = Arc::new(PathBuf::from("m.rs"));
            let span = Span::new(file, (line, column), (line, column));
            assert!(editor.insert(&span, &["#[a]".to_owned(), "#[b]".to_owned()]), "{word}");
        }
        assert_eq!(editor.finish(), expect);
    }

    #[test]
    fn attributes_come_before_the_declaration() {
        check(
            "pub struct User {\n    id: i32,\n}\n",
            &["User"],
            "#[a]\n#[b]\npub struct User {\n    id: i32,\n}\n",
        );
        check(
            "struct U {\n\tpub(crate) id: i32,\n}",
            &["id"],
            "struct U {\n\t#[a]\n\t#[b]\n\tpub(crate) id: i32,\n}",
        );
        check("struct U { a: i32, b: u8 }", &["b"], "struct U { a: i32, #[a] #[b] b: u8 }");
        check("#[x]\r\n// c\r\nstruct U;\r\n", &["U"], "#[x]\r\n// c\r\n#[a]\r\n#[b]\r\nstruct U;\r\n");
        check("\u{feff}struct Ü;", &["Ü"], "\u{feff}#[a]\n#[b]\nstruct Ü;");
        check("enum E { A }\n", &["E"], "#[a]\n#[b]\nenum E { A }\n");
        check("struct A {\n  r#type: u8 }", &["r#type"], "struct A {\n  #[a]\n  #[b]\n  r#type: u8 }");
        check(
            "mod m {\n    #[x] // one\n    #[y] /* two */ pub struct A;\n}",
            &["A"],
            "mod m {\n    #[x] // one\n    #[y] /* two */ #[a] #[b] pub struct A;\n}",
        );
    }

    #[test]
    fn macros_and_uses_have_no_place() {
        let check = |text: &str, line: usize, column: usize| {
            let span = Span::new(Arc::default(), (line, column), (line, column));
            assert!(!Editor::new(text).unwrap().has(&span), "{text}");
        };
        check("m! { pub struct A { a: u8 } }", 1, 17);
        check("m! { pub struct A { a: u8 } }", 1, 21);
        check("macro_rules! m { () => { struct A; } }", 1, 33);
        check("struct A(u8);", 1, 10);
        check("impl A {}", 1, 6);
    }
}
