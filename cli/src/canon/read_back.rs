//! What the catalog says about a probe: the server's form of the expression that was hung there. A view also tells its
//! columns.

use autogen_core::{DataType, Expression, Name, QualName};
use autogen_introspect::models::overlay::Role;
use diesel::QueryableByName;
use diesel::sql_types::{Bool, Integer, Text};

/// A row of an answer: at place 0 the text, after it the columns.
#[derive(QueryableByName)]
pub(super) struct Row {
    #[diesel(sql_type = Text)]
    pub(super) probe: String,
    #[diesel(sql_type = Integer)]
    place: i32,
    /// The text, or the name of the column.
    #[diesel(sql_type = Text)]
    text: String,
    #[diesel(sql_type = Text)]
    type_schema: String,
    #[diesel(sql_type = Text)]
    type_name: String,
    #[diesel(sql_type = Text)]
    type_text: String,
    #[diesel(sql_type = Bool)]
    is_array: bool,
}

/// The columns of a table of such rows.
pub(super) const COLUMNS: &str = "probe pg_catalog.text, place pg_catalog.int4, text pg_catalog.text, \
    type_schema pg_catalog.text, type_name pg_catalog.text, type_text pg_catalog.text, is_array pg_catalog.bool";

/// What the server made of an expression.
pub(super) struct Parsed {
    pub(super) text: Expression,
    /// Those of a view.
    pub(super) columns: Vec<(Name, DataType)>,
}

impl Parsed {
    /// From the rows of one probe; `None` if it is not there.
    pub(super) fn new(rows: Vec<Row>) -> Option<Self> {
        let (mut text, mut columns) = (None, Vec::new());
        for row in rows {
            if row.place == 0 {
                text = Some(Expression::new(row.text));
            } else {
                columns.push(row.column());
            }
        }
        Some(Self { text: text?, columns })
    }
}

impl Row {
    fn column(self) -> (Name, DataType) {
        let text = if self.is_array { self.type_text.trim_end_matches("[]") } else { &self.type_text };
        let data_type = DataType {
            base: QualName::new(self.type_schema, self.type_name),
            text: text.into(),
            array: self.is_array,
        };
        (Name::new(self.text), data_type)
    }
}

/// The query for the rows of a probe, of which each kind has its place in the catalog. The name is one of ours and needs no
/// quoting.
pub(super) fn query(role: &Role, probe: &str) -> String {
    let (text, from) = match role {
        Role::Condition | Role::Value => (
            "pg_get_expr(k.conbin, k.conrelid)",
            "pg_catalog.pg_constraint k JOIN pg_catalog.pg_class c ON c.oid = k.conrelid \
             WHERE k.contype = 'c' AND k.conname",
        ),
        Role::Policy => (
            "pg_get_expr(p.polqual, p.polrelid)",
            "pg_catalog.pg_policy p JOIN pg_catalog.pg_class c ON c.oid = p.polrelid WHERE p.polname",
        ),
        Role::PartitionKey => ("pg_get_partkeydef(c.oid)", "pg_catalog.pg_class c WHERE c.relname"),
        Role::Bound => ("pg_get_expr(c.relpartbound, c.oid)", "pg_catalog.pg_class c WHERE c.relname"),
        Role::View | Role::Type => ("pg_get_viewdef(c.oid)", "pg_catalog.pg_class c WHERE c.relname"),
        Role::Default(_) => (
            "pg_get_expr(d.adbin, d.adrelid)",
            "pg_catalog.pg_attrdef d \
             JOIN pg_catalog.pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum \
             JOIN pg_catalog.pg_class c ON c.oid = d.adrelid WHERE a.attname",
        ),
    };
    let text = format!(
        "SELECT '{probe}' AS probe, 0 AS place, pg_catalog.{text} AS text, '' AS type_schema, '' AS type_name, \
         '' AS type_text, false AS is_array FROM {from} = '{probe}' AND c.relnamespace = pg_catalog.pg_my_temp_schema()"
    );
    match role {
        Role::View | Role::Type => format!("{text} UNION ALL {}", columns(probe)),
        Role::Condition
        | Role::Value
        | Role::Default(_)
        | Role::Policy
        | Role::PartitionKey
        | Role::Bound => text,
    }
}

/// The columns of the probe, a view.
fn columns(probe: &str) -> String {
    format!(
        "SELECT '{probe}', a.attnum::pg_catalog.int4, a.attname::pg_catalog.text, n.nspname::pg_catalog.text, \
         b.typname::pg_catalog.text, pg_catalog.format_type(a.atttypid, a.atttypmod), b.oid <> t.oid \
         FROM pg_catalog.pg_class c \
         JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 \
         JOIN pg_catalog.pg_type t ON t.oid = a.atttypid \
         LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem AND e.typarray = t.oid \
         JOIN pg_catalog.pg_type b ON b.oid = coalesce(e.oid, t.oid) \
         JOIN pg_catalog.pg_namespace n ON n.oid = b.typnamespace \
         WHERE c.relname = '{probe}' AND c.relnamespace = pg_catalog.pg_my_temp_schema()"
    )
}
