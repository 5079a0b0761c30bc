//! Constraints: keys, checks, exclusions and foreign keys, as structs and fields write them.

use proc_macro2::{Delimiter, TokenTree};

use super::entry::{Arg, Entry, contained, ident, name_of, span, split, string};
use super::{Context, Problem};

/// `primary_key(a, b, …)` or `unique(a, b, …)`; on a field the columns are empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyAttr {
    /// The columns, by field or column name.
    pub columns: Vec<String>,
    /// `name = "…"`.
    pub name: Option<String>,
    /// `include(a, b)`.
    pub include: Vec<String>,
    /// `nulls_not_distinct`.
    pub nulls_not_distinct: bool,
    /// `deferrable`.
    pub deferrable: bool,
    /// `initially_deferred`, which implies `deferrable`.
    pub initially_deferred: bool,
}

/// `check("expr", …)`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckAttr {
    /// The condition, as SQL.
    pub expression: String,
    /// `name = "…"`.
    pub name: Option<String>,
    /// `no_inherit`.
    pub no_inherit: bool,
    /// `not_valid`.
    pub not_valid: bool,
}

/// `exclude(gist, "room WITH =", "during WITH &&", where = "…")`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExcludeAttr {
    /// The index method.
    pub method: String,
    /// Each element with its operator, as SQL.
    pub elements: Vec<String>,
    /// `where = "…"`.
    pub predicate: Option<String>,
    /// `name = "…"`.
    pub name: Option<String>,
    /// `deferrable`.
    pub deferrable: bool,
    /// `initially_deferred`, which implies `deferrable`.
    pub initially_deferred: bool,
}

/// What a foreign key does when the parent row goes or changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// `NO ACTION`.
    NoAction,
    /// `RESTRICT`.
    Restrict,
    /// `CASCADE`.
    Cascade,
    /// `SET NULL`.
    SetNull,
    /// `SET DEFAULT`.
    SetDefault,
}

/// `MATCH` of a foreign key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    /// `MATCH SIMPLE`.
    Simple,
    /// `MATCH FULL`.
    Full,
}

/// The parent of a foreign key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reference {
    /// The parent's schema, if said.
    pub schema: Option<String>,
    /// The parent table.
    pub table: String,
    /// The parent's columns; empty means its primary key.
    pub columns: Vec<String>,
}

/// `foreign_key((a, b) -> parent(x, y), …)`, or a field's `references(parent, …)`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ForeignKeyAttr {
    /// The referencing columns; empty on a field.
    pub columns: Vec<String>,
    /// The parent.
    pub parent: Reference,
    /// `on_delete = …`.
    pub on_delete: Option<Action>,
    /// The columns of `on_delete = set_null(a)`.
    pub on_delete_columns: Vec<String>,
    /// `on_update = …`.
    pub on_update: Option<Action>,
    /// `match = full`.
    pub matching: Option<Match>,
    /// `deferrable`.
    pub deferrable: bool,
    /// `initially_deferred`, which implies `deferrable`.
    pub initially_deferred: bool,
    /// `not_valid`.
    pub not_valid: bool,
    /// `name = "…"`.
    pub name: Option<String>,
}

const KEY_KEYS: &[&str] = &["name", "include", "nulls_not_distinct", "deferrable", "initially_deferred"];
const CHECK_KEYS: &[&str] = &["name", "no_inherit", "not_valid"];
const EXCLUDE_KEYS: &[&str] = &["where", "name", "deferrable", "initially_deferred"];
const FOREIGN_KEYS: &[&str] =
    &["column", "on_delete", "on_update", "match", "deferrable", "initially_deferred", "not_valid", "name"];
const ACTIONS: &[(&str, Action)] = &[
    ("cascade", Action::Cascade),
    ("set_null", Action::SetNull),
    ("set_default", Action::SetDefault),
    ("restrict", Action::Restrict),
    ("no_action", Action::NoAction),
];

/// True if the piece is one of the flags or an option with a value or parentheses.
fn is_option(arg: &Arg, flags: &[&str]) -> bool {
    let flag = arg.len() == 1
        && arg[0].span().source_text().is_none_or(|text| !text.starts_with("r#"))
        && arg.first().and_then(ident).is_some_and(|word| flags.contains(&word.as_str()));
    let group = arg.len() == 2
        && matches!(&arg[1], TokenTree::Group(g) if g.delimiter() == Delimiter::Parenthesis)
        && arg.first().and_then(ident).as_deref() == Some("include");
    flag || group || Entry::is_option(arg)
}

/// Columns and options of a primary key or unique constraint.
pub(super) fn key(context: &mut Context, args: Vec<Arg>) -> KeyAttr {
    let mut out = KeyAttr::default();
    for arg in args {
        let result = if is_option(&arg, &["nulls_not_distinct", "deferrable", "initially_deferred"]) {
            Entry::parse(&arg).and_then(|entry| key_option(&mut out, &entry))
        } else {
            name_of(&arg).map(|column| out.columns.push(column))
        };
        context.note(result);
    }
    out
}

fn key_option(out: &mut KeyAttr, entry: &Entry) -> Result<(), Problem> {
    match entry.key.as_str() {
        "name" => out.name = Some(entry.name()?),
        "include" => out.include = entry.names()?,
        "nulls_not_distinct" => out.nulls_not_distinct = entry.flag().map(|()| true)?,
        "deferrable" => out.deferrable = entry.flag().map(|()| true)?,
        "initially_deferred" => {
            entry.flag()?;
            (out.deferrable, out.initially_deferred) = (true, true);
        }
        _ => return Err(entry.unknown("of a key", KEY_KEYS)),
    }
    Ok(())
}

/// `check("expr", …)` or `check = "expr"`.
pub(super) fn check(context: &mut Context, entry: &Entry) -> Result<CheckAttr, Problem> {
    if !entry.value.is_empty() {
        return Ok(CheckAttr { expression: entry.expression()?, ..CheckAttr::default() });
    }
    let mut args = entry.args()?.into_iter();
    let first = args.next().unwrap_or_default();
    let expression = match first.as_slice() {
        [one] => string(one),
        _ => None,
    }
    .ok_or_else(|| {
        Problem::new(entry.span, "bad-value", "`check` wants its condition first: `check(\"…\")`")
    })?;
    let expression = contained(expression, entry.span)?;
    let mut out = CheckAttr { expression, ..CheckAttr::default() };
    for arg in args {
        let result = Entry::parse(&arg).and_then(|entry| {
            match entry.key.as_str() {
                "name" => out.name = Some(entry.name()?),
                "no_inherit" => out.no_inherit = entry.flag().map(|()| true)?,
                "not_valid" => out.not_valid = entry.flag().map(|()| true)?,
                _ => return Err(entry.unknown("of a check", CHECK_KEYS)),
            }
            Ok(())
        });
        context.note(result);
    }
    Ok(out)
}

/// `exclude(gist, "during WITH &&", …)`.
pub(super) fn exclude(context: &mut Context, entry: &Entry) -> Result<ExcludeAttr, Problem> {
    let mut out = ExcludeAttr::default();
    for arg in entry.args()? {
        let element = match arg.as_slice() {
            [one] => string(one),
            _ => None,
        };
        if let Some(element) = element {
            let element = contained(element, span(&arg))?;
            // The method may be written as a string too; an element always has an operator.
            if out.method.is_empty() && !element.contains(' ') {
                out.method = element;
            } else {
                out.elements.push(element);
            }
            continue;
        }
        let result = Entry::parse(&arg).and_then(|option| {
            match option.key.as_str() {
                "where" => out.predicate = Some(option.expression()?),
                "name" => out.name = Some(option.name()?),
                "deferrable" => out.deferrable = option.flag().map(|()| true)?,
                "initially_deferred" => {
                    option.flag()?;
                    (out.deferrable, out.initially_deferred) = (true, true);
                }
                method if out.method.is_empty() && option.value.is_empty() && option.group.is_none() => {
                    out.method = method.to_owned();
                }
                _ => return Err(option.unknown("of an exclusion", EXCLUDE_KEYS)),
            }
            Ok(())
        });
        context.note(result);
    }
    if out.elements.is_empty() {
        return Err(Problem::new(
            entry.span,
            "bad-value",
            "`exclude` names no element: `exclude(gist, \"during WITH &&\")`",
        ));
    }
    if out.method.is_empty() {
        out.method = "gist".to_owned();
    }
    Ok(out)
}

/// `foreign_key((a, b) -> parent(x, y), …)`; one column may stand without parentheses.
pub(super) fn foreign_key(context: &mut Context, entry: &Entry) -> Result<ForeignKeyAttr, Problem> {
    let shape = || {
        Problem::new(
            entry.span,
            "bad-value",
            "a foreign key is written `foreign_key((a, b) -> parent(x, y), …)`",
        )
    };
    let mut args = entry.args()?.into_iter();
    let first = args.next().ok_or_else(shape)?;
    let arrow = first
        .windows(2)
        .position(|two| matches!(two, [TokenTree::Punct(a), TokenTree::Punct(b)] if a.as_char() == '-' && b.as_char() == '>'))
        .ok_or_else(shape)?;
    let columns = match &first[..arrow] {
        [TokenTree::Group(g)] => split(g.stream()).iter().map(name_of).collect::<Result<Vec<_>, _>>()?,
        [one] => vec![ident(one).or_else(|| string(one)).ok_or_else(shape)?],
        _ => return Err(shape()),
    };
    if columns.is_empty() {
        return Err(shape());
    }
    let parent = reference(&first[arrow + 2..]).ok_or_else(shape)?;
    let mut out = ForeignKeyAttr { columns, parent, ..ForeignKeyAttr::default() };
    for arg in args {
        let result = foreign_option(&mut out, &arg);
        context.note(result);
    }
    Ok(out)
}

/// `references(parent, column, …)`, `references(parent(column), …)` or `references = "parent"`.
pub(super) fn references(context: &mut Context, entry: &Entry) -> Result<ForeignKeyAttr, Problem> {
    let shape = |at| {
        Problem::new(at, "bad-value", "`references` wants the parent table first: `references(orgs, …)`")
    };
    if !entry.value.is_empty() {
        let parent = reference(&entry.value).ok_or_else(|| shape(entry.span))?;
        return Ok(ForeignKeyAttr { parent, ..ForeignKeyAttr::default() });
    }
    let mut args = entry.args()?.into_iter();
    let first = args.next().ok_or_else(|| shape(entry.span))?;
    let parent = reference(&first).ok_or_else(|| shape(span(&first)))?;
    let mut out = ForeignKeyAttr { parent, ..ForeignKeyAttr::default() };
    for arg in args {
        let result = match arg.as_slice() {
            [one]
                if !["deferrable", "initially_deferred", "not_valid"].contains(&one.to_string().as_str()) =>
            {
                name_of(&arg).map(|column| out.parent.columns.push(column))
            }
            _ => foreign_option(&mut out, &arg),
        };
        context.note(result);
    }
    Ok(out)
}

fn foreign_option(out: &mut ForeignKeyAttr, arg: &Arg) -> Result<(), Problem> {
    let entry = Entry::parse(arg)?;
    match entry.key.as_str() {
        "column" => out.parent.columns = vec![entry.name()?],
        "on_delete" => {
            out.on_delete = Some(entry.word(ACTIONS)?);
            if let Some(group) = &entry.group {
                out.on_delete_columns = split(group.clone()).iter().map(name_of).collect::<Result<_, _>>()?;
            }
        }
        "on_update" => out.on_update = Some(entry.word(ACTIONS)?),
        "match" => out.matching = Some(entry.word(&[("simple", Match::Simple), ("full", Match::Full)])?),
        "deferrable" => out.deferrable = entry.flag().map(|()| true)?,
        "initially_deferred" => {
            entry.flag()?;
            (out.deferrable, out.initially_deferred) = (true, true);
        }
        "not_valid" => out.not_valid = entry.flag().map(|()| true)?,
        "name" => out.name = Some(entry.name()?),
        _ => return Err(entry.unknown("of a foreign key", FOREIGN_KEYS)),
    }
    Ok(())
}

/// `parent`, `schema.parent`, `schema::parent`, `"schema.parent"`, each with columns in parentheses if wanted.
pub(super) fn reference(tokens: &[TokenTree]) -> Option<Reference> {
    let (tokens, columns) = match tokens.split_last() {
        Some((TokenTree::Group(g), before)) if g.delimiter() == Delimiter::Parenthesis => {
            (before, split(g.stream()).iter().map(|arg| name_of(arg).ok()).collect::<Option<Vec<_>>>()?)
        }
        _ => (tokens, Vec::new()),
    };
    let mut words = Vec::new();
    for tree in tokens {
        match tree {
            TokenTree::Punct(p) if p.as_char() == '.' || p.as_char() == ':' => {}
            TokenTree::Ident(_) => words.extend(ident(tree)),
            TokenTree::Literal(_) => words.extend(string(tree)?.split('.').map(str::to_owned)),
            _ => return None,
        }
    }
    let table = words.pop()?;
    Some(Reference { schema: words.pop(), table, columns })
}
