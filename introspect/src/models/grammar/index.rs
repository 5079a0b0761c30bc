//! `index(org_id, created_at desc nulls_last, "lower(email)", unique, method = "gin", where = "…", include(a))`.

use proc_macro2::{Delimiter, TokenTree};

use super::entry::{Arg, Entry, contained, ident, is_plain, span, split, string};
use super::{Context, Problem};

/// Order of an index key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// `ASC`.
    Asc,
    /// `DESC`.
    Desc,
}

/// Where NULLs sort.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nulls {
    /// `NULLS FIRST`.
    First,
    /// `NULLS LAST`.
    Last,
}

/// What an index key is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IndexKey {
    /// A column, by field or column name.
    Column(String),
    /// An SQL expression.
    Expression(String),
}

/// One key of an index; what is `None` was not said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexPart {
    /// Column or expression.
    pub key: IndexKey,
    /// `asc`, `desc`.
    pub order: Option<Order>,
    /// `nulls_first`, `nulls_last`.
    pub nulls: Option<Nulls>,
    /// `opclass("text_pattern_ops")`, or the bare name.
    pub opclass: Option<String>,
    /// `collate("C")`.
    pub collation: Option<String>,
}

/// An index; what is `None` was not said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IndexAttr {
    /// Its keys, in order.
    pub parts: Vec<IndexPart>,
    /// `unique`.
    pub unique: bool,
    /// `name = "…"`.
    pub name: Option<String>,
    /// `method = "gin"`.
    pub method: Option<String>,
    /// `where = "…"`.
    pub predicate: Option<String>,
    /// `include(a, b)`.
    pub include: Vec<String>,
    /// `with(fillfactor = 70)`.
    pub with: Vec<(String, String)>,
    /// `tablespace = "…"`.
    pub tablespace: Option<String>,
    /// `nulls_not_distinct`.
    pub nulls_not_distinct: bool,
}

const KEYS: &[&str] =
    &["unique", "name", "method", "where", "include", "with", "tablespace", "nulls_not_distinct"];

/// Parses the pieces in the parentheses.
pub(super) fn parse(context: &mut Context, args: Vec<Arg>) -> IndexAttr {
    let mut index = IndexAttr::default();
    for arg in args {
        let result = piece(&mut index, &arg);
        context.note(result);
    }
    // Most have a part or two, and it is big.
    index.parts.shrink_to_fit();
    index
}

fn piece(index: &mut IndexAttr, arg: &Arg) -> Result<(), Problem> {
    let word = arg.first().and_then(ident);
    let grouped = matches!(arg.get(1), Some(TokenTree::Group(g)) if g.delimiter() == Delimiter::Parenthesis);
    let is_flag = arg.len() == 1
        && matches!(word.as_deref(), Some("unique" | "nulls_not_distinct"))
        && !arg[0].to_string().starts_with("r#");
    if !(Entry::is_option(arg) || is_flag || (grouped && arg.len() == 2)) {
        index.parts.push(part(arg)?);
        return Ok(());
    }
    let entry = Entry::parse(arg)?;
    match entry.key.as_str() {
        "unique" => index.unique = entry.flag().map(|()| true)?,
        "nulls_not_distinct" => index.nulls_not_distinct = entry.flag().map(|()| true)?,
        "name" => index.name = Some(entry.name()?),
        "method" | "using" => index.method = Some(entry.name()?.to_lowercase()),
        "where" => index.predicate = Some(entry.expression()?),
        "include" => index.include = entry.names()?,
        "with" => index.with = entry.pairs()?,
        "tablespace" => index.tablespace = Some(entry.name()?),
        _ => return Err(entry.unknown("of an index", KEYS)),
    }
    Ok(())
}

/// `column desc nulls_last opclass("x") collate("C")`.
pub(super) fn part(arg: &Arg) -> Result<IndexPart, Problem> {
    let key = match arg.first() {
        Some(first) => match (ident(first), string(first)) {
            (Some(column), _) => IndexKey::Column(column),
            (_, Some(text)) if is_plain(&text) => IndexKey::Column(text),
            (_, Some(text)) => IndexKey::Expression(contained(text, first.span())?),
            _ => return Err(bad(first)),
        },
        None => return Err(Problem::new(span(arg), "bad-value", "an index key is missing")),
    };
    let mut part = IndexPart { key, order: None, nulls: None, opclass: None, collation: None };
    let mut rest = arg[1..].iter().peekable();
    while let Some(tree) = rest.next() {
        let word = ident(tree).ok_or_else(|| bad(tree))?;
        let mut argument = || -> Result<String, Problem> {
            let inner = match rest.next() {
                Some(TokenTree::Group(g)) => split(g.stream()),
                Some(TokenTree::Punct(p)) if p.as_char() == '=' => {
                    rest.next().map(|t| vec![vec![t.clone()]]).unwrap_or_default()
                }
                _ => Vec::new(),
            };
            inner.first().and_then(|arg| arg.first()).and_then(|t| ident(t).or_else(|| string(t))).ok_or_else(
                || Problem::new(tree.span(), "bad-value", format!("`{word}` wants a name: `{word}(\"…\")`")),
            )
        };
        match word.to_lowercase().as_str() {
            "asc" => part.order = Some(Order::Asc),
            "desc" => part.order = Some(Order::Desc),
            "nulls_first" => part.nulls = Some(Nulls::First),
            "nulls_last" => part.nulls = Some(Nulls::Last),
            "opclass" => part.opclass = Some(argument()?),
            "collate" => part.collation = Some(argument()?),
            _ if word.ends_with("_ops") => part.opclass = Some(word),
            _ => {
                let message = format!("`{word}` says nothing about an index key");
                return Err(Problem::new(tree.span(), "bad-value", message).help(
                    "after a key come asc, desc, nulls_first, nulls_last, opclass(\"…\"), collate(\"…\")",
                ));
            }
        }
    }
    Ok(part)
}

fn bad(tree: &TokenTree) -> Problem {
    Problem::new(tree.span(), "bad-value", "an index key is a column name, or an SQL expression in a string")
}
