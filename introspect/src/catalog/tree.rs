//! Trees of expressions (`pg_node_tree`), to ask for the text of equal ones once. The server makes the text, and for the
//! names of the columns it opens the table first, which costs more than all else that is read of one (about 40 µs). Yet
//! tables are alike: `deleted_at IS NULL` stands in hundreds of them. Two trees that differ only in where their columns
//! stand have the same text if those columns are called alike, since a column is all that such a text takes from its table.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use super::Error;
use super::oids::{Oids, Relation};
use super::query::query;
use super::reader::Reader;
use super::row::row;

/// What the text of a tree depends on.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    /// The tree itself, without the places in the statement that it came from, and with the columns' names for their
    /// numbers.
    pub(crate) tree: String,
    /// The numbers of those columns.
    pub(crate) columns: Vec<i16>,
}

impl Shape {
    /// That of a tree; `None` if its text may depend on the table's name too: if it has the whole row.
    pub(crate) fn of(text: &str, relation: &Relation) -> Option<Self> {
        let (mut tree, mut columns) = (String::with_capacity(text.len()), Vec::new());
        // A name within the tree that holds one of these has its blanks escaped with a backslash each (outToken of
        // nodes/outfuncs.c), so that what follows is no number.
        let mut fields = text.split(" :");
        tree.push_str(fields.next()?);
        for field in fields {
            tree.push_str(" :");
            let (name, value) = field.split_once(' ').unwrap_or((field, ""));
            let digits = value.bytes().take_while(|byte| matches!(byte, b'-' | b'0'..=b'9')).count();
            let (number, rest) = value.split_at(digits);
            match name {
                "location" if digits > 0 => {}
                // The second is the column as the statement wrote it, which is the one that the text names.
                "varattno" | "varattnosyn" => match number.parse::<i16>().ok()? {
                    // A column of the system has the same name in every table.
                    system @ ..0 => tree.push_str(&format!("{name} {system}")),
                    number => {
                        let column = relation.column(number)?.as_str();
                        // With its length, a name cannot pass for something else.
                        tree.push_str(&format!("{name} {} {column}", column.len()));
                        columns.push(number);
                    }
                },
                _ => {
                    tree.push_str(field);
                    continue;
                }
            }
            tree.push_str(rest);
        }
        Some(Self { tree, columns })
    }
}

row! {
    struct ColumnNameRow {
        relation: u32,
        number: i32,
        name: Option<String>,
    }
}

/// Which rows of a query have the same texts.
#[derive(Default)]
pub(crate) struct Shapes {
    /// The oid of the first row of each shape.
    first: FxHashMap<String, u32>,
    /// Those that the server has to be asked about.
    asked: Vec<u32>,
    /// The columns that their texts name, by relation and number.
    named: BTreeSet<(u32, i16)>,
}

impl Shapes {
    /// The oid of the row whose text a row has: its own for the first of a shape, and where there is none.
    pub(crate) fn same(&mut self, oid: u32, relation: u32, shape: Option<Shape>) -> u32 {
        let Some(Shape { tree, columns }) = shape else {
            self.asked.push(oid);
            return oid;
        };
        let first = *self.first.entry(tree).or_insert(oid);
        if first == oid {
            self.asked.push(oid);
            self.named.extend(columns.into_iter().map(|number| (relation, number)));
        }
        first
    }

    /// The oids of the rows whose texts are asked for.
    pub(crate) fn asked(&self) -> Vec<u32> {
        self.asked.clone()
    }

    /// Makes sure, once the texts are there, that they name the columns as the snapshot does. They are as of the moment when
    /// they were made, and one that was made after a rename would pass the new name on to other tables.
    pub(crate) fn confirm(self, reader: &mut Reader<'_>) -> Result<(), Error> {
        if self.named.is_empty() {
            return Ok(());
        }
        let (relations, numbers) =
            self.named.into_iter().map(|(relation, number)| (relation, i32::from(number))).unzip();
        let query = query!("names of columns", "column_name.sql");
        for row in reader.session.rows_for::<ColumnNameRow>(query, relations, numbers)? {
            let row = row?;
            let known = name(&reader.oids, row.relation, row.number);
            if row.name.as_deref() != known {
                let message =
                    format!("column {} is called otherwise now, or gone", known.unwrap_or_default());
                return Err(Error::changing(query.name, message));
            }
        }
        Ok(())
    }
}

fn name(oids: &Oids, relation: u32, number: i32) -> Option<&str> {
    let column = oids.relation(relation)?.column(i16::try_from(number).ok()?)?;
    Some(column.as_str())
}

#[cfg(test)]
mod tests {
    use autogen_core::{Name, QualName};

    use super::{Relation, Shape, Shapes};

    fn shape(tree: &str, relation: &Relation) -> Option<String> {
        Shape::of(tree, relation).map(|shape| shape.tree)
    }

    fn relation(columns: &[(i16, &str)]) -> Relation {
        let columns = columns.iter().map(|(number, name)| (*number, Name::new(name))).collect();
        let name = QualName { schema: Name::new("s"), name: Name::new("t") };
        Relation { name, kind: b'r', member: false, columns }
    }

    fn var(number: i16, location: i32) -> String {
        format!(
            "{{VAR :varno 1 :varattno {number} :vartype 23 :varnosyn 1 :varattnosyn {number} :location {location}}}"
        )
    }

    #[test]
    fn columns_go_by_their_names() {
        let (here, there) = (relation(&[(1, "a"), (2, "b")]), relation(&[(1, "b"), (7, "a")]));
        let op =
            |a: &str, b: &str, location| format!("{{OPEXPR :opno 521 :args ({a} {b}) :location {location}}}");
        let one = shape(&op(&var(1, 30), &var(2, 34), 32), &here);
        assert!(one.is_some());
        assert_eq!(one, shape(&op(&var(7, 5), &var(1, 9), 7), &there));
        assert_ne!(one, shape(&op(&var(1, 30), &var(7, 34), 32), &there));
        assert_ne!(one, shape(&op(&var(2, 30), &var(1, 34), 32), &here));
    }

    #[test]
    fn the_whole_row_and_what_is_unknown_have_none() {
        let table = relation(&[(1, "a")]);
        assert_eq!(shape(&var(0, 1), &table), None);
        assert_eq!(shape(&var(2, 1), &table), None);
        assert!(shape(&var(-6, 1), &table).is_some_and(|shape| shape.contains(":varattno -6 ")));
    }

    #[test]
    fn what_else_differs_stays_different() {
        let table = relation(&[(1, "a")]);
        let text = |text: &str| shape(text, &table);
        assert_ne!(
            text("{CONST :constvalue 4 [ 1 0 0 0 ] :location 3}"),
            text("{CONST :constvalue 4 [ 2 0 0 0 ] :location 3}")
        );
        // Names within a tree have their blanks escaped, and are no fields.
        let hostile = r"{NAMEDARGEXPR :name x\ :location\ 5 :argnumber 0 :location 9}";
        assert_eq!(text(hostile).as_deref(), Some(r"{NAMEDARGEXPR :name x\ :location\ 5 :argnumber 0 :}"));
        // A column's name cannot make one tree look like another.
        let tricky = relation(&[(1, "a :vartype 23"), (2, "a")]);
        assert_ne!(shape(&var(1, 0), &tricky), shape(&var(2, 0), &tricky));
    }

    #[test]
    fn equal_ones_are_asked_about_once() {
        let mut shapes = Shapes::default();
        let same: Vec<u32> = [(5, Some("x")), (6, None), (7, Some("x")), (8, None), (9, Some("y"))]
            .map(|(oid, tree)| {
                let shape = tree.map(|tree| Shape { tree: tree.to_owned(), columns: vec![1] });
                shapes.same(oid, oid + 100, shape)
            })
            .into();
        assert_eq!(same, [5, 6, 5, 8, 9]);
        assert_eq!(shapes.asked(), [5, 6, 8, 9]);
        assert_eq!(shapes.named.into_iter().collect::<Vec<_>>(), [(105, 1), (109, 1)]);
    }
}
