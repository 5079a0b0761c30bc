//! Diesel's SQL types by their catalog names.

use autogen_core::{TokenKind, tokens};
use syn::{GenericArgument, PathArguments, Type};

use super::types::Types;
use crate::models::model::SqlType;
use crate::models::read::{Def, Found, StructItem};

/// A column's type as `table!` writes it.
pub(super) struct Column {
    pub(super) ty: SqlType,
    pub(super) nullable: bool,
}

/// Aliases and types of Diesel and the usual companion crates.
const NAMES: &[(&str, &str)] = &[
    ("Bool", "bool"),
    ("SmallInt", "int2"),
    ("Int2", "int2"),
    ("SmallSerial", "int2"),
    ("Integer", "int4"),
    ("Int4", "int4"),
    ("Serial", "int4"),
    ("BigInt", "int8"),
    ("Int8", "int8"),
    ("BigSerial", "int8"),
    ("Oid", "oid"),
    ("CChar", "char"),
    ("Float", "float4"),
    ("Float4", "float4"),
    ("Double", "float8"),
    ("Float8", "float8"),
    ("Numeric", "numeric"),
    ("Decimal", "numeric"),
    ("Text", "text"),
    ("VarChar", "varchar"),
    ("Varchar", "varchar"),
    ("Char", "bpchar"),
    ("Bpchar", "bpchar"),
    ("Citext", "citext"),
    ("Name", "name"),
    ("Binary", "bytea"),
    ("Bytea", "bytea"),
    ("VarBinary", "bytea"),
    ("Date", "date"),
    ("Time", "time"),
    ("Timetz", "timetz"),
    ("Timestamp", "timestamp"),
    ("Timestamptz", "timestamptz"),
    ("Interval", "interval"),
    ("Money", "money"),
    ("Cash", "money"),
    ("Uuid", "uuid"),
    ("Json", "json"),
    ("Jsonb", "jsonb"),
    ("Inet", "inet"),
    ("Cidr", "cidr"),
    ("MacAddr", "macaddr"),
    ("MacAddr8", "macaddr8"),
    ("Macaddr", "macaddr"),
    ("Macaddr8", "macaddr8"),
    ("PgLsn", "pg_lsn"),
    ("Int4range", "int4range"),
    ("Int8range", "int8range"),
    ("Numrange", "numrange"),
    ("Tsrange", "tsrange"),
    ("Tstzrange", "tstzrange"),
    ("Daterange", "daterange"),
    ("Int4multirange", "int4multirange"),
    ("Int8multirange", "int8multirange"),
    ("Nummultirange", "nummultirange"),
    ("Tsmultirange", "tsmultirange"),
    ("Tstzmultirange", "tstzmultirange"),
    ("Datemultirange", "datemultirange"),
    ("TsVector", "tsvector"),
    ("Tsvector", "tsvector"),
    ("TsQuery", "tsquery"),
    ("Tsquery", "tsquery"),
    ("Ltree", "ltree"),
    ("Lquery", "lquery"),
    ("Ltxtquery", "ltxtquery"),
    ("Geometry", "geometry"),
    ("Geography", "geography"),
    ("Vector", "vector"),
    ("HalfVector", "halfvec"),
    ("SparseVector", "sparsevec"),
    ("Bit", "bit"),
    ("Varbit", "varbit"),
    ("Hstore", "hstore"),
    ("Xml", "xml"),
    ("Point", "point"),
    ("Jsonpath", "jsonpath"),
    ("Cube", "cube"),
    ("Xid", "xid"),
];

/// True for a type that Postgres or a usual extension brings along.
pub(super) fn is_builtin(name: &str) -> bool {
    NAMES.iter().any(|(_, sql)| *sql == name)
}

/// The range over a type.
pub(super) fn range_of(element: &str) -> Option<&'static str> {
    Some(match element {
        "int4" => "int4range",
        "int8" => "int8range",
        "numeric" => "numrange",
        "timestamp" => "tsrange",
        "timestamptz" => "tstzrange",
        "date" => "daterange",
        _ => return None,
    })
}

/// The multirange over a range.
pub(super) fn multirange_of(range: &str) -> String {
    range.replace("range", "multirange")
}

/// The type arguments of a path's last segment.
pub(super) fn arguments(path: &syn::Path) -> Vec<&Type> {
    match path.segments.last().map(|segment| &segment.arguments) {
        Some(PathArguments::AngleBracketed(args)) => args
            .args
            .iter()
            .filter_map(|arg| match arg {
                GenericArgument::Type(ty) => Some(ty),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// The types that a Rust type over this SQL type can meet: Diesel has one type for all kinds of text.
pub(super) fn widen(ty: SqlType) -> Vec<SqlType> {
    let family: &[&str] = match ty.name.as_str() {
        "text" | "varchar" | "bpchar" => &["text", "varchar", "bpchar", "citext", "name"],
        _ => &[],
    };
    let mut out = vec![ty.clone()];
    if ty.schema.is_none() {
        let others = family.iter().filter(|name| **name != ty.name);
        out.extend(others.map(|name| SqlType { name: (*name).to_owned(), ..ty.clone() }));
    }
    out
}

/// The catalog name of an SQL type as an attribute writes it: `varchar(80)` is `varchar`, `integer[]` an array. As in
/// SQL, a name in double quotes keeps its capitals, and is no other type's alias.
pub(crate) fn written(text: &str) -> SqlType {
    written_parts(text).0
}

/// The type, and what stands in its parentheses.
pub(crate) fn written_parts(text: &str) -> (SqlType, Option<String>) {
    let mut names: Vec<(String, bool)> = vec![(String::new(), false)];
    let mut modifier: Option<String> = None;
    let (mut array, mut inside) = (false, false);
    for token in tokens(text) {
        match (token.kind, token.text) {
            (_, ")") if inside => inside = false,
            (TokenKind::Space, _) if inside => {}
            (_, other) if inside => modifier.get_or_insert_default().push_str(other),
            (_, "(") => inside = true,
            (_, "[") => array = true,
            (_, ".") => names.push((String::new(), false)),
            (TokenKind::Quoted, quoted) => {
                let inner = quoted.strip_prefix('"').unwrap_or(quoted);
                let inner = inner.strip_suffix('"').unwrap_or(inner).replace("\"\"", "\"");
                names.last_mut().into_iter().for_each(|last| *last = (inner.clone(), true));
            }
            (TokenKind::Word, word) => {
                if let Some((name, _)) = names.last_mut() {
                    let space = if name.is_empty() { "" } else { " " };
                    name.push_str(&format!("{space}{}", word.to_lowercase()));
                }
            }
            (_, _) => {}
        }
    }
    let (base, is_quoted) = names.pop().unwrap_or_default();
    let schema = names.pop().map(|(schema, _)| schema).filter(|schema| schema != "pg_catalog");
    let name = match base.as_str() {
        _ if is_quoted => base,
        "smallint" | "smallserial" | "serial2" => "int2".to_owned(),
        "integer" | "int" | "serial" | "serial4" => "int4".to_owned(),
        "bigint" | "bigserial" | "serial8" => "int8".to_owned(),
        "real" => "float4".to_owned(),
        "double precision" | "float" => "float8".to_owned(),
        "boolean" => "bool".to_owned(),
        "character varying" => "varchar".to_owned(),
        "character" | "char" => "bpchar".to_owned(),
        "decimal" => "numeric".to_owned(),
        "timestamp with time zone" => "timestamptz".to_owned(),
        "timestamp without time zone" => "timestamp".to_owned(),
        "time with time zone" => "timetz".to_owned(),
        "time without time zone" => "time".to_owned(),
        "bit varying" => "varbit".to_owned(),
        _ => base,
    };
    (SqlType { schema, name, array }, modifier)
}

impl Types<'_> {
    /// A Diesel SQL type; `None` if nobody knows it.
    pub(super) fn sql(&self, module: usize, ty: &Type) -> Option<Column> {
        self.sql_deep(module, ty, 0)
    }

    fn sql_deep(&self, module: usize, ty: &Type, depth: usize) -> Option<Column> {
        let Type::Path(path) = ty else { return None };
        if depth > 16 {
            return None;
        }
        let segments: Vec<String> = path.path.segments.iter().map(|s| s.ident.to_string()).collect();
        let last = segments.last()?;
        let plain = |name: &str| Some(Column { ty: SqlType::plain(name), nullable: false });
        if let Some(inner) = arguments(&path.path).first() {
            let inner = self.sql_deep(module, inner, depth + 1)?;
            return match last.as_str() {
                "Nullable" => Some(Column { nullable: true, ..inner }),
                "Array" => Some(Column { ty: inner.ty.into_array(), nullable: false }),
                "Range" => plain(range_of(&inner.ty.name)?),
                "Multirange" => plain(&multirange_of(range_of(&inner.ty.name)?)),
                _ => None,
            };
        }
        let external = match self.workspace.resolve(module, &segments) {
            Found::Item(Def::Alias(alias)) => {
                let alias = &self.workspace.aliases[alias];
                return self.sql_deep(alias.module, &alias.ty, depth + 1);
            }
            Found::Item(Def::Struct(item)) => {
                if let Some(ty) = declared(&self.workspace.structs[item]) {
                    return Some(Column { ty, nullable: false });
                }
                segments
            }
            Found::External(path) => path,
            Found::Item(Def::Enum(_)) | Found::Module(_) => segments,
        };
        let last = external.last()?;
        if let Some(name) = self.mappings.get(last) {
            return Some(Column { ty: name.clone(), nullable: false });
        }
        if let Some((_, name)) = NAMES.iter().find(|(rust, _)| rust == last) {
            return plain(name);
        }
        // An import that leads out of what was read: the only SQL type of that name is meant.
        let mut all = self.workspace.by_name.get(last).into_iter().flatten().filter_map(|def| match def {
            Def::Struct(item) => declared(&self.workspace.structs[*item]),
            _ => None,
        });
        let first = all.next()?;
        all.all(|other| other == first).then_some(Column { ty: first, nullable: false })
    }
}

/// The name that a `derive(SqlType)` struct gives.
fn declared(item: &StructItem) -> Option<SqlType> {
    let arg = item.diesel.iter().find(|arg| arg.key == "postgres_type" || arg.key == "postgres")?;
    let inner = arg.inner();
    let text = |keys: &[&str]| inner.iter().find(|arg| keys.contains(&arg.key.as_str()))?.text();
    let name = text(&["name", "type_name"])?;
    let schema = text(&["schema", "type_schema"]).filter(|schema| schema != "pg_catalog");
    let (name, array) = match name.strip_prefix('_') {
        Some(element) if schema.is_none() => (element.to_owned(), true),
        _ => (name, false),
    };
    Some(SqlType { schema, name, array })
}
