//! Types that nobody has a Rust type for: a struct around the bytes that Postgres sends and takes, so that a row can be
//! loaded, and put back unchanged. Whoever needs more exchanges the struct for a type of their own.

use autogen_core::QualName;

use super::super::literal::doc_name;
use super::{Form, writer};

/// One type. `sql_types` are the paths of its SQL type in schema.rs.
pub(super) fn write(_: Form, name: &QualName, rust: &str, sql_types: &[String]) -> String {
    let name = doc_name(&name.to_string());
    let mut out = format!(
        "/// A value of the type `{name}` in the binary form of Postgres; Diesel has no Rust type for it.\n"
    );
    let mut derives = vec!["Clone", "Debug", "PartialEq", "Eq", "Hash"];
    if !sql_types.is_empty() {
        derives.extend(["AsExpression", "FromSqlRow"]);
    }
    out.push_str(&writer::derive(&derives));
    out.push('\n');
    for path in sql_types {
        out.push_str(&format!("#[diesel(sql_type = {path})]\n"));
    }
    out.push_str(&format!("pub struct {rust}(pub Vec<u8>);\n"));
    for path in sql_types {
        out.push_str(&format!(
            "
impl ToSql<{path}, Pg> for {rust} {{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {{
        out.write_all(&self.0)?;
        Ok(IsNull::No)
    }}
}}

impl FromSql<{path}, Pg> for {rust} {{
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {{
        Ok(Self(value.as_bytes().to_vec()))
    }}
}}
"
        ));
    }
    out
}
