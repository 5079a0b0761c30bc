//! Rust types of the standard library, Diesel and its companions: which SQL types their impls accept.

use std::collections::HashMap;

use proc_macro2::{TokenStream, TokenTree};
use syn::{Expr, Lit, Type};

use super::sql::{multirange_of, range_of};
use super::types::RustType;
use crate::models::model::{Nulls, SqlType, TypeSet};

pub(super) fn is_byte(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.is_ident("u8"))
}

/// `(Bound<T>, Bound<T>)`, or a standard range.
pub(super) fn is_range(ty: &Type) -> bool {
    match ty {
        Type::Tuple(pair) => {
            pair.elems.len() == 2
                && pair.elems.iter().all(|bound| match bound {
                    Type::Path(path) => path.path.segments.last().is_some_and(|last| last.ident == "Bound"),
                    _ => false,
                })
        }
        Type::Path(path) => {
            path.path.segments.last().is_some_and(|last| last.ident.to_string().starts_with("Range"))
        }
        _ => false,
    }
}

pub(super) fn length(len: &Expr) -> Option<usize> {
    match len {
        Expr::Lit(lit) => match &lit.lit {
            Lit::Int(n) => n.base10_parse().ok(),
            _ => None,
        },
        _ => None,
    }
}

fn map(ty: RustType, f: impl Fn(&SqlType) -> Vec<SqlType>) -> RustType {
    let types = match ty.set {
        TypeSet::OneOf(types) => types.iter().flat_map(f).collect::<Vec<_>>(),
        TypeSet::Unknown => Vec::new(),
    };
    let set = if types.is_empty() { TypeSet::Unknown } else { TypeSet::OneOf(types.into()) };
    RustType { nulls: Nulls::Never, set }
}

pub(super) fn array(element: RustType, of_ranges: bool) -> RustType {
    map(element, |ty| {
        // Arrays of arrays are one Postgres type with more dimensions.
        let array = ty.clone().into_array();
        match of_ranges {
            true => vec![SqlType::plain(multirange_of(&ty.name)), array],
            false => vec![array],
        }
    })
}

pub(super) fn range(element: RustType) -> RustType {
    map(element, |ty| range_of(&ty.name).map(SqlType::plain).into_iter().collect())
}

/// Replaces identifiers.
pub(super) fn substitute(stream: TokenStream, map: &HashMap<String, TokenStream>) -> TokenStream {
    let trees = stream.into_iter().flat_map(|tree| match tree {
        TokenTree::Ident(word) => match map.get(&word.to_string()) {
            Some(ty) => ty.clone(),
            None => TokenTree::Ident(word).into(),
        },
        TokenTree::Group(group) => {
            TokenTree::Group(proc_macro2::Group::new(group.delimiter(), substitute(group.stream(), map)))
                .into()
        }
        other => other.into(),
    });
    trees.collect()
}

/// The impls of Diesel and its companions, by the first and last segment of the path.
pub(super) fn builtin(first: &str, last: &str) -> Option<&'static [&'static str]> {
    Some(match last {
        "i16" => &["int2"],
        "i32" => &["int4"],
        "i64" => &["int8"],
        "u32" => &["oid"],
        "u8" => &["char"],
        "f32" => &["float4"],
        "f64" => &["float8"],
        "bool" => &["bool"],
        "String" | "str" => &["text", "varchar", "bpchar", "citext", "name"],
        "NaiveDateTime" | "PrimitiveDateTime" => &["timestamp", "timestamptz"],
        "DateTime" | "OffsetDateTime" | "UtcDateTime" => &["timestamptz"],
        "NaiveDate" => &["date"],
        "NaiveTime" => &["time"],
        "Date" if first == "time" || first == "chrono" => &["date"],
        "Time" if first == "time" => &["time"],
        "Duration" | "TimeDelta" if first == "chrono" => &["interval"],
        "PgTimestamp" => &["timestamp", "timestamptz"],
        "SystemTime" => &["timestamp"],
        "PgDate" => &["date"],
        "PgTime" => &["time"],
        "PgInterval" => &["interval"],
        "PgMoney" | "Cents" => &["money"],
        "PgLsn" => &["pg_lsn"],
        "BigDecimal" | "PgNumeric" | "Decimal" => &["numeric"],
        "Uuid" => &["uuid"],
        "Value" if first == "serde_json" || first == "Value" => &["jsonb", "json"],
        "JsonValue" => &["jsonb", "json"],
        "Json" | "Jsonb" => &["jsonb", "json"],
        "IpNetwork" | "IpNet" => &["inet", "cidr"],
        "Ltree" => &["ltree"],
        "TsVector" => &["tsvector"],
        "CiText" | "CiString" => &["citext"],
        "Vector" if first == "pgvector" => &["vector"],
        "HalfVector" if first == "pgvector" => &["halfvec"],
        "SparseVector" if first == "pgvector" => &["sparsevec"],
        "Bytes" if first == "bytes" => &["bytea"],
        _ => return None,
    })
}
