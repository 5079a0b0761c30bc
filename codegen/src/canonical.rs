//! The statements that ask a server for its own form of an expression. They build a temporary table with the columns
//! spelled out, which locks no relation of the user and needs no privilege but TEMP, hang the expressions on it and
//! read them back; whoever runs them does so in a transaction that is rolled back. The table is partitioned, because
//! a partitioned table has no storage and so costs the least.
//!
//! A statement with a semicolon anywhere in it must be sent by itself (the extended protocol): what the models call an
//! expression is then one expression, or an error.

use autogen_core::{DataType, Expression, Name, QualName};

use crate::sql::Sql;

/// Where temporary objects live.
const SCHEMA: &str = "pg_temp";

/// The key column of the temporary table; no user's column is likely to have this name.
const KEY: &str = "autogen_partition_key";

/// The temporary copy of an enum that is not (or not so) in the database.
pub fn scratch_enum(name: &Name, labels: &[String]) -> String {
    let labels = labels.iter().map(|label| Sql::empty().literal(label));
    Sql::new("CREATE TYPE")
        .qualified(&QualName::new(SCHEMA, name.clone()))
        .kw("AS ENUM")
        .parens(labels)
        .into_text()
}

/// A type as it is called when it is a temporary copy.
pub fn scratch_type(data_type: &DataType) -> DataType {
    let base = QualName::new(SCHEMA, data_type.base.name.clone());
    DataType { array: data_type.array, ..DataType::user(base) }
}

/// The temporary table.
pub fn scratch_table(table: &Name, columns: &[(Name, DataType)]) -> String {
    let key = (Name::new(KEY), DataType::builtin("int4", "integer"));
    let columns = columns.iter().chain(std::iter::once(&key));
    let columns = columns.map(|(name, data_type)| Sql::empty().ident(name).data_type(data_type));
    Sql::new("CREATE TEMPORARY TABLE")
        .ident(table)
        .parens(columns)
        .kw("PARTITION BY LIST")
        .columns(&[Name::new(KEY)])
        .into_text()
}

/// Takes a temporary table away, with what hangs on it and with its partitions.
pub fn drop_table(table: &Name) -> String {
    drop_temporary("DROP TABLE", table)
}

/// Takes a temporary view away.
pub fn drop_view(view: &Name) -> String {
    drop_temporary("DROP VIEW", view)
}

/// Takes the temporary copy of an enum away.
pub fn drop_enum(name: &Name) -> String {
    drop_temporary("DROP TYPE", name)
}

/// Hangs a condition on the table, as a check of the name.
pub fn add_condition(table: &Name, check: &Name, condition: &Expression) -> String {
    alter(table)
        .kw("ADD CONSTRAINT")
        .ident(check)
        .kw("CHECK")
        .sql(parens(Sql::empty().expr(condition)))
        .into_text()
}

/// Hangs a value on the table, as a check that it is not null; [`value_of`] takes it out again.
pub fn add_value(table: &Name, check: &Name, value: &Expression) -> String {
    let value = parens(Sql::empty().expr(value)).kw("IS NOT NULL");
    alter(table).kw("ADD CONSTRAINT").ident(check).kw("CHECK").sql(parens(value)).into_text()
}

/// Hangs a default on the table, as a column of the name and type.
pub fn add_default(table: &Name, column: &Name, data_type: &DataType, default: &Expression) -> String {
    alter(table)
        .kw("ADD COLUMN")
        .ident(column)
        .data_type(data_type)
        .kw("DEFAULT")
        .sql(parens(Sql::empty().expr(default)))
        .into_text()
}

/// Hangs a condition on the table, as a policy of the name.
pub fn add_policy(table: &Name, policy: &Name, condition: &Expression) -> String {
    Sql::new("CREATE POLICY")
        .ident(policy)
        .kw("ON")
        .qualified(&QualName::new(SCHEMA, table.clone()))
        .kw("USING")
        .sql(parens(Sql::empty().expr(condition)))
        .into_text()
}

/// A further table, partitioned by the key.
pub fn partitioned_table(table: &Name, columns: &[(Name, DataType)], key: &Expression) -> String {
    let columns = columns.iter().map(|(name, data_type)| Sql::empty().ident(name).data_type(data_type));
    let sql = Sql::new("CREATE TEMPORARY TABLE").ident(table).parens(columns);
    sql.kw("PARTITION BY").expr(key).into_text()
}

/// A partition of that.
pub fn partition(partition: &Name, table: &Name, bound: &Expression) -> String {
    let sql = Sql::new("CREATE TEMPORARY TABLE").ident(partition).kw("PARTITION OF");
    sql.qualified(&QualName::new(SCHEMA, table.clone())).expr(bound).into_text()
}

/// A view of the query.
pub fn view(view: &Name, query: &Expression) -> String {
    Sql::new("CREATE TEMPORARY VIEW").ident(view).kw("AS").line().definition(query).into_text()
}

/// A query whose only column has the type.
pub fn query_of_type(data_type: &Expression) -> Expression {
    let value = Sql::empty().kw("NULL").kw("AS").expr(data_type);
    Expression::new(
        Sql::new("SELECT CAST").sql(parens(value)).kw("AS").ident(&Name::new("value")).into_text(),
    )
}

/// The value within the text of a check that [`add_value`] made.
pub fn value_of(check: &str) -> &str {
    let inner = strip_parens(check);
    inner.strip_suffix(" IS NOT NULL").map_or(inner, strip_parens)
}

fn drop_temporary(keywords: &'static str, name: &Name) -> String {
    Sql::new(keywords).qualified(&QualName::new(SCHEMA, name.clone())).into_text()
}

fn alter(table: &Name) -> Sql {
    Sql::new("ALTER TABLE").qualified(&QualName::new(SCHEMA, table.clone()))
}

fn parens(inner: Sql) -> Sql {
    Sql::empty().parens([inner])
}

fn strip_parens(text: &str) -> &str {
    match text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        Some(inner) if crate::sql::is_enclosed(text) => inner,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_comes_back() {
        for (check, value) in [
            ("(lower(email) IS NOT NULL)", "lower(email)"),
            ("((a + b) IS NOT NULL)", "a + b"),
            ("(((a)::text || b) IS NOT NULL)", "(a)::text || b"),
        ] {
            assert_eq!(value_of(check), value);
        }
    }

    #[test]
    fn names_are_quoted() {
        let sql = scratch_table(&Name::new("t"), &[(Name::new("a\"b"), DataType::builtin("text", "text"))]);
        assert!(sql.contains("\"a\"\"b\" text"), "{sql}");
    }
}
