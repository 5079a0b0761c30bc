//! What becomes of values that the server converts by itself into a type that holds less: some do not fit, and the
//! conversion fails for them; others lose a part without a word (manual, "Numeric Types", "Date/Time Types", "Network
//! Address Types", and the casts of `pg_cast`). The conditions are SQL about one value, for the rows to answer.

use autogen_core::{Catalog, DataType, Name, Pair};

use crate::cast::{modifiers, shortened, underlying};
use crate::sql::Sql;

/// What becomes of the values of a column. By default all get into the new type as they are.
#[derive(Debug, Default)]
pub(crate) struct Narrowing {
    /// Holds for values that fit; the conversion fails for others. `None` where all do.
    pub(crate) fits: Option<Sql>,
    /// What is lost on the way.
    pub(crate) loses: Option<Loss>,
    /// True where the session's time zone decides which values they become.
    pub(crate) by_time_zone: bool,
}

/// A part of a value that the new type has no room for.
#[derive(Debug)]
pub(crate) struct Loss {
    /// In words, such as "the time of day".
    pub(crate) what: &'static str,
    /// Holds for values that stay as they are. `None` where none does.
    pub(crate) unless: Option<Sql>,
}

/// How many characters a value has as text. Trailing blanks are cut without complaint.
pub(crate) fn characters(value: Sql) -> Sql {
    Sql::new("length(rtrim").punct("(").sql(value).punct("::text))")
}

/// What becomes of a column's values when the server's own cast, implicit or spelled out, makes them another type. What text converts
/// to is another question.
pub(crate) fn narrowing(types: Pair<&DataType>, catalogs: Pair<&Catalog>, column: &Name) -> Narrowing {
    let from = underlying(types.before, catalogs.before);
    let to = underlying(types.after, catalogs.after);
    if from.array != to.array || !from.is_builtin() || !to.is_builtin() {
        return Narrowing::default();
    }
    let (element, is_list) = (Name::from("value"), from.array);
    let value = Sql::empty().ident(if is_list { &element } else { column });
    let (from, to) = (Scalar::of(&from), Scalar::of(&to));
    let all = Narrowing {
        fits: fits(&from, &to, &value),
        loses: loses(&from, &to, &value),
        by_time_zone: from.is_of_zone().zip(to.is_of_zone()).is_some_and(|(old, new)| old != new),
    };
    if !is_list {
        return all;
    }
    let each = |condition: Sql| {
        Sql::new("NOT EXISTS (SELECT FROM unnest")
            .punct("(")
            .ident(column)
            .punct(")")
            .kw("AS")
            .ident(&element)
            .kw("WHERE NOT")
            .parens([condition])
            .punct(")")
    };
    Narrowing {
        fits: all.fits.map(each),
        loses: all.loses.map(|loss| Loss { unless: loss.unless.map(each), ..loss }),
        by_time_zone: all.by_time_zone,
    }
}

/// A built-in type of one value.
struct Scalar<'a> {
    data_type: DataType,
    name: &'a str,
    modifiers: Vec<i64>,
}

/// How many decimal digits a type of numbers has before and after the point; `None` is more than it matters.
struct Digits {
    before: Option<i64>,
    after: Option<i64>,
}

impl<'a> Scalar<'a> {
    fn of(data_type: &'a DataType) -> Self {
        let scalar = DataType { array: false, ..data_type.clone() };
        Self { name: data_type.base.name.as_str(), modifiers: modifiers(data_type), data_type: scalar }
    }

    fn modifier(&self) -> Option<i64> {
        self.modifiers.first().copied()
    }

    /// The lowest and the highest whole number.
    fn bounds(&self) -> Option<(&'static str, &'static str)> {
        match self.name {
            "int2" => Some(("-32768", "32767")),
            "int4" => Some(("-2147483648", "2147483647")),
            "int8" => Some(("-9223372036854775808", "9223372036854775807")),
            _ => None,
        }
    }

    fn is_float(&self) -> bool {
        matches!(self.name, "float4" | "float8")
    }

    fn digits(&self) -> Option<Digits> {
        let of = |before, after| Some(Digits { before, after });
        match (self.name, self.modifiers.as_slice()) {
            ("int2", _) => of(Some(5), Some(0)),
            ("int4", _) => of(Some(10), Some(0)),
            ("int8", _) => of(Some(19), Some(0)),
            ("money", _) => of(Some(17), Some(2)),
            ("numeric", [precision, rest @ ..]) => {
                let scale = rest.first().copied().unwrap_or(0);
                of(Some(precision - scale), Some(scale))
            }
            ("numeric" | "float4" | "float8", _) => of(None, None),
            _ => None,
        }
    }

    /// How many digits a second has after the point; 6 unless the type says less.
    fn fraction(&self) -> Option<i64> {
        let has_fraction = matches!(self.name, "timestamp" | "timestamptz" | "time" | "timetz" | "interval");
        has_fraction.then(|| self.modifier().unwrap_or(6))
    }

    /// Whether a type of time means an instant or what a clock somewhere shows.
    fn is_of_zone(&self) -> Option<bool> {
        match self.name {
            "timestamptz" | "timetz" => Some(true),
            "timestamp" | "time" | "date" => Some(false),
            _ => None,
        }
    }
}

/// More than `limit`, where no limit is the most.
fn exceeds(digits: Option<i64>, limit: Option<i64>) -> bool {
    limit.is_some_and(|limit| digits.is_none_or(|digits| digits > limit))
}

/// A call with one argument.
fn call(function: &'static str, value: Sql) -> Sql {
    Sql::new(function).punct("(").sql(value).punct(")")
}

fn round(value: Sql, scale: i64) -> Sql {
    Sql::new("round").punct("(").sql(value).punct("::numeric,").number(scale).punct(")")
}

fn fits(from: &Scalar<'_>, to: &Scalar<'_>, value: &Sql) -> Option<Sql> {
    let value = || value.clone();
    match (from.name, to.name) {
        ("jsonb", "bool") => Some(json_is(value(), "boolean")),
        ("jsonb", _) => to.digits().map(|_| json_is(value(), "number")),
        (_, "varchar" | "bpchar") => {
            let length = shortened(Pair::new(&from.data_type, &to.data_type))?;
            Some(characters(value()).kw("<=").number(i64::from(length)))
        }
        (_, "int2" | "int4" | "int8") => {
            let (old, new) = (from.digits()?, to.digits()?);
            let ((low, high), is_whole) = (to.bounds()?, old.after == Some(0));
            // A decimal number of as many digits may be too large.
            let fits_by_form = match from.bounds() {
                Some(_) => !exceeds(old.before, new.before),
                None => old.before < new.before && old.before.is_some(),
            };
            let whole = || if is_whole { value() } else { call("round", value()) };
            (!fits_by_form).then(|| whole().kw("BETWEEN").kw(low).kw("AND").kw(high))
        }
        (_, "numeric") => {
            let (old, new) = (from.digits()?, to.digits()?);
            let (room, scale) = new.before.zip(new.after)?;
            // 99.99 becomes 100.0.
            let rounds_up = old.before == new.before && exceeds(old.after, new.after);
            let may_exceed = exceeds(old.before, new.before) || rounds_up;
            let is_bounded = || {
                let absolute = call("abs", round(value(), scale));
                let bounded = absolute.kw("<").literal(&format!("1e{room}"));
                // NaN has no digits.
                if old.before.is_none() { bounded.kw("OR").sql(value()).kw("= 'NaN'") } else { bounded }
            };
            may_exceed.then(is_bounded)
        }
        ("bit" | "varbit", "bit") => {
            let length = to.modifier().unwrap_or(1);
            let same = from.name == "bit" && from.modifier().unwrap_or(1) == length;
            (!same).then(|| call("length", value()).kw("=").number(length))
        }
        ("bit" | "varbit", "varbit") => {
            let length = to.modifier()?;
            let old = if from.name == "bit" { Some(from.modifier().unwrap_or(1)) } else { from.modifier() };
            exceeds(old, Some(length)).then(|| call("length", value()).kw("<=").number(length))
        }
        ("macaddr8", "macaddr") => {
            let middle = Sql::new("substring").punct("(").sql(value()).punct("::text,").kw("10, 5)");
            Some(middle.kw("= 'ff:fe'"))
        }
        ("int4", "char") => Some(value().kw("BETWEEN -128 AND 127")),
        _ => None,
    }
}

fn json_is(value: Sql, kind: &'static str) -> Sql {
    call("jsonb_typeof", value).kw("=").literal(kind)
}

fn loses(from: &Scalar<'_>, to: &Scalar<'_>, value: &Sql) -> Option<Loss> {
    let value = || value.clone();
    let loss = |what, unless| Some(Loss { what, unless: Some(unless) });
    // The value is equal to what it becomes, brought back to its type.
    let comes_back = || value().cast("", &to.data_type).cast("", &from.data_type).kw("=").sql(value());
    match (from.name, to.name) {
        (_, "int2" | "int4" | "int8") if exceeds(from.digits()?.after, Some(0)) => {
            let whole = call("round", value());
            loss("the digits after the point", value().kw("=").sql(whole))
        }
        (_, "numeric") => match to.digits()?.after {
            Some(scale) if exceeds(from.digits()?.after, Some(scale)) => {
                loss("digits", round(value(), scale).kw("=").sql(value()).punct("::numeric"))
            }
            None if from.is_float() => loss("digits", comes_back()),
            _ => None,
        },
        ("numeric", "money") => loss("digits", comes_back()),
        ("int8", "float8") => loss("digits", value().kw("BETWEEN -9007199254740992 AND 9007199254740992")),
        ("int4" | "int8", "float4") => loss("digits", value().kw("BETWEEN -16777216 AND 16777216")),
        ("numeric", "float4" | "float8") => {
            let digits = if to.name == "float4" { 6 } else { 15 };
            let is_exact = from.modifier().is_some_and(|precision| precision <= digits);
            (!is_exact).then(|| Loss { what: "digits", unless: Some(comes_back()) })
        }
        ("float8", "float4") => {
            let shown = value().cast("", &to.data_type).punct("::text").kw("=").sql(value()).punct("::text");
            loss("digits", shown)
        }
        ("timestamp" | "timestamptz", "date") => loss("the time of day", comes_back()),
        ("timestamp" | "timestamptz", "time" | "timetz") => Some(Loss { what: "the date", unless: None }),
        ("timetz", "time") => Some(Loss { what: "the time zone", unless: None }),
        ("interval", "time") => loss("the days", comes_back()),
        ("interval", "interval")
            if to.data_type.text != "interval" && from.data_type.text != to.data_type.text =>
        {
            loss("a part", value().cast("", &to.data_type).kw("=").sql(value()))
        }
        _ if from.fraction().zip(to.fraction()).is_some_and(|(old, new)| old > new) => {
            loss("fractions of a second", value().cast("", &to.data_type).kw("=").sql(value()))
        }
        ("text" | "varchar", "bpchar") => {
            // Of a list's elements and columns alike; those that do not fit are told as such.
            let trimmed = call("rtrim", value().punct("::text")).kw("=").sql(value()).punct("::text");
            let is_too_long = fits(from, to, &value()).map(|fits| Sql::new("OR NOT").parens([fits]));
            loss("the blanks at the end", is_too_long.into_iter().fold(trimmed, Sql::sql))
        }
        ("inet", "cidr") => loss("the host's part", comes_back()),
        ("int4", "bool") => loss("the number", comes_back()),
        ("int4" | "int8", "bit") => loss("bits", comes_back()),
        _ => None,
    }
}
