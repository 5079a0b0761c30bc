//! Structs as most models are one, read from their text: named fields, no generics, no `cfg`. To make syntax trees of tens
//! of thousands of fields, to look at a name and a type in each, would be most of what reading the models costs. A struct
//! that has anything else is left to syn, which also tells what is wrong with one that is no Rust.

use std::collections::HashMap;
use std::rc::Rc;

use syn::Type;

use super::attrs::{BARE, COMPANIONS};
use super::lexer::{Kind, Lexer, NotUnderstood, Token};
use crate::models::place::{Origin, Unsplit};

/// A struct; its attributes are still text.
pub(super) struct PlainStruct {
    pub(super) name: String,
    pub(super) place: Origin,
    pub(super) derives: Vec<String>,
    pub(super) attributes: Attributes,
    pub(super) fields: Vec<PlainField>,
}

/// A field, likewise.
pub(super) struct PlainField {
    pub(super) name: String,
    pub(super) place: Origin,
    pub(super) ty: Rc<Type>,
    pub(super) attributes: Attributes,
}

/// What stands in the parentheses of the attributes that matter.
#[derive(Default)]
pub(super) struct Attributes {
    pub(super) diesel: Vec<Unsplit>,
    pub(super) autogen: Vec<Unsplit>,
}

/// Types by their text: a few dozen different ones are all that thousands of fields have.
#[derive(Default)]
pub(super) struct KnownTypes(HashMap<String, Option<Rc<Type>>>);

impl KnownTypes {
    fn get(&mut self, text: &str) -> Option<Rc<Type>> {
        if let Some(known) = self.0.get(text) {
            return known.clone();
        }
        let parsed = syn::parse_str(text).ok().map(Rc::new);
        self.0.insert(text.to_owned(), parsed.clone());
        parsed
    }
}

/// Reads the structs of a text from left to right.
pub(super) struct Reader<'t, 'k> {
    text: &'t str,
    types: &'k mut KnownTypes,
    /// The last place that was looked up.
    place: Origin,
}

type Result<T> = std::result::Result<T, NotUnderstood>;

impl<'t, 'k> Reader<'t, 'k> {
    pub(super) fn new(text: &'t str, types: &'k mut KnownTypes) -> Self {
        Self { text, types, place: Origin::default() }
    }

    /// The struct that comes next, and the lexer behind it; else `None`, and the lexer where it was.
    pub(super) fn item(&mut self, lexer: &mut Lexer<'t>) -> Result<Option<PlainStruct>> {
        let mut ahead = lexer.clone();
        let read = self.structure(&mut ahead)?;
        if read.is_some() {
            *lexer = ahead;
        }
        Ok(read)
    }

    fn structure(&mut self, lexer: &mut Lexer<'t>) -> Result<Option<PlainStruct>> {
        let mut derives = Vec::new();
        let Some(attributes) = self.attributes(lexer, &mut derives)? else { return Ok(None) };
        pass_visibility(lexer)?;
        if self.word(lexer)?.is_none_or(|(_, word)| word != "struct") {
            return Ok(None);
        }
        let Some((token, name)) = self.word(lexer)? else { return Ok(None) };
        let place = self.place(&token);
        if lexer.next()?.is_none_or(|token| lexer.text(&token) != "{") {
            return Ok(None);
        }
        let mut fields = Vec::new();
        while let Some(token) = lexer.peek()? {
            if token.kind == Kind::Close {
                lexer.next()?;
                if lexer.text(&token) != "}" {
                    return Err(NotUnderstood);
                }
                // All structs of a file are held at once, and this list becomes that of the model's fields.
                fields.shrink_to_fit();
                return Ok(Some(PlainStruct { name: plain(name), place, derives, attributes, fields }));
            }
            match self.field(lexer)? {
                Some(field) => fields.push(field),
                None => return Ok(None),
            }
        }
        Err(NotUnderstood)
    }

    fn field(&mut self, lexer: &mut Lexer<'t>) -> Result<Option<PlainField>> {
        let mut derives = Vec::new();
        let Some(attributes) = self.attributes(lexer, &mut derives)? else { return Ok(None) };
        pass_visibility(lexer)?;
        let Some((token, name)) = self.word(lexer)? else { return Ok(None) };
        let place = self.place(&token);
        if lexer.next()?.is_none_or(|token| token.kind != Kind::Punct(b':')) {
            return Ok(None);
        }
        let Some(text) = self.type_text(lexer)? else { return Ok(None) };
        let field = |ty| PlainField { name: plain(name), place, ty, attributes };
        Ok(self.types.get(text).map(field))
    }

    /// The text of a type up to the comma that ends it or the bracket that ends the struct; the comma is passed.
    fn type_text(&mut self, lexer: &mut Lexer<'t>) -> Result<Option<&'t str>> {
        let (mut from, mut to) = (None, lexer.at());
        let (mut depth, mut dash) = (0usize, false);
        while let Some(token) = lexer.peek()? {
            match token.kind {
                Kind::Close => break,
                Kind::Punct(b',') if depth == 0 => {
                    lexer.next()?;
                    break;
                }
                Kind::Punct(b'<') => depth += 1,
                // Not the one of `->`.
                Kind::Punct(b'>') if !dash => depth = depth.saturating_sub(1),
                Kind::Open | Kind::Word | Kind::Other | Kind::Punct(_) => {}
            }
            dash = token.kind == Kind::Punct(b'-');
            from.get_or_insert(token.range.start);
            lexer.next()?;
            if token.kind == Kind::Open {
                lexer.pass_group()?;
            }
            to = lexer.at();
        }
        Ok(from.map(|from| &self.text[from..to]))
    }

    /// The attributes that come next; `None` if one of them is syn's to understand.
    fn attributes(&mut self, lexer: &mut Lexer<'t>, derives: &mut Vec<String>) -> Result<Option<Attributes>> {
        let mut found = Attributes::default();
        while lexer.peek()?.is_some_and(|token| token.kind == Kind::Punct(b'#')) {
            lexer.next()?;
            if lexer.next()?.is_none_or(|token| lexer.text(&token) != "[") {
                return Ok(None);
            }
            let Some((_, name)) = self.word(lexer)? else { return Ok(None) };
            let is_wanted = matches!(name, "derive" | "diesel" | "autogen");
            let is_elsewhere = matches!(name, "cfg" | "cfg_attr") || COMPANIONS.contains(&name);
            if is_elsewhere || BARE.contains(&name) {
                return Ok(None);
            }
            if !is_wanted {
                lexer.pass_group()?;
                continue;
            }
            let Some(open) = lexer.next()?.filter(|token| lexer.text(token) == "(") else { return Ok(None) };
            let mut inner = lexer.clone();
            lexer.pass_group()?;
            let range = open.range.end..lexer.at() - 1;
            if lexer.next()?.is_none_or(|token| lexer.text(&token) != "]") {
                return Ok(None);
            }
            if name == "derive" {
                match paths(&mut inner)? {
                    Some(paths) => derives.extend(paths),
                    None => return Ok(None),
                }
                continue;
            }
            self.place = self.place.moved(self.text, range.start);
            let list = if name == "diesel" { &mut found.diesel } else { &mut found.autogen };
            // There is mostly one, of which there are very many.
            list.reserve_exact(1);
            list.push(Unsplit::new(range, self.place));
        }
        Ok(Some(found))
    }

    fn word(&self, lexer: &mut Lexer<'t>) -> Result<Option<(Token, &'t str)>> {
        let token = lexer.next()?.filter(|token| token.kind == Kind::Word);
        Ok(token.map(|token| (token.clone(), lexer.text(&token))))
    }

    fn place(&mut self, token: &Token) -> Origin {
        self.place = self.place.moved(self.text, token.range.start);
        self.place
    }
}

fn plain(name: &str) -> String {
    name.trim_start_matches("r#").to_owned()
}

/// `pub`, `pub(crate)`.
fn pass_visibility(lexer: &mut Lexer<'_>) -> Result<()> {
    if lexer.peek()?.is_none_or(|token| lexer.text(&token) != "pub") {
        return Ok(());
    }
    lexer.next()?;
    if lexer.peek()?.is_some_and(|token| lexer.text(&token) == "(") {
        lexer.next()?;
        lexer.pass_group()?;
    }
    Ok(())
}

/// The last words of paths with commas between them, up to the bracket that ends the list.
fn paths(lexer: &mut Lexer<'_>) -> Result<Option<Vec<String>>> {
    let mut all = Vec::new();
    let mut last = None;
    while let Some(token) = lexer.next()? {
        match token.kind {
            Kind::Word => last = Some(lexer.text(&token).to_owned()),
            Kind::Punct(b':') => {}
            Kind::Punct(b',') => all.extend(last.take()),
            Kind::Close => {
                all.extend(last);
                return Ok(Some(all));
            }
            Kind::Open | Kind::Other | Kind::Punct(_) => return Ok(None),
        }
    }
    Err(NotUnderstood)
}

#[cfg(test)]
mod tests {
    use crate::models::read::{ReadOptions, SourceFile, workspace};

    /// All that is read of a file, and what is found wrong with it. A byte order mark makes syn read the whole of it.
    fn read(mark: &str, text: &str) -> String {
        let mut file = SourceFile::new("m.rs", format!("{mark}{text}"));
        file.named = true;
        let (workspace, diagnostics) = workspace(vec![file], &ReadOptions::default());
        let structs: Vec<String> = workspace.structs.iter().map(|item| format!("{item:#?}")).collect();
        let structs = structs.join("\n");
        // Spans of tokens count from the beginning of what was parsed.
        let lines = structs.lines().filter(|line| !line.contains("bytes("));
        format!("{}\n{diagnostics:#?}", lines.collect::<Vec<_>>().join("\n"))
    }

    #[track_caller]
    fn check(text: &str) {
        assert_eq!(read("", text), read("\u{feff}", text));
    }

    #[test]
    fn a_struct_is_what_syn_makes_of_it() {
        check(
            "//! é\n#![allow(x)]\nuse a::{b, c}; /// doc\n#[derive(Queryable, a::Selectable)] #[diesel(table_name = users, primary_key(a, b))]\n\
             #[autogen(index(\"é\", a), check(\"a > 1\"), nonsense)] pub(crate) struct User {\n\
             \t/// doc }\n    pub r#type: Option<Vec<i64>>, /* é */ pub a: fn(u8) -> Map<u8, u8>,\n\
             #[serde(rename = \"}\")] #[autogen(default = \"'é'\", wrong)] b: &'static str }\nstruct Last { a: [u8; 3] }\n",
        );
        check(
            "const A: [u8; 2] = [b'{', b'\\'']; fn f() { struct No { a: u8 } } struct A {} impl A { } struct B {}",
        );
        check(
            "mod a { #[derive(Queryable)] struct A { a: u8 } } struct B<T> { a: T } struct C(u8); struct D;",
        );
        check(
            "#[cfg(any())] struct A { a: u8 } #[table_name = \"a\"] struct B { a: u8, #[cfg(any())] b: u8 }",
        );
        check("table! { a (id) { id -> Int4, } } #[cfg_attr(any(), autogen(unlogged))] struct A { id: i32 }");
    }

    #[test]
    fn what_is_no_rust_is_told_at_its_place() {
        check("struct A { a: u8 }\n\n  struct B { a u8 }");
        check("struct A { a: u8 }\nstruct B { a: u8");
        check("struct A { a: u8 }\nenum C { \"a\" } struct B { a: , b: u8 }");
        check("struct A { a: u8 } \" struct B {}");
        check("struct A { a: Vec<u8 }\nfn a() {}");
        check("struct A { a: u8 }\nstruct B { a: i32 \n ) ");
        check("struct A { a: [u8) }");
    }
}
