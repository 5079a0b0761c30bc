//! Data types as models write them, in the server's spelling.

use autogen_core::object::DefinedKind;
use autogen_core::object::column::Storage;
use autogen_core::{Catalog, DataType, Kind, Object, ObjectId, QualName};

use super::super::SqlType;

/// Internal name, SQL name before and after the modifier.
const BUILTIN: &[(&str, &str, &str)] = &[
    ("int2", "smallint", ""),
    ("int4", "integer", ""),
    ("int8", "bigint", ""),
    ("float4", "real", ""),
    ("float8", "double precision", ""),
    ("bool", "boolean", ""),
    ("varchar", "character varying", ""),
    ("bpchar", "character", ""),
    ("char", "\"char\"", ""),
    ("numeric", "numeric", ""),
    ("timestamp", "timestamp", " without time zone"),
    ("timestamptz", "timestamp", " with time zone"),
    ("time", "time", " without time zone"),
    ("timetz", "time", " with time zone"),
    ("varbit", "bit varying", ""),
    ("bit", "bit", ""),
];

/// Types of `pg_catalog` whose SQL name is their own.
const PLAIN: &[&str] = &[
    "text",
    "bytea",
    "uuid",
    "json",
    "jsonb",
    "date",
    "interval",
    "name",
    "oid",
    "money",
    "inet",
    "cidr",
    "macaddr",
    "macaddr8",
    "pg_lsn",
    "xml",
    "tsvector",
    "tsquery",
    "point",
    "line",
    "lseg",
    "box",
    "path",
    "polygon",
    "circle",
    "int4range",
    "int8range",
    "numrange",
    "tsrange",
    "tstzrange",
    "daterange",
    "int4multirange",
    "int8multirange",
    "nummultirange",
    "tsmultirange",
    "tstzmultirange",
    "datemultirange",
    "jsonpath",
    "xid",
    "xid8",
    "cid",
    "tid",
    "regclass",
    "regtype",
    "regproc",
    "regrole",
    "regnamespace",
    "txid_snapshot",
    "pg_snapshot",
    "record",
];

/// Types that take a modifier in parentheses.
const MODIFIED: &[&str] = &[
    "varchar",
    "bpchar",
    "numeric",
    "timestamp",
    "timestamptz",
    "time",
    "timetz",
    "varbit",
    "bit",
    "interval",
];

/// A base type without modifiers.
pub(super) fn of(sql_type: &SqlType, catalog: &Catalog) -> DataType {
    let schema = sql_type.schema.as_deref();
    named(schema, &sql_type.name, None, catalog).map_array(sql_type.array)
}

/// A type as the attribute writes it: `varchar(80)`, `numeric(12, 2)[]`, `audit.mood`.
pub(super) fn written(text: &str, catalog: &Catalog) -> DataType {
    let (base, modifier) = super::super::bind_written(text);
    let modifier = modifier.map(|modifier| modifier.to_lowercase());
    // Unlike `char`, this is a type without a length.
    if base.schema.is_none()
        && base.name == "bpchar"
        && modifier.is_none()
        && text.trim_start().to_lowercase().starts_with("bpchar")
    {
        return DataType::builtin("bpchar", "bpchar").map_array(base.array);
    }
    if let Some(fields) = base.name.strip_prefix("interval ").filter(|_| base.schema.is_none()) {
        let modifier = modifier.map(|modifier| format!("({modifier})")).unwrap_or_default();
        return DataType::builtin("interval", format!("interval {fields}{modifier}")).map_array(base.array);
    }
    named(base.schema.as_deref(), &base.name, modifier.as_deref(), catalog).map_array(base.array)
}

fn named(schema: Option<&str>, name: &str, modifier: Option<&str>, catalog: &Catalog) -> DataType {
    let modifier = modifier.map(|modifier| format!("({modifier})")).unwrap_or_default();
    if schema.is_none_or(|schema| schema == "pg_catalog") {
        if let Some((internal, before, after)) = BUILTIN.iter().find(|(internal, _, _)| *internal == name) {
            // `character` and `bit` without a length mean one; the unlimited type has another name.
            let modifier =
                if modifier.is_empty() && matches!(*internal, "bpchar" | "bit") { "(1)" } else { &modifier };
            return DataType::builtin(internal, format!("{before}{modifier}{after}"));
        }
        if PLAIN.contains(&name) {
            return DataType::builtin(name, format!("{name}{modifier}"));
        }
    }
    let mut data_type = DataType::user(user_type(schema, name, catalog));
    data_type.text = format!("{}{modifier}", data_type.text).into();
    data_type
}

/// True if the server need not be asked what a written type is: a built-in one in its plain spelling, or one that the
/// catalog has.
pub(super) fn is_certain(text: &str, data_type: &DataType, catalog: &Catalog) -> bool {
    let modifier = text.contains('(');
    if text.contains('"') {
        return false;
    }
    if data_type.is_builtin() {
        let name = data_type.base.name.as_str();
        return !modifier || MODIFIED.contains(&name) && !text.to_lowercase().contains("float");
    }
    !modifier && is_known(data_type, catalog)
}

/// True if the catalog has a user-defined type.
pub(super) fn is_known(data_type: &DataType, catalog: &Catalog) -> bool {
    data_type.is_builtin()
        || data_type.object(catalog).is_some()
        || catalog.extension_owned.iter().any(|id| id.name == data_type.base)
}

/// A serial type is an integer that counts with a sequence of its own.
pub(super) fn is_serial(text: &str) -> bool {
    let text = text.trim().to_lowercase();
    matches!(text.as_str(), "serial" | "serial2" | "serial4" | "serial8" | "smallserial" | "bigserial")
}

/// The extension that brings a type, of those that are often used.
pub(super) fn extension_of(data_type: &DataType) -> Option<&'static str> {
    Some(match data_type.base.name.as_str() {
        "citext" => "citext",
        "ltree" | "lquery" | "ltxtquery" => "ltree",
        "hstore" => "hstore",
        "cube" => "cube",
        "seg" => "seg",
        "semver" => "semver",
        "isbn" | "isbn13" | "issn" | "ean13" | "upc" => "isn",
        "vector" | "halfvec" | "sparsevec" => "vector",
        "geometry" | "geography" | "box2d" | "box3d" => "postgis",
        _ => return None,
    })
}

/// How a built-in type is stored if nothing is said (`pg_type.typstorage`); `None` for types of users, who decide.
pub(super) fn own_storage(data_type: &DataType) -> Option<Storage> {
    const EXTENDED: &[&str] = &[
        "text", "varchar", "bpchar", "bytea", "json", "jsonb", "xml", "tsvector", "bit", "varbit", "path",
        "polygon", "jsonpath",
    ];
    if !data_type.is_builtin() {
        return data_type.array.then_some(Storage::Extended);
    }
    Some(match data_type.base.name.as_str() {
        _ if data_type.array => Storage::Extended,
        "numeric" | "inet" | "cidr" => Storage::Main,
        "tsquery" => Storage::Plain,
        name if EXTENDED.contains(&name) || name.ends_with("range") => Storage::Extended,
        _ => Storage::Plain,
    })
}

/// The catalog's user-defined or extension's type of that name, `public` first.
fn user_type(schema: Option<&str>, name: &str, catalog: &Catalog) -> QualName {
    let kinds = [
        Kind::EnumType,
        Kind::Domain,
        Kind::CompositeType,
        Kind::RangeType,
        Kind::Defined(DefinedKind::BaseType),
    ];
    let fits = |id: &ObjectId| {
        kinds.contains(&id.kind)
            && id.name.name.as_str() == name
            && schema.is_none_or(|schema| id.name.schema.as_str() == schema)
    };
    let mut found: Vec<&QualName> = kinds
        .into_iter()
        .flat_map(|kind| catalog.of_kind(kind).map(|(id, _)| id))
        .chain(&catalog.extension_owned)
        .filter(|id| fits(id) || (catalog.extension_owned.contains(*id) && id.name.name.as_str() == name))
        .map(|id| &id.name)
        .collect();
    found.sort_by_key(|name| name.schema.as_str() != "public");
    found.first().map_or_else(|| QualName::new(schema.unwrap_or("public"), name), |name| (*name).clone())
}

/// The type of a live column as models name it; a domain also counts as what it restricts.
pub(super) fn live(data_type: &DataType, catalog: &Catalog) -> Vec<SqlType> {
    let schema = data_type.base.schema.as_str();
    let own = SqlType {
        schema: Some(schema.to_owned()),
        name: data_type.base.name.as_str().to_owned(),
        array: data_type.array,
    };
    let mut all = vec![own];
    let mut domain = data_type.clone();
    // A domain may restrict a domain; the depth is bounded against a catalog that lies.
    for _ in 0..8 {
        match catalog.get(&ObjectId::new(Kind::Domain, domain.base.clone())) {
            Some(Object::Domain(found)) => domain = found.base.clone(),
            _ => break,
        }
        all.push(SqlType {
            schema: Some(domain.base.schema.as_str().to_owned()),
            name: domain.base.name.as_str().to_owned(),
            array: domain.array || data_type.array,
        });
    }
    all
}

/// True for the same type with the same modifiers. Only the server knows how it quotes a user-defined type's name, so
/// that is left out of the comparison.
pub(super) fn same(written: &DataType, live: &DataType) -> bool {
    let modifiers =
        |data_type: &DataType| data_type.text.find('(').map(|at| data_type.text[at..].to_lowercase());
    let text =
        if written.is_builtin() { written.text == live.text } else { modifiers(written) == modifiers(live) };
    written.base == live.base && written.array == live.array && text
}

trait MapArray {
    fn map_array(self, array: bool) -> Self;
}

impl MapArray for DataType {
    fn map_array(mut self, array: bool) -> Self {
        self.array |= array;
        self
    }
}
