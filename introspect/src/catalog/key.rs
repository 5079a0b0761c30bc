//! The keys of indexes and exclusion constraints, from the raw columns of `pg_index`.

use autogen_core::object::index::{IndexKey, IndexTarget};
use autogen_core::{Expression, Name};

use super::reader::Reader;

/// The parts of a row of `pg_index` that say what is indexed.
pub(crate) struct RawKeys<'t> {
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
    /// What is said of expressions, if there is any.
    pub(crate) texts: Option<&'t KeyTexts>,
}

/// What the server says of keys that are expressions.
pub(crate) struct KeyTexts {
    /// The deparsed expressions at their places; nothing at those of columns.
    pub(crate) expressions: Vec<String>,
    /// The types of the index's own columns.
    pub(crate) types: Vec<u32>,
    /// The whole definition, where an expression has a collation that is not the default.
    pub(crate) full_definition: Option<String>,
}

impl KeyTexts {
    /// Those of a row, if its index has expressions.
    pub(crate) fn of(
        expressions: Option<Vec<String>>,
        types: Option<Vec<u32>>,
        full_definition: Option<String>,
    ) -> Option<Self> {
        Some(Self { expressions: expressions?, types: types.unwrap_or_default(), full_definition })
    }
}

impl RawKeys<'_> {
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
        let opclass = self.opclasses.get(place).copied().unwrap_or(0);
        let (target, type_oid, collation) = match column {
            Some(column) => {
                let collation = reader.types.collation(collation, column.collation);
                (IndexTarget::Column(column.name.clone()), column.type_oid, collation)
            }
            None => {
                let texts = self.texts;
                let text = texts.and_then(|texts| texts.expressions.get(place)).cloned().unwrap_or_default();
                let own = texts.and_then(|texts| texts.types.get(place)).copied().unwrap_or(0);
                let said = texts
                    .and_then(|texts| texts.full_definition.as_ref())
                    .is_some_and(|full| full.contains(&format!("{text} COLLATE ")));
                let collation = reader.types.collation(collation, 0).filter(|_| said);
                (
                    IndexTarget::Expression(Expression::new(text)),
                    reader.opclasses.key_type(opclass, own),
                    collation,
                )
            }
        };
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
