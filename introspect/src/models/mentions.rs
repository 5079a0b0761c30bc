//! Does Rust code use a table or column of a `table!`? Asked of tokens, for code outside of the models: a struct that
//! no longer has a field says nothing about the queries that still filter by it. In doubt the answer is yes; what
//! follows from a yes is only that nothing is dropped.

use std::collections::BTreeSet;
use std::sync::Arc;

use autogen_core::Span;
use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::SchemaTable;
use super::read::SourceFile;
use imports::{Import, bound, imports};

mod imports;

/// What to look for, in Rust names.
#[derive(Clone, Copy, Debug)]
pub struct Mention<'a> {
    /// The table's `table!`.
    pub table: &'a SchemaTable,
    /// A column of it; the table itself if there is none.
    pub column: Option<&'a str>,
    /// What files call the table's module beside its own name; see [`aliases`].
    pub aliases: &'a BTreeSet<String>,
}

/// The first place in a file that uses the table or column, outside of Diesel's own macros.
pub fn find(file: &SourceFile, mention: Mention<'_>) -> Option<Span> {
    let name = &mention.table.name;
    // Most files are done with a look at their text.
    let has = |name: &String| file.text.contains(name.as_str());
    let is_named = has(name) || (mention.column.is_some() && mention.aliases.iter().any(has));
    if !is_named || mention.column.is_some_and(|column| !file.text.contains(column)) {
        return None;
    }
    let stream: TokenStream = file.text.parse().ok()?;
    let mut tokens = Vec::new();
    flatten(stream, &mut tokens);
    let at = match mention.column {
        Some(column) => column_use(&tokens, mention, column),
        None => table_use(&tokens, mention.table),
    }?;
    let (start, end) = (tokens[at].1.start(), tokens[at].1.end());
    let file = Arc::new(file.path.clone());
    Some(Span::new(file, (start.line, start.column + 1), (end.line, end.column + 1)))
}

type Tokens = Vec<(String, proc_macro2::Span)>;

/// All tokens in a row, groups with their brackets, `::` as one.
fn flatten(stream: TokenStream, out: &mut Tokens) {
    const DECLARING: [&str; 4] = [
        "table",
        "joinable",
        "allow_tables_to_appear_in_same_query",
        "allow_columns_to_appear_in_same_group_by_clause",
    ];
    for tree in stream {
        match tree {
            TokenTree::Group(group) => {
                let is_macro = matches!(out.as_slice(), [.., (name, _), (bang, _)] if bang == "!" && DECLARING.contains(&name.as_str()));
                if is_macro {
                    continue;
                }
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                out.push((open.to_owned(), group.span_open()));
                flatten(group.stream(), out);
                out.push((close.to_owned(), group.span_close()));
            }
            TokenTree::Punct(punct)
                if punct.as_char() == ':' && out.last().is_some_and(|(last, _)| last == ":") =>
            {
                if let Some(last) = out.last_mut() {
                    last.0 = "::".to_owned();
                }
            }
            TokenTree::Ident(ident) => {
                let text = ident.to_string();
                out.push((text.strip_prefix("r#").unwrap_or(&text).to_owned(), ident.span()));
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => out.push((tree.to_string(), tree.span())),
        }
    }
}

fn is(tokens: &Tokens, at: usize, text: &str) -> bool {
    tokens.get(at).is_some_and(|(token, _)| token == text)
}

/// `users::table`, `users::id`, `users::{…}`, `schema::users`, `schema::{orgs, users}`, `table_name = users`.
fn table_use(tokens: &Tokens, table: &SchemaTable) -> Option<usize> {
    let module =
        table.span.file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    (0..tokens.len()).filter(|at| is(tokens, *at, &table.name)).find(|at| {
        let next = tokens.get(at + 2).map(|(token, _)| token.as_str()).unwrap_or_default();
        let is_ours = ["table", "dsl", "columns", "all_columns", "star", "{", "*"].contains(&next)
            || table.columns.iter().any(|column| column.name == next);
        if is(tokens, at + 1, "::") && is_ours {
            return true;
        }
        let before = path_before(tokens, *at);
        before.iter().any(|part| *part == module || *part == "table_name")
    })
}

/// The path or group that a name stands in: what is before it within the same `use`, path or `name = path`.
fn path_before(tokens: &Tokens, at: usize) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut depth = 0_usize;
    for (token, _) in tokens[..at].iter().rev() {
        match token.as_str() {
            "}" => depth += 1,
            "{" if depth > 0 => depth -= 1,
            "::" | "," | "{" | "=" | "*" => {}
            _ if depth > 0 => {}
            ";" | "(" | ")" | "[" | "]" | "use" | "#" | "." | ">" | "<" | "&" => break,
            name => parts.push(name),
        }
        if parts.len() > 64 {
            break;
        }
    }
    parts
}

/// `users::nick`, `users::dsl::nick`, or the same below another name that `users` or its `dsl` has here; or a bare `nick`
/// where all of `users` is imported.
fn column_use(tokens: &Tokens, mention: Mention<'_>, column: &str) -> Option<usize> {
    let names = Names { tokens, imports: imports(tokens), mention };
    let mut is_imported = false;
    for import in &names.imports {
        let below = names.below(&import.path);
        match (below, &import.name) {
            (Some([]), None) => is_imported = true,
            (Some([last]), Some(_)) if is(tokens, *last, column) => return Some(*last),
            _ => {}
        }
    }
    let is_import = |at: usize| names.imports.iter().any(|import| import.path.contains(&at));
    let starts = (0..tokens.len()).filter(|at| is(tokens, at + 1, "::") && !is_import(*at));
    for at in
        starts.filter(|at| names.is_table(*at, at.checked_sub(1).is_some_and(|at| is(tokens, at, "::")), 0))
    {
        let mut next = at + 2;
        while is_inner(tokens, next) && is(tokens, next + 1, "::") {
            next += 2;
        }
        if is(tokens, next, column) {
            return Some(next);
        }
    }
    is_imported
        .then(|| (0..tokens.len()).find(|at| is(tokens, *at, column) && is_bare(tokens, *at)))
        .flatten()
}

/// The modules of a table's module that have its columns too.
fn is_inner(tokens: &Tokens, at: usize) -> bool {
    is(tokens, at, "dsl") || is(tokens, at, "columns")
}

/// Chains of imports that are longer are loops.
const DEEPEST: usize = 8;

/// What names mean in a file.
struct Names<'a> {
    tokens: &'a Tokens,
    imports: Vec<Import>,
    mention: Mention<'a>,
}

impl Names<'_> {
    /// What a path names below the table's module or its `dsl`; nothing if it is another's.
    fn below<'p>(&self, path: &'p [usize]) -> Option<&'p [usize]> {
        self.below_at(path, 0)
    }

    fn below_at<'p>(&self, path: &'p [usize], depth: usize) -> Option<&'p [usize]> {
        let table = (0..path.len()).rfind(|at| self.is_table(path[*at], *at > 0, depth))?;
        let rest = &path[table + 1..];
        let inner = rest.iter().take_while(|at| is_inner(self.tokens, **at)).count();
        Some(&rest[inner..])
    }

    /// True if a word means the table's module, or one in it that has the columns. Of a word inside of a path only its
    /// name is known.
    fn is_table(&self, at: usize, is_inside: bool, depth: usize) -> bool {
        let Some((word, _)) = self.tokens.get(at) else { return false };
        if !is_inside
            && depth < DEEPEST
            && let Some(import) = bound(&self.imports, word, at)
        {
            return self.below_at(&import.path, depth + 1).is_some_and(<[usize]>::is_empty);
        }
        *word == self.mention.table.name || self.mention.aliases.contains(word)
    }
}

/// The other names that a file gives the table's module or its `dsl`, and by which further files may call it.
pub fn aliases(file: &SourceFile, table: &SchemaTable) -> BTreeSet<String> {
    if !file.text.contains(table.name.as_str()) || !file.text.contains(" as ") {
        return BTreeSet::new();
    }
    let Ok(stream) = file.text.parse::<TokenStream>() else { return BTreeSet::new() };
    let mut tokens = Vec::new();
    flatten(stream, &mut tokens);
    let none = BTreeSet::new();
    let mention = Mention { table, column: None, aliases: &none };
    let names = Names { tokens: &tokens, imports: imports(&tokens), mention };
    let given = names.imports.iter().filter(|import| import.is_alias);
    let given = given.filter(|import| names.below(&import.path).is_some_and(<[usize]>::is_empty));
    // `as _` names nothing.
    given.filter_map(|import| import.name.clone()).filter(|name| name != "_").collect()
}

/// Not a field: neither `user.nick` nor `nick: …`, and no name that is being made.
fn is_bare(tokens: &Tokens, at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|at| tokens.get(at)).map(|(token, _)| token.as_str());
    !is(tokens, at + 1, ":") && !matches!(before, Some("." | "fn" | "let" | "mut" | "mod" | "struct"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(code: &str, column: Option<&str>, expect: bool) {
        let schema =
            SourceFile::new("src/schema.rs", "diesel::table! { users (id) { id -> Int4, nick -> Text, } }");
        let (models, _) = crate::models::read(vec![schema], &crate::models::ReadOptions::default());
        let table = &models.schema_tables[0];
        let reexport = "pub use crate::schema::users as people; pub use crate::schema::posts as articles;";
        let aliases = aliases(&SourceFile::new("src/db.rs", reexport), table);
        let mention = Mention { table, column, aliases: &aliases };
        let found = find(&SourceFile::new("src/query.rs", code), mention);
        assert_eq!(found.is_some(), expect, "{column:?} in {code}");
    }

    #[test]
    fn columns() {
        let nick = Some("nick");
        check("fn f() { users::table.filter(users::nick.eq(1)); }", nick, true);
        check("fn f() { schema::users::dsl::nick }", nick, true);
        check("use crate::schema::users::{id, nick};", nick, true);
        check("use crate::schema::users::dsl::*; fn f() { users.filter(nick.eq(1)) }", nick, true);
        check("use crate::schema::users::dsl::*; fn f() { user.nick; X { nick: 1 } }", nick, false);
        check("use crate::schema::users; fn f(nick: i32) { nick }", nick, false);
        check("joinable!(users -> posts (nick));", nick, false);
        // Groups in groups, other names, and paths that begin elsewhere.
        check("use crate::schema::users::{self, dsl::{users as t}, nick}; fn f() { nick.eq(1) }", nick, true);
        check("use crate::schema::{users::{self, dsl::{nick as n}}, orgs};", nick, true);
        check("use crate::schema::{users::{self, dsl::{id as n}}, orgs::nick};", nick, false);
        check("use crate::schema::users::dsl as c; fn f() { c::nick.eq(1) }", nick, true);
        check("use crate::schema::users as u; fn f() { u::nick.eq(1); }", nick, true);
        check("use crate::schema::users as u; fn f() { u::columns::nick.eq(1); }", nick, true);
        check("use crate::schema::{users as u}; use u::dsl as c; fn f() { c::nick }", nick, true);
        check("fn f() { use super::schema::users::dsl; dsl::users.filter(dsl::nick.eq(1)) }", nick, true);
        check("use self::schema::users::columns; fn f() { columns::nick }", nick, true);
        check("use crate::schema; fn f() { schema::users::dsl::nick }", nick, true);
        check("fn f() { use crate::schema::users::{dsl::*}; users.filter(nick.eq(1)) }", nick, true);
        check("use crate::db::people; fn f() { people::nick }", nick, true);
        check("use crate::db; fn f() { db::people::dsl::nick }", nick, true);
        check("use crate::db::articles; fn f() { articles::nick; users }", nick, false);
        // Another table's.
        check("use crate::schema::{posts::dsl, users}; fn f() { dsl::nick }", nick, false);
        check("use crate::schema::{posts as u, users}; fn f() { u::nick }", nick, false);
        check(
            "fn f() { use crate::schema::users::dsl; } fn g() { use crate::schema::posts::dsl; dsl::nick }",
            nick,
            false,
        );
        check("use crate::schema::users::{self, id}; use crate::schema::posts::{nick};", nick, false);
        check("// users::nick", nick, false);
    }

    #[test]
    fn tables() {
        check("fn f() { users::table.load() }", None, true);
        check("use crate::schema::users;", None, true);
        check("use crate::schema::{orgs, users};", None, true);
        check("#[diesel(table_name = users)] struct X;", None, true);
        check("use crate::handlers::users; fn f() { users::list() }", None, false);
        check("allow_tables_to_appear_in_same_query!(orgs, users);", None, false);
        check("let users = vec![];", None, false);
    }
}
