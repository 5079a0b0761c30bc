//! The texts of indexes that have expressions or a predicate, from `pg_index`.

use autogen_core::Expression;
use rustc_hash::FxHashMap;

use super::Error;
use super::index::IndexRow;
use super::key::KeyTexts;
use super::oids::Relation;
use super::query::query;
use super::reader::Reader;
use super::row::row;
use super::tree::{Shape, Shapes};

row! {
    struct TextRow {
        oid: u32,
        expressions: Option<Vec<String>>,
        expression_types: Option<Vec<u32>>,
        full_definition: Option<String>,
        is_partial: bool,
        predicate: Option<String>,
    }
}

/// What the server says of such an index.
pub(super) struct Text {
    /// Of its keys, if one is an expression.
    pub(super) keys: Option<KeyTexts>,
    /// The predicate of a partial one.
    pub(super) predicate: Option<Expression>,
}

/// The texts of all indexes.
#[derive(Default)]
pub(super) struct Texts {
    /// Whose text an index has; the others have none.
    same: FxHashMap<u32, u32>,
    texts: FxHashMap<u32, Text>,
}

impl Texts {
    /// The text of an index.
    pub(super) fn of(&self, index: u32) -> Option<&Text> {
        self.texts.get(self.same.get(&index)?)
    }
}

/// Asks for the texts. The trees are taken out of the rows.
pub(super) fn read(reader: &mut Reader<'_>, rows: &mut [IndexRow]) -> Result<Texts, Error> {
    let mut shapes = Shapes::default();
    let mut texts = Texts::default();
    for row in rows.iter_mut() {
        let trees = (row.expressions_tree.take(), row.predicate_tree.take());
        let Some(relation) = reader.oids.own_relation(row.relation).filter(|_| trees != (None, None)) else {
            continue;
        };
        texts.same.insert(row.oid, shapes.same(row.oid, row.relation, whole(row, trees, relation)));
    }
    texts.texts = ask(reader, shapes.asked())?;
    shapes.confirm(reader)?;
    Ok(texts)
}

/// The texts of these indexes, one by one.
pub(super) fn ask(reader: &mut Reader<'_>, indexes: Vec<u32>) -> Result<FxHashMap<u32, Text>, Error> {
    let mut texts = FxHashMap::default();
    let query = query!("expressions of indexes", "index_text.sql");
    for row in reader.session.rows_of::<TextRow>(query, indexes)? {
        let row = row?;
        if row.is_partial && row.predicate.is_none() {
            return Err(Error::changing("indexes", "the table of an index is gone"));
        }
        let keys = KeyTexts::of(row.expressions, row.expression_types, row.full_definition);
        texts.insert(row.oid, Text { keys, predicate: row.predicate.map(Expression::new) });
    }
    Ok(texts)
}

/// All that the text of an index depends on: besides the trees, operator classes choose the types of the keys. With another
/// collation than the default it is `None`, as the whole definition then tells whether that is said.
fn whole(
    row: &IndexRow,
    (keys, predicate): (Option<String>, Option<String>),
    relation: &Relation,
) -> Option<Shape> {
    const NONE_OR_DEFAULT: [u32; 2] = [0, 100];
    if keys.is_some() && row.collations.iter().any(|collation| !NONE_OR_DEFAULT.contains(collation)) {
        return None;
    }
    let part = |tree: Option<String>| match tree {
        Some(tree) => Shape::of(&tree, relation),
        None => Some(Shape { tree: String::new(), columns: Vec::new() }),
    };
    let (keys, predicate) = (part(keys)?, part(predicate)?);
    let expressions: Vec<bool> = row.keys.iter().map(|number| *number == 0).collect();
    let rest = (expressions, row.key_count, &row.opclasses, &row.collations);
    // No name holds the byte 0.
    let tree = format!("{}\0{}\0{rest:?}", keys.tree, predicate.tree);
    Some(Shape { tree, columns: [keys.columns, predicate.columns].concat() })
}
