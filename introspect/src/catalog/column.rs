//! Columns, from `pg_attribute`. One query reads those of tables, views and composite types before any kind, as all of
//! them, and every constraint and index, look columns up.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use autogen_core::object::Column;
use autogen_core::object::choose_name;
use autogen_core::object::column::{Generated, Identity, Storage};
use autogen_core::object::sequence::of_identity;
use autogen_core::{DataType, Kind, Name, ObjectId};
use rustc_hash::{FxHashMap, FxHashSet};

use super::oids::class;
use super::oids::{Oids, Relation};
use super::query::query;
use super::reader::Reader;
use super::row::row;
use super::sequence::IdentitySequence;
use super::types::{self, ColumnType, Types};
use super::value::{deparsed, options, origin};
use super::{Error, FromCatalog, not_null};

row! {
    pub(crate) struct AttributeRow {
        relation: u32,
        number: i16,
        name: Name,
        type_oid: u32,
        modifier: i32,
        not_null: bool,
        collation: u32,
        identity: u8,
        generated: u8,
        expression: Option<String>,
        storage: u8,
        compression: u8,
        statistics: Option<i32>,
        options: Option<Vec<String>>,
        foreign_options: Option<Vec<String>>,
        is_local: bool,
        parents: i32,
    }
}

/// The columns of all relations.
#[derive(Default)]
pub(crate) struct Attributes {
    rows: Vec<AttributeRow>,
    ranges: FxHashMap<u32, Range<usize>>,
    /// The parameters of operator classes, by index and place.
    opclass_options: HashMap<(u32, i16), autogen_core::Options>,
    /// Indexes with a statistics target on a column, and materialized views.
    with_targets: BTreeSet<u32>,
}

impl Attributes {
    /// The relations with their columns, by oid and number.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, &[AttributeRow])> {
        self.rows
            .chunk_by(|a, b| a.relation == b.relation)
            .filter_map(|rows| Some((rows.first()?.relation, rows)))
    }

    /// The columns of one relation.
    pub(crate) fn of(&self, relation: u32) -> &[AttributeRow] {
        self.ranges.get(&relation).and_then(|range| self.rows.get(range.clone())).unwrap_or_default()
    }

    /// The columns of a relation with their types, as views have them.
    pub(crate) fn typed(&self, relation: u32, types: &Types) -> Vec<(Name, DataType)> {
        let typed = |row: &AttributeRow| {
            Some((row.name.clone(), types.column(row.type_oid, row.modifier)?.data_type.clone()))
        };
        self.of(relation).iter().filter_map(typed).collect()
    }

    /// One column.
    pub(crate) fn get(&self, relation: u32, number: i16) -> Option<&AttributeRow> {
        let rows = self.of(relation);
        rows.get(rows.binary_search_by_key(&number, |row| row.number).ok()?)
    }

    /// The generated columns, as relations and numbers.
    pub(crate) fn generated(&self) -> (Vec<u32>, Vec<i32>) {
        self.rows
            .iter()
            .filter(|row| row.generated != 0)
            .map(|row| (row.relation, i32::from(row.number)))
            .unzip()
    }

    /// The indexes that have a statistics target on a column, and all materialized views.
    pub(crate) fn with_targets(&self) -> Vec<u32> {
        self.with_targets.iter().copied().collect()
    }

    /// The parameters of the operator class at a place of an index, counted from 1.
    pub(crate) fn opclass_options(&self, index: u32, place: i16) -> autogen_core::Options {
        self.opclass_options.get(&(index, place)).cloned().unwrap_or_default()
    }
}

/// Reads all columns, names the relations' columns, and reads the types that occur.
pub(crate) fn read_attributes(reader: &mut Reader<'_>) -> Result<(), Error> {
    let mut attributes = Attributes::default();
    let mut pairs = FxHashSet::default();
    let rows = reader.session.rows::<AttributeRow>(query!("columns", "column.sql"))?;
    attributes.rows.reserve_exact(rows.size_hint().0);
    for row in rows {
        let mut row = row?;
        let Some(relation) = reader.oids.relation(row.relation) else {
            if row.statistics.is_some() {
                attributes.with_targets.insert(row.relation);
            }
            attributes.opclass_options.insert((row.relation, row.number), options(row.options));
            continue;
        };
        // Whether its storage is the type's own is not known here.
        if relation.kind == b'm' {
            attributes.with_targets.insert(row.relation);
        }
        pairs.insert((row.type_oid, row.modifier));
        row.name = reader.names.shared(row.name);
        attributes.rows.push(row);
    }
    // Defaults, keys and indexes are about as many again.
    reader.reserve(2 * attributes.rows.len());
    attributes.rows.sort_unstable_by_key(|row| (row.relation, row.number));
    let mut at = 0;
    for rows in attributes.rows.chunk_by(|a, b| a.relation == b.relation) {
        let Some(relation) = rows.first().map(|row| row.relation) else { continue };
        attributes.ranges.insert(relation, at..at + rows.len());
        at += rows.len();
        if let Some(relation) = reader.oids.relation_mut(relation) {
            relation.columns = rows.iter().map(|row| (row.number, row.name.clone())).collect();
        }
    }
    reader.attributes = attributes;
    types::read(reader, pairs.into_iter().collect())
}

impl FromCatalog for Column {
    fn read(reader: &mut Reader<'_>) -> Result<(), Error> {
        let mut not_null = not_null::read(reader)?;
        let mut sequences = Vec::new();
        for (oid, rows) in reader.attributes.iter() {
            let Some(relation) = table(&reader.oids, oid) else { continue };
            // What comes in the order of the catalog has its place beside the last.
            let mut rows: Vec<&AttributeRow> = rows.iter().collect();
            rows.sort_unstable_by(|a, b| a.name.cmp(&b.name));
            for row in rows {
                let Some(column_type) = reader.types.column(row.type_oid, row.modifier) else {
                    return Err(Error::changing("columns", format!("the type of {} is gone", row.name)));
                };
                let sequence = reader.identities.get(&(oid, i32::from(row.number)));
                let mut column = column(row, relation, column_type, sequence, &reader.types)?;
                column.not_null_constraint = not_null.remove(&(oid, row.number));
                let id = ObjectId::column(&relation.name, &row.name);
                if let Some(sequence) = sequence.filter(|_| column.identity.is_some()) {
                    sequences.push((sequence.oid, of_identity(&id)));
                }
                reader.catalog.insert(id, column);
            }
        }
        for (oid, id) in sequences {
            reader.oids.insert(class::RELATION, oid, id);
        }
        Ok(())
    }
}

/// A relation, if it is a table of the user's.
pub(crate) fn table(oids: &Oids, oid: u32) -> Option<&Relation> {
    oids.own_relation(oid).filter(|relation| relation.model_kind() == Some(Kind::Table))
}

fn column(
    row: &AttributeRow,
    relation: &Relation,
    column_type: &ColumnType,
    sequence: Option<&IdentitySequence>,
    types: &Types,
) -> Result<Column, Error> {
    let generated = match row.generated {
        0 => None,
        letter => {
            let expression = deparsed("columns", &row.name, row.expression.clone())?;
            Some(Box::new(Generated { expression, stored: letter == b's' }))
        }
    };
    let identity = sequence.filter(|_| row.identity != 0).map(|sequence| {
        let default = choose_name(&[relation.name.name.as_str(), row.name.as_str()], "seq");
        let is_default =
            sequence.name.schema == relation.name.schema && sequence.name.name.as_str() == default;
        Box::new(Identity {
            always: row.identity == b'a',
            sequence: sequence.options.clone(),
            sequence_name: (!is_default).then(|| sequence.name.clone()),
        })
    });
    Ok(Column {
        position: i32::from(row.number),
        data_type: column_type.data_type.clone(),
        not_null: row.not_null,
        not_null_constraint: None,
        collation: types.collation(row.collation, column_type.collation),
        identity,
        generated,
        storage: (row.storage != column_type.storage).then_some(match row.storage {
            b'p' => Storage::Plain,
            b'e' => Storage::External,
            b'm' => Storage::Main,
            _ => Storage::Extended,
        }),
        compression: match row.compression {
            b'p' => Some("pglz".to_owned()),
            b'l' => Some("lz4".to_owned()),
            _ => None,
        },
        statistics: row.statistics,
        options: options(row.options.clone()),
        foreign_options: options(row.foreign_options.clone()),
        origin: origin(row.is_local, row.parents),
    })
}
