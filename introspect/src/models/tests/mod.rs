//! Rust text against the statement that is read from it. Each case names the facts that must be in the summary, or
//! with `!` in front must not.

use std::fmt::Write;

use super::*;

mod binding;
mod enums;
mod names;
mod roles;
mod types;

/// The models as lines of text.
fn summary(models: &Models, diagnostics: &[Diagnostic]) -> String {
    let mut out = String::new();
    let types = |set: &TypeSet| match set {
        TypeSet::Unknown => "?".to_owned(),
        TypeSet::OneOf(types) => {
            let names: Vec<String> = types
                .iter()
                .map(|ty| {
                    format!(
                        "{}{}{}",
                        ty.schema.as_ref().map(|s| format!("{s}.")).unwrap_or_default(),
                        ty.name,
                        if ty.array { "[]" } else { "" }
                    )
                })
                .collect();
            names.join("|")
        }
    };
    for table in &models.tables {
        let name = table.schema.as_ref().map(|s| format!("{s}.")).unwrap_or_default() + &table.name;
        let key = table
            .primary_key
            .as_ref()
            .map(|key| format!("{:?}({})", key.origin, key.columns.join(",")))
            .unwrap_or_default();
        let structs: Vec<&str> = table.structs.iter().map(|one| one.rust_name.as_str()).collect();
        let implicit = if table.implicit_name { " implicit" } else { "" };
        let aside = if table.aside { " aside" } else { "" };
        writeln!(out, "table {name} by [{}] key {key}{implicit}{aside}", structs.join(",")).unwrap();
        for column in &table.columns {
            let stem = column.stem.as_ref().map(|stem| format!(" stem {stem}")).unwrap_or_default();
            let guess = if column.positional { " guess" } else { "" };
            writeln!(
                out,
                "  {}.{} {} {:?} new {:?} insert {:?}{stem}{guess}",
                table.name,
                column.name,
                types(&column.accept),
                column.nullability,
                column.if_new,
                column.insert
            )
            .unwrap();
        }
        for parent in &table.belongs_to {
            writeln!(out, "  {}.{} -> {}", table.name, parent.column, parent.table.as_deref().unwrap_or("?"))
                .unwrap();
        }
    }
    for one in &models.enums {
        let labels: Vec<&str> = one.labels.iter().map(|label| label.label.as_str()).collect();
        let schema = one.schema.as_ref().map(|s| format!("{s}.")).unwrap_or_default();
        writeln!(out, "enum {schema}{} {:?} [{}]", one.name, one.origin, labels.join(",")).unwrap();
    }
    for free in &models.free {
        writeln!(out, "free {} {}", free.binding.rust_name, free.implicit).unwrap();
    }
    for join in &models.joinables {
        writeln!(out, "join {}.{} -> {}", join.child, join.column, join.parent).unwrap();
    }
    for one in diagnostics {
        let at = one
            .span
            .as_ref()
            .map(|span| format!("{}:{}:{}", span.file.display(), span.line(), span.column()));
        writeln!(out, "{:?} {} at {}: {}", one.severity, one.code, at.unwrap_or_default(), one.message)
            .unwrap();
    }
    out
}

/// Reads files (path and text) and looks for the expected parts. A path after `schema:` is one that diesel.toml names.
#[track_caller]
fn check(files: &[(&str, &str)], expect: &[&str]) {
    check_with(&ReadOptions::default(), files, expect);
}

#[track_caller]
fn check_with(options: &ReadOptions, files: &[(&str, &str)], expect: &[&str]) {
    let files = files.iter().map(|(path, text)| match path.strip_prefix("schema:") {
        Some(path) => SourceFile { is_schema: true, ..SourceFile::new(path, *text) },
        None => SourceFile::new(*path, *text),
    });
    let (models, diagnostics) = read(files.collect(), options);
    let all = summary(&models, &diagnostics);
    for part in expect {
        let positive = part.strip_prefix('!');
        assert_eq!(all.contains(positive.unwrap_or(part)), positive.is_none(), "{part}\nin\n{all}");
    }
}

/// Reads one file.
#[track_caller]
fn one(text: &str, expect: &[&str]) {
    check(&[("src/models.rs", text)], expect);
}

const SCHEMA: (&str, &str) = (
    "src/schema.rs",
    r#"
    pub mod sql_types { #[derive(diesel::sql_types::SqlType)] #[diesel(postgres_type(name = "mood", schema = "app"))] pub struct Mood; }
    diesel::table! { use diesel::sql_types::*; use super::sql_types::Mood;
        users (id) { id -> Int4, #[max_length = 80] name -> Varchar, #[sql_name = "type"] type_ -> Text, mood -> Nullable<Mood>, tags -> Array<Nullable<Text>> } }
    diesel::table! { audit.posts (id) { id -> Int8, user_id -> Int4, body -> Text } }
    diesel::joinable!(posts -> users (user_id));
    diesel::allow_tables_to_appear_in_same_query!(posts, users,);
    "#,
);
