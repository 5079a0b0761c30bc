//! Trees of expressions (`pg_node_tree`), to ask for the text of equal ones once. The server makes the text, and for the
//! names of the columns it opens the table first, which costs more than all else that is read of one (about 40 µs). Yet
//! tables are alike: `deleted_at IS NULL` stands in hundreds of them. Two trees that differ only in where their columns
//! stand have the same text if those columns are called alike, since a column is all that such a text takes from its table.

use rustc_hash::FxHashMap;

use super::oids::Relation;

/// What the text of a tree depends on: the tree itself, without the places in the statement that it came from, and
/// with the columns' names for their numbers. `None` if it may depend on the table's name too: a tree that has the
/// whole row.
pub(crate) fn shape(tree: &str, relation: &Relation) -> Option<String> {
    let mut shape = String::with_capacity(tree.len());
    // Blanks and colons within a token are escaped with a backslash each (outToken of nodes/outfuncs.c).
    let mut fields = tree.split(" :");
    shape.push_str(fields.next()?);
    for field in fields {
        shape.push_str(" :");
        let (name, value) = field.split_once(' ').unwrap_or((field, ""));
        let digits = value.bytes().take_while(|byte| matches!(byte, b'-' | b'0'..=b'9')).count();
        let (number, rest) = value.split_at(digits);
        match name {
            "location" if digits > 0 => {}
            // The second is the column as the statement wrote it, which is the one that the text names.
            "varattno" | "varattnosyn" => match number.parse::<i16>().ok()? {
                // A column of the system has the same name in every table.
                system @ ..0 => shape.push_str(&format!("{name} {system}")),
                number => {
                    let column = relation.column(number)?.as_str();
                    // With its length, a name cannot pass for something else.
                    shape.push_str(&format!("{name} {} {column}", column.len()));
                }
            },
            _ => {
                shape.push_str(field);
                continue;
            }
        }
        shape.push_str(rest);
    }
    Some(shape)
}

/// Which rows of a query have the same texts.
#[derive(Default)]
pub(crate) struct Shapes {
    /// The oid of the first row of each shape.
    first: FxHashMap<String, u32>,
    /// Those that the server has to be asked about.
    asked: Vec<u32>,
}

impl Shapes {
    /// The oid of the row whose text a row has: its own for the first of a shape, and where there is none.
    pub(crate) fn same(&mut self, oid: u32, shape: Option<String>) -> u32 {
        let first = shape.map_or(oid, |shape| *self.first.entry(shape).or_insert(oid));
        if first == oid {
            self.asked.push(oid);
        }
        first
    }

    /// The oids of the rows whose texts are asked for.
    pub(crate) fn asked(self) -> Vec<u32> {
        self.asked
    }
}

#[cfg(test)]
mod tests {
    use autogen_core::{Name, QualName};

    use super::{Relation, Shapes, shape};

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
            .map(|(oid, shape)| shapes.same(oid, shape.map(str::to_owned)))
            .into();
        assert_eq!(same, [5, 6, 5, 8, 9]);
        assert_eq!(shapes.asked(), [5, 6, 8, 9]);
    }
}
