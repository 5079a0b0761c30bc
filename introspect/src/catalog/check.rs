//! Checks of tables, from `pg_constraint`.

use autogen_core::object::Check;
use autogen_core::{Kind, Name, ObjectId};
use rustc_hash::FxHashMap;

use super::column::table;
use super::oids::class;
use super::query::query;
use super::reader::Reader;
use super::row::row;
use super::tree::{Shape, Shapes};
use super::value::{deparsed, origin};
use super::{Error, FromCatalog};

row! {
    struct TextRow {
        oid: u32,
        expression: Option<String>,
    }
}

row! {
    struct CheckRow {
        oid: u32,
        name: Name,
        relation: u32,
        tree: Option<String>,
        columns: Vec<i16>,
        no_inherit: bool,
        validated: bool,
        enforced: bool,
        is_local: bool,
        parents: i32,
    }
}

impl FromCatalog for Check {
    fn read(reader: &mut Reader<'_>) -> Result<(), Error> {
        let mut shapes = Shapes::default();
        let mut checks = Vec::new();
        for row in reader.session.rows::<CheckRow>(query!("checks", "check.sql"))? {
            let mut row = row?;
            let Some(relation) = table(&reader.oids, row.relation) else { continue };
            let shape = row.tree.take().and_then(|tree| Shape::of(&tree, relation));
            checks.push((shapes.same(row.oid, row.relation, shape), row));
        }
        let texts = texts(reader, shapes.asked())?;
        shapes.confirm(reader)?;
        for (same, row) in checks {
            let Some(relation) = table(&reader.oids, row.relation) else { continue };
            let mut columns = relation.columns(&row.columns);
            columns.sort();
            let check = Check {
                expression: deparsed("checks", &row.name, texts.get(&same).cloned())?,
                columns,
                no_inherit: row.no_inherit,
                validated: row.validated,
                enforced: row.enforced,
                origin: origin(row.is_local, row.parents),
            };
            let id = ObjectId::part(Kind::Check, relation.name.clone(), row.name);
            reader.catalog.insert(id.clone(), check);
            reader.oids.insert(class::CONSTRAINT, row.oid, id);
        }
        Ok(())
    }
}

/// The texts of checks, by oid.
fn texts(reader: &mut Reader<'_>, oids: Vec<u32>) -> Result<FxHashMap<u32, String>, Error> {
    let rows = reader.session.rows_of::<TextRow>(query!("expressions of checks", "check_text.sql"), oids)?;
    let text = |row: TextRow| Some((row.oid, row.expression?));
    rows.filter_map(|row| row.map(text).transpose()).collect()
}
