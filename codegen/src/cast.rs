//! Whether a column's values become another type by themselves. The tables are `pg_cast` of Postgres 15 for the types
//! that columns have; casts that extensions or users define are not looked at, but for citext's.

use autogen_core::{Catalog, DataType, Kind, Object, ObjectId, Pair};

/// How values get from one type to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cast {
    /// By an implicit or assignment cast: `ALTER COLUMN TYPE` needs no `USING`.
    Automatic,
    /// By `value::type`, which an `ALTER COLUMN TYPE` must spell out.
    Explicit,
    /// There is no cast, so by way of the textual form.
    ThroughText,
    /// Each value becomes a list of one.
    IntoList,
    /// A list becomes the one value that it has; where it has several that fails.
    FromList,
}

/// Implicit and assignment casts by source.
const AUTOMATIC: &[(&str, &[&str])] = &[
    ("bit", &["varbit"]),
    ("box", &["polygon"]),
    ("bpchar", &["char"]),
    ("char", &["text"]),
    ("cidr", &["inet"]),
    ("date", &["timestamp", "timestamptz"]),
    ("float4", &["float8", "int2", "int4", "int8", "numeric"]),
    ("float8", &["float4", "int2", "int4", "int8", "numeric"]),
    ("inet", &["cidr"]),
    ("int2", &["float4", "float8", "int4", "int8", "numeric", "oid"]),
    ("int4", &["float4", "float8", "int2", "int8", "money", "numeric", "oid"]),
    ("int8", &["float4", "float8", "int2", "int4", "money", "numeric", "oid"]),
    ("interval", &["time"]),
    ("json", &["jsonb"]),
    ("jsonb", &["json"]),
    ("macaddr", &["macaddr8"]),
    ("macaddr8", &["macaddr"]),
    ("money", &["numeric"]),
    ("numeric", &["float4", "float8", "int2", "int4", "int8", "money"]),
    ("oid", &["int4", "int8"]),
    ("path", &["polygon"]),
    ("point", &["box"]),
    ("polygon", &["path"]),
    ("text", &["char"]),
    ("time", &["interval", "timetz"]),
    ("timestamp", &["date", "time", "timestamptz"]),
    ("timestamptz", &["date", "time", "timestamp", "timetz"]),
    ("timetz", &["time"]),
    ("varbit", &["bit"]),
    ("varchar", &["char"]),
];

/// Further casts that must be spelled out, by source.
const EXPLICIT: &[(&str, &[&str])] = &[
    ("bit", &["int4", "int8"]),
    ("bool", &["int4"]),
    ("char", &["int4"]),
    ("int4", &["bit", "bool", "char"]),
    ("int8", &["bit"]),
    ("jsonb", &["bool", "float4", "float8", "int2", "int4", "int8", "numeric"]),
];

/// The types whose values are text; every type casts to them on assignment, and from them when it is spelled out.
const TEXTS: &[&str] = &["text", "varchar", "bpchar", "name", "citext"];

/// How a column gets from one type to the other.
pub(crate) fn cast(types: Pair<&DataType>, catalogs: Pair<&Catalog>) -> Cast {
    let from = underlying(types.before, catalogs.before);
    let to = underlying(types.after, catalogs.after);
    let (source, target) = (from.base.name.as_str(), to.base.name.as_str());
    let is_text = |data_type: &DataType| is_of_text(data_type) && !data_type.array;
    if from.base == to.base && from.array == to.array {
        return Cast::Automatic;
    }
    if is_text(&to) {
        return Cast::Automatic;
    }
    if is_text(&from) {
        return Cast::Explicit;
    }
    let both_texts = TEXTS.contains(&source) && TEXTS.contains(&target);
    if from.array != to.array {
        return match (from.base == to.base, to.array) {
            (true, true) => Cast::IntoList,
            (true, false) => Cast::FromList,
            (false, _) => Cast::ThroughText,
        };
    }
    if both_texts {
        return Cast::Automatic;
    }
    let lists =
        |table: &[(&str, &[&str])]| table.iter().any(|(from, to)| *from == source && to.contains(&target));
    let builtin = from.is_builtin() && to.is_builtin();
    if builtin && lists(AUTOMATIC) {
        Cast::Automatic
    } else if (builtin && lists(EXPLICIT)) || (TEXTS.contains(&source) && from.array) {
        Cast::Explicit
    } else {
        Cast::ThroughText
    }
}

/// True for text and lists of it, whose conversion depends on what it says.
pub(crate) fn is_from_text(before: &DataType, catalog: &Catalog) -> bool {
    is_of_text(&underlying(before, catalog))
}

fn is_of_text(data_type: &DataType) -> bool {
    let name = data_type.base.name.as_str();
    TEXTS.contains(&name) && (data_type.is_builtin() || name == "citext")
}

/// True if the values stay as they are on disk, so that neither the table nor its indexes are written anew.
pub(crate) fn keeps_values(types: Pair<&DataType>) -> bool {
    let Pair { before, after } = types;
    if before == after {
        return true;
    }
    if before.array || after.array || !before.is_builtin() || !after.is_builtin() {
        return false;
    }
    let pair = types.map(|data_type| data_type.base.name.as_str());
    let modifiers = types.map(modifiers);
    let longer = || match (modifiers.before.first(), modifiers.after.first()) {
        (_, None) => true,
        (Some(old), Some(new)) => new >= old,
        (None, Some(_)) => false,
    };
    match (pair.before, pair.after) {
        ("text", "varchar") | ("varchar", "varchar" | "text") => longer(),
        ("varbit", "varbit")
        | ("timestamp", "timestamp")
        | ("timestamptz", "timestamptz")
        | ("time", "time") => longer(),
        ("numeric", "numeric") => {
            let scale = |all: &[i64]| all.get(1).copied().unwrap_or(0);
            modifiers.after.is_empty()
                || (longer()
                    && !modifiers.before.is_empty()
                    && scale(&modifiers.before) == scale(&modifiers.after))
        }
        ("cidr", "inet") => true,
        _ => false,
    }
}

/// The number of characters that a column may have less than before: the new limit, if there is a tighter one.
pub(crate) fn shortened(types: Pair<&DataType>) -> Option<u32> {
    if types.before.array || types.after.array {
        return None;
    }
    let (old, new) = (most_characters(types.before), limit(types.after)?);
    old.is_none_or(|old| new < old).then_some(new)
}

/// The number of characters that the type cuts or refuses beyond.
pub(crate) fn limit(data_type: &DataType) -> Option<u32> {
    let given = || modifiers(data_type).first().and_then(|length| u32::try_from(*length).ok());
    match data_type.base.name.as_str() {
        "varchar" if data_type.is_builtin() => given(),
        // Under its own name it has no limit; as `character` it has one.
        "bpchar" if data_type.is_builtin() && data_type.text != "bpchar" => Some(given().unwrap_or(1)),
        _ => None,
    }
}

/// The most characters that a value of the type can have as text, if there is a limit that is worth knowing.
fn most_characters(data_type: &DataType) -> Option<u32> {
    match data_type.base.name.as_str() {
        _ if !data_type.is_builtin() => None,
        "bool" => Some(5),
        "int2" => Some(6),
        "int4" => Some(11),
        "int8" => Some(20),
        "uuid" => Some(36),
        _ => limit(data_type),
    }
}

/// The numbers in parentheses of a type's text.
pub(crate) fn modifiers(data_type: &DataType) -> Vec<i64> {
    let Some((_, rest)) = data_type.text.split_once('(') else { return Vec::new() };
    let Some((inside, _)) = rest.split_once(')') else { return Vec::new() };
    inside.split(',').filter_map(|number| number.trim().parse().ok()).collect()
}

/// The type that a domain restricts.
pub(crate) fn underlying(data_type: &DataType, catalog: &Catalog) -> DataType {
    let mut found = data_type.clone();
    // Domains over domains are rare and shallow.
    for _ in 0..8 {
        match catalog.get(&ObjectId::new(Kind::Domain, found.base.clone())) {
            Some(Object::Domain(domain)) if !found.array => found = domain.base.clone(),
            Some(Object::Domain(domain)) if !domain.base.array => found = domain.base.clone().array_of(),
            _ => break,
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use autogen_core::QualName;

    use super::*;

    #[track_caller]
    fn check(from: (&str, &str), to: (&str, &str), expect: (Cast, bool, Option<u32>)) {
        let make = |(name, text): (&str, &str)| match name.strip_prefix("public.") {
            Some(name) => DataType::user(QualName::new("public", name)),
            None => DataType::builtin(name, text),
        };
        let (from, to, none) = (make(from), make(to), Catalog::default());
        let types = Pair::new(&from, &to);
        assert_eq!((cast(types, Pair::new(&none, &none)), keeps_values(types), shortened(types)), expect);
    }

    #[test]
    fn casts() {
        use Cast::{Automatic, Explicit, FromList, IntoList, ThroughText};
        let text = ("text", "text");
        check(("int4", "integer"), ("int8", "bigint"), (Automatic, false, None));
        check(text, ("int8", "bigint"), (Explicit, false, None));
        check(("int4", "integer"), ("bool", "boolean"), (Explicit, false, None));
        check(("int4", "integer"), ("uuid", "uuid"), (ThroughText, false, None));
        check(("public.mood", ""), text, (Automatic, false, None));
        check(text, ("public.mood", ""), (Explicit, false, None));
        check(text, ("varchar", "character varying"), (Automatic, true, None));
        check(text, ("varchar", "character varying(20)"), (Automatic, false, Some(20)));
        check(
            ("varchar", "character varying(20)"),
            ("varchar", "character varying(30)"),
            (Automatic, true, None),
        );
        check(
            ("varchar", "character varying(30)"),
            ("varchar", "character varying(20)"),
            (Automatic, false, Some(20)),
        );
        check(("numeric", "numeric(10,2)"), ("numeric", "numeric(12,2)"), (Automatic, true, None));
        check(("numeric", "numeric(10,2)"), ("numeric", "numeric(12,3)"), (Automatic, false, None));
        check(("json", "json"), ("jsonb", "jsonb"), (Automatic, false, None));
        let list = |(from, to): (DataType, DataType)| {
            let none = Catalog::default();
            cast(Pair::new(&from, &to), Pair::new(&none, &none))
        };
        let mood = || DataType::user(QualName::new("public", "mood"));
        assert_eq!(list((mood(), mood().array_of())), IntoList);
        assert_eq!(list((mood().array_of(), mood())), FromList);
        assert_eq!(list((mood().array_of(), DataType::builtin("int4", "integer"))), ThroughText);
        check(("date", "date"), ("timestamptz", "timestamp with time zone"), (Automatic, false, None));
    }
}
