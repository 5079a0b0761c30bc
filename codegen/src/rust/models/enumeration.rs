//! Enums of the database as Rust enums, with impls of plain Diesel: no further crate is needed. The labels stand in the
//! impls, where the reader of the models finds them.

use autogen_core::QualName;
use autogen_core::object::EnumType;

use super::super::literal::{doc_name, string as literal};
use super::super::name::camel_case;
use super::attribute::Entry;
use super::names::Taken;
use super::{Form, types, writer};

/// One enum. `sql_types` are the paths of its SQL type in schema.rs: one in each module that has a column of it.
pub(super) fn write(
    form: Form,
    name: &QualName,
    rust: &str,
    object: &EnumType,
    sql_types: &[String],
) -> String {
    let mut taken = Taken::new(&["Self"]);
    let variants: Vec<(String, &String)> =
        object.labels.iter().map(|label| (taken.take(&camel_case(label), "Label"), label)).collect();
    let mut out = format!("/// The type `{}` of the database.\n", doc_name(&name.to_string()));
    let mut derives = vec!["Clone", "Copy", "Debug", "PartialEq", "Eq", "PartialOrd", "Ord", "Hash"];
    if !sql_types.is_empty() {
        derives.extend(["AsExpression", "FromSqlRow"]);
    }
    derives.extend(form.derive());
    out.push_str(&writer::derive(&derives));
    out.push('\n');
    for path in sql_types {
        out.push_str(&format!("#[diesel(sql_type = {path})]\n"));
    }
    let data_type = autogen_core::DataType::user(name.clone());
    let entries =
        [Entry { key: "sql_type", text: format!("sql_type = {}", literal(&types::written(&data_type))) }];
    out.push_str(&writer::line(form.attribute, &entries));
    out.push_str(&format!("\npub enum {rust} {{\n"));
    for (variant, label) in &variants {
        if sql_types.is_empty() {
            let rename = [Entry { key: "rename", text: format!("rename = {}", literal(label)) }];
            out.push_str(&format!("    {}\n", writer::line(form.attribute, &rename)));
        }
        out.push_str(&format!("    {variant},\n"));
    }
    out.push_str("}\n");
    for path in sql_types {
        out.push('\n');
        out.push_str(&impls(name, rust, &variants, path));
    }
    out
}

fn impls(name: &QualName, rust: &str, variants: &[(String, &String)], path: &str) -> String {
    let mut to = String::new();
    let mut from = String::new();
    for (variant, label) in variants {
        to.push_str(&format!("            Self::{variant} => {},\n", literal(label)));
        from.push_str(&format!("            {} => Ok(Self::{variant}),\n", literal(label)));
    }
    let name = literal(&format!("{} has no label ", doc_name(&name.to_string())));
    let matched = if variants.is_empty() { "*self" } else { "self" };
    format!(
        "impl ToSql<{path}, Pg> for {rust} {{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {{
        let label: &str = match {matched} {{
{to}        }};
        out.write_all(label.as_bytes())?;
        Ok(IsNull::No)
    }}
}}

impl FromSql<{path}, Pg> for {rust} {{
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {{
        match std::str::from_utf8(value.as_bytes())? {{
{from}            other => Err([{name}, other].concat().into()),
        }}
    }}
}}
"
    )
}
