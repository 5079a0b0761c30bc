//! The SQL type of a column as Diesel names it. Diesel goes by the name of the type behind a column
//! (`information_schema.columns.udt_name`), so a domain counts as its base type, and an underscore in front means an array.

use autogen_core::object::Column;
use autogen_core::{Catalog, DataType, Kind, MAX_NAME_BYTES, Name, Object, ObjectId};
use regex::Regex;

use super::DEFAULT_SCHEMA;
use super::name::camel_case;

/// A column's type.
#[derive(Clone, Debug)]
pub(super) struct SqlType {
    /// Its schema, unless it is the default one.
    pub(super) schema: Option<Name>,
    /// The name in the database, that of the element for an array.
    pub(super) name: String,
    /// The identifier of its marker type.
    pub(super) ident: String,
    /// The declared length of strings and bit strings, in characters or bits.
    pub(super) max_length: Option<u32>,
    is_array: bool,
    is_nullable: bool,
}

impl SqlType {
    /// The type of a column. Domains that match one of the patterns are types of their own.
    pub(super) fn of(column: &Column, catalog: &Catalog, domains_as_types: &[Regex]) -> Self {
        let declared = &column.data_type;
        let domain = match catalog.get(&ObjectId::new(Kind::Domain, declared.base.clone())) {
            Some(Object::Domain(domain)) if !declared.array => Some(domain),
            _ => None,
        };
        let behind = domain.map_or(declared, |domain| &domain.base);
        let is_own = domains_as_types.iter().any(|pattern| pattern.is_match(declared.base.name.as_str()));
        let named = if domain.is_some() && is_own { declared } else { behind };
        let udt_name = udt_name(named);
        let (name, is_array) = match udt_name.strip_prefix('_') {
            Some(element) => (element.to_owned(), true),
            None => (udt_name, false),
        };
        let schema = named.base.schema.clone();
        Self {
            schema: Some(schema).filter(|schema| schema.as_str() != DEFAULT_SCHEMA),
            ident: camel_case(&name),
            name,
            max_length: max_length(behind),
            is_array,
            is_nullable: !column.not_null && !domain.is_some_and(|domain| domain.not_null),
        }
    }

    /// The type as it stands in `table!`. Elements of arrays can be NULL whatever is said of the column.
    pub(super) fn expression(&self) -> String {
        let mut text = self.ident.clone();
        if self.is_array {
            text = format!("Array<Nullable<{text}>>");
        }
        if self.is_nullable {
            text = format!("Nullable<{text}>");
        }
        text
    }
}

/// The name in `pg_type`. Postgres makes that of an array from its element's and cuts it to the length of a name.
fn udt_name(data_type: &DataType) -> String {
    let element = data_type.base.name.as_str();
    if !data_type.array {
        return element.to_owned();
    }
    let mut end = element.len().min(MAX_NAME_BYTES - 1);
    while !element.is_char_boundary(end) {
        end -= 1;
    }
    format!("_{}", element.get(..end).unwrap_or(element))
}

/// `character_maximum_length` of the information schema, from what `format_type` prints.
fn max_length(data_type: &DataType) -> Option<u32> {
    let counts = matches!(data_type.base.name.as_str(), "varchar" | "bpchar" | "bit" | "varbit");
    if data_type.array || !data_type.is_builtin() || !counts {
        return None;
    }
    let (_, modifier) = data_type.text.split_once('(')?;
    modifier.split_once(')')?.0.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use autogen_core::QualName;
    use autogen_core::object::Domain;

    use super::*;

    /// A column of the type, where `app.email` is a domain over `varchar(80)` that is NOT NULL.
    #[track_caller]
    fn check(data_type: DataType, own_domains: &[&str], expect: (&str, Option<u32>)) {
        let base = DataType::builtin("varchar", "character varying(80)");
        let email = Domain {
            base,
            collation: None,
            not_null: true,
            not_null_name: None,
            default: None,
            checks: BTreeMap::new(),
        };
        let mut catalog = Catalog::default();
        catalog.insert(ObjectId::new(Kind::Domain, QualName::new("app", "email")), email);
        let patterns: Vec<Regex> = own_domains.iter().map(|text| Regex::new(text).unwrap()).collect();
        let found = SqlType::of(&Column::plain(1, data_type), &catalog, &patterns);
        assert_eq!((found.expression().as_str(), found.max_length), expect);
    }

    #[test]
    fn types() {
        let varchar = || DataType::builtin("varchar", "character varying(20)");
        check(DataType::builtin("int4", "integer"), &[], ("Nullable<Int4>", None));
        check(varchar(), &[], ("Nullable<Varchar>", Some(20)));
        check(varchar().array_of(), &[], ("Nullable<Array<Nullable<Varchar>>>", None));
        check(DataType::builtin("varbit", "bit varying(7)"), &[], ("Nullable<Varbit>", Some(7)));
        check(DataType::builtin("numeric", "numeric(5,2)"), &[], ("Nullable<Numeric>", None));
        let mood = DataType::user(QualName::new("public", "user_mood"));
        check(mood.array_of(), &[], ("Nullable<Array<Nullable<UserMood>>>", None));
        let email = || DataType::user(QualName::new("app", "email"));
        check(email(), &[], ("Varchar", Some(80)));
        check(email(), &["^em"], ("Email", Some(80)));
        check(email().array_of(), &["^em"], ("Nullable<Array<Nullable<Email>>>", None));
    }

    #[test]
    fn names_of_arrays_are_cut_at_a_character() {
        let long = "ä".repeat(31);
        let array = DataType::user(QualName::new("public", long.as_str())).array_of();
        assert_eq!(udt_name(&array), format!("_{long}"));
        let long = format!("x{long}");
        let array = DataType::user(QualName::new("public", long.as_str())).array_of();
        assert_eq!(udt_name(&array), format!("_x{}", "ä".repeat(30)));
    }
}
