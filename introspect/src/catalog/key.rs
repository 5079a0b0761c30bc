//! The keys of indexes and exclusion constraints, from the raw columns of `pg_index`.

use autogen_core::object::index::{IndexKey, IndexTarget};
use autogen_core::{Expression, Name};

use super::reader::Reader;

/// The parts of a row of `pg_index` that say what is indexed.
pub(crate) struct RawKeys {
    /// The index.
    pub(crate) index: u32,
    /// Its table.
    pub(crate) relation: u32,
    /// `indkey`.
    pub(crate) keys: Vec<i16>,
    /// `indnkeyatts`.
    pub(crate) key_count: i16,
    /// `indoption`: 1 for DESC, 2 for NULLS FIRST.
    pub(crate) flags: Vec<i16>,
    /// `indclass`.
    pub(crate) opclasses: Vec<u32>,
    /// `indcollation`.
    pub(crate) collations: Vec<u32>,
    /// The deparsed expressions at their places, if there is any.
    pub(crate) expressions: Option<Vec<String>>,
    /// The types of the index's own columns, if there is an expression.
    pub(crate) expression_types: Option<Vec<u32>>,
    /// The whole definition, where an expression has a collation that is not the default.
    pub(crate) full_definition: Option<String>,
}

impl RawKeys {
    /// The keys, and the columns of `INCLUDE`.
    pub(crate) fn resolve(&self, reader: &Reader<'_>) -> (Vec<IndexKey>, Vec<Name>) {
        let count = usize::try_from(self.key_count).unwrap_or(0);
        let (keys, include) = self.keys.split_at_checked(count).unwrap_or_default();
        let keys = keys.iter().enumerate().map(|(place, number)| self.key(reader, place, *number)).collect();
        let relation = reader.oids.relation(self.relation);
        (keys, relation.map(|relation| relation.columns(include)).unwrap_or_default())
    }

    fn key(&self, reader: &Reader<'_>, place: usize, number: i16) -> IndexKey {
        let collation = self.collations.get(place).copied().unwrap_or(0);
        let column = reader.attributes.get(self.relation, number);
        let (target, type_oid, collation) = match column {
            Some(column) => {
                let collation = reader.types.collation(collation, column.collation);
                (IndexTarget::Column(column.name.clone()), column.type_oid, collation)
            }
            None => {
                let text =
                    self.expressions.as_ref().and_then(|list| list.get(place)).cloned().unwrap_or_default();
                let own =
                    self.expression_types.as_ref().and_then(|list| list.get(place)).copied().unwrap_or(0);
                let said = self
                    .full_definition
                    .as_ref()
                    .is_some_and(|full| full.contains(&format!("{text} COLLATE ")));
                let collation = reader.types.collation(collation, 0).filter(|_| said);
                (IndexTarget::Expression(Expression::new(text)), own, collation)
            }
        };
        let opclass = self.opclasses.get(place).copied().unwrap_or(0);
        let flags = self.flags.get(place).copied().unwrap_or(0);
        let opclass_options =
            reader.attributes.opclass_options(self.index, i16::try_from(place + 1).unwrap_or(0));
        let opclass = if opclass_options.is_empty() {
            reader.opclasses.unless_default(opclass, reader.types.base(type_oid))
        } else {
            // Parameters can only be written behind the name.
            reader.opclasses.name(opclass)
        };
        IndexKey {
            target,
            collation,
            opclass,
            opclass_options,
            descending: flags & 1 != 0,
            nulls_first: flags & 2 != 0,
        }
    }
}
