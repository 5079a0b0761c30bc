//! `mod sql_types`: a marker struct for each type that Diesel has none for.

use std::collections::BTreeMap;

use super::literal;
use super::options::{CustomTypes, Docs, SchemaOptions};
use super::source::Source;
use super::sql_type::SqlType;
use super::table::{GENERATED, Table};

/// Without this derive a marker struct is none.
const SQL_TYPE: &str = "diesel::sql_types::SqlType";

/// Types for which Diesel brings a marker, under all its names; also those of other databases.
const PROVIDED: &[&str] = &[
    "BigInt",
    "BigSerial",
    "Bigint",
    "Binary",
    "Bit",
    "Blob",
    "Bool",
    "Bpchar",
    "Bytea",
    "Char",
    "Cidr",
    "Citext",
    "Date",
    "Datemultirange",
    "Daterange",
    "Decimal",
    "Double",
    "Float",
    "Float4",
    "Float8",
    "Inet",
    "Int2",
    "Int4",
    "Int4multirange",
    "Int4range",
    "Int8",
    "Int8multirange",
    "Int8range",
    "Integer",
    "Interval",
    "Json",
    "Jsonb",
    "Longblob",
    "Longtext",
    "MacAddr",
    "MacAddr8",
    "Macaddr",
    "Macaddr8",
    "Mediumblob",
    "Mediumtext",
    "Money",
    "Numeric",
    "Nummultirange",
    "Numrange",
    "Oid",
    "PgLsn",
    "Range",
    "Record",
    "Serial",
    "SmallInt",
    "SmallSerial",
    "Smallint",
    "Text",
    "Time",
    "Timestamp",
    "Timestamptz",
    "Tinyblob",
    "Tinytext",
    "Tsmultirange",
    "Tsrange",
    "Tstzmultirange",
    "Tstzrange",
    "Uuid",
    "VarChar",
    "Varbinary",
    "Varchar",
];

/// The types to define, by identifier.
#[derive(Debug, Default)]
pub(super) struct Definitions<'a> {
    types: BTreeMap<&'a str, &'a SqlType>,
}

impl<'a> Definitions<'a> {
    /// Those that the tables need. Of two with one identifier the first is defined, as only one can be.
    pub(super) fn of(tables: &'a [Table], options: &SchemaOptions) -> Self {
        let CustomTypes::Define { except, .. } = &options.custom_types else { return Self::default() };
        let mut types = BTreeMap::new();
        for column in tables.iter().flat_map(|table| &table.columns) {
            let ident = column.sql_type.ident.as_str();
            if !PROVIDED.contains(&ident) && !except.iter().any(|pattern| pattern.is_match(ident)) {
                types.entry(ident).or_insert(&column.sql_type);
            }
        }
        Self { types }
    }

    /// True for a type that is defined here, or whose name is.
    pub(super) fn holds(&self, sql_type: &SqlType) -> bool {
        self.types.contains_key(sql_type.ident.as_str())
    }

    /// The module, if there is a type for it.
    pub(super) fn write(&self, out: &mut Source, options: &SchemaOptions) {
        let CustomTypes::Define { derives, .. } = &options.custom_types else { return };
        if self.types.is_empty() {
            return;
        }
        let mut derives = derives.clone();
        if !derives.iter().any(|path| path == SQL_TYPE) {
            derives.push(SQL_TYPE.to_owned());
        }
        let document = |out: &mut Source, title: &str| {
            if options.docs == Docs::CommentsOrGenerated {
                for line in [title, "", GENERATED] {
                    out.line(format!("/// {line}").trim_end());
                }
            }
        };
        out.blank();
        document(out, "A module containing custom SQL type definitions");
        out.open("pub mod sql_types {");
        for (ident, sql_type) in &self.types {
            out.blank();
            let mut properties = vec![format!("name = {}", literal::string(&sql_type.name))];
            let mut title = literal::doc_name(&sql_type.name);
            if let Some(schema) = &sql_type.schema {
                properties.push(format!("schema = {}", literal::string(schema.as_str())));
                title = format!("{}.{title}", literal::doc_name(schema.as_str()));
            }
            document(out, &format!("The `{title}` SQL type"));
            out.derive(&derives);
            out.postgres_type(&properties);
            out.line(&format!("pub struct {ident};"));
        }
        out.close();
    }
}
