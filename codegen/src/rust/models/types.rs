//! Which Rust type holds a column: Diesel's own choice where it has one, with nothing left to the machine's time zone
//! or to rounding. A type that Diesel does not know is held as the bytes that Postgres sends.

use autogen_core::object::Domain;
use autogen_core::{Catalog, DataType, Kind, Object, ObjectId, QualName};

/// The Rust type of a column that is never NULL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum RustType {
    /// A type of Diesel, the standard library or a companion crate.
    Known(&'static Known),
    /// An enum of the database.
    Enum(QualName),
    /// No type of anybody's.
    Opaque(QualName),
}

/// A type that Diesel has impls for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Known {
    /// The SQL type's internal name.
    pub(super) sql: &'static str,
    /// The Rust type.
    pub(super) rust: &'static str,
    /// The feature of Diesel that it needs.
    pub(super) feature: Option<&'static str>,
    /// The crates that it needs.
    pub(super) companion: Option<&'static str>,
    /// True for the SQL type that a new column of the Rust type gets.
    pub(super) proposed: bool,
}

const fn own(sql: &'static str, rust: &'static str) -> Known {
    Known { sql, rust, feature: None, companion: None, proposed: true }
}

const fn other(sql: &'static str, rust: &'static str) -> Known {
    Known { sql, rust, feature: None, companion: None, proposed: false }
}

const fn of(companion: &'static str, feature: &'static str, sql: &'static str, rust: &'static str) -> Known {
    Known { sql, rust, feature: Some(feature), companion: Some(companion), proposed: true }
}

const fn other_of(
    companion: &'static str,
    feature: &'static str,
    sql: &'static str,
    rust: &'static str,
) -> Known {
    Known { sql, rust, feature: Some(feature), companion: Some(companion), proposed: false }
}

/// The types of Diesel. The first SQL type of a Rust type is what a new column of it gets; the others are said.
const KNOWN: &[Known] = &[
    own("int2", "i16"),
    own("int4", "i32"),
    own("int8", "i64"),
    own("oid", "u32"),
    // schema.rs has the type of text for it.
    other("char", "String"),
    own("float4", "f32"),
    own("float8", "f64"),
    own("bool", "bool"),
    own("text", "String"),
    other("varchar", "String"),
    other("bpchar", "String"),
    other("citext", "String"),
    own("bytea", "Vec<u8>"),
    // schema.rs has `Bit` for it, which Diesel takes for binary.
    other("bit", "Vec<u8>"),
    own("interval", "diesel::data_types::PgInterval"),
    own("money", "diesel::data_types::PgMoney"),
    own("pg_lsn", "diesel::data_types::PgLsn"),
    other("macaddr", "[u8; 6]"),
    other("macaddr8", "[u8; 8]"),
    of("chrono", "chrono", "timestamp", "chrono::NaiveDateTime"),
    of("chrono", "chrono", "timestamptz", "chrono::DateTime<chrono::Utc>"),
    of("chrono", "chrono", "date", "chrono::NaiveDate"),
    of("chrono", "chrono", "time", "chrono::NaiveTime"),
    of("uuid", "uuid", "uuid", "uuid::Uuid"),
    of("serde_json", "serde_json", "jsonb", "serde_json::Value"),
    other_of("serde_json", "serde_json", "json", "serde_json::Value"),
    of("ipnetwork", "network-address", "inet", "ipnetwork::IpNetwork"),
    other_of("ipnetwork", "network-address", "cidr", "ipnetwork::IpNetwork"),
    of("bigdecimal", "numeric", "numeric", "bigdecimal::BigDecimal"),
    other("int4range", "(Bound<i32>, Bound<i32>)"),
    other("int8range", "(Bound<i64>, Bound<i64>)"),
    other_of(
        "bigdecimal",
        "numeric",
        "numrange",
        "(Bound<bigdecimal::BigDecimal>, Bound<bigdecimal::BigDecimal>)",
    ),
    other_of("chrono", "chrono", "tsrange", "(Bound<chrono::NaiveDateTime>, Bound<chrono::NaiveDateTime>)"),
    other_of(
        "chrono",
        "chrono",
        "tstzrange",
        "(Bound<chrono::DateTime<chrono::Utc>>, Bound<chrono::DateTime<chrono::Utc>>)",
    ),
    other_of("chrono", "chrono", "daterange", "(Bound<chrono::NaiveDate>, Bound<chrono::NaiveDate>)"),
    other("int4multirange", "Vec<(Bound<i32>, Bound<i32>)>"),
    other("int8multirange", "Vec<(Bound<i64>, Bound<i64>)>"),
    other_of(
        "bigdecimal",
        "numeric",
        "nummultirange",
        "Vec<(Bound<bigdecimal::BigDecimal>, Bound<bigdecimal::BigDecimal>)>",
    ),
    other_of(
        "chrono",
        "chrono",
        "tsmultirange",
        "Vec<(Bound<chrono::NaiveDateTime>, Bound<chrono::NaiveDateTime>)>",
    ),
    other_of(
        "chrono",
        "chrono",
        "tstzmultirange",
        "Vec<(Bound<chrono::DateTime<chrono::Utc>>, Bound<chrono::DateTime<chrono::Utc>>)>",
    ),
    other_of(
        "chrono",
        "chrono",
        "datemultirange",
        "Vec<(Bound<chrono::NaiveDate>, Bound<chrono::NaiveDate>)>",
    ),
];

/// The type behind a domain. Diesel sees through one domain, but not through an array of one.
pub(super) fn behind(data_type: &DataType, catalog: &Catalog) -> DataType {
    domain(data_type, catalog).map_or_else(|| data_type.clone(), |domain| domain.base.clone())
}

/// The domain that a column is of.
pub(super) fn domain<'a>(data_type: &DataType, catalog: &'a Catalog) -> Option<&'a Domain> {
    match catalog.get(&ObjectId::new(Kind::Domain, data_type.base.clone())) {
        Some(Object::Domain(domain)) if !data_type.array => Some(domain),
        _ => None,
    }
}

/// The Rust type of one element.
pub(super) fn element(data_type: &DataType, catalog: &Catalog) -> RustType {
    let base = behind(data_type, catalog).base;
    if catalog.contains(&ObjectId::new(Kind::EnumType, base.clone())) {
        return RustType::Enum(base);
    }
    let ours = base.schema.as_str() == "pg_catalog" || base.name.as_str() == "citext";
    match KNOWN.iter().find(|known| ours && known.sql == base.name.as_str()) {
        Some(known) => RustType::Known(known),
        None => RustType::Opaque(base),
    }
}

/// The type as the attribute writes it.
pub(super) fn written(data_type: &DataType) -> String {
    let mut text = data_type.text.as_str().to_owned();
    if data_type.is_builtin() {
        for (long, short) in SHORT {
            if let Some(rest) = text.strip_prefix(long) {
                text = format!("{short}{rest}");
                break;
            }
        }
        for (zone, long, short) in ZONES {
            if let Some(rest) = text.strip_suffix(long).and_then(|rest| rest.strip_prefix(zone)) {
                text = format!("{short}{rest}");
                break;
            }
        }
    } else if let Some(rest) = text.strip_prefix("public.") {
        text = rest.to_owned();
    }
    if data_type.array { format!("{text}[]") } else { text }
}

const SHORT: &[(&str, &str)] =
    &[("character varying", "varchar"), ("character", "char"), ("bit varying", "varbit")];
const ZONES: &[(&str, &str, &str)] = &[
    ("timestamp", " with time zone", "timestamptz"),
    ("timestamp", " without time zone", "timestamp"),
    ("time", " with time zone", "timetz"),
    ("time", " without time zone", "time"),
];

/// True if a new column of the Rust type gets just this type, without a word about it.
pub(super) fn goes_without_saying(data_type: &DataType, rust: &RustType) -> bool {
    match rust {
        RustType::Known(known) => {
            known.proposed
                && data_type.is_builtin()
                && !data_type.text.contains('(')
                && known.sql == data_type.base.name.as_str()
        }
        RustType::Enum(name) => data_type.base == *name,
        RustType::Opaque(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_written_short() {
        let check = |data_type: DataType, expect: &str| assert_eq!(written(&data_type), expect);
        check(DataType::builtin("varchar", "character varying(80)"), "varchar(80)");
        check(DataType::builtin("varchar", "character varying").array_of(), "varchar[]");
        check(DataType::builtin("timestamptz", "timestamp(3) with time zone"), "timestamptz(3)");
        check(DataType::builtin("time", "time without time zone"), "time");
        check(DataType::builtin("numeric", "numeric(12,2)"), "numeric(12,2)");
        check(DataType::builtin("char", "\"char\""), "\"char\"");
        check(DataType::user(QualName::new("public", "Mood")), "\"Mood\"");
        check(DataType::user(QualName::new("audit", "mood")), "audit.mood");
    }
}
