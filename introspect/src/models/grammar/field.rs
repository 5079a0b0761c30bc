//! The attribute on a field: what Postgres can say about a column.

use autogen_core::Span;

use super::entry::{Entry, split};
use super::{
    CheckAttr, Context, ForeignKeyAttr, IndexAttr, KeyAttr, Problem, Said, Shape, constraint, index,
};

/// `GENERATED ALWAYS` or `BY DEFAULT AS IDENTITY`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdentityMode {
    /// `ALWAYS`.
    Always,
    /// `BY DEFAULT`.
    ByDefault,
}

/// `identity`, `identity = always`, `identity(start = 10)`; what is `None` was not said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IdentityAttr {
    /// Always or by default.
    pub mode: Option<IdentityMode>,
    /// `start`.
    pub start: Option<i64>,
    /// `increment`.
    pub increment: Option<i64>,
    /// `min`.
    pub min: Option<i64>,
    /// `max`.
    pub max: Option<i64>,
    /// `cache`.
    pub cache: Option<i64>,
    /// `cycle`.
    pub cycle: bool,
    /// `sequence = "…"`: the sequence's name.
    pub sequence: Option<String>,
}

/// `generated = "expr"`, or `generated("expr", virtual)`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GeneratedAttr {
    /// The expression.
    pub expression: String,
    /// `virtual`: computed when read (18 and later); stored otherwise.
    pub is_virtual: bool,
}

/// `null` or `not_null`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NullWord {
    /// `null`.
    Null,
    /// `not_null`.
    NotNull,
}

/// An index that a field asks for; its keys are empty, the column is the field's own.
pub type FieldIndex = IndexAttr;

/// A field's attribute; what is `None` was not mentioned. Most say one thing or two of the twenty, so what is said is boxed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FieldAttr {
    /// `sql_type = "varchar(80)"`.
    pub sql_type: Option<Box<Said<String>>>,
    /// `collate = "C"`.
    pub collation: Option<Box<Said<String>>>,
    /// `null`, `not_null`.
    pub null: Option<Box<Said<NullWord>>>,
    /// `default = "now()"`; with `None` inside, `no_default`.
    pub default: Option<Box<Said<Option<String>>>>,
    /// `identity`.
    pub identity: Option<Box<Said<IdentityAttr>>>,
    /// `serial`.
    pub serial: Option<Box<Said<()>>>,
    /// `generated = "expr"`.
    pub generated: Option<Box<Said<GeneratedAttr>>>,
    /// `primary_key`: this column is the table's key, or one of its columns.
    pub primary_key: Option<Box<Said<()>>>,
    /// `unique`.
    pub unique: Option<Box<Said<KeyAttr>>>,
    /// `index`.
    pub index: Vec<Said<FieldIndex>>,
    /// `check = "expr"`.
    pub check: Vec<Said<CheckAttr>>,
    /// `references(parent, …)`.
    pub references: Vec<Said<ForeignKeyAttr>>,
    /// `was = "old_name"`.
    pub was: Option<Box<Said<String>>>,
    /// `backfill = "SQL"`.
    pub backfill: Option<Box<Said<String>>>,
    /// `using = "SQL"`.
    pub using: Option<Box<Said<String>>>,
    /// `comment = "…"`.
    pub comment: Option<Box<Said<String>>>,
    /// `storage = "external"`.
    pub storage: Option<Box<Said<String>>>,
    /// `compression = "lz4"`.
    pub compression: Option<Box<Said<String>>>,
    /// `statistics = 1000`.
    pub statistics: Option<Box<Said<i64>>>,
    /// `ignore`: no column of ours.
    pub ignore: Option<Box<Said<()>>>,
}

impl FieldAttr {
    /// The same, written elsewhere.
    pub(crate) fn placed(&self, mut at: impl FnMut(&mut Span)) -> Self {
        fn one<T>(said: &mut Option<Box<Said<T>>>, at: &mut impl FnMut(&mut Span)) {
            said.iter_mut().for_each(|said| at(&mut said.span));
        }
        fn many<T>(said: &mut [Said<T>], at: &mut impl FnMut(&mut Span)) {
            said.iter_mut().for_each(|said| at(&mut said.span));
        }
        let mut new = self.clone();
        // Every field is named, so that none is forgotten.
        let Self {
            sql_type,
            collation,
            null,
            default,
            identity,
            serial,
            generated,
            primary_key,
            unique,
            index,
            check,
            references,
            was,
            backfill,
            using,
            comment,
            storage,
            compression,
            statistics,
            ignore,
        } = &mut new;
        for text in [sql_type, collation, was, backfill, using, comment, storage, compression] {
            one(text, &mut at);
        }
        for flag in [serial, primary_key, ignore] {
            one(flag, &mut at);
        }
        one(null, &mut at);
        one(default, &mut at);
        one(identity, &mut at);
        one(generated, &mut at);
        one(unique, &mut at);
        one(statistics, &mut at);
        many(index, &mut at);
        many(check, &mut at);
        many(references, &mut at);
        new
    }
}

/// The keys of a field's attribute.
pub const FIELD_KEYS: &[&str] = &[
    "index",
    "references",
    "unique",
    "default",
    "no_default",
    "sql_type",
    "check",
    "identity",
    "serial",
    "generated",
    "primary_key",
    "null",
    "not_null",
    "collate",
    "comment",
    "was",
    "backfill",
    "using",
    "storage",
    "compression",
    "statistics",
    "ignore",
];

/// Nearly every list has one entry, and room for four large ones in each of many thousand fields would be most of the models.
fn add<T>(list: &mut Vec<T>, one: T) {
    list.reserve_exact(1);
    list.push(one);
}

pub(super) const SHAPE: Shape<FieldAttr> = Shape {
    one: entry,
    repeatable: &["index", "check", "references"],
    contradictions: &[
        ("null", "not_null"),
        ("null", "primary_key"),
        ("null", "identity"),
        ("null", "serial"),
        ("default", "no_default"),
        ("default", "generated"),
        ("default", "identity"),
        ("default", "serial"),
        ("identity", "generated"),
        ("identity", "serial"),
        ("serial", "generated"),
    ],
};

pub(super) fn entry(context: &mut Context, out: &mut FieldAttr, entry: Entry) -> Result<(), Problem> {
    let at = entry.span;
    match entry.key.as_str() {
        "sql_type" => out.sql_type = Some(context.boxed(entry.name()?, at)),
        "collate" => out.collation = Some(context.boxed(entry.name().or_else(|_| entry.text())?, at)),
        "null" => out.null = Some(context.boxed(entry.flag().map(|()| NullWord::Null)?, at)),
        "not_null" => out.null = Some(context.boxed(entry.flag().map(|()| NullWord::NotNull)?, at)),
        "default" => out.default = Some(context.boxed(Some(entry.sql()?), at)),
        "no_default" => out.default = Some(context.boxed(entry.flag().map(|()| None)?, at)),
        "identity" => {
            let value = identity(context, &entry)?;
            out.identity = Some(context.boxed(value, at));
        }
        "serial" => out.serial = Some(context.boxed(entry.flag()?, at)),
        "generated" => out.generated = Some(context.boxed(generated(&entry)?, at)),
        "primary_key" => out.primary_key = Some(context.boxed(entry.flag()?, at)),
        "unique" => {
            let value = match &entry.group {
                Some(group) if entry.value.is_empty() => constraint::key(context, split(group.clone())),
                _ => entry.flag().map(|()| KeyAttr::default())?,
            };
            if !value.columns.is_empty() {
                let message = "a field's `unique` is about the field alone";
                return Err(Problem::new(at, "bad-value", message).help("put `unique(a, b)` on the struct"));
            }
            out.unique = Some(context.boxed(value, at));
        }
        "index" => {
            let value = match &entry.group {
                Some(group) if entry.value.is_empty() => field_index(context, group.clone()),
                _ => entry.flag().map(|()| IndexAttr::default())?,
            };
            add(&mut out.index, context.said(value, at));
        }
        "check" => {
            let value = constraint::check(context, &entry)?;
            add(&mut out.check, context.said(value, at));
        }
        "references" => {
            let value = constraint::references(context, &entry)?;
            add(&mut out.references, context.said(value, at));
        }
        "was" => out.was = Some(context.boxed(entry.name()?, at)),
        "backfill" => out.backfill = Some(context.boxed(entry.sql()?, at)),
        "using" => out.using = Some(context.boxed(entry.sql()?, at)),
        "comment" => out.comment = Some(context.boxed(entry.text()?, at)),
        "storage" => {
            let words = ["plain", "external", "extended", "main", "default"].map(|word| (word, word));
            out.storage = Some(context.boxed(entry.word(&words)?.to_owned(), at));
        }
        "compression" => {
            let words = ["pglz", "lz4", "default"].map(|word| (word, word));
            out.compression = Some(context.boxed(entry.word(&words)?.to_owned(), at));
        }
        "statistics" => out.statistics = Some(context.boxed(entry.int()?, at)),
        "ignore" => out.ignore = Some(context.boxed(entry.flag()?, at)),
        _ => return Err(entry.unknown("on a field", FIELD_KEYS)),
    }
    Ok(())
}

/// `index(desc, method = "gin")`: words about the key may stand without it.
fn field_index(context: &mut Context, group: proc_macro2::TokenStream) -> FieldIndex {
    let mut args = split(group);
    for arg in &mut args {
        let word = arg.first().and_then(super::entry::ident).unwrap_or_default();
        let about_key = ["asc", "desc", "nulls_first", "nulls_last", "opclass", "collate"]
            .contains(&word.as_str())
            || (word.ends_with("_ops") && arg.len() == 1);
        if about_key && !Entry::is_option(arg) {
            let own = proc_macro2::Ident::new("_", proc_macro2::Span::call_site());
            arg.insert(0, own.into());
        }
    }
    index::parse(context, args)
}

fn generated(entry: &Entry) -> Result<GeneratedAttr, Problem> {
    if !entry.value.is_empty() {
        return Ok(GeneratedAttr { expression: entry.expression()?, is_virtual: false });
    }
    let bad = || {
        let message = "`generated` wants its expression, then perhaps `stored` or `virtual`";
        Problem::new(entry.span, "bad-value", message)
            .help("generated = \"a + b\", or generated(\"a + b\", virtual)")
    };
    let args = entry.args()?;
    let (first, rest) = args.split_first().ok_or_else(bad)?;
    let expression = match first.as_slice() {
        [one] => super::entry::string(one).ok_or_else(bad)?,
        _ => return Err(bad()),
    };
    let is_virtual = match rest {
        [] => false,
        [arg] => match super::entry::name_of(arg)?.as_str() {
            "stored" => false,
            "virtual" => true,
            _ => return Err(bad()),
        },
        _ => return Err(bad()),
    };
    Ok(GeneratedAttr { expression: super::entry::contained(expression, entry.span)?, is_virtual })
}

const IDENTITY_KEYS: &[&str] =
    &["always", "by_default", "start", "increment", "min", "max", "cache", "cycle", "sequence"];

fn identity(context: &mut Context, entry: &Entry) -> Result<IdentityAttr, Problem> {
    let mut out = IdentityAttr::default();
    if !entry.value.is_empty() {
        let words = [("always", IdentityMode::Always), ("by_default", IdentityMode::ByDefault)];
        out.mode = Some(entry.word(&words)?);
    }
    for arg in entry.group.clone().map(split).unwrap_or_default() {
        let result = Entry::parse(&arg).and_then(|option| {
            match option.key.as_str() {
                "always" => out.mode = option.flag().map(|()| Some(IdentityMode::Always))?,
                "by_default" => out.mode = option.flag().map(|()| Some(IdentityMode::ByDefault))?,
                "start" => out.start = Some(option.int()?),
                "increment" => out.increment = Some(option.int()?),
                "min" => out.min = Some(option.int()?),
                "max" => out.max = Some(option.int()?),
                "cache" => out.cache = Some(option.int()?),
                "cycle" => out.cycle = option.flag().map(|()| true)?,
                "sequence" => out.sequence = Some(option.name()?),
                _ => return Err(option.unknown("of an identity", IDENTITY_KEYS)),
            }
            Ok(())
        });
        context.note(result);
    }
    Ok(out)
}
