//! Data types of columns, as `format_type` prints them, with the type's own identity beside the text.

use arcstr::ArcStr;
use serde::{Deserialize, Serialize};

use crate::object::{DefinedKind, Kind, Object, RangeType, tables_within};
use crate::{Catalog, ObjectId, QualName, Renames};

/// A data type with its modifiers.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DataType {
    /// The type's name in `pg_type`, that of the element for an array: `pg_catalog.int4`, `public.mood`.
    pub base: QualName,
    /// What `format_type(oid, typmod)` prints under an empty search path, without the array brackets:
    /// `integer`, `character varying(80)`, `public.mood`. This is what appears in SQL. Shared, as many columns are of few types.
    pub text: ArcStr,
    /// True for an array of it. Dimensions are not kept: Postgres does not enforce them.
    pub array: bool,
}

impl DataType {
    /// A type of `pg_catalog` by its internal and its SQL name.
    pub fn builtin(name: &str, text: impl Into<ArcStr>) -> Self {
        Self { base: QualName::new("pg_catalog", name), text: text.into(), array: false }
    }

    /// A user-defined type without modifiers. The text is filled for comparison; SQL is written from `base`.
    pub fn user(base: QualName) -> Self {
        let text =
            format!("{}.{}", quote_if_needed(base.schema.as_str()), quote_if_needed(base.name.as_str()));
        Self { base, text: text.into(), array: false }
    }

    /// The array of this type.
    pub fn array_of(mut self) -> Self {
        self.array = true;
        self
    }

    /// True for a type that Postgres itself brings.
    pub fn is_builtin(&self) -> bool {
        self.base.schema.as_str() == "pg_catalog"
    }

    /// The text with brackets.
    pub fn full_text(&self) -> String {
        if self.array { format!("{}[]", self.text) } else { self.text.as_str().to_owned() }
    }

    /// The user-defined type behind it, as an object of the catalog.
    pub fn object(&self, catalog: &Catalog) -> Option<ObjectId> {
        if self.is_builtin() {
            return None;
        }
        [
            Kind::EnumType,
            Kind::Domain,
            Kind::CompositeType,
            Kind::RangeType,
            Kind::Defined(DefinedKind::BaseType),
            Kind::Table,
            Kind::View,
            Kind::MaterializedView,
        ]
        .into_iter()
        .map(|kind| ObjectId::new(kind, self.base.clone()))
        .find(|id| catalog.contains(id))
        .or_else(|| self.range(catalog))
    }

    /// The user-defined type, and the columns of the tables whose rows are within: Postgres changes none of them while rows of the type
    /// are stored elsewhere (`find_composite_type_dependencies` in tablecmds.c).
    pub(crate) fn stored(&self, catalog: &Catalog) -> Vec<ObjectId> {
        let Some(object) = self.object(catalog) else { return Vec::new() };
        if object.kind == Kind::EnumType {
            return vec![object];
        }
        let mut all = vec![object];
        for table in tables_within(self, catalog) {
            all.extend(catalog.parts(Kind::Column, &table).map(|(id, _)| id.clone()));
        }
        all
    }

    /// The range type that a multirange comes with.
    fn range(&self, catalog: &Catalog) -> Option<ObjectId> {
        let is_its = |range: &RangeType| range.multirange.as_ref() == Some(&self.base);
        catalog.of_kind(Kind::RangeType).find_map(|(id, object)| match object {
            Object::RangeType(range) if is_its(range) => Some(id.clone()),
            _ => None,
        })
    }

    /// Follows the rename of a user-defined type.
    pub fn rename(&mut self, renames: &Renames) {
        for kind in [Kind::EnumType, Kind::Domain, Kind::CompositeType, Kind::RangeType, Kind::Table] {
            let old = ObjectId::new(kind, self.base.clone());
            let new = renames.follow(&old);
            if new != old {
                let array = self.array;
                *self = Self::user(new.name);
                self.array = array;
                return;
            }
        }
    }
}

/// As the server's `quote_identifier`, but for reserved words, which no comparison meets on one side only.
fn quote_if_needed(name: &str) -> String {
    let plain = name.chars().next().is_some_and(|c| c.is_ascii_lowercase() || c == '_')
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if plain { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}
