//! The attribute on a struct: what Postgres can say about a table beyond its columns.

use super::constraint;
use super::entry::{Entry, string};
use super::{
    CheckAttr, Context, ExcludeAttr, ForeignKeyAttr, IndexAttr, KeyAttr, Problem, Said, Shape, index,
};

/// How much of a table the declaration claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Managed {
    /// What is mentioned, kind by kind.
    Listed,
    /// Everything: what is not declared is not wanted.
    Full,
}

/// `view = "SELECT …"`, with or without `materialized`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ViewAttr {
    /// The query.
    pub query: String,
    /// A materialized view.
    pub materialized: bool,
}

/// How a table is partitioned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartitionMethod {
    /// `RANGE`.
    Range,
    /// `LIST`.
    List,
    /// `HASH`.
    Hash,
}

/// `rls` or `rls(force)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RlsAttr {
    /// `FORCE ROW LEVEL SECURITY`.
    pub force: bool,
}

/// `policy("name", command = select, to = "app", using = "…", with_check = "…", restrictive)`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicyAttr {
    /// Its name.
    pub name: String,
    /// `select`, `insert`, `update`, `delete` or `all`; not said means all.
    pub command: Option<String>,
    /// Roles; empty means public.
    pub roles: Vec<String>,
    /// `USING`.
    pub using: Option<String>,
    /// `WITH CHECK`.
    pub with_check: Option<String>,
    /// `AS RESTRICTIVE`.
    pub restrictive: bool,
}

/// A struct's attribute. For the kinds that are lists, `None` means that the kind is not mentioned, and an empty
/// list (`index()`) that none is wanted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TableAttr {
    /// `schema = "…"`.
    pub schema: Option<Said<String>>,
    /// `table = "…"`: the SQL name.
    pub table: Option<Said<String>>,
    /// `ignore`: no model of ours.
    pub ignore: Option<Said<()>>,
    /// `managed = "full"`.
    pub managed: Option<Said<Managed>>,
    /// `was = "old_table"`.
    pub was: Option<Said<String>>,
    /// `view = "…"`.
    pub view: Option<Said<ViewAttr>>,
    /// `primary_key(…)`.
    pub primary_key: Option<Said<KeyAttr>>,
    /// `unique(…)`.
    pub unique: Option<Vec<Said<KeyAttr>>>,
    /// `index(…)`.
    pub index: Option<Vec<Said<IndexAttr>>>,
    /// `check(…)`.
    pub check: Option<Vec<Said<CheckAttr>>>,
    /// `exclude(…)`.
    pub exclude: Option<Vec<Said<ExcludeAttr>>>,
    /// `foreign_key(…)`.
    pub foreign_key: Option<Vec<Said<ForeignKeyAttr>>>,
    /// `partition_by(range, "key")`.
    pub partition_by: Option<Said<(PartitionMethod, String)>>,
    /// `partition_of(parent, "FOR VALUES …")`.
    pub partition_of: Option<Said<(String, String)>>,
    /// `unlogged`.
    pub unlogged: Option<Said<()>>,
    /// `with(fillfactor = 70)`.
    pub with: Option<Said<Vec<(String, String)>>>,
    /// `tablespace = "…"`.
    pub tablespace: Option<Said<String>>,
    /// `comment = "…"`.
    pub comment: Option<Said<String>>,
    /// `rls`.
    pub rls: Option<Said<RlsAttr>>,
    /// `policy(…)`.
    pub policy: Option<Vec<Said<PolicyAttr>>>,
    /// `drop("column", …)`.
    pub drop: Vec<Said<String>>,
    /// `accept("column", …)`: columns whose disagreements stay.
    pub accept: Vec<Said<String>>,
}

/// The keys of a struct's attribute.
pub const TABLE_KEYS: &[&str] = &[
    "index",
    "unique",
    "foreign_key",
    "check",
    "primary_key",
    "exclude",
    "comment",
    "schema",
    "table",
    "was",
    "managed",
    "ignore",
    "view",
    "materialized",
    "partition_by",
    "partition_of",
    "unlogged",
    "with",
    "tablespace",
    "rls",
    "policy",
    "drop",
    "accept",
];

pub(super) const SHAPE: Shape<TableAttr> = Shape {
    one: entry,
    repeatable: &["index", "unique", "foreign_key", "check", "exclude", "policy", "drop", "accept"],
    contradictions: &[
        ("view", "partition_by"),
        ("view", "partition_of"),
        ("view", "unlogged"),
        ("view", "rls"),
    ],
};

pub(super) fn entry(context: &mut Context, out: &mut TableAttr, entry: Entry) -> Result<(), Problem> {
    let at = entry.span;
    match entry.key.as_str() {
        "schema" => out.schema = Some(context.said(entry.name()?, at)),
        "table" => out.table = Some(context.said(entry.name()?, at)),
        "ignore" => out.ignore = Some(context.said(entry.flag()?, at)),
        "managed" => {
            let value = entry.word(&[("full", Managed::Full), ("listed", Managed::Listed)])?;
            out.managed = Some(context.said(value, at));
        }
        "was" => out.was = Some(context.said(entry.name()?, at)),
        "view" => {
            let materialized = out.view.as_ref().is_some_and(|view| view.value.materialized);
            out.view = Some(context.said(ViewAttr { query: query(&entry)?, materialized }, at));
        }
        "materialized" => {
            entry.flag()?;
            let query = out.view.take().map(|view| view.value.query).unwrap_or_default();
            out.view = Some(context.said(ViewAttr { query, materialized: true }, at));
        }
        "primary_key" => {
            let value = parse(context, &entry, constraint::key, |key| key.columns.is_empty())?;
            out.primary_key = Some(context.said(value, at));
        }
        "unique" => {
            let value = parse(context, &entry, constraint::key, |key| key.columns.is_empty())?;
            list(&mut out.unique, (!value.columns.is_empty()).then(|| context.said(value, at)));
        }
        "index" => {
            let value = parse(context, &entry, index::parse, |index| index.parts.is_empty())?;
            list(&mut out.index, (!value.parts.is_empty()).then(|| context.said(value, at)));
        }
        "check" if is_empty(&entry) => list(&mut out.check, None),
        "check" => {
            let value = constraint::check(context, &entry)?;
            list(&mut out.check, Some(context.said(value, at)));
        }
        "exclude" if is_empty(&entry) => list(&mut out.exclude, None),
        "exclude" => {
            let value = constraint::exclude(context, &entry)?;
            list(&mut out.exclude, Some(context.said(value, at)));
        }
        "foreign_key" if is_empty(&entry) => list(&mut out.foreign_key, None),
        "foreign_key" => {
            let value = constraint::foreign_key(context, &entry)?;
            list(&mut out.foreign_key, Some(context.said(value, at)));
        }
        "partition_by" => out.partition_by = Some(context.said(partition_by(&entry)?, at)),
        "partition_of" => {
            let names = entry.names()?;
            let [parent, bound] = <[String; 2]>::try_from(names).map_err(|_| {
                Problem::new(
                    at,
                    "bad-value",
                    "`partition_of` wants the parent and its bound: `partition_of(parent, \"FOR VALUES …\")`",
                )
            })?;
            out.partition_of = Some(context.said((parent, bound), at));
        }
        "unlogged" => out.unlogged = Some(context.said(entry.flag()?, at)),
        "with" => out.with = Some(context.said(entry.pairs()?, at)),
        "tablespace" => out.tablespace = Some(context.said(entry.name()?, at)),
        "comment" => out.comment = Some(context.said(entry.text()?, at)),
        "rls" => {
            let words = if entry.group.is_some() { entry.names()? } else { Vec::new() };
            if let Some(word) = words.iter().find(|word| *word != "force") {
                return Err(Problem::new(at, "bad-value", format!("`rls` takes only `force`, not `{word}`")));
            }
            out.rls = Some(context.said(RlsAttr { force: !words.is_empty() }, at));
        }
        "policy" if is_empty(&entry) => list(&mut out.policy, None),
        "policy" => {
            let value = policy(context, &entry)?;
            list(&mut out.policy, Some(context.said(value, at)));
        }
        "drop" => {
            let names = entry.names()?;
            out.drop.extend(names.into_iter().map(|name| context.said(name, at)));
        }
        "accept" => {
            let names = entry.names()?;
            if names.is_empty() {
                let message = "`accept` wants the columns whose differences are to stay";
                return Err(Problem::new(at, "bad-value", message));
            }
            out.accept.extend(names.into_iter().map(|name| context.said(name, at)));
        }
        _ => return Err(entry.unknown("on a struct", TABLE_KEYS)),
    }
    Ok(())
}

/// A view's query; a semicolon at its end is no matter.
fn query(entry: &Entry) -> Result<String, Problem> {
    let text = entry.text()?;
    let query = text.trim();
    super::entry::contained(query.strip_suffix(';').unwrap_or(query).trim_end().to_owned(), entry.span)
}

fn is_empty(entry: &Entry) -> bool {
    entry.value.is_empty() && entry.group.as_ref().is_some_and(proc_macro2::TokenStream::is_empty)
}

/// Columns and options. `index()` wants none of the kind; options of nothing are a mistake.
fn parse<T>(
    context: &mut Context,
    entry: &Entry,
    read: fn(&mut Context, Vec<super::entry::Arg>) -> T,
    names_nothing: fn(&T) -> bool,
) -> Result<T, Problem> {
    let mistakes = context.problems.len();
    let value = read(context, entry.args()?);
    if names_nothing(&value) && !is_empty(entry) && context.problems.len() == mistakes {
        return Err(Problem::new(entry.span, "bad-value", format!("`{}` names no column", entry.key)));
    }
    Ok(value)
}

/// Marks a kind as mentioned, and adds what was said of it.
fn list<T>(kind: &mut Option<Vec<T>>, one: Option<T>) {
    let all = kind.get_or_insert_with(Vec::new);
    // A table lists few of a kind, and they are big.
    all.reserve_exact(usize::from(one.is_some()));
    all.extend(one);
}

fn partition_by(entry: &Entry) -> Result<(PartitionMethod, String), Problem> {
    let bad = || {
        Problem::new(
            entry.span,
            "bad-value",
            "`partition_by` wants range, list or hash, then the key: `partition_by(range, \"created_at\")`",
        )
    };
    let mut names = entry.names()?.into_iter();
    let method = match names.next().as_deref() {
        Some("range") => PartitionMethod::Range,
        Some("list") => PartitionMethod::List,
        Some("hash") => PartitionMethod::Hash,
        _ => return Err(bad()),
    };
    let keys: Vec<String> = names.collect();
    if keys.is_empty() {
        return Err(bad());
    }
    Ok((method, keys.join(", ")))
}

const POLICY_KEYS: &[&str] = &["command", "to", "using", "with_check", "restrictive", "permissive"];

fn policy(context: &mut Context, entry: &Entry) -> Result<PolicyAttr, Problem> {
    let mut out = PolicyAttr::default();
    for (at, arg) in entry.args()?.into_iter().enumerate() {
        if let (0, [one]) = (at, arg.as_slice()) {
            out.name = super::entry::ident(one).or_else(|| string(one)).unwrap_or_default();
            continue;
        }
        let result = Entry::parse(&arg).and_then(|option| {
            match option.key.as_str() {
                "command" | "for" => {
                    let words = ["all", "select", "insert", "update", "delete"].map(|word| (word, word));
                    out.command = Some(option.word(&words)?.to_owned());
                }
                "to" if option.group.is_some() => out.roles = option.names()?,
                "to" => out.roles.push(option.name()?),
                "using" => out.using = Some(option.expression()?),
                "with_check" => out.with_check = Some(option.expression()?),
                "restrictive" => out.restrictive = option.flag().map(|()| true)?,
                "permissive" => option.flag()?,
                _ => return Err(option.unknown("of a policy", POLICY_KEYS)),
            }
            Ok(())
        });
        context.note(result);
    }
    if out.name.is_empty() {
        return Err(Problem::new(
            entry.span,
            "bad-value",
            "`policy` wants its name first: `policy(\"tenant\", …)`",
        ));
    }
    Ok(out)
}
